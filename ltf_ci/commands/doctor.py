"""`ltf-ci doctor`: what this machine and this repository have of what ltf-ci needs, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ltf_ci.clients import process
from ltf_ci.clients.files import expect_folder
from ltf_ci.clients.run import Run
from ltf_ci.errors import Disagreement, LtfError
from ltf_ci.languages.list_status import list_status
from ltf_ci.languages.requests import ListInRepository
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.layout import WORKFLOWS
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.folder import InFolder
from ltf_ci.options.login import AtGithub
from ltf_ci.workflows.planned_files import older_path
from ltf_ci.workflows.repository_kind import RepositoryKind, kind_at, workflow_files
from ltf_ci.workflows.rules.calls import called

GIT = ("git", "--version")
PROGRAMS = {  # the words that print a version, and what it is for
    GIT: "tags and commits",
    ("docker", "--version"): "building and testing images",
    ("ruby", "--version"): "regular expressions and the traffic light",
}


class Request(InFolder, AtGithub, ListInRepository):
    """Which repository."""


def execute(request: Request, run: Run) -> Outcome:
    """Look at each thing by itself: what one lacks hides no other."""
    expect_folder(request.directory)
    steps: list[Step] = []
    for step in _looked(request, run):
        run.show(step)
        steps.append(step)
    lacking = [step.name for step in steps if step.state is StepState.FAILED]
    if not lacking:
        return Outcome(conclusion=Conclusion.DONE, steps=tuple(steps))
    error = Disagreement(
        f"not ready: {', '.join(lacking)}",
        expected="all that a release needs",
        cure="follow the rows marked failed",
    )
    return Outcome(conclusion=Conclusion.FAILED, reason=error.found, steps=tuple(steps), error=error)


def _looked(request: Request, run: Run) -> Iterator[Step]:
    kind, unknown = _kind(request)
    for words, purpose in PROGRAMS.items():
        yield _program(words, purpose, is_needed=kind is not RepositoryKind.LANGUAGES or words == GIT)
    if kind is not RepositoryKind.LANGUAGES:
        yield _asked("builder", lambda: _building(run))
        yield _asked("daemon", lambda: _daemon(run))
    yield from _repository(request, kind, run) if kind else (Step("repository", StepState.FAILED, unknown),)
    yield _origin(request, run)
    if kind:
        yield from _workflows(request, kind)
    yield _github(request, run)


def _kind(request: Request) -> tuple[RepositoryKind | None, str]:
    """Return what the folder is; or None, and what is wrong with it."""
    try:
        return kind_at(request.directory, request.list), ""
    except LtfError as error:
        return None, error.in_a_row


def _repository(request: Request, kind: RepositoryKind, run: Run) -> Iterator[Step]:
    """Return what can be read of the repository's own files, and whether its image's registry answers."""
    if kind is RepositoryKind.LTF:
        repository = _asked("repository", lambda: str(read_repository(request.directory).image_of(None)))
        yield repository
        if repository.state is StepState.FAILED:
            yield Step("registry", StepState.SKIPPED, "not asked: which one is not known")
        else:
            yield _asked("registry", lambda: _registry(request.directory, run))
        return
    yield Step("repository", StepState.DONE, "the languages repository")
    try:
        yield from list_status(request.directory, request.list, None, run).steps()
    except LtfError as error:
        yield Step("list", StepState.FAILED, error.in_a_row)


def _workflows(request: Request, kind: RepositoryKind) -> Iterator[Step]:
    """Return which of the kind's workflows call ltf-ci; it fails where the first, which all others add to, does not."""
    there = workflow_files(request.directory)
    names = {name: older_path(name, there) or f"{WORKFLOWS}/{name}" for name in kind.workflows}
    for name, path in names.items():
        calls = called(there.get(path, b"").decode("utf-8", "replace"))
        is_first = name == kind.workflows[0]
        missing = StepState.FAILED if is_first else StepState.SKIPPED
        lacking = f"{path} {'does not call ltf-ci' if path in there else 'is not there'}: ltf-ci init"
        yield Step("workflow", StepState.DONE if calls else missing, path if calls else lacking)


def _program(words: tuple[str, ...], purpose: str, *, is_needed: bool) -> Step:
    name = " ".join(words[:-1])
    missing = StepState.FAILED if is_needed else StepState.SKIPPED
    try:
        ended = process.run(words)
    except LtfError:
        return Step(name, missing, f"not installed; it is for {purpose}")
    version = ended.text.partition("\n")[0]
    if ended.status:
        return Step(name, missing, f"not installed; it is for {purpose}")
    return Step(name, StepState.DONE, version)


def _building(run: Run) -> str:
    """Return which docker command builds: the first with buildx, or an older one with BuildKit in it."""
    program, has_buildx = run.docker_build({}).program()
    more = "" if has_buildx else "; buildx is missing, for several platforms, provenance and SBOM"
    return f"by {program}{more}"


def _daemon(run: Run) -> str:
    """Return where the docker daemon is, which answers."""
    run.docker.check()
    return f"{run.docker.endpoint} answers"


def _asked(name: str, ask: Callable[[], str]) -> Step:
    try:
        return Step(name, StepState.DONE, ask())
    except LtfError as error:
        return Step(name, StepState.FAILED, error.in_a_row)


def _origin(request: Request, run: Run) -> Step:
    origin = _asked("origin", lambda: str(run.git(request.directory).origin() or ""))
    return origin if origin.detail else Step("origin", StepState.SKIPPED, "none: git remote add origin URL")


def _registry(directory: Path, run: Run) -> str:
    """Return that the image's registry answers, and whether there is a login for it."""
    image = read_repository(directory).image_of(None)
    tags = run.registry.tags(image)
    login = "with a login" if run.credentials(image.registry) else "without a login: docker login, before you push"
    return f"{image.registry} answers, {amount(len(tags), 'tag')}, {login}"


def _github(request: Request, run: Run) -> Step:
    """Return how pull requests are opened; the login itself is tried by the first call of a release."""
    if request.app_client_id:
        return Step("github", StepState.DONE, f"as the App {request.app_client_id}")
    if run.has_token:
        return Step("github", StepState.DONE, "by LTF_CI_TOKEN")
    return Step(
        "github", StepState.SKIPPED, "no login: LTF_CI_TOKEN or an App, for pull requests in the languages list"
    )
