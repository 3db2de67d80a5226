"""Workflow runs: what a dispatch started, and what became of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

FIRST_NUMBER = 30433642  # a number of ten years ago: nobody may take it for a small one


@dataclass(kw_only=True)
class Run:
    """A run of a workflow, by a dispatch or a push."""

    number: int
    repository: str
    workflow: str
    title: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    event: str = "workflow_dispatch"
    status: str = "queued"
    conclusion: str | None = None
    head: str = ""


Runner: TypeAlias = Callable[[Run], bool]


def succeed(_run: Run) -> bool:
    return True


@dataclass
class Actions:
    """All runs, oldest first. `runner` carries a run out, and says whether it went well: beside it, and unlocked.

    `title` is what the workflow's run-name makes of the inputs.
    """

    runs: list[Run] = field(default_factory=list)
    runner: Runner = succeed
    title: Callable[[str, Mapping[str, str]], str] = lambda workflow, _inputs: workflow

    def start(self, repository: str, workflow: str, inputs: Mapping[str, str], head: str) -> Run:
        title = self.title(workflow, inputs)
        run = self.add(repository, workflow, title, inputs=inputs, head=head)
        threading.Thread(target=self._carry_out, args=(run,), daemon=True).start()
        return run

    def add(self, repository: str, workflow: str, title: str, **more: object) -> Run:
        number = FIRST_NUMBER + len(self.runs)
        run = Run(number=number, repository=repository, workflow=workflow, title=title, **more)  # type: ignore[arg-type]
        self.runs.append(run)
        return run

    def of(self, repository: str, workflow: str) -> list[Run]:
        """Return a workflow's runs, the newest first."""
        return [run for run in reversed(self.runs) if (run.repository, run.workflow) == (repository, workflow)]

    def run(self, repository: str, number: int) -> Run | None:
        return next((run for run in self.runs if (run.repository, run.number) == (repository, number)), None)

    def _carry_out(self, run: Run) -> None:
        run.status = "in_progress"
        went_well = self.runner(run)
        run.conclusion = "success" if went_well else "failure"
        run.status = "completed"
