"""Numbers that a command is told."""

from __future__ import annotations

from ltf_ci.errors import UsageError

LONGEST_JOB = 360  # minutes: GitHub ends a job then


def minutes(text: str) -> int:
    """Read a number of minutes that a job may last, or raise UsageError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= LONGEST_JOB):
        raise UsageError(f"minutes is {text[:200]!r}", expected=f"a number from 1 to {LONGEST_JOB}")
    return int(text)
