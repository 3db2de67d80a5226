"""Options that commands of several rooms take."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.errors import UsageError
from ltf_ci.model.printable import printable
from ltf_ci.options.option import Options, switch, value

LONGEST_REASON = 500  # characters


def reason(text: str) -> str:
    """Read why, as one line of plain text, or raise UsageError."""
    line = printable(" ".join(text.split()))
    if len(line) > LONGEST_REASON:
        raise UsageError(f"reason has {len(line)} characters", expected=f"at most {LONGEST_REASON}")
    return line


class DryRun(Options):
    """What is written."""

    dry_run: bool = switch("show the plan, and carry nothing out")


class SeveralAtOnce(DryRun):
    """What is written."""

    yes: bool = switch("go on without the question that is asked at a terminal", in_action=False)


class Write(Options):
    """What is written."""

    write: bool = switch("write the file, instead of showing what it would be")


class Why(Options):
    """Why."""

    reason: str = value("why, in the git tag's message and in the pull request", reason, "TEXT", default="")


class Cache(Options):
    """How repositories and registries are asked."""

    cache: Path | None = value(
        "keep what was fetched in this folder: a second run fetches only what moved", Path, "DIR", default=None
    )


class AllowLocal(Options):
    """How repositories and registries are asked."""

    allow_local: bool = switch("let the list name repositories on this machine too")


class Fetching(AllowLocal, Cache):
    """How repositories and registries are asked."""
