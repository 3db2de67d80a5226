"""Kills a run at a moment of the test's choice."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.program import Program
from tests.support.proxy import Answered, Asked, Pass


@dataclass
class Killer:
    """Kills a process as soon as its effect number `at` is done, or the first whose path has `named` in it."""

    at: int
    named: str = ""
    process: Program | None = None
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
