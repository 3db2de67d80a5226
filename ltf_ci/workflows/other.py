"""All workflows of a repository, and the files of other CIs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ltf_ci.clients.files import read_file
from ltf_ci.model.layout import OTHER_CI, WORKFLOWS


def all_workflows(directory: Path) -> Iterator[tuple[str, str]]:
    """Return the paths and texts of a folder's workflows, sorted."""
    folder = directory / WORKFLOWS
    names = sorted(file.name for file in (*folder.glob("*.yml"), *folder.glob("*.yaml")))
    for path in (*(f"{WORKFLOWS}/{name}" for name in names), *OTHER_CI):
        yield path, (read_file(directory, path) or b"").decode("utf-8", "replace")
