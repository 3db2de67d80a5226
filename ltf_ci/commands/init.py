"""`ltf-ci init`: the workflows and the settings that a repository needs, written or brought up to date."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from ltf_ci.clients.files import read_file
from ltf_ci.clients.run import Run
from ltf_ci.errors import GitFailed, Refused
from ltf_ci.images.platforms import platforms_of_latest
from ltf_ci.languages.requests import LIST, Languages
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules.version_command import version_command
from ltf_ci.model.image import ImageName, is_fixed
from ltf_ci.model.layout import CHECK_VERSION, DOCKER_FOLDER, MANIFESTS, SETTINGS, WORKFLOWS
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch
from ltf_ci.options.shared import DryRun
from ltf_ci.publish.options import ImageFrom, Platforms
from ltf_ci.traffic_light.requests import LanguageVersionCheck
from ltf_ci.workflows.fill import Value, Values
from ltf_ci.workflows.next_steps import next_steps
from ltf_ci.workflows.planned_files import (
    FileChange,
    Wishes,
    changed,
    older_path,
    planned_files,
)
from ltf_ci.workflows.repository_kind import RepositoryKind, all_workflows, kind_at, workflow_files
from ltf_ci.workflows.requests import WrittenWorkflows
from ltf_ci.workflows.rules.filled_settings import known_inputs, known_settings
from ltf_ci.workflows.rules.publishing import also_publishing
from ltf_ci.workflows.write import places, write


class Request(InFolder, DryRun, WrittenWorkflows, Languages, ImageFrom, Platforms, LanguageVersionCheck):
    """Which workflow."""

    update: bool = switch("bring what `init` wrote up to date, and keep your edits")


def execute(request: Request, run: Run) -> Outcome:
    """Write what is missing; with --update bring the workflows up to date too; settings keep what they say.

    Nothing is written where an LTF's image cannot be read: half of what is written hangs on it.
    """
    if request.directory.is_dir():
        _expect_top(request.directory, run)
    kind = kind_at(request.directory, request.list)
    there = workflow_files(request.directory)
    _expect_none_of_ours(kind, there, request)
    image = read_repository(request.directory).image_of(None) if kind is RepositoryKind.LTF else None
    is_asked = image and SETTINGS not in there and not request.platform and (request.directory / DOCKER_FOLDER).is_dir()
    platforms, steps = platforms_of_latest(image, run.registry_asked_once) if image and is_asked else ((), ())
    changes = planned_files(there, kind, _wishes(request, image, platforms))
    at = places(request.directory, changed(changes))
    state = StepState.PLANNED if request.dry_run else StepState.DONE
    outcome = Outcome(
        conclusion=Conclusion.PLANNED,
        findings=tuple(also_publishing(all_workflows(request.directory))) if image else (),
        steps=(*(_step(change, state) for change in changes), *steps),
        plan={"files": [{"path": change.path, "how": change.how} for change in changes]},
    )
    if request.dry_run:
        return outcome._replace(text="".join(change.diff() for change in changes))
    for change in changed(changes):
        write(change, at)
    if not any(changed(changes)):
        return outcome._replace(conclusion=Conclusion.NOTHING_TO_DO, reason="the files are as they should be")
    return outcome._replace(conclusion=Conclusion.DONE, text=_what_next(request, image, run))


def _what_next(request: Request, image: ImageName | None, run: Run) -> str:
    has_manifest = any((request.directory / path).exists() for path in MANIFESTS)
    return next_steps(
        run.git(request.directory),
        run.github_host,
        image,
        opens_pull_requests=bool(request.app_client_id),
        lacks_list=has_manifest and request.languages is None,
    )


def _expect_top(directory: Path, run: Run) -> None:
    """Raise Refused in a folder of a git repository that is not its top: GitHub reads no workflow there."""
    try:
        top = run.git(directory).top()
    except GitFailed:  # no repository yet
        return
    if top.resolve() != directory.resolve():
        raise Refused(
            f"{directory} is not the top folder of its repository: nothing was written",
            expected="the folder in which GitHub reads workflows",
            cure=f"ltf-ci init {shlex.quote(str(top))}",
        )


def _wishes(request: Request, image: ImageName | None, platforms: tuple[str, ...]) -> Wishes:
    """Return what the files should say: what was given, and what is known."""
    lists = {} if request.list == LIST else {"list": request.list}
    given: dict[str, Value] = {
        "languages": str(request.languages or ""),
        "image-from": request.image_from,
        "platform": request.platform,
        "version-command": request.version_command,
        **lists,
    }
    return Wishes(
        action=request.action,
        inputs={**lists, **({"app-client-id": request.app_client_id} if request.app_client_id else {})},
        known_inputs=known_inputs(image) if image else {},
        settings={name: value for name, value in given.items() if value},
        known_settings=_known(request.directory, image, platforms) if image else {},
    )


def _known(directory: Path, image: ImageName, platforms: tuple[str, ...]) -> Values:
    script = (read_file(directory, CHECK_VERSION) or b"").decode("utf-8", "replace")
    is_source = is_fixed(image) and not (directory / DOCKER_FOLDER).is_dir()
    return known_settings(str(image) if is_source else "", version_command(image, script), platforms)


def _expect_none_of_ours(kind: RepositoryKind, there: Mapping[str, bytes], request: Request) -> None:
    ours = {older_path(name, there) or f"{WORKFLOWS}/{name}" for name in kind.workflows}
    ours |= {SETTINGS} if kind is RepositoryKind.LTF else set()
    found = sorted(ours & set(there))
    if found and not request.update:
        raise Refused(
            f"there already: {', '.join(found)}",
            expected="a repository without files of ltf-ci",
            cure="ltf-ci init --update: it keeps your edits, and writes what is missing",
        )


def _step(change: FileChange, state: StepState) -> Step:
    return Step(change.how, StepState.UNCHANGED if change.how == "keep" else state, change.shown)
