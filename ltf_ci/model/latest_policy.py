"""When a release may move `latest`."""

from __future__ import annotations

from enum import StrEnum


class LatestPolicy(StrEnum):
    """`auto` moves it only forward, `always` even backwards, `never` leaves it alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"
