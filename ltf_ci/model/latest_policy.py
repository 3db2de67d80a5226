"""When a release may move `latest`."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.errors import BadInput


class LatestPolicy(StrEnum):
    """`auto` moves it only forward, `always` even backwards, `never` leaves it alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"

    @classmethod
    def parse(cls, text: str) -> LatestPolicy:
        """Read a policy's name, or raise BadInput."""
        if text not in tuple(cls):
            raise BadInput(f"latest is {text[:80]!r}", expected="auto, always or never")
        return cls(text)
