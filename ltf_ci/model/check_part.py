"""The parts of a check that can be had alone."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.errors import UsageError


class CheckPart(StrEnum):
    """`manifest`: what cyber-dojo asks of it. `agreement`: of git tag, manifest and README."""

    MANIFEST = "manifest"
    AGREEMENT = "agreement"

    @classmethod
    def parse(cls, text: str) -> CheckPart:
        """Read a part's name, or raise UsageError."""
        if text not in tuple(cls):
            raise UsageError(f"only is {text[:80]!r}", expected=" or ".join(cls))
        return cls(text)
