"""When a release may move `latest`."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.model.choice import one_of


class LatestPolicy(StrEnum):
    """`auto` moves it only forward, `always` even backwards, `never` leaves it alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"

    @classmethod
    def parse(cls, text: str) -> LatestPolicy:
        """Read a policy's name, or raise UsageError."""
        return one_of(cls, "latest", text)
