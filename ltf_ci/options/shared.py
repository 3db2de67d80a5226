"""Options that commands of several rooms take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.errors import UsageError
from ltf_ci.model.printable import printable
from ltf_ci.options.option import switch, value

LONGEST_REASON = 500  # characters


def reason(text: str) -> str:
    """Read why, as one line of plain text, or raise UsageError."""
    line = printable(" ".join(text.split()))
    if len(line) > LONGEST_REASON:
        raise UsageError(f"reason has {len(line)} characters", expected=f"at most {LONGEST_REASON}")
    return line


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What is written."""

    dry_run: bool = switch("show the plan, and carry nothing out")


@dataclass(frozen=True, kw_only=True)
class SeveralAtOnce(DryRun):
    """What is written."""

    yes: bool = switch("go on without the question that is asked at a terminal", in_action=False)


@dataclass(frozen=True, kw_only=True)
class Write:
    """What is written."""

    write: bool = switch("write the file, instead of showing what it would be")


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why."""

    reason: str = value("why, in the git tag's message and in the pull request", reason, "TEXT", default="")


@dataclass(frozen=True, kw_only=True)
class Cache:
    """How repositories and registries are asked."""

    cache: Path | None = value(
        "keep what was fetched in this folder: a second run fetches only what moved", Path, "DIR", default=None
    )


@dataclass(frozen=True, kw_only=True)
class AllowLocal:
    """How repositories and registries are asked."""

    allow_local: bool = switch("let the list name repositories on this machine too")


@dataclass(frozen=True, kw_only=True)
class Fetching(AllowLocal, Cache):
    """How repositories and registries are asked."""
