"""What a repository is for, by the files that it has, and the workflows of each kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from ltf_ci.clients.files import expect_folder, read_file
from ltf_ci.errors import BadInput
from ltf_ci.model.layout import (
    IMAGE_NAME_JSON,
    LANGUAGES_LIST,
    MANIFESTS,
    OTHER_CI,
    RELEASE_WORKFLOW,
    RETAG_WORKFLOW,
    SETTINGS,
    WORKFLOWS,
)

CHECK, REFRESH, NOTIFY = "ltf-ci-check.yml", "ltf-ci-refresh.yml", "ltf-ci-notify.yml"
LISTING, WATCH, DASHBOARD = "ltf-ci-list.yml", "ltf-ci-watch.yml", "ltf-ci-dashboard.yml"


class RepositoryKind(StrEnum):
    """What a repository is for; each kind has workflows of its own."""

    LTF = "LTF repository"
    LANGUAGES = "languages repository"

    @property
    def workflows(self) -> tuple[str, ...]:
        """The names of its workflows."""
        of_an_ltf = (RELEASE_WORKFLOW, RETAG_WORKFLOW, CHECK)
        return of_an_ltf if self is RepositoryKind.LTF else (LISTING, REFRESH, WATCH, NOTIFY, DASHBOARD)


def kind_of(paths: Collection[str], list_path: str = LANGUAGES_LIST) -> RepositoryKind | None:
    """Return what a repository with these files is; None where it is neither an LTF's nor has the list."""
    if any(path in paths for path in (*MANIFESTS, IMAGE_NAME_JSON)):
        return RepositoryKind.LTF
    return RepositoryKind.LANGUAGES if list_path in paths else None


def kind_at(directory: Path, list_path: str = LANGUAGES_LIST) -> RepositoryKind:
    """Return what a folder is, or raise BadInput where it is neither an LTF's nor has the languages list."""
    expect_folder(directory)
    paths = (*MANIFESTS, IMAGE_NAME_JSON, list_path)
    kind = kind_of([path for path in paths if (directory / path).exists()], list_path)
    if kind:
        return kind
    raise BadInput(
        f"{directory.absolute()} is no LTF repository, and has no {list_path}",
        expected=f"{' or '.join(MANIFESTS)} (a start point), {IMAGE_NAME_JSON} (an image), or the languages list",
        cure="name the repository's folder; or the list by --list",
    )


def workflow_files(directory: Path) -> Mapping[str, bytes]:
    """Return a folder's workflows and settings by path."""
    folder = directory / WORKFLOWS
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else ()
    paths = (SETTINGS, *(f"{WORKFLOWS}/{name}" for name in names if name.endswith((".yml", ".yaml"))))
    return {path: raw for path in paths if (raw := read_file(directory, path)) is not None}


def all_workflows(directory: Path) -> Iterator[tuple[str, str]]:
    """Return the paths and texts of a folder's workflows, sorted."""
    folder = directory / WORKFLOWS
    names = sorted(file.name for file in (*folder.glob("*.yml"), *folder.glob("*.yaml")))
    for path in (*(f"{WORKFLOWS}/{name}" for name in names), *OTHER_CI):
        yield path, (read_file(directory, path) or b"").decode("utf-8", "replace")
