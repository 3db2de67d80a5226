"""The workflow runs by which dependents are built: started, or found, and looked at until they have ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.errors import GithubFailed, LtfError
from ltf_ci.fleet.dependent_states import Bases, DependentStates, newest_release
from ltf_ci.fleet.notified import Fate
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Await, Dispatch
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.github import WorkflowRun

LOOKS = 40  # times the pause, for each run that is looked at, between two looks
Ended = Mapping[Dependent, WorkflowRun | LtfError]


class StartedRuns:
    """Those that have not ended; what has ended is recorded as a result."""

    def __init__(self, states: DependentStates) -> None:
        self._states = states
        self._workshop = states.workshop
        self._record = states.results.record
        self._numbers: dict[Dependent, int] = {}

    def __len__(self) -> int:
        """Return how many have not ended."""
        return len(self._numbers)

    def start(self, dependents: Iterable[Dependent]) -> None:
        """Start what is to be built, or find its run."""
        unsure = self._tried(dependents)
        if unsure:
            self._workshop.wait(LOOKS)  # then a run that was started after all is seen
            unsure = self._tried(unsure)
        for dependent, error in unsure.items():
            self._record(dependent, Fate.FAILED, error.found)

    def look(self) -> None:
        """Look at each, and record those that have ended."""
        actions, named = self._workshop.actions, self._states.repositories
        looks = concurrently(lambda each: actions.run(named[each[0]], each[1]), self._numbers.items())
        ended = {each: run for (each, _), run in looks.items() if isinstance(run, LtfError) or run.has_ended}
        good = (each for each, run in ended.items() if isinstance(run, WorkflowRun) and run.succeeded)
        bases = self._states.bases(good)
        for dependent, run in ended.items():
            self._finish(dependent, run, bases)
            del self._numbers[dependent]

    def wait(self) -> None:
        """Wait until the next look."""
        self._workshop.wait(LOOKS * len(self))

    def give_up(self) -> None:
        """Wait for none any longer."""
        for dependent in self._numbers:
            self._record(dependent, Fate.RUNNING, "its run has not ended yet")
        self._numbers.clear()

    def _tried(self, dependents: Iterable[Dependent]) -> Mapping[Dependent, LtfError]:
        """Return those of which GitHub does not say whether it started them."""
        unsure: dict[Dependent, LtfError] = {}
        for dependent, decision in self._states.decided(dependents):
            if isinstance(decision, Await):
                self._numbers[dependent] = decision.run.number
            elif isinstance(decision, Dispatch):
                try:
                    self._numbers[dependent] = self._dispatched(dependent, decision)
                except GithubFailed as error:
                    unsure[dependent] = error
                except LtfError as error:
                    self._record(dependent, Fate.FAILED, error.found)
            else:
                self._states.leave(dependent, decision)
        return unsure

    def _dispatched(self, dependent: Dependent, decision: Dispatch) -> int:
        repository = self._states.repositories[dependent]
        return self._workshop.actions.dispatch(repository, notifying.WORKFLOW, decision.inputs)

    def _finish(self, dependent: Dependent, run: WorkflowRun | LtfError, bases: Bases) -> None:
        if isinstance(run, LtfError):
            self._record(dependent, Fate.FAILED, run.found)
        elif not run.succeeded:
            self._record(dependent, Fate.FAILED, f"its run ended as {run.conclusion}", run.url)
        else:
            self._read_back(dependent, run, bases)

    def _read_back(self, dependent: Dependent, run: WorkflowRun, bases: Bases) -> None:
        """Believe a green run when the registry has what it was to make."""
        try:
            made, below = newest_release(dependent, self._workshop.registry), self._states.below(dependent, bases)
        except LtfError as error:
            self._record(dependent, Fate.FAILED, error.found, run.url)
            return
        if made is None or notifying.is_on(made, below) is False:
            self._record(dependent, Fate.FAILED, "its run went well, and its image is made of the older base", run.url)
        else:
            self._record(dependent, Fate.BUILT, str(made.image), run.url)
