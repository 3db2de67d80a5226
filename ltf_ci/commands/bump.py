"""`ltf-ci bump`: a release's line in the languages list, by one pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ltf_ci.clients.languages import Languages
from ltf_ci.commands.outside import Outside
from ltf_ci.commands.released import release_at, release_in
from ltf_ci.commands.requests import BumpRequest, PullRequest
from ltf_ci.errors import GithubFailed, HeadMoved, LtfError, UsageError
from ltf_ci.model.languages_list import LanguagesList, ListEntry
from ltf_ci.model.languages_state import Close, Decision, LanguagesState, Leave, Pull, Write
from ltf_ci.model.lock import LockEntry
from ltf_ci.model.outcome import Conclusion, Outcome, State, Step
from ltf_ci.model.release import Release
from ltf_ci.rules import bumping
from ltf_ci.rules.bumping import Bump
from ltf_ci.rules.pull_text import Change

Request = BumpRequest
STEP = "list"
HANDFUL = 5  # pull requests at once: GitHub blocks who opens many
ROUNDS = 50  # as many may be faster at the same moment
PATIENCE = 5  # refusals with nothing moved in between: then nobody was faster, and GitHub means it


@dataclass(frozen=True, slots=True)
class Bumped:
    """What became of a pull request: the decision that was carried out (or planned), and the pull request.

    An `error` says what it could not be given, though it is open.
    """

    decision: Decision
    step: Step
    pull: Pull | None = None
    error: LtfError | None = None

    @property
    def url(self) -> str:
        """The pull request's address."""
        return self.pull.url if self.pull else ""


def run(request: Request, outside: Outside) -> Outcome:
    """Bump the releases that are named, or the one in the folder."""
    releases = _releases(request, outside)
    if not releases:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="an image's own repository is not in the list")
    bumped = bump(releases, request, outside, dry_run=request.dry_run)
    conclusion, reason = conclusion_of(bumped)
    return Outcome(
        conclusion=conclusion,
        reason=reason,
        steps=tuple(each.step for each in bumped),
        outputs=outputs_of(bumped),
        plan=plan_of(bumped),
        error=error_of(bumped),
    )


def bump(releases: Sequence[Release], request: PullRequest, outside: Outside, *, dry_run: bool) -> tuple[Bumped, ...]:
    """Open or update the pull requests: one for each release; one for all where asked for, or where they are many."""
    group = request.group or ("releases" if len(releases) > HANDFUL else "")
    batches = [tuple(releases)] if group else [(release,) for release in releases]
    done: list[Bumped] = []
    for batch in batches:
        if done:
            outside.wait(1)
        done.append(_bump(batch, group, request, outside, dry_run=dry_run))
    return tuple(done)


def conclusion_of(bumped: Sequence[Bumped]) -> tuple[Conclusion, str]:
    """Say how it ended, and why where nothing was done."""
    error = error_of(bumped)
    if error:
        return Conclusion.FAILED, error.found
    states = {each.step.state for each in bumped}
    if State.PLANNED in states:
        return Conclusion.PLANNED, ""
    if State.DONE in states:
        return Conclusion.DONE, ""
    reason = "; ".join(dict.fromkeys(each.decision.why for each in bumped if not isinstance(each.decision, Write)))
    return (Conclusion.DID_NOTHING if State.SKIPPED in states else Conclusion.NOTHING_TO_DO), reason


def outputs_of(bumped: Sequence[Bumped]) -> dict[str, str]:
    """Give the action's outputs."""
    return {"pull-request": "\n".join(each.url for each in bumped if each.url)}


def error_of(bumped: Sequence[Bumped]) -> LtfError | None:
    """Give the first error."""
    return next((each.error for each in bumped if each.error), None)


def plan_of(bumped: Sequence[Bumped]) -> Mapping[str, Any]:
    """Give the plan as JSON data."""
    return {"languages": [each.decision.as_data() for each in bumped]}


def _releases(request: Request, outside: Outside) -> list[Release]:
    if request.release:
        found = [release_at(entry, request, outside) for entry in request.release]
    else:
        found = [release_in(request.directory, request.tag, request, outside)]
    return [release for release in found if release]


def languages_of(request: PullRequest, outside: Outside) -> Languages:
    """Give the languages repository; raise what would keep any change from being made there."""
    if request.languages is None:
        raise UsageError("no languages repository is named", expected="--languages OWNER/NAME, a path or a git URL")
    return outside.languages(request.languages, bumping.paths(request.list), request.options)


def _bump(batch: tuple[Release, ...], group: str, request: PullRequest, outside: Outside, *, dry_run: bool) -> Bumped:
    """Look, decide, act; and again where somebody was faster, or main moved meanwhile."""
    languages = languages_of(request, outside)
    changes = tuple(_change(release) for release in batch)
    wanted = Bump(changes=changes, branch=bumping.branch_name(changes[0].entry, group), list_path=request.list)
    refusals: list[tuple[LanguagesState, str]] = []
    done: Bumped | None = None
    for turn in range(ROUNDS):
        state = languages.state(wanted.branch)
        wanted = _sized(wanted, batch, state, outside)
        decision = bumping.decide(state, wanted)
        if dry_run or isinstance(decision, Leave):
            return done or _completed(_left(decision), languages)
        try:
            done, base = _done(decision, state, languages)
        except HeadMoved as error:
            refusals.append((state, error.found))
            if refusals[-PATIENCE:] == refusals[-1:] * PATIENCE:
                raise GithubFailed(error.found, expected=error.expected, cure=error.cure) from error
            outside.wait(min(turn + 1, 5))
        else:
            done = _completed(done, languages)
            if base == state.base.head:
                return done
    raise GithubFailed(f"{wanted.branch} is changed by others all the time", cure="run it again when it is quiet")


def _change(release: Release) -> Change:
    entry = ListEntry(release.url, str(release.tag))
    return Change(entry=entry, locked=LockEntry.of(release) if release.digest else None)


def _sized(wanted: Bump, batch: Sequence[Release], state: LanguagesState, outside: Outside) -> Bump:
    """Add the images' sizes, once and where a pull request will tell them."""
    known = any(change.sizes for change in wanted.changes)
    if known or not isinstance(bumping.decide(state, wanted), Write):
        return wanted
    listed = LanguagesList(wanted.list_path, state.base.files[wanted.list_path] or "")
    changes = [
        _with_sizes(change, release, listed, outside) for change, release in zip(wanted.changes, batch, strict=True)
    ]
    return replace(wanted, changes=tuple(changes))


def _with_sizes(change: Change, release: Release, listed: LanguagesList, outside: Outside) -> Change:
    """Add the image's size, and those of its version line's listed releases: the pull request compares them."""
    before = [line.entry.tag for line in listed.of(release.url) if line.entry.tag]
    tags = {release.tag, *(tag for tag in before if tag.version == release.tag.version)}
    sizes = {str(tag): outside.registry.size(release.image.tagged(tag)) for tag in tags}
    return replace(change, sizes=tuple((tag, size) for tag, size in sizes.items() if size is not None))


def _left(decision: Decision) -> Bumped:
    if isinstance(decision, Leave):
        state = State.UNCHANGED if decision.settled else State.SKIPPED
        return Bumped(decision, Step(STEP, state, decision.why), decision.pull)
    return Bumped(decision, Step(STEP, State.PLANNED, decision.as_data()["what"]))


def _done(decision: Write | Close, state: LanguagesState, languages: Languages) -> tuple[Bumped, str]:
    """Carry a decision out, and say where the default branch was then."""
    if isinstance(decision, Close):
        languages.close(decision.pull, decision.why)
        step = Step(STEP, State.DONE, f"closed {decision.pull.url}: {decision.why}")
        return Bumped(decision, step, decision.pull), state.base.head
    written = languages.write(decision, state)
    verb = "updated" if decision.pull else "opened"
    step = Step(STEP, State.DONE, f"{verb} {written.pull.url}: {decision.text.title}")
    return Bumped(decision, step, written.pull), written.base


def _completed(bumped: Bumped, languages: Languages) -> Bumped:
    """Give the pull request what a run that was killed may not have given it; it is open even where that fails."""
    closed = isinstance(bumped.decision, Close) or bumped.step.state in (State.PLANNED, State.SKIPPED)
    if bumped.pull is None or closed:
        return bumped
    try:
        languages.complete(bumped.pull)
    except LtfError as error:
        return replace(bumped, error=error)
    return bumped
