"""A runner as each job of GitHub's gets one: a docker daemon without an image, a builder without a layer, no login."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.buildkit import add_buildx, private_buildkit
from embedded.daemon import private_daemon
from embedded.programs import program

ROOT = Path(__file__).parents[1]
UV = ROOT / ".cache/uv/bin"


@dataclass(frozen=True, slots=True)
class NewRunner:
    """A machine that has docker, a builder that `setup-buildx` is to name, and our action as a job has it fetched."""

    place: Path
    environ: dict[str, str]

    def run(self, script: str, more: Mapping[str, str]) -> tuple[float, str]:
        """Run the commands of a job; return how many seconds they took, and what they printed."""
        begun = time.perf_counter()
        words = ["/bin/bash", "-ec", script]
        ended = subprocess.run(
            words, env={**self.environ, **more}, cwd=self.place, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - begun
        printed = ended.stdout + ended.stderr
        if ended.returncode:
            raise RuntimeError(f"it ended with {ended.returncode}:\n{printed[-6000:]}")
        return seconds, printed


@contextmanager
def new_runner(git_config: Path) -> Iterator[NewRunner]:
    """Start one, and end it; `git_config` says where github.com is."""
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as folder,
        private_daemon(_made(Path(folder, "d"))) as daemon,
        private_buildkit(_made(Path(folder, "b")), hub="127.0.0.1:1") as builder,
    ):
        place = Path(folder)
        add_buildx(place / "docker")
        _have_action(place / "action")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LTF_CI_", "UV_"))}
        more = {
            "HOME": folder,
            "PATH": f"{UV}:{os.environ['PATH']}",
            "DOCKER": program("docker"),
            "DOCKER_HOST": daemon,
            "DOCKER_CONFIG": f"{folder}/docker",
            "BUILDKITD": builder,
            "GIT_CONFIG_GLOBAL": str(git_config),
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": f"{folder}/output",
            "GITHUB_STEP_SUMMARY": f"{folder}/summary",
            "UV_CACHE_DIR": f"{folder}/uv",
            "UV_PROJECT": f"{folder}/action",
        }
        os.sync()
        yield NewRunner(place, {**kept, **more})


def _have_action(place: Path) -> None:
    shutil.copytree(ROOT / "ltf_ci", place / "ltf_ci", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, place)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
