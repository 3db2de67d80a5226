"""Measures, and writes the tables into benchmarks/README.md: `python -m benchmarks [KIND…]`."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import action, bump, check, graph, group, growth, release, start_point, watch, year

README = Path(__file__).with_name("README.md")
KINDS = {
    "action": action,
    "bump": bump,
    "check": check,
    "graph": graph,
    "group": group,
    "growth": growth,
    "release": release,
    "start-point": start_point,
    "watch": watch,
    "year": year,
}
HEAD = [["what", "wall time", "peak memory", "beside"], ["---", "---:", "---:", "---"]]


def main() -> None:
    """Measure what is asked for, or all."""
    for name in sys.argv[1:] or KINDS:
        with TemporaryDirectory(prefix="ltf-bench-", ignore_cleanup_errors=True) as folder:
            kind = KINDS[name]
            _write(name, getattr(kind, "HEAD", HEAD), kind.rows(Path(folder)))


def _write(name: str, head: list[list[str]], rows: list[list[str]]) -> None:
    table = "\n".join(f"| {' | '.join(row)} |" for row in [*head, *rows])
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = README.read_text().partition(begin)
    README.write_text(f"{before}{begin}\n{table}\n\n({machine})\n\n{end}{rest.partition(end)[2]}")
    sys.stdout.write(f"{table}\n")


if __name__ == "__main__":
    main()
