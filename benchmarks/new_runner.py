"""A runner as each job of GitHub's gets one: a docker daemon without an image, a builder without a layer, no login."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.marketplace import local_repositories
from embedded.buildkit import add_buildx, private_buildkit
from embedded.daemon import private_daemon
from ltf_ci.workflows.action_reference import HOME

ROOT = Path(__file__).parents[1]
ACT = ROOT / ".venv/bin/act"
NODE = ROOT / ".cache/node"  # of today: the actions name node24
UV = ROOT / ".cache/uv/bin/uv"
RELEASE = ".github/workflows/release.yml"
_UV_IN_TOOLS = ".cache/act/tool_cache/uv/0.13.9/x86_64"  # where setup-uv looks before it downloads one
_RUNNERS_PYTHON = 'python-version: "3.12"'  # a runner has it; this machine has the one that runs this
_OWN_BUILDER = "docker buildx create --name ltf-ci"  # by BuildKit in a container, whose image no registry has here


@dataclass(frozen=True, slots=True)
class NewRunner:
    """A machine that has docker, a builder that does not run yet, and the actions as a job has them fetched."""

    place: Path
    builder: str
    environ: dict[str, str]

    def run(
        self, repository: str, workflow: str, tag: str, variables: Mapping[str, str], secrets: Mapping[str, str]
    ) -> tuple[float, str]:
        """Run a workflow for a pushed tag; return how many seconds it took, and what it printed."""
        checkout = self.place / "checkout"  # act reads the workflow here, and so the job may do with it what it likes
        clone = ["git", "clone", "--quiet", "--branch", tag, repository, str(checkout)]
        subprocess.run(clone, env=self.environ, check=True, capture_output=True)
        event = self.place / "event.json"
        event.write_text(json.dumps({"ref": f"refs/tags/{tag}"}))
        words = [str(ACT), "push", "--workflows", workflow, "--eventpath", str(event), *_ALWAYS]
        words += _repeated("--local-repository", self._actions((checkout / workflow).read_text()))
        words += _repeated("--var", (f"{name}={value}" for name, value in self._variables(variables).items()))
        words += _repeated("--env", (f"{name}={value}" for name, value in variables.items()))
        words += _repeated("--secret", secrets)
        environ = {**self.environ, **variables, **secrets}
        os.sync()
        begun = time.perf_counter()
        ended = subprocess.run(words, env=environ, cwd=checkout, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - begun
        printed = ended.stdout + ended.stderr
        if ended.returncode:
            raise RuntimeError(f"it ended with {ended.returncode}:\n{printed}")
        return seconds, printed

    def _variables(self, given: Mapping[str, str]) -> dict[str, str]:
        return {**given, "BUILDKITD": self.builder}

    def _actions(self, workflow: str) -> Iterator[str]:
        ours = self.place / "ours"
        called = (ours / "action.yml", ours / RELEASE)
        yield f"{HOME}@v1={ours}"
        yield from local_repositories("\n".join([workflow, *(file.read_text() for file in called)]), self.place)


_ALWAYS = (
    *("--platform", "ubuntu-latest=-self-hosted"),
    *("--no-cache-server", "--no-skip-checkout", "--action-offline-mode"),
)


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
        _have_uv(place / _UV_IN_TOOLS)
        _have_action(place / "ours", builder)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LTF_CI_", "UV_"))}
        more = {
            "HOME": folder,
            "PATH": f"{NODE}:{os.environ['PATH']}",
            "DOCKER_HOST": daemon,
            "DOCKER_CONFIG": f"{folder}/docker",
            "GIT_CONFIG_GLOBAL": str(git_config),
            "UV_CACHE_DIR": f"{folder}/uv",
        }
        yield NewRunner(place, builder, {**kept, **more})


def _have_uv(place: Path) -> None:
    place.mkdir(parents=True)
    shutil.copy(UV, place)
    place.with_name(f"{place.name}.complete").touch()


def _have_action(place: Path, builder: str) -> None:
    shutil.copytree(ROOT / "ltf_ci", place / "ltf_ci", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, place)
    _copy("action.yml", place, _RUNNERS_PYTHON, f'python-version: "{sys.version_info.major}.{sys.version_info.minor}"')
    _copy(RELEASE, place, _OWN_BUILDER, f"{_OWN_BUILDER} --driver remote {builder}")


def _copy(name: str, place: Path, old: str, new: str) -> None:
    text = (ROOT / name).read_text()
    if old not in text:
        raise LookupError(f"{name} has no {old!r}")
    (place / name).parent.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text.replace(old, new))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _repeated(flag: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]
