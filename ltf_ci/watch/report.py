"""What `ltf-ci watch --format json` wrote."""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path

from ltf_ci.clients.files import read_needed
from ltf_ci.errors import BadInput
from ltf_ci.model.bounds import foreign_json
from ltf_ci.model.finding import Finding
from ltf_ci.model.finding_data import finding_of
from ltf_ci.watch.observations import LOOKED

LARGEST = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Watched:
    """What watch found, and whether it had looked at all: if not, what it did not find may be there."""

    findings: tuple[Finding, ...]
    is_whole: bool


def read_report(raw: bytes, path: str) -> Watched:
    """Read what was found, or raise BadInput: also where watch ended before it had found anything."""
    try:
        data = foreign_json(raw)
        found = tuple(finding_of(each) for each in {"watch": data["findings"]}[data["command"]])
        is_whole = any(step["name"] == LOOKED for step in data["steps"])
        why = "" if is_whole or found else f"it ended before it had looked: {data['error']['found']}"
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise _no_report(path, _why(error)) from error
    if why:
        raise _no_report(path, why[:200])
    return Watched(found, is_whole)


def report_in(file: Path) -> Watched:
    """Read what was found from a file, or raise BadInput where it is not there."""
    cure = "write it by `ltf-ci watch --report FILE`"
    return read_report(read_needed(file, "what `ltf-ci watch` found, as JSON", cure, LARGEST), str(file))


def _why(error: Exception) -> str:
    """Return what is wrong with a report, without Python's words for it."""
    if isinstance(error, KeyError):
        return f"it lacks {str(error.args[0])[:80]!r}"
    if isinstance(error, JSONDecodeError):
        return f"line {error.lineno}, column {error.colno} is no JSON"
    return "a part of it has another form"


def _no_report(path: str, why: str) -> BadInput:
    return BadInput(
        f"{path[:200]} is not what watch found: {why}",
        expected='{"command": "watch", "findings": […]}',
        cure="write it by `ltf-ci watch --report FILE`, and check that it ended",
    )
