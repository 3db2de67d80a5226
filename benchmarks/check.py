"""`ltf-ci check` beside the bare interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import repository
from benchmarks.measure import environ_with_bytecode, interleaved, ltf_ci, measured

TIMES = 25


def rows(folder: Path) -> list[list[str]]:
    """Measure, and give the table's rows."""
    place = folder / "repository"
    repository.begin(place)
    (place / "docker/Dockerfile").write_text("FROM scratch\n")
    repository.tag(place, "cyberdojofoundation/python_unittest", 1)
    environ = environ_with_bytecode(folder)
    bare, check = interleaved(
        TIMES,
        lambda: measured([sys.executable, "-c", "pass"], environ),
        lambda: measured([ltf_ci(), "check", str(place)], environ),
    )
    return [
        ["`python -c pass`", f"{bare.seconds * 1000:.1f} ms", f"{bare.megabytes:.0f} MB", ""],
        [
            "`ltf-ci check`",
            f"{check.seconds * 1000:.1f} ms",
            f"{check.megabytes:.0f} MB",
            f"{check.seconds / bare.seconds:.1f} x `python -c pass`",
        ],
    ]
