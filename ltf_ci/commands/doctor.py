"""`ltf-ci doctor`: what this machine and this repository have of what ltf-ci needs, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients import process
from ltf_ci.clients.files import read_file
from ltf_ci.clients.run import Run
from ltf_ci.errors import Disagreement, LtfError
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.layout import RELEASE_WORKFLOW, WORKFLOWS
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.folder import InFolder
from ltf_ci.options.login import AtGithub
from ltf_ci.workflows.rules.calls import called

WORKFLOW = f"{WORKFLOWS}/{RELEASE_WORKFLOW}"
PROGRAMS = {  # the words that print a version, and what it is for
    ("git", "--version"): "tags and commits",
    ("docker", "--version"): "building and testing images",
    ("docker", "buildx", "version"): "several platforms, provenance and SBOM",
    ("ruby", "--version"): "regular expressions and the traffic light",
}


@dataclass(frozen=True, kw_only=True)
class Request(InFolder, AtGithub):
    """Which repository."""


def execute(request: Request, run: Run) -> Outcome:
    """Look at each thing by itself: what one lacks hides no other."""
    steps: list[Step] = []
    for step in _looked(request, run):
        run.show(step)
        steps.append(step)
    lacking = [step.name for step in steps if step.state is StepState.FAILED]
    if not lacking:
        return Outcome(conclusion=Conclusion.DONE, steps=tuple(steps))
    error = Disagreement(f"not ready: {', '.join(lacking)}")
    return Outcome(conclusion=Conclusion.FAILED, reason=error.found, steps=tuple(steps), error=error)


def _looked(request: Request, run: Run) -> Iterator[Step]:
    for words, purpose in PROGRAMS.items():
        yield _program(words, purpose)
    yield _step("docker daemon", run.docker.answers, "it answers", "it does not answer: start it, or set DOCKER_HOST")
    yield _asked("repository", lambda: str(read_repository(request.directory).image_of(None)))
    yield _asked("origin", lambda: str(run.git(request.directory).origin() or "none: git remote add origin URL"))
    yield _registry(request.directory, run)
    yield _step(
        "workflow",
        lambda: bool(called((read_file(request.directory, WORKFLOW) or b"").decode("utf-8", "replace"))),
        WORKFLOW,
        f"{WORKFLOW} does not call ltf-ci: ltf-ci init",
    )
    yield _github(request, run)


def _program(words: tuple[str, ...], purpose: str) -> Step:
    name = " ".join(words[:-1])
    try:
        ended = process.run(words)
    except LtfError:
        return Step(name, StepState.FAILED, f"not installed; it is for {purpose}")
    version = ended.text.partition("\n")[0]
    if ended.status:
        return Step(name, StepState.FAILED, f"not installed; it is for {purpose}")
    return Step(name, StepState.DONE, version)


def _step(name: str, is_so: Callable[[], bool], good: str, bad: str) -> Step:
    try:
        return Step(name, StepState.DONE, good) if is_so() else Step(name, StepState.FAILED, bad)
    except LtfError as error:
        return Step(name, StepState.FAILED, error.found)


def _asked(name: str, ask: Callable[[], str]) -> Step:
    try:
        return Step(name, StepState.DONE, ask())
    except LtfError as error:
        return Step(name, StepState.FAILED, f"{error.found}{f': {error.cure}' if error.cure else ''}")


def _registry(directory: Path, run: Run) -> Step:
    """Return whether the image's registry answers, and whether there is a login for it."""
    try:
        image = read_repository(directory).image_of(None)
        tags = run.registry.tags(image)
    except LtfError as error:
        return Step("registry", StepState.FAILED, f"{error.found}{f': {error.cure}' if error.cure else ''}")
    login = "with a login" if run.credentials(image.registry) else "without a login: docker login, before you push"
    return Step("registry", StepState.DONE, f"{image.registry} answers, {len(tags)} tags, {login}")


def _github(request: Request, run: Run) -> Step:
    """Return how pull requests are opened; the login itself is tried by the first call of a release."""
    if request.app_client_id:
        return Step("github", StepState.DONE, f"as the App {request.app_client_id}")
    if run.has_token:
        return Step("github", StepState.DONE, "by LTF_CI_TOKEN")
    return Step(
        "github", StepState.SKIPPED, "no login: LTF_CI_TOKEN or an App, for pull requests in the languages list"
    )
