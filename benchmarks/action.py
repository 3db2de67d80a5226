"""The action from its start to the end of `check`, beside venv and pip; with nothing kept, and with its cache."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks import repository
from benchmarks.measure import Run, environ_with_bytecode, interleaved, measured

TIMES = 5
ROOT = Path(__file__).parents[1]
UV = ROOT / ".cache/uv/bin"
_RUN = re.compile(r"id: ltf-ci\n.*?run: \|\n(.*?)\n      env:", re.DOTALL)
_BY_PIP = """\
"$PYTHON" -m venv "$UV_PROJECT/.venv"
"$UV_PROJECT/.venv/bin/pip" install --quiet --require-hashes --requirement "$REQUIREMENTS"
PYTHONPATH="$UV_PROJECT" "$UV_PROJECT/.venv/bin/python" -P -m ltf_ci check
"""


@dataclass
class Bench:
    """An LTF repository, and our action as each job has it: just fetched, with no environment and no bytecode."""

    folder: Path
    ltf: Path
    requirements: Path
    numbers: Iterator[int] = field(default_factory=count)

    def by_pip(self, cache: str = "") -> Run:
        """Set it up by venv and pip, from the same hashes, and check."""
        return self._run(_BY_PIP, cache)

    def by_action(self, cache: str = "") -> Run:
        """Do what action.yml does, and check."""
        found = _RUN.search((ROOT / "action.yml").read_text())
        if found is None:
            raise LookupError("action.yml runs no ltf-ci")
        return self._run(textwrap.dedent(found[1]), cache)

    def _run(self, script: str, cache: str) -> Run:
        place = self.folder / f"action-{next(self.numbers)}"
        shutil.copytree(ROOT / "ltf_ci", place / "ltf_ci", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "uv.lock"):
            shutil.copy(ROOT / name, place)
        run = measured(
            ["/bin/bash", "-ec", script], self._environ(place, self.folder / (cache or f"{place.name}-cache"))
        )
        shutil.rmtree(place)
        return run

    def _environ(self, place: Path, cache: Path) -> dict[str, str]:
        environ = environ_with_bytecode(self.folder)
        del environ["PYTHONPYCACHEPREFIX"]
        python = str(Path(sys.executable).resolve())
        told = {"UV_PROJECT": str(place), "UV_COMPILE_BYTECODE": "1", "UV_NO_CONFIG": "1", "UV_PYTHON": python}
        kept = {"UV_CACHE_DIR": f"{cache}/uv", "PIP_CACHE_DIR": f"{cache}/pip"}
        check = {"LTF_CI_COMMAND": "check", "LTF_CI_DIRECTORY": str(self.ltf)}
        more = {"PYTHON": python, "REQUIREMENTS": str(self.requirements), "PATH": f"{UV}:{environ['PATH']}"}
        return {**environ, **told, **kept, **check, **more}


def rows(folder: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    bench = _bench(folder)
    kinds = {"cold": "", "warm": "kept"}
    runs = interleaved(
        TIMES,
        *(lambda do=do, cache=cache: do(cache) for cache in kinds.values() for do in (bench.by_pip, bench.by_action)),
    )
    return [
        row for name, pip, action in zip(kinds, runs[::2], runs[1::2], strict=True) for row in _rows(name, pip, action)
    ]


def _rows(name: str, pip: Run, action: Run) -> list[list[str]]:
    return [
        [f"venv, `pip install --require-hashes`, `check`: {name}", f"{pip.seconds:.2f} s", "", ""],
        [
            f"the action's `check`: {name}",
            f"{action.seconds:.2f} s",
            "",
            f"1/{pip.seconds / action.seconds:.1f} of pip",
        ],
    ]


def _bench(folder: Path) -> Bench:
    ltf, requirements = folder / "ltf", folder / "requirements.txt"
    repository.begin(ltf)
    (ltf / "docker/Dockerfile").write_text("FROM scratch\n")
    repository.tag(ltf, "cyberdojofoundation/python_unittest", 1)
    words = [
        str(UV / "uv"),
        "export",
        "--quiet",
        "--locked",
        "--no-dev",
        "--no-emit-project",
        "--output-file",
        str(requirements),
    ]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return Bench(folder, ltf, requirements)
