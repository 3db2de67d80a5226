"""A base's new release, written where a repository names the older one: FROM lines, and the settings' image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ltf_ci.clients import yaml_file
from ltf_ci.clients.docker.dockerfile import Dockerfile
from ltf_ci.clients.files import read_file
from ltf_ci.model.file_text import TextEdit, apply_edits, text_of
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import DOCKERFILES, SETTINGS
from ltf_ci.model.located_json import Located
from ltf_ci.retag.rules import bases as rules


def base_edits(directory: Path, bases: Sequence[ImageName], build_args: Mapping[str, str]) -> Mapping[str, bytes]:
    """Return the files that change, and what they become; no other byte of theirs is touched."""
    if not bases:
        return {}
    edits = (*_dockerfiles(directory, bases, build_args), *_settings(directory, bases))
    return {path: after.encode() for path, before, after in edits if after != before}


def base_names(directory: Path, build_args: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the images that a repository is made of, as its FROM lines and settings have them."""
    named = [name for _, _, dockerfile in _source(directory, build_args) for name in dockerfile.bases]
    _, settled = _settled(directory)
    return (*named, *([str(settled.value)] if settled else []))


def _dockerfiles(
    directory: Path, bases: Sequence[ImageName], build_args: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    for path, text, dockerfile in _source(directory, build_args):
        yield path, text, dockerfile.renamed(rules.successors(dockerfile.bases, bases))


def _source(directory: Path, build_args: Mapping[str, str]) -> Iterator[tuple[str, str, Dockerfile]]:
    """Return the Dockerfile that is the source of the image, where there is one: what is generated of it follows."""
    for path in DOCKERFILES:
        if (raw := read_file(directory, path)) is not None:
            text = text_of(raw, path)
            yield path, text, Dockerfile.parse(text, path, build_args)
            return


def _settings(directory: Path, bases: Sequence[ImageName]) -> Iterator[tuple[str, str, str]]:
    """Edit the image that a start point's own repository releases under its own tag."""
    text, source = _settled(directory)
    if source:
        named = str(source.value)
        after = rules.successors([named], bases).get(named, named)
        written = text[source.start : source.end].replace(named, after)
        yield SETTINGS, text, apply_edits(text, [TextEdit(source.start, source.end, written)])


def _settled(directory: Path) -> tuple[str, Located | None]:
    """Return the settings' text, and the name of the image in them; None where they name none."""
    raw = read_file(directory, SETTINGS)
    if raw is None:
        return "", None
    text, root = yaml_file.read(raw, SETTINGS)
    older = root.member("image")
    source = root.member("image-from") or (older.member("from") if older else None)
    return text, source if source and isinstance(source.value, str) else None
