"""Kills or interrupts a run at a moment of the test's choice."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.program import Program
from tests.support.proxy import Answered, Asked, Pass


@dataclass
class Killer:
    """Kills a process as soon as its effect number `at` is done, or the first whose path has `named` in it.

    Or it sends this other signal then.
    """

    at: int
    named: str = ""
    process: Program | None = None
    effects: list[str] = field(default_factory=list)
    number: signal.Signals = signal.SIGKILL

    def hook(self, asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        if asked.writes and not (asked.path.endswith("/graphql") and b"mutation" not in asked.body):
            self.effects.append(f"{asked.method} {asked.path}")
            if self.process and self._is_the_one(asked.path):
                self.process.send_signal(self.number)
                if self.number is signal.SIGKILL:
                    self.process.wait()
        return answered

    def _is_the_one(self, path: str) -> bool:
        return self.named in path if self.named else len(self.effects) == self.at


@dataclass
class Interrupter:
    """Sends a process this signal as soon as its call number `at` is answered, whatever that asks for."""

    at: int
    number: signal.Signals = signal.SIGINT
    process: Program | None = None
    calls: int = 0

    def hook(self, asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        self.calls += 1
        if self.process and self.calls == self.at:
            self.process.send_signal(self.number)
        return answered


def attempt(number: int, folder: Path) -> Mapping[str, str]:
    """Return what GitHub's runner gives a job: "Re-run failed jobs" makes it the next attempt of the same run."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()  # empty at each attempt
    names = {name: str(file) for name, file in files.items()}
    here = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "o/r", "RUNNER_TEMP": str(folder)}
    return {**names, **here, "GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": str(number)}


def turning_points(effects: Sequence[str]) -> list[int]:
    """Return the numbers of the effects to kill a run after: the last of each kind.

    One layer's upload more or less is no other state; each name that is written, and each call of GitHub, is.
    """
    last = {_kind(effect, number): number for number, effect in enumerate(effects, 1)}
    return sorted(last.values())


def _kind(effect: str, number: int) -> str:
    method, path = effect.split(" ", 1)
    found = re.search(r"/(blobs/uploads/|manifests/sha256:)", path)
    return f"{method} {found[1]}" if found else f"{effect} {number}"
