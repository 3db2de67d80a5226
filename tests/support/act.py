"""Runs workflows as GitHub would, by act, on this machine and without a network.

Other people's actions are stood in for (tests/action/stubs); ours, and our reusable workflow, are this working tree.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.workflows.action_reference import HOME
from tests.support import ROOT

STUBS = ROOT / "tests/action/stubs"
ACT = ROOT / ".venv/bin/act"
UV = ROOT / ".cache/uv/bin"
UV_CACHE = subprocess.run([UV / "uv", "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
OURS = ("action.yml", "pyproject.toml", "uv.lock", "ltf_ci", "workflows", ".github")
SECONDS = 100
_USES = re.compile(r"^\s*(?:- )?uses: ([^\s#.]\S*)", re.MULTILINE)
_SEVERITIES = ("error", "warning", "notice")
_LINGER = "trap '[ $? = 0 ] || sleep 0.3' EXIT\n"  # act reads no more of what a step prints as soon as it has failed


@dataclass(frozen=True, slots=True)
class Annotation:
    """What GitHub would show at a line."""

    severity: str
    message: str
    title: str = ""
    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class ActRun:
    """What became of a workflow: act's exit code, and all that it said, an event a line."""

    exit_code: int
    events: tuple[dict[str, Any], ...]
    errors: str

    @property
    def jobs(self) -> dict[str, str]:
        """Each job's result by its id: success, failure or skipped; a called workflow's jobs by theirs."""
        return {event["jobID"]: event["jobResult"] for event in self.events if "jobResult" in event}

    @property
    def steps(self) -> dict[str, str]:
        """Each step's result by its id (its number where it has none), `id/inner` within a composite action."""
        mains = (event for event in self.events if "stepResult" in event and event.get("stage") == "Main")
        return {"/".join(event["stepID"]): event["stepResult"] for event in mains}

    @property
    def outputs(self) -> dict[str, dict[str, str]]:
        """Each step's outputs by its id, `id/inner` within a composite action."""
        found: dict[str, dict[str, str]] = {}
        for event in self.events:
            if event.get("command") == "set-output":
                found.setdefault("/".join(event["stepID"]), {})[event["name"]] = event["arg"]
        return found

    @property
    def annotations(self) -> list[Annotation]:
        """The errors, warnings and notices, in their order."""
        return [_annotation(event) for event in self.events if event.get("command") in _SEVERITIES]

    @property
    def summary(self) -> str:
        """The page that GitHub would show for the run; act tells it once for each level of actions."""
        told = (event["content"] for event in self.events if event.get("command") == "summary")
        return "".join(dict.fromkeys(told))

    @property
    def log(self) -> str:
        """What the steps printed."""
        return "".join(event["msg"] for event in self.events if event.get("raw_output"))

    def __str__(self) -> str:
        told = (f"{'/'.join(event.get('stepID', ()))}: {event.get('msg', '').rstrip()}" for event in self.events)
        return "\n".join([*told, self.errors, f"exit code {self.exit_code}"])


@dataclass(frozen=True)
class Act:
    """act, with a copy of our action, and a virtual environment for it, that its runs share.

    `linger` is what bash does first in each step.
    """

    ours: Path
    environment: Path
    linger: Path

    def run(
        self,
        repository: Path,
        workflow: str,
        event: str,
        payload: Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> ActRun:
        """Run a workflow file of a repository for an event, whose `payload` is what GitHub would send.

        `env` goes to every step: GITHUB_REPOSITORY and GITHUB_API_URL, say. Steps also have this process's own.
        """
        secrets, local = secrets or {}, _local((repository / workflow).read_text(), self.ours)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(payload, file)
            file.flush()
            words: list[str | Path] = [ACT, event, "--workflows", workflow, "--eventpath", file.name, *_always()]
            words += _repeated("--env", (f"{name}={value}" for name, value in self._env(repository, env or {})))
            words += [*_repeated("--secret", secrets), *_repeated("--local-repository", local)]
            ended = _run(words, repository, secrets)  # act reads the secrets' values from its environment
        return ActRun(ended.returncode, tuple(_events(ended.stdout)), ended.stderr)

    def _env(self, repository: Path, more: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        own = {
            "STUB_REPOSITORY": str(repository),
            "STUB_UV": str(UV),
            "UV_OFFLINE": "1",
            "UV_CACHE_DIR": UV_CACHE,
            "UV_PYTHON": str(Path(sys.executable).resolve()),
            "UV_PROJECT_ENVIRONMENT": str(self.environment),
            "BASH_ENV": str(self.linger),
            "BUILDX_BUILDER": "default",  # docker's own: no registry here has the image of a builder in a container
        }
        return {**own, **more}.items()


def _run(words: list[str | Path], cwd: Path, secrets: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **secrets}
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)


def _repeated(flag: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]


def _always() -> list[str]:
    return [
        *("--platform", "ubuntu-latest=-self-hosted", "--json"),
        *("--no-cache-server", "--no-skip-checkout", "--action-offline-mode"),
    ]


def _local(workflow: str, ours: Path) -> Iterator[str]:
    """Return each reference to an action, with the folder that stands in for it, of a workflow and what it calls."""
    called = (ours / "action.yml", *(ours / ".github/workflows").iterdir())
    found = {use for text in (workflow, *(file.read_text() for file in called)) for use in _USES.findall(text)}
    for use in sorted(found):
        name, _, ref = use.partition("@")
        repository = "/".join(name.split("/")[:2])
        stub = ours if repository == HOME else STUBS / name.split("/")[1]
        assert stub.is_dir(), f"nothing stands in for {use}: make {stub}/action.yml"
        yield f"{repository}@{ref}={stub}"


def _events(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _annotation(event: Mapping[str, Any]) -> Annotation:
    words = event.get("kvPairs") or {}
    return Annotation(
        severity=event["command"],
        message=event["arg"],
        title=words.get("title", ""),
        file=words.get("file", ""),
        line=int(words.get("line", 0)),
        column=int(words.get("col", 0)),
    )


@pytest.fixture(scope="session")
def act(tmp_path_factory: pytest.TempPathFactory) -> Act:
    """Return act; our action is what a checkout of this working tree would have."""
    ours = tmp_path_factory.mktemp("action") / "ours"
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *OURS]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).exists():
            (ours / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, ours / path, follow_symlinks=False)
    linger = ours.with_name("linger")
    linger.write_text(_LINGER)
    return Act(ours, ours.with_name("venv"), linger)
