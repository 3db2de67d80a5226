"""The files of a repository as ltf-ci needs them: what the one pull request of its adoption brings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.adopt.repository import folder_of
from ltf_ci.adopt.rules.older_workflows import is_replaced
from ltf_ci.clients.files import read_file
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules.dockerfiles import is_left_over
from ltf_ci.manifest.rules.readme_copies import corrected, names_of
from ltf_ci.manifest.rules.version_command import version_command
from ltf_ci.model.image import ImageName, is_fixed
from ltf_ci.model.layout import CHECK_VERSION, DOCKERFILE, DOCKERFILE_BASE, OLDER_WORKFLOW, README
from ltf_ci.model.remote_repository import Files
from ltf_ci.retag.base_edits import base_edits
from ltf_ci.retag.rules.bases import successors
from ltf_ci.workflows.action_reference import ActionReference
from ltf_ci.workflows.fill import Values
from ltf_ci.workflows.planned_files import Wishes, planned_files
from ltf_ci.workflows.repository_kind import RepositoryKind
from ltf_ci.workflows.rules.filled_settings import known_inputs, known_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known besides a repository's own files.

    `bases` are releases that take the place of images that it names by a commit; `platforms` are those of its `latest`.
    """

    languages: str = ""
    app_client_id: str = ""
    action: ActionReference | None = None
    bases: tuple[ImageName, ...] = ()
    platforms: tuple[str, ...] = ()


def adopted(files: Files, facts: Facts) -> Files:
    """Return the files with all that a release by ltf-ci needs; what an owner settled already is kept."""
    with folder_of(files) as folder:
        there = {path: text.encode() for path, text in files.items() if text is not None}
        changes = planned_files(there, RepositoryKind.LTF, _wishes(folder, facts))
        based = base_edits(folder, facts.bases, {})
        readme = _corrected_readme(files[README], folder)
    wanted = {**files, **{path: after.decode() for path, after in based.items()}}
    for change in changes:
        if change.before is None or change.path not in based:
            wanted[change.path] = change.after.decode()
        if change.old_path:
            wanted[change.old_path] = None
    return {**wanted, **readme, **dict.fromkeys(_removed(files))}


def _corrected_readme(readme: str | None, folder: Path) -> Files:
    """Return the README with its copies of the names as the repository has them."""
    return {} if readme is None else {README: corrected(names_of(read_repository(folder)), readme)}


def _removed(files: Files) -> tuple[str, ...]:
    """Return the files that have nothing to say any more."""
    generated = files[DOCKERFILE] if files[DOCKERFILE_BASE] is not None else None
    older = files[OLDER_WORKFLOW]
    found = {
        DOCKERFILE: generated is not None and is_left_over(generated),
        OLDER_WORKFLOW: older is not None and is_replaced(older),
    }
    return tuple(path for path, is_gone in found.items() if is_gone)


def _wishes(folder: Path, facts: Facts) -> Wishes:
    """Return what new files say."""
    repository = read_repository(folder)
    image = repository.image_of(None)
    source = str(image) if is_fixed(image) and not repository.builds_image else ""
    script = (read_file(folder, CHECK_VERSION) or b"").decode("utf-8", "replace")
    image_from = successors([source], facts.bases).get(source, source)
    settings = known_settings(image_from, version_command(image, script), facts.platforms)
    lists: Values = {"languages": facts.languages} if facts.languages and repository.manifest else {}
    app: Values = {"app-client-id": facts.app_client_id} if facts.app_client_id else {}
    return Wishes(
        action=facts.action, known_inputs={**known_inputs(image), **app}, known_settings={**settings, **lists}
    )
