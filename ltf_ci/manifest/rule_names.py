"""The manifest's rules that a repository may switch off."""

from __future__ import annotations

from ltf_ci.errors import UsageError
from ltf_ci.model.ltf_rules import STRICTER

ALLOWED = tuple(rule.name for rule in STRICTER)


def allowed_rule(text: str) -> str:
    """Read the name of a rule that may be switched off, or raise UsageError: cyber-dojo insists on the others."""
    if text not in ALLOWED:
        raise UsageError(
            f"{text[:80]!r} is no rule that can be allowed to be broken", expected="one of " + ", ".join(ALLOWED)
        )
    return text
