"""What looks at a whole fleet, of 80, 800 and 8,000 images: CPU, memory, requests, and the exponent between sizes."""

from __future__ import annotations

import math
from pathlib import Path

from benchmarks import refresh
from benchmarks.measure import environ_with_bytecode, ltf_ci, measured
from benchmarks.scripted_fleet import ScriptedFleet, scripted_fleet

SIZES = (80, 800, 8000)
REFRESHED = (80, 800)  # the stand-in has real branches: thousands would take hours to make
CLONES = "`list check`"  # of thousands of repositories: minutes, and linear before
REFRESH = "`list refresh --dry-run`"
HEAD = [
    ["command", "images", "wall time", "CPU", "exponent", "memory", "registry", "GitHub", "git processes"],
    ["---", *["---:"] * 8],
]
Figures = tuple[float, float, float, int, int, int]


def rows(folder: Path) -> list[list[str]]:
    """Measure each command once at each size, and return the table's rows."""
    figures: dict[tuple[str, int], Figures] = {}
    for size in SIZES:
        place = folder / str(size)
        place.mkdir()
        with scripted_fleet(place, size) as fleet:
            for name, words in _commands(fleet).items():
                if size < SIZES[-1] or not name.startswith(CLONES):
                    figures[name, size] = _figures(fleet, words)
    for size in REFRESHED:
        figures[REFRESH, size] = refresh.figures(folder / f"refresh{size}", size)
    names = dict.fromkeys(name for name, _ in figures)
    return [_row(name, size, figures) for name in names for size in SIZES if (name, size) in figures]


def _commands(fleet: ScriptedFleet) -> dict[str, list[str]]:
    files, listed = str(fleet.languages), str(fleet.languages / "git_repo_urls.tagged")
    cache = str(fleet.folder / "cache")
    return {
        "`watch`": ["watch", files, "--allow-local"],
        "`list check`": ["list", "check", listed, "--allow-local", "--cache", cache],
        "`list check`, again": ["list", "check", listed, "--allow-local", "--cache", cache],
        "`dashboard`": ["dashboard", files, "--out", str(fleet.folder / "site")],
        "`adopt --dry-run`": ["adopt", str(fleet.folder / "repositories"), "--dry-run"],
    }


def _figures(fleet: ScriptedFleet, words: list[str]) -> Figures:
    trace = fleet.folder / "trace"
    github = {"LTF_CI_TOKEN": "t", "GITHUB_API_URL": f"http://{fleet.host}", "LTF_CI_RETRY_PAUSE": "0"}
    fleet.asked.clear()
    trace.write_text("")
    run = measured([ltf_ci(), *words], {**environ_with_bytecode(fleet.folder), **github, "GIT_TRACE": str(trace)})
    processes = trace.read_text().count("trace: built-in: git")
    return run.seconds, run.cpu, run.megabytes, fleet.asked["registry"], fleet.asked["GitHub"], processes


def _row(name: str, size: int, figures: dict[tuple[str, int], Figures]) -> list[str]:
    wall, cpu, memory, registry, github, git = figures[name, size]
    before = figures.get((name, size // 10))
    exponent = f"{math.log10(cpu / before[1]):.2f}" if before else ""
    counts = (f"{count:,}" for count in (registry, github, git))
    return [name, f"{size:,}", f"{wall:.1f} s", f"{cpu:.1f} s", exponent, f"{memory:.0f} MB", *counts]
