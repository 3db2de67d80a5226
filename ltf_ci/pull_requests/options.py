"""The values of a pull request's options, as users write them."""

from __future__ import annotations

import re

from ltf_ci.errors import UsageError

LONGEST_LABEL = 50  # characters that GitHub takes
_LOGIN = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\[bot\])?"


def label(text: str) -> str:
    """Read a label's name, or raise UsageError."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_LABEL:
        expected = f"the name of a label at GitHub: one line of at most {LONGEST_LABEL} characters"
        raise UsageError(f"label is {text[:80]!r}", expected=expected)
    return text


def reviewer(text: str) -> str:
    """Read the login of who may be asked to review, or raise UsageError: a team cannot be asked."""
    if not re.fullmatch(_LOGIN, text):
        cure = f"did you mean {text[1:]}?" if re.fullmatch(_LOGIN, text[1:]) else ""
        raise UsageError(
            f"reviewer is {text[:80]!r}", expected="a person's login at GitHub, such as octocat; no team", cure=cure
        )
    return text


def group(text: str) -> str:
    """Read the name of a group of bumps, or raise UsageError."""
    if text and not (text.strip() and text.isprintable()):
        raise UsageError(f"group is {text[:80]!r}", expected="a name in one line, such as weekly")
    return text
