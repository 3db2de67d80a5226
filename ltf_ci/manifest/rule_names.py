"""The manifest's rules that a repository may switch off."""

from __future__ import annotations

from ltf_ci.errors import UsageError
from ltf_ci.model.ltf_rules import STRICTER

ALLOWED = tuple(rule.name for rule in STRICTER)


def allowed_rule(text: str) -> str:
    """Read the name of a rule that may be switched off, or raise UsageError: cyber-dojo insists on the others."""
    if text not in ALLOWED:
        from ltf_ci.model.nearest import did_you_mean  # seldom needed

        found = f"{text[:80]!r} is no rule that can be allowed to be broken"
        raise UsageError(found, expected="one of " + ", ".join(ALLOWED), cure=did_you_mean(text, ALLOWED))
    return text
