"""What the start files and options.json say: read without docker, and without running anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ltf_ci.clients.files import read_file
from ltf_ci.clients.named_file import named_file
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model import located_json
from ltf_ci.model.located_json import Located

OPTIONS = "options.json"


def start_files_of(directory: Path, manifest: Manifest) -> Mapping[str, str | None]:
    """Return the visible files' texts by their names; None for those that cannot be read as text."""
    folder = str(PurePosixPath(manifest.path).parent)
    member = manifest.member("visible_filenames")
    names = [item.value for item in member.items if isinstance(item.value, str)] if member else []
    return {name: named_file(directory, folder, name).text for name in names}


def options_of(directory: Path, manifest: Manifest) -> Located | None:
    """Return options.json next to the manifest, which has edits of its own; None where it is not there."""
    path = str(PurePosixPath(manifest.path).parent / OPTIONS)
    raw = read_file(directory, path)
    return located_json.read(raw, path)[1] if raw is not None else None
