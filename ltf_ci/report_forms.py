"""What an outcome, a finding or an error looks like: lines of text, a workflow command, markdown, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ltf_ci.errors import BadInput, FilePlace, LtfError
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.finding_data import finding_data
from ltf_ci.model.layout import DOCKERFILES
from ltf_ci.model.ltf_rules import UNREADABLE
from ltf_ci.model.outcome import Outcome
from ltf_ci.model.printable import OLD_COMMAND, printable

if TYPE_CHECKING:
    from ltf_ci.stopwatch import Timing

VERSION = 1  # of the JSON: it rises when a key changes its meaning or goes, not when one comes
_LONGEST = 2000  # characters of a sentence of a finding; the JSON has it whole
_COMMAND = r"(?m)^(\s*)::"


def json_text(data: Mapping[str, Any]) -> str:
    """Write data as JSON that no runner reads a command in."""
    return json.dumps(data, indent=2).replace(OLD_COMMAND, "#\\u0023[")


def escape_message(text: str) -> str:
    """Escape a workflow command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape a workflow command's property."""
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")


def findings_of(error: LtfError) -> tuple[Finding, ...]:
    """Return an unreadable file's faults as findings, each at its place; none of an error about what a file names."""
    found = (error, *error.others) if isinstance(error, BadInput) and not error.about else ()
    return tuple(_finding(each, each.place) for each in found if each.place)


def _finding(error: LtfError, place: FilePlace) -> Finding:
    at = Place(place.path, place.line, place.column)
    found = error.found.removeprefix(f"{place}: ")
    rule = "dockerfile" if place.path in DOCKERFILES else UNREADABLE
    return Finding(rule=rule, place=at, found=found, expected=error.expected, cure=error.cure)


def annotation(finding: Finding) -> str:
    """Return a finding as a workflow command that GitHub shows at its line."""
    place = finding.place
    properties = {
        "file": place.path,
        "line": str(place.line or ""),
        "col": str(place.column or ""),
        "title": finding.rule,
    }
    words = ",".join(f"{name}={escape_property(printable(value))}" for name, value in properties.items() if value)
    return f"::{finding.severity} {words}::{escape_message(_sentences(finding))}"


def error_annotation(command: str, error: LtfError) -> str:
    """Return an error as a workflow command: GitHub shows it at its line where it has one."""
    place = error.place
    properties = {"title": f"ltf-ci {command}"}
    if place:
        properties = {"file": place.path, "line": str(place.line), "col": str(place.column), **properties}
    words = ",".join(f"{name}={escape_property(printable(value))}" for name, value in properties.items())
    return f"::error {words}::{escape_message(error_text(error))}"


def finding_text(finding: Finding, severity: str = "") -> str:
    """Return a finding as lines of text; its severity may be given in colour."""
    sentences = _sentences(finding, joint="\n    ")
    return f"{printable(str(finding.place))}: {severity or finding.severity} [{finding.rule}] {sentences}"


def plan_lines(plan: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Return a plan as lines of `key: value`, one in another indented; what is empty is left out."""
    for key, value in plan.items():
        several = value if isinstance(value, list | tuple) else (value,)
        for each in several:
            if isinstance(each, Mapping):
                yield f"{indent}{key}:"
                yield from plan_lines(each, f"{indent}  ")
            elif each not in ("", None):
                yield f"{indent}{key}: {str(each).lower() if isinstance(each, bool) else each}"


def timings_data(timings: Sequence[Timing]) -> Mapping[str, Any]:
    """Return where the time went as JSON data, if that is known."""
    return {"timings": [timing.as_data() for timing in timings]} if timings else {}


def timings_table(timings: Sequence[Timing]) -> str:
    """Return where the time went as a table of markdown, if that is known."""
    rows = "".join(timing.as_row() for timing in timings)
    return f"\n| seconds | part |\n|---:|---|\n{rows}" if rows else ""


def error_text(error: LtfError) -> str:
    """Return an error as lines of text, of which none is a workflow command."""
    return re.sub(_COMMAND, r"\1\\x3a:", printable(str(error), keep="\n"))


def _sentences(finding: Finding, joint: str = "\n") -> str:
    parts = [_shown(finding.found)]
    parts += [f"expected: {_shown(finding.expected)}"] if finding.expected else []
    parts += [f"what to do: {_shown(finding.cure)}"] if finding.cure else []
    return joint.join(parts)


def _shown(text: str) -> str:
    """Return a sentence that may have a file's own text in it, and no more of that than a person would read."""
    return printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def as_data(command: str, outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON data."""
    return {
        "version": VERSION,
        "command": command,
        "conclusion": str(outcome.conclusion),
        "reason": outcome.reason,
        "steps": [{"name": step.name, "state": str(step.state), "detail": step.detail} for step in outcome.steps],
        "findings": [finding_data(finding) for finding in outcome.findings],
        "outputs": dict(outcome.outputs),
        "plan": dict(outcome.plan),
        **({"error": error_data(outcome.error)} if outcome.error else {}),
    }


def error_data(error: LtfError) -> dict[str, Any]:
    """Return an error as JSON data."""
    place = error.place
    return {
        "kind": type(error).__name__,
        "exit-code": error.exit_code,
        "found": error.found,
        "expected": error.expected,
        "cure": error.cure,
        **({"file": place.path, "line": place.line, "column": place.column} if place else {}),
    }
