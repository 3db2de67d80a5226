"""The fleet's workflows that call ltf-ci, run as GitHub would run them, with what the commit's own workflow says."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from ltf_ci.model.layout import RETAG_WORKFLOW
from tests.support.github import GithubServer, HostedRepository
from tests.support.github.actions import Run
from tests.support.program import Program
from tests.support.repositories import git
from tests.support.result import Result, result_of

_AT_ONCE = 2


@dataclass
class Workflows:
    """Runs what was pushed, and what was dispatched; `ran` has each run's result by `OWNER/NAME TAG`, or its number."""

    github: GithubServer
    folder: Path
    ran: dict[str, Result] = field(default_factory=dict)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AT_ONCE))

    def release(self, hosted: HostedRepository, tag: str) -> Result:
        """Release a tag that was pushed."""
        return self._run(f"{hosted.name} {tag}", "release", hosted, f"refs/tags/{tag}", "--tag", tag)

    def dispatched(self, repository: str, **inputs: str) -> Result:
        """Run a repository's retag workflow, as a person does by a click."""
        run = self.github.site.actions.add(repository, RETAG_WORKFLOW, "by hand", inputs=inputs)
        run.status, run.conclusion = "completed", "success" if self.retag(run) else "failure"
        return self.ran[f"{repository} {run.number}"]

    def retag(self, run: Run) -> bool:
        """Carry a dispatched re-tag out, and return whether it went well."""
        hosted = self.github.site.repositories[run.repository.lower()]
        bases = [word for base in run.inputs.get("base", "").split() for word in ("--base", base)]
        words = ["--lines", run.inputs["lines"], "--reason", run.inputs["reason"], "--request", str(run.number), *bases]
        with self._room:
            return self._run(f"{hosted.name} {run.number}", "retag", hosted, "main", *words).code == 0

    def _run(self, name: str, command: str, hosted: HostedRepository, ref: str, *words: str) -> Result:
        told = _told(hosted, ref, command)
        secrets = self.github.app.environ if "LTF_CI_APP_CLIENT_ID" in told else {}
        ours = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0.1", "GITHUB_API_URL": self.github.api}
        with TemporaryDirectory(dir=self.folder) as folder:
            git(self.folder, "clone", "--quiet", f"https://github.com/{hosted.name}", folder)
            git(Path(folder), "checkout", "--quiet", ref)
            run = Program(command, folder, *words, environ={**ours, **told, **secrets})
            code, (output, errors) = run.wait(), run.communicate()
        assert output, errors.decode()
        self.ran[name] = result_of(code, output)
        return self.ran[name]


def _told(hosted: HostedRepository, ref: str, command: str) -> Mapping[str, str]:
    """Return what a commit's workflow hands to ltf-ci; fail where the commit has none for the command."""
    for text in _workflows(hosted, ref):
        if f"/ltf-ci/.github/workflows/{command}.yml@" in text:
            given: dict[str, Any] = YAML(typ="safe").load(text)["jobs"][command]["with"]
            settled = {key: str(value) for key, value in given.items() if "${{" not in str(value)}
            return {f"LTF_CI_{key.upper().replace('-', '_')}": value for key, value in settled.items()}
    raise AssertionError(f"{hosted.name} has no workflow for {command} at {ref}")


def _workflows(hosted: HostedRepository, ref: str) -> Iterator[str]:
    for name in hosted.bare.git("ls-tree", "-r", "--name-only", ref, ".github/workflows/").split():
        yield hosted.bare.git("show", f"{ref}:{name}")
