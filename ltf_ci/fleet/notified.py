"""What became of dependents after a base of theirs was released."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from ltf_ci.languages.dependents import Dependent


class Fate(StrEnum):
    """How it ended for one dependent."""

    BUILT = "built"
    KEPT = "kept"  # nothing was to be built
    PLANNED = "planned"  # a dry run
    FAILED = "failed"
    RUNNING = "running"  # it was not waited for any longer, or not started
    LEFT_OUT = "left out"  # it failed too often
    BLOCKED = "blocked"  # a base of it was not built


@dataclass(frozen=True, slots=True)
class Notified:
    """A dependent, how it ended, why, and the run's address where there was one."""

    dependent: Dependent
    fate: Fate
    detail: str
    url: str = ""

    @property
    def lets_on(self) -> bool:
        """Whether what is made FROM it may be built."""
        return self.fate in (Fate.BUILT, Fate.KEPT, Fate.PLANNED)


@dataclass(frozen=True, slots=True)
class Results:
    """What became of each dependent so far; `log` hears of each."""

    log: Callable[[str], None]
    found: dict[Dependent, Notified] = field(default_factory=dict)

    def record(self, dependent: Dependent, fate: Fate, detail: str, url: str = "") -> None:
        """Keep how it ended for a dependent."""
        self.found[dependent] = Notified(dependent, fate, detail, url)
        self.log(f"{dependent.key}: {fate}, {detail}")
