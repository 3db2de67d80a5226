"""`ltf-ci retag`: new revisions of version lines, built anew on what their bases are now, and one pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.languages.bump import bump, languages_of
from ltf_ci.languages.release import Release
from ltf_ci.languages.released import address_of, release_of
from ltf_ci.languages.requests import PullRequest
from ltf_ci.model.finding import Finding
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.publish.publish import Published
from ltf_ci.pull_requests.apply import STEP as LIST
from ltf_ci.pull_requests.apply import PullRequestResult, conclusion_of, error_of, outputs_of, plan_of
from ltf_ci.retag.line import Asked, Retagged, retag_line
from ltf_ci.retag.request import Lines
from ltf_ci.retag.rules import retagging

SECURITY = "security"  # the pull request's label, and its group where none is named


@dataclass(frozen=True, kw_only=True)
class Request(PullRequest):
    """Which version lines, why, on which bases, and which request it is; all else as each line's own settings say."""

    directory: Path
    lines: Lines | None
    reason: str
    base: tuple[ImageName, ...]
    request: str
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """What became of the pull request: why there is none, or an error, where that is so."""

    bumped: tuple[PullRequestResult, ...] = ()
    why_not: str = ""
    error: LtfError | None = None


def execute(request: Request, run: Run) -> Outcome:
    """Re-tag each line, whatever became of the others; then list all that are released."""
    versions = _versions(request, run)
    if not versions:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="no git tag at origin is a release")
    if request.languages:
        languages_of(request, run).ready()
    asked = Asked(
        directory=request.directory,
        reason=request.reason,
        request=request.request or _new_request(),
        bases=request.base,
    )
    lines = [retag_line(version, asked, run) for version in versions]
    return _outcome(lines, _list(lines, request, run))


def _versions(request: Request, run: Run) -> tuple[LanguageVersion, ...]:
    if request.lines is None:
        raise UsageError("no version line is named", expected="--lines 3.7.4,3.7.5, or --lines all")
    git = run.git(request.directory)
    address_of(git.origin())
    return request.lines.versions or retagging.lines(git.remote_tags("origin"))


def _new_request() -> str:
    from secrets import token_hex  # slow to import, and seldom needed

    return token_hex(8)


def _list(lines: Sequence[Retagged], request: Request, run: Run) -> _Listed:
    """Open one pull request for every line that is released; what is released stays so where that fails."""
    releases = [*_releases(lines)]
    if not releases:
        return _Listed(why_not="no start point was released")
    if not request.languages:
        return _Listed(why_not="no languages repository is named (--languages)")
    labels = (*dict.fromkeys((*request.label, SECURITY)),)
    pull = replace(request, label=labels, group=request.group or SECURITY)
    try:
        return _Listed(bump(releases, pull, run, dry_run=request.dry_run, reason=request.reason))
    except LtfError as error:
        return _Listed(why_not=error.found, error=error)


def _releases(lines: Sequence[Retagged]) -> Iterator[Release]:
    for line in lines:
        published = line.published
        plan = published.plan if published else None
        is_released = published and (published.digest or published.outcome.conclusion is Conclusion.PLANNED)
        if published and plan and is_released and plan.candidate.has_start_point:
            yield release_of(plan.candidate, published.digest, published.colours)


def _outcome(lines: Sequence[Retagged], listed: _Listed) -> Outcome:
    conclusion, reason = _conclusion(lines, listed)
    of_list = [each.step for each in listed.bumped] or [Step(LIST, StepState.SKIPPED, listed.why_not)]
    return Outcome(
        conclusion=conclusion,
        reason=reason,
        steps=(*(step for line in lines for step in _steps(line)), *of_list),
        findings=tuple(finding for line in lines for finding in _findings(line)),
        outputs={**_outputs(lines), **outputs_of(listed.bumped)},
        plan={"lines": [_plan(line) for line in lines], **plan_of(listed.bumped)},
        error=_error(lines, listed),
    )


def _conclusion(lines: Sequence[Retagged], listed: _Listed) -> tuple[Conclusion, str]:
    failed = [str(line.version) for line in lines if _has_failed(line)]
    if failed:
        return Conclusion.FAILED, f"not all of it was done for {', '.join(failed)}"
    if listed.error:
        return Conclusion.FAILED, listed.error.found
    how = {line.published.outcome.conclusion for line in lines if line.published}
    of_list, why = conclusion_of(listed.bumped)
    if of_list is Conclusion.FAILED:
        return of_list, why
    for either in (Conclusion.PLANNED, Conclusion.DONE):
        if either in how or (listed.bumped and of_list is either):
            return either, ""
    return Conclusion.NOTHING_TO_DO, "every line was re-tagged by this request already"


def _has_failed(line: Retagged) -> bool:
    return line.published is None or line.published.outcome.conclusion is Conclusion.FAILED


def _error(lines: Sequence[Retagged], listed: _Listed) -> LtfError | None:
    of_lines = (line.error or (line.published and line.published.outcome.error) for line in lines)
    return next((error for error in of_lines if error), None) or listed.error or error_of(listed.bumped)


def _steps(line: Retagged) -> Iterator[Step]:
    """Return the line's steps, by its version's name."""
    more = line.published.outcome.steps if line.published else ()
    for step in (line.step, *more):
        yield replace(step, name=f"{line.version} {step.name}")
    if line.error and line.step.detail != line.error.found:
        yield Step(f"{line.version} push", StepState.SKIPPED, line.error.found)


def _findings(line: Retagged) -> Iterator[Finding]:
    for finding in line.published.outcome.findings if line.published else ():
        yield replace(finding, found=f"{line.version}: {finding.found}")


def _outputs(lines: Sequence[Retagged]) -> dict[str, str]:
    """Return the action's outputs: a line for each release, true where that is so of one of them."""
    published = [line.published for line in lines if line.published]
    told = [one.outcome.outputs for one in published]
    named = {name: "\n".join(filter(None, (one.get(name) for one in told))) for name in ("tag", "image", "digest")}
    flags = ("latest-moved", "released")
    any_of = {name: str(any(one.get(name) == "true" for one in told)).lower() for name in flags}
    return {**named, **any_of, "checksums": "\n".join(filter(None, map(_checksum, published)))}


def _checksum(published: Published) -> str:
    """Name what this run pushed as sha256sum does, for what attests many at once; nothing where it pushed nothing."""
    if published.plan is None or published.outcome.outputs.get("released") != "true":
        return ""
    return f"{str(published.digest).removeprefix('sha256:')}  {published.plan.candidate.image.untagged}"


def _plan(line: Retagged) -> dict[str, object]:
    published = line.published
    plan = published.outcome.plan if published else {}
    return {"line": str(line.version), "git": line.step.detail, "files": list(line.files), **plan}
