"""The parts of a check that can be had alone."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.model.choice import one_of


class CheckPart(StrEnum):
    """`manifest`: what cyber-dojo asks of it. `agreement`: of git tag, manifest and README."""

    MANIFEST = "manifest"
    AGREEMENT = "agreement"

    @classmethod
    def parse(cls, text: str) -> CheckPart:
        """Read a part's name, or raise UsageError."""
        return one_of(cls, "only", text)
