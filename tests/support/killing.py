"""Kills a run at a moment of the test's choice."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass, field

from tests.support.proxy import Answered, Asked, Pass


@dataclass
class Killer:
    """Kills a process as soon as its effect number `at` is done, or the first whose path has `named` in it."""

    at: int
    named: str = ""
    process: subprocess.Popen[bytes] | None = None
    effects: list[str] = field(default_factory=list)

    def hook(self, asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        if asked.writes and not (asked.path.endswith("/graphql") and b"mutation" not in asked.body):
            self.effects.append(f"{asked.method} {asked.path}")
            if self.process and self._is_the_one(asked.path):
                self.process.send_signal(signal.SIGKILL)
                self.process.wait()
        return answered

    def _is_the_one(self, path: str) -> bool:
        return self.named in path if self.named else len(self.effects) == self.at
