"""Measures whole programs: wall time and peak memory, by a launcher that is small itself."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A child counts its parent's memory until it becomes a program of its own: so the parent is next to nothing.
_LAUNCHER = """
import os, sys, time
quiet = [(os.POSIX_SPAWN_DUP2, 2, 1)]
begin = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - begin, usage.ru_maxrss, os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds, its peak resident memory in MB, and its seconds of CPU (its children's too)."""

    seconds: float
    megabytes: float
    cpu: float = 0


def measured(words: Sequence[str], environ: Mapping[str, str], *, expected: int = 0) -> Run:
    """Run a program to its end; raise RuntimeError where that is not the exit code expected."""
    # what it prints goes to standard error, beside the launcher's own figures
    launcher = [sys.executable, "-S", "-E", "-c", _LAUNCHER, *words]
    ended = subprocess.run(launcher, env=dict(environ), capture_output=True, text=True, check=True)
    seconds, kilobytes, status, cpu = ended.stdout.split()
    if int(status) != expected:
        raise RuntimeError(f"{words} ended with {status}:\n{ended.stderr}")
    return Run(float(seconds), float(kilobytes) / 1024, float(cpu))


def interleaved(times: int, *kinds: Callable[[], Run]) -> list[Run]:
    """Run each kind in turn, again and again; return each kind's medians. The first round only warms up."""
    rounds = [[kind() for kind in kinds] for _ in range(times + 1)][1:]
    return [_median([each[number] for each in rounds]) for number in range(len(kinds))]


def _median(runs: Sequence[Run]) -> Run:
    return Run(statistics.median(r.seconds for r in runs), statistics.median(r.megabytes for r in runs))


def ltf_ci() -> str:
    """Return the installed program."""
    return str(Path(sys.executable).with_name("ltf-ci"))


def environ_with_bytecode(folder: Path) -> dict[str, str]:
    """Return an environment in which Python keeps its bytecode, as where ltf-ci is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LTF_CI_", "GITHUB_"))}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
