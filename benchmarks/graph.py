"""The plan of a whole fleet beside graphlib's order of the same graph, which is less than a plan."""

from __future__ import annotations

import gc
import json
import random
import time
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path

from benchmarks.measure import Run, environ_with_bytecode, interleaved, ltf_ci, measured
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules.waves import waves
from ltf_ci.languages.dependents import Dependents

TIMES = 5
SIZES = (10_000, 20_000)
BASES = 5  # of each image
NEAR = 1_000  # a base is one of so many before: 10,000 images are some 150 waves
ROOT = "debian:12"


def rows(folder: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    return [row for size in SIZES for row in _rows(folder / f"{size}.json", size)]


def _rows(file: Path, size: int) -> list[list[str]]:
    file.write_text(json.dumps(_fleet(size), indent=2))
    environ = environ_with_bytecode(file.parent)
    entries = Dependents.parse(file.read_bytes(), file.name).entries
    bases = _bases(ImageGraph.of(entries))
    order, plan, command = interleaved(
        TIMES,
        lambda: _timed(lambda: list(TopologicalSorter(bases).static_order())),
        lambda: _timed(lambda: waves(ImageGraph.of(entries), [ROOT])),
        lambda: measured([ltf_ci(), "dependents", "plan", ROOT, "--dependents", str(file)], environ),
    )
    of = f"{size:,} images on {sum(map(len, bases.values())):,} bases"
    return [
        [f"`graphlib`'s `static_order()`: {of}", f"{order.seconds * 1000:.0f} ms", "", ""],
        [
            f"graph and waves: {of}",
            f"{plan.seconds * 1000:.0f} ms",
            "",
            f"{plan.seconds / order.seconds:.1f} x `graphlib`",
        ],
        [f"`ltf-ci dependents plan`: {of}", f"{command.seconds:.2f} s", f"{command.megabytes:.0f} MB", ""],
    ]


def _timed(work: Callable[[], object]) -> Run:
    gc.collect()  # what one left behind is not the other's time
    begin = time.perf_counter()
    work()
    return Run(time.perf_counter() - begin, 0)


def _bases(graph: ImageGraph) -> dict[str, list[str]]:
    keys = [entry.key for entry in graph.entries]
    return {key: [keys[base] for base in below] for key, below in zip(keys, graph.bases, strict=True)}


def _fleet(size: int) -> dict[str, object]:
    pick = random.Random(1)
    return {
        f"image-{number} (1.0)": {
            "from": _picked(pick, number),
            "image_name": f"owner/image-{number}:1.0-1",
            "test_framework": False,
        }
        for number in range(size)
    }


def _picked(pick: random.Random, number: int) -> str | list[str]:
    before = range(max(0, number - NEAR), number)
    return [f"owner/image-{base}:1.0" for base in pick.sample(before, BASES)] if number >= BASES else ROOT
