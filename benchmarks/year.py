"""A simulated year of a fleet under the limits of GitHub and Docker Hub: what a moved base costs, and what starves."""

from __future__ import annotations

import statistics
from math import inf
from pathlib import Path

from tests.support.simulation import HOUR, LIMITS, PULLS, Year, year

DAYS = 365
FLEETS = (  # images, and where they are
    (80, "ghcr.io/owner"),
    (80, "docker.io/owner"),
    (2000, "ghcr.io/owner"),
)
NAMES = {"rest": "REST", "points": "GraphQL points", "made": "made something", "made at once": "made, in a minute"}
HEAD = [["fleet", "what", "figure", "of the limit"], ["---", "---", "---:", "---:"]]


def rows(_folder: Path) -> list[list[str]]:
    """Simulate, and return the table's rows."""
    return [row for images, place in FLEETS for row in _rows(images, place)]


def _rows(images: int, place: str) -> list[list[str]]:
    lived = year(images, DAYS, place)
    name, used, days = f"{images:,} at {place.partition('/')[0]}", lived.world.used, _in_time(lived)
    made_a_day, pulls = sum(used.windows["made"].values()) / DAYS, used.most("pulls")
    return [
        [name, "moves of a public base that reached all", f"{len(days)} of {len(lived.days())}", ""],
        [name, "days to the last pull request, median", f"{statistics.median(days):.1f}", ""],
        [name, "days to the last pull request, longest", f"{max(days):.1f}", ""],
        [name, "releases", f"{lived.world.started:,}", ""],
        [name, "jobs at once", f"{lived.world.most_jobs}", f"{lived.world.most_jobs / 20:.0%}"],
        *(_row(name, lived, what) for what in LIMITS),
        [name, "made something, a day on average", f"{made_a_day:.0f}", f"{made_a_day / (500 * 24):.1%}"],
        [
            name,
            "Docker Hub's pulls, most in 6 hours",
            f"{pulls}",
            f"{pulls / PULLS[True]:.0%}",
        ],
    ]


def _row(name: str, lived: Year, what: str) -> list[str]:
    most, limit = lived.world.used.most(what), LIMITS[what]
    when = "in an hour" if limit.seconds == HOUR else ""
    return [name, f"{NAMES[what]}, most {when}".strip(), f"{most}", f"{most / limit.calls:.0%}"]


def _in_time(lived: Year) -> list[float]:
    """Return the days of the moves that reached all: one of the last days may not have."""
    return [days for days in lived.days() if days < inf]
