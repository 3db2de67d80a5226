"""`ltf-ci check` beside the bare interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import repository
from benchmarks.measure import Run, environ_with_bytecode, interleaved, ltf_ci, measured

TIMES = 25
_BAD_INPUT = 3  # the exit code where there is no such folder
_NEEDED = "argparse, enum, json, pathlib, re, subprocess, typing"


def rows(folder: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    place = folder / "repository"
    repository.begin(place)
    (place / "docker/Dockerfile").write_text("FROM scratch\n")
    repository.tag(place, "cyberdojofoundation/python_unittest", 1)
    environ = environ_with_bytecode(folder)
    bare, needed, start, check = interleaved(
        TIMES,
        lambda: measured([sys.executable, "-c", "pass"], environ),
        lambda: measured([sys.executable, "-c", f"import {_NEEDED}"], environ),
        lambda: measured([ltf_ci(), "check", str(folder / "nowhere")], environ, expected=_BAD_INPUT),
        lambda: measured([ltf_ci(), "check", str(place)], environ),
    )
    return [
        ["`python -c pass`", f"{bare.seconds * 1000:.1f} ms", f"{bare.megabytes:.0f} MB", ""],
        _row(f"`python -c 'import {_NEEDED}'`", needed, bare),
        _row("`ltf-ci check`, its start alone: no such folder", start, bare),
        _row("`ltf-ci check`, with its git calls and the manifest's rules", check, bare),
    ]


def _row(what: str, found: Run, bare: Run) -> list[str]:
    beside = f"{found.seconds / bare.seconds:.1f} x `python -c pass`"
    return [what, f"{found.seconds * 1000:.1f} ms", f"{found.megabytes:.0f} MB", beside]
