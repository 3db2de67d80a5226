"""Builds dependents again, wave by wave, each in its own repository's workflow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.github.actions import GithubActions
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import GithubFailed, LtfError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.newest import newest_release, public_image
from ltf_ci.fleet.notified import Fate, Notified
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Await, DependentState, Dispatch, LeaveOut, Made, UpToDate
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import ImageName
from ltf_ci.model.workflow_run import WorkflowRun

AT_ONCE = 5  # runs: of the 20 jobs that GitHub runs at once most are left to people, and of its calls nine tenths
LOOKS = 40  # times the pause, for each run that is looked at, between two looks
Runs = Mapping[Dependent, int]
Ended = Mapping[Dependent, WorkflowRun | LtfError | None]
Bases = Mapping[Dependent | ImageName, Made | LtfError | None]


def after(seconds: float, clock: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    """Return a function that tells whether so many seconds have passed since this call."""
    until = clock() + seconds
    return lambda: clock() > until


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where dependents are built, and looked at: images, the workflows at a GitHub; how to wait, and where to log."""

    registry: Registry
    actions: GithubActions
    github: GithubHost
    wait: Callable[[float], None]
    log: Callable[[str], None]


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
        self._graph = graph
        self._moved = notifying.moved(graph, changed)
        self._owner = owner
        self._reason = reason
        self._is_over = is_over
        self._is_ended = False
        self._workshop = workshop
        self._repositories: dict[Dependent, str] = {}
        self.results: dict[Dependent, Notified] = {}

    def plan(self, wave: Sequence[Dependent]) -> None:
        """Record what `build` would do now; what is made FROM something that would be built is built after it."""
        planned = {dependent: self._planned_base(dependent) for dependent in self._free(wave)}
        for dependent, base in planned.items():
            if base:
                self._record(dependent, Fate.PLANNED, f"after {base}")
        for dependent, decision in self._decided(each for each, base in planned.items() if not base):
            if not isinstance(decision, Dispatch | Await):
                self._leave(dependent, decision)
            else:
                self._record(dependent, Fate.PLANNED, "rebuilt")

    def build(self, wave: Sequence[Dependent]) -> None:
        """Build a wave's dependents, a few at once, and wait until all have ended; what one lacks stops no other."""
        left, started = self._to_build(self._free(wave)), dict[Dependent, int]()
        while started or (left and not self._is_ended):
            while left and len(started) < AT_ONCE:
                now, left = left[: AT_ONCE - len(started)], left[AT_ONCE - len(started) :]
                self._start(now, started)
            for dependent in self._look(started):
                del started[dependent]
            if started and self._is_over():
                self._finish(dict.fromkeys(started))
                self._is_ended = True
                break
            if started:
                self._workshop.wait(LOOKS * len(started))
        self._leave_out(left)

    def _leave_out(self, left: Iterable[Dependent]) -> None:
        for dependent in left:
            self._record(dependent, Fate.RUNNING, "it has not been started yet")

    def _to_build(self, dependents: Iterable[Dependent]) -> list[Dependent]:
        """Return those that registries say are to be built; GitHub is asked when each one's turn comes."""
        found = []
        for dependent, decision in self._decided(dependents, with_runs=False):
            if isinstance(decision, Dispatch | Await):
                found.append(dependent)
            else:
                self._leave(dependent, decision)
        return found

    def _decided(
        self, dependents: Iterable[Dependent], *, with_runs: bool = True
    ) -> Iterator[tuple[Dependent, notifying.NotifyDecision | LtfError]]:
        free = tuple(dependents)
        bases = self._bases(free)
        for dependent, found in concurrently(
            lambda each: self._standing(each, bases, with_runs=with_runs), free
        ).items():
            if isinstance(found, LtfError):
                yield dependent, found
            else:
                yield dependent, notifying.decide(dependent, found, self._reason)

    def _standing(self, dependent: Dependent, bases: Bases, *, with_runs: bool) -> DependentState:
        made, below = newest_release(dependent, self._workshop.registry), self._below(dependent, bases)
        if made is None or notifying.is_on(made, below) or not with_runs:
            return DependentState(made=made, bases=below)
        self._repositories[dependent] = repository = self._repository(dependent, made)
        return DependentState(made=made, bases=below, runs=self._workshop.actions.runs(repository, notifying.WORKFLOW))

    def _bases(self, dependents: Iterable[Dependent]) -> Bases:
        """Look at the bases of these dependents as they are now, at each once however many are made from it."""
        return concurrently(self._base, [base for dependent in dependents for base in self._moved_below(dependent)])

    def _base(self, base: Dependent | ImageName) -> Made | None:
        registry = self._workshop.registry
        return newest_release(base, registry) if isinstance(base, Dependent) else public_image(base, registry)

    def _below(self, dependent: Dependent, bases: Bases) -> tuple[Made, ...]:
        """Return a dependent's bases, or raise what keeps one of them from being known."""
        found = [bases[base] for base in self._moved_below(dependent)]
        for each in found:
            if isinstance(each, LtfError):
                raise each
        return tuple(each for each in found if isinstance(each, Made))

    def _moved_below(self, dependent: Dependent) -> Iterator[Dependent | ImageName]:
        """Return those of its bases that moved, or were built again."""
        yield from (base for base in self._entries_below(dependent) if base in self._moved or base in self.results)
        yield from (image for image in dependent.bases if image in self._moved)

    def _entries_below(self, dependent: Dependent) -> list[Dependent]:
        number = self._graph.numbers[dependent.key]
        return [self._graph.entries[base] for base in self._graph.bases[number]]

    def _planned_base(self, dependent: Dependent) -> str:
        results = [self.results.get(base) for base in self._entries_below(dependent)]
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
        results = [self.results.get(base) for base in self._entries_below(dependent)]
        return next((each for each in results if each and not each.lets_on), None)

    def _start(self, dependents: Sequence[Dependent], started: dict[Dependent, int]) -> None:
        unsure = self._tried(dependents, started)
        if unsure:
            self._workshop.wait(LOOKS)  # then a run that was started after all is seen
            unsure = self._tried(unsure, started)
        for dependent, error in unsure.items():
            self._record(dependent, Fate.FAILED, error.found)

    def _tried(self, dependents: Iterable[Dependent], started: dict[Dependent, int]) -> Mapping[Dependent, LtfError]:
        """Start what is to be built, or find its run; return those of which GitHub does not say whether it did."""
        unsure: dict[Dependent, LtfError] = {}
        for dependent, decision in self._decided(dependents):
            if isinstance(decision, Await):
                started[dependent] = decision.run.number
            elif isinstance(decision, Dispatch):
                try:
                    started[dependent] = self._dispatched(dependent, decision)
                except GithubFailed as error:
                    unsure[dependent] = error
                except LtfError as error:
                    self._record(dependent, Fate.FAILED, error.found)
            else:
                self._leave(dependent, decision)
        return unsure

    def _dispatched(self, dependent: Dependent, decision: Dispatch) -> int:
        return self._workshop.actions.dispatch(self._repositories[dependent], notifying.WORKFLOW, decision.inputs)

    def _leave(self, dependent: Dependent, decision: UpToDate | LeaveOut | LtfError) -> None:
        if isinstance(decision, UpToDate):
            self._record(dependent, Fate.KEPT, decision.why)
        elif isinstance(decision, LeaveOut):
            why = f"{notifying.FAILURES} runs and more have failed since its newest release"
            self._record(dependent, Fate.LEFT_OUT, why, decision.last.url)
        else:
            self._record(dependent, Fate.FAILED, decision.found)

    def _look(self, started: Runs) -> Ended:
        """Look at what was started; record what has ended, and return it."""
        actions, named = self._workshop.actions, self._repositories
        looks = concurrently(lambda each: actions.run(named[each[0]], each[1]), started.items())
        ended = {each: run for (each, _), run in looks.items() if isinstance(run, LtfError) or run.has_ended}
        self._finish(ended)
        return ended

    def _finish(self, ended: Ended) -> None:
        """Record how runs ended: of one that went well, whether the registry has what it was to make."""
        good = (each for each, run in ended.items() if isinstance(run, WorkflowRun) and run.succeeded)
        bases = self._bases(good)
        for dependent, run in ended.items():
            self._finish_one(dependent, run, bases)

    def _finish_one(self, dependent: Dependent, run: WorkflowRun | LtfError | None, bases: Bases) -> None:
        if run is None:
            self._record(dependent, Fate.RUNNING, "its run has not ended yet")
        elif isinstance(run, LtfError):
            self._record(dependent, Fate.FAILED, run.found)
        elif not run.succeeded:
            self._record(dependent, Fate.FAILED, f"its run ended as {run.conclusion}", run.url)
        else:
            self._read_back(dependent, run, bases)

    def _read_back(self, dependent: Dependent, run: WorkflowRun, bases: Bases) -> None:
        """Believe a green run when the registry has what it was to make."""
        try:
            made, below = newest_release(dependent, self._workshop.registry), self._below(dependent, bases)
        except LtfError as error:
            self._record(dependent, Fate.FAILED, error.found, run.url)
            return
        if made is None or notifying.is_on(made, below) is False:
            self._record(dependent, Fate.FAILED, "its run went well, and its image is made of the older base", run.url)
        else:
            self._record(dependent, Fate.BUILT, str(made.image), run.url)

    def _repository(self, dependent: Dependent, made: Made | None) -> str:
        return notifying.repository_of(dependent, made, self._owner, self._workshop.github)

    def _record(self, dependent: Dependent, fate: Fate, detail: str, url: str = "") -> None:
        self.results[dependent] = Notified(dependent, fate, detail, url)
        self._workshop.log(f"{dependent.key}: {fate}, {detail}")
