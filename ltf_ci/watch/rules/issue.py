"""The one issue that says what the daily watch found: its text, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.github import Issue
from ltf_ci.model.printable import escape_markdown, truncated
from ltf_ci.model.rules_table import RULES
from ltf_ci.watch.rules.missing import NOT_ASKED

LABEL = "ltf-ci-watch"
TITLE = "What the daily watch found"
MARKER = "<!-- ltf-ci watch: this text is written by a machine -->"
_ABOUT = "`ltf-ci watch` rewrites this text when something changes, and closes the issue when nothing is left."
_NOTHING = "Nothing is left."
_REST = "the run's summary has the rest"
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)


@dataclass(frozen=True, slots=True)
class CreateIssue:
    """Open an issue with this text."""

    body: str


@dataclass(frozen=True, slots=True)
class EditIssue:
    """Give the issue this text, and open it."""

    issue: Issue
    body: str


@dataclass(frozen=True, slots=True)
class CloseIssue:
    """Close the issue, with this text."""

    issue: Issue
    body: str


@dataclass(frozen=True, slots=True)
class KeepIssue:
    """Leave all as it is: why."""

    why: str


IssueDecision: TypeAlias = CreateIssue | EditIssue | CloseIssue | KeepIssue


def decide(labelled: Iterable[Issue], findings: Sequence[Finding]) -> IssueDecision:
    """Return what becomes of the issue, given all those with our label and what was found.

    What could not be asked has no place in it: it may be as it was, and is answered tomorrow.
    """
    issue = _ours(labelled)
    known = [finding for finding in findings if finding.rule != NOT_ASKED]
    body = page(known)
    lines = set(issue.body.splitlines()) if issue else set()
    if len(known) < len(findings) and lines.issuperset(map(_line, known)):
        return KeepIssue("what could not be asked may be as it was")
    if issue is None:
        return CreateIssue(body) if known else KeepIssue("nothing was found")
    if not known:
        return CloseIssue(issue, body) if issue.is_open else KeepIssue("nothing was found")
    if _same(issue.body, body):
        return KeepIssue(
            f"{issue.url} has all of it already"
            if issue.is_open
            else f"{issue.url} has all of it, and a person closed it"
        )
    return EditIssue(issue, body)


def doubles(labelled: Sequence[Issue]) -> tuple[Issue, ...]:
    """Return what else of ours is open next to the issue that counts: of two runs at once each may have opened one."""
    issue = _ours(labelled)
    return tuple(each for each in labelled if _is_ours(each) and each.is_open and each != issue)


def page(findings: Iterable[Finding]) -> str:
    """Return the issue's text: errors before warnings, then by rule; the same for the same findings."""
    worst_first = sorted(findings, key=lambda finding: (_SEVERITIES.index(finding.severity), finding.rule))
    groups = groupby(worst_first, key=lambda finding: finding.rule)
    parts = [_group(rule, list(found)) for rule, found in groups] or [_NOTHING]
    return truncated("\n\n".join([MARKER, _ABOUT, *parts]) + "\n", _REST)


def _group(rule: str, findings: Sequence[Finding]) -> str:
    lines = [_line(finding) for finding in findings]
    # a cure is our own text, without any text of others
    cures = dict.fromkeys(finding.cure for finding in findings)
    title = RULES[rule].title
    heading = f"### {title[0].upper()}{title[1:]}: {len(findings)} (`{rule}`)"
    return "\n".join([heading, "", *lines, "", *(f"What to do: {cure}" for cure in cures)])


def _line(finding: Finding) -> str:
    expected = f"<br>expected: {escape_markdown(finding.expected)}" if finding.expected else ""
    return f"- {escape_markdown(finding.found)}{expected}"


def _ours(labelled: Iterable[Issue]) -> Issue | None:
    """Return our issue: one that begins with our marker; the open one, else the newest."""
    return max(filter(_is_ours, labelled), key=lambda issue: (issue.is_open, issue.number), default=None)


def _is_ours(issue: Issue) -> bool:
    return issue.body.startswith(MARKER)


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.strip()
