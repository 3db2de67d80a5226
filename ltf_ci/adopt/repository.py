"""A repository of the fleet as its default branch has it: the few files that say what it is, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ltf_ci.adopt.rules.waiting import Maker
from ltf_ci.clients.files import read_file
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules.image_version import known_version
from ltf_ci.manifest.rules.version_command import expected_version
from ltf_ci.model.layout import (
    CHECK_VERSION,
    DOCKERFILES,
    IMAGE_NAME_JSON,
    LAMBDA_OF_IMAGE,
    MANIFESTS,
    OLDER_WORKFLOW,
    README,
    SETTINGS,
    WORKFLOWS,
)
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.model.remote_repository import Files
from ltf_ci.retag.base_edits import base_names
from ltf_ci.workflows.repository_kind import RepositoryKind

PATHS = (  # the same for every run and repository, as what they are says whether a pull request is as we left it
    *(f"{WORKFLOWS}/{name}" for name in RepositoryKind.LTF.workflows),
    *(f"{WORKFLOWS}/{name.removeprefix('ltf-ci-')}" for name in RepositoryKind.LTF.workflows),
    SETTINGS,
    OLDER_WORKFLOW,
    *DOCKERFILES,
    IMAGE_NAME_JSON,
    *MANIFESTS,
    CHECK_VERSION,
    LAMBDA_OF_IMAGE,
    README,
)


@contextmanager
def folder_of(files: Files) -> Iterator[Path]:
    """Return a folder that has these files, as a checkout would, and is gone afterwards."""
    with temporary_folder("adopt") as directory:
        for path, text in files.items():
            if text is not None:
                file = directory / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode())
        yield directory


def maker_of(place: str, files: Files) -> Maker:
    """Return what a repository with these files makes, and of what; raise BadInput where it is no LTF's."""
    if all(files[path] is None for path in (*MANIFESTS, IMAGE_NAME_JSON)):
        raise BadInput(
            f"neither a manifest nor {IMAGE_NAME_JSON} is in the repository",
            expected=f"{' or '.join(MANIFESTS)} (a start point), or {IMAGE_NAME_JSON} (an image's own repository)",
            cure="look at its address, or take it out of the list",
        )
    with folder_of(files) as folder:
        repository = read_repository(folder)
        image = repository.image_of(None)
        is_start_point = not repository.builds_image
        return Maker(
            place=place,
            image=image.untagged,
            bases=base_names(folder, {}) or ((str(image),) if is_start_point else ()),
            is_start_point=is_start_point,
            version=_version(repository.manifest) or _expected(folder),
        )


def _version(manifest: Manifest | None) -> LanguageVersion | None:
    try:
        return DisplayName.parse((manifest and manifest.string("display_name")) or "").version
    except BadInput:  # `check` says what is wrong with it
        return None


def _expected(folder: Path) -> LanguageVersion | None:
    """Return the version that check_version.sh expects of the language's own program."""
    script = (read_file(folder, CHECK_VERSION) or b"").decode("utf-8", "replace")
    try:
        return known_version((), "", expected_version(script)).version
    except LtfError:
        return None
