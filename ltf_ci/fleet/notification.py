"""Builds dependents again, wave by wave, each in its own repository's workflow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from ltf_ci.fleet.dependent_states import DependentStates, Workshop
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.notified import Fate, Notified, Results
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Await, Dispatch
from ltf_ci.fleet.started_runs import StartedRuns
from ltf_ci.languages.dependents import Dependent

AT_ONCE = 5  # runs: of the 20 jobs that GitHub runs at once most are left to people, and of its calls nine tenths


def after(seconds: float, clock: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    """Return a function that tells whether so many seconds have passed since this call."""
    until = clock() + seconds
    return lambda: clock() > until


class Notification:
    """What became of each dependent so far, of those that are made FROM what moved."""

    def __init__(
        self,
        graph: ImageGraph,
        changed: Iterable[str],
        owner: str,
        reason: str,
        is_over: Callable[[], bool],
        workshop: Workshop,
    ) -> None:
        """`is_over` says whether the time is over in which anything is waited for, or started."""
        found = Results(workshop.log)
        self.results = found.found
        self._record = found.record
        self._is_over = is_over
        self._is_ended = False
        moved = notifying.moved(graph, changed)
        self._states = DependentStates(
            graph=graph, moved=moved, owner=owner, reason=reason, workshop=workshop, results=found
        )

    def plan(self, wave: Sequence[Dependent]) -> None:
        """Record what `build` would do now; what is made FROM something that would be built is built after it."""
        planned = {dependent: self._planned_base(dependent) for dependent in self._free(wave)}
        for dependent, base in planned.items():
            if base:
                self._record(dependent, Fate.PLANNED, f"after {base}")
        for dependent in self._to_build((each for each, base in planned.items() if not base), with_runs=True):
            self._record(dependent, Fate.PLANNED, "rebuilt")

    def build(self, wave: Sequence[Dependent]) -> None:
        """Build a wave's dependents, a few at once, and wait until all have ended; what one lacks stops no other.

        The registries say which are to be built; GitHub is asked when each one's turn comes.
        """
        left, runs = self._to_build(self._free(wave), with_runs=False), StartedRuns(self._states)
        try:
            self._build(left, runs)
        except KeyboardInterrupt:
            runs.give_up()  # they run on
            raise

    def _build(self, left: list[Dependent], runs: StartedRuns) -> None:
        while runs or (left and not self._is_ended):
            while left and len(runs) < AT_ONCE:
                now, left = left[: AT_ONCE - len(runs)], left[AT_ONCE - len(runs) :]
                runs.start(now)
            runs.look()
            if runs and self._is_over():
                runs.give_up()
                self._is_ended = True
            elif runs:
                runs.wait()
        for dependent in left:
            self._record(dependent, Fate.RUNNING, "it has not been started yet")

    def _to_build(self, dependents: Iterable[Dependent], *, with_runs: bool) -> list[Dependent]:
        """Return those that are to be built; record the others."""
        found = []
        for dependent, decision in self._states.decided(dependents, with_runs=with_runs):
            if isinstance(decision, Dispatch | Await):
                found.append(dependent)
            else:
                self._states.leave(dependent, decision)
        return found

    def _planned_base(self, dependent: Dependent) -> str:
        results = [self.results.get(base) for base in self._states.entries_below(dependent)]
        return next((each.dependent.key for each in results if each and each.fate is Fate.PLANNED), "")

    def _free(self, wave: Sequence[Dependent]) -> list[Dependent]:
        """Return those of a wave whose bases were all built; record the others as blocked."""
        blocking = {dependent: self._blocking_base(dependent) for dependent in wave}
        for dependent, base in blocking.items():
            if base:
                self._record(dependent, Fate.BLOCKED, f"{base.dependent.key}: {base.fate}")
        return [dependent for dependent, base in blocking.items() if not base]

    def _blocking_base(self, dependent: Dependent) -> Notified | None:
        """Return the first of its bases that was not built and was to be; None where none is."""
        results = [self.results.get(base) for base in self._states.entries_below(dependent)]
        return next((each for each in results if each and not each.lets_on), None)
