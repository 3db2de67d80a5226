"""Keeps the one issue of the daily watch: opened, rewritten, closed; left alone where it has all of it already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.issues import GithubIssues
from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Finding
from ltf_ci.model.github import Issue
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.watch.rules import issue as watch_issue
from ltf_ci.watch.rules.issue import CloseIssue, CreateIssue, EditIssue, IssueDecision, KeepIssue

STEP = "issue"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the issue, and the plan as JSON data."""

    steps: tuple[Step, ...] = ()
    plan: Mapping[str, str] = field(default_factory=dict)
    error: LtfError | None = None


def keep_issue(repository: str, findings: Sequence[Finding], github: GithubApi, *, dry_run: bool) -> Kept:
    """Let a repository's issue say what was found; nothing where no repository is named."""
    if not repository:
        return Kept()
    try:
        return _kept(repository, findings, github, dry_run=dry_run)
    except LtfError as error:  # what was found is reported all the same
        return Kept((Step(STEP, StepState.SKIPPED, error.found),), error=error)


def _kept(repository: str, findings: Sequence[Finding], github: GithubApi, *, dry_run: bool) -> Kept:
    issues = GithubIssues(repository, github)
    labelled = issues.labelled(watch_issue.LABEL)
    decision = watch_issue.decide(labelled, findings)
    what = {"what": _what(decision), **({} if isinstance(decision, KeepIssue) else {"body": decision.body})}
    more = tuple(_double_closed(double, issues, dry_run=dry_run) for double in watch_issue.doubles(labelled))
    if isinstance(decision, KeepIssue):
        return Kept((Step(STEP, StepState.UNCHANGED, decision.why), *more), what)
    state = StepState.PLANNED if dry_run else StepState.DONE
    url = "" if dry_run else _done(decision, issues)
    return Kept((Step(STEP, state, f"{_what(decision)} {url}".rstrip()), *more), what)


def _double_closed(double: Issue, issues: GithubIssues, *, dry_run: bool) -> Step:
    if not dry_run:
        issues.edit(double, double.body, is_open=False)
        issues.comment(double, "Closed by ltf-ci: there is another one.")
    return Step(STEP, StepState.PLANNED if dry_run else StepState.DONE, f"close {double.url}: there is another one")


def _what(decision: IssueDecision) -> str:
    match decision:
        case CreateIssue():
            return "open"
        case EditIssue(issue):
            return f"update {issue.url}" if issue.is_open else f"reopen {issue.url}"
        case CloseIssue(issue):
            return f"close {issue.url}: nothing is left"
        case KeepIssue(why):
            return f"nothing: {why}"


def _done(decision: CreateIssue | EditIssue | CloseIssue, issues: GithubIssues) -> str:
    """Carry a decision out; return the address of an issue that is new."""
    match decision:
        case CreateIssue(body):
            return issues.create(watch_issue.TITLE, body, watch_issue.LABEL).url
        case EditIssue(issue, body):
            issues.edit(issue, body, is_open=True)
        case CloseIssue(issue, body):
            issues.edit(issue, body, is_open=False)
            issues.comment(issue, "Closed by ltf-ci: nothing is left.")
    return ""
