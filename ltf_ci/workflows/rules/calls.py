"""Which workflows call ltf-ci: its action, or one of its reusable workflows, by whichever fork."""

from __future__ import annotations

import re

_USES = re.compile(r"""(?<![\w-])uses["']?:\s*["']?[^\s/@"']+/ltf-ci(?:/\.github/workflows/(?P<workflow>[^@\s]+))?@""")


def called(text: str) -> frozenset[str]:
    """Return the reusable workflows of ltf-ci that a workflow calls, by file name; an empty name is the action."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return frozenset(match["workflow"] or "" for line in lines for match in _USES.finditer(line))
