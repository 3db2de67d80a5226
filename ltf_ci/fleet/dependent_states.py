"""How dependents and their bases are now, as registries and GitHub say, and what is to be done for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.github.actions import GithubActions
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.notified import Fate, Results
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import DependentState, LeaveOut, Made, NotifyDecision, UpToDate
from ltf_ci.images.labels import ImageLabels, is_relabelled
from ltf_ci.images.latest import digest_now, image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import ImageName

Bases = Mapping[Dependent | ImageName, Made | LtfError | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where dependents are built, and looked at: images, the workflows at a GitHub; how to wait, and where to log."""

    registry: Registry
    actions: GithubActions
    github: GithubHost
    wait: Callable[[float], None]
    log: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentStates:
    """Asks for them. Of a dependent's bases those count that `moved`, or that `results` has: they were built again.

    `owner` is the one at GitHub of repositories that no key and no label names.
    """

    graph: ImageGraph
    moved: frozenset[Dependent | ImageName]
    owner: str
    reason: str
    workshop: Workshop
    results: Results
    repositories: dict[Dependent, str] = field(default_factory=dict)  # at GitHub, of those whose runs were asked for

    def decided(
        self, dependents: Iterable[Dependent], *, with_runs: bool = True
    ) -> Iterator[tuple[Dependent, NotifyDecision | LtfError]]:
        """Return what is to be done for each, or why that is not known; without runs as the registries alone say."""
        free = tuple(dependents)
        bases = self.bases(free)
        states = concurrently(lambda each: self._state(each, bases, with_runs=with_runs), free)
        for dependent, found in states.items():
            yield dependent, found if isinstance(found, LtfError) else notifying.decide(dependent, found, self.reason)

    def bases(self, dependents: Iterable[Dependent]) -> Bases:
        """Look at the bases of these dependents as they are now, at each once however many are made from it."""
        return concurrently(self._base, [base for dependent in dependents for base in self._moved_below(dependent)])

    def below(self, dependent: Dependent, bases: Bases) -> tuple[Made, ...]:
        """Return a dependent's bases, or raise what keeps one of them from being known."""
        found = [bases[base] for base in self._moved_below(dependent)]
        for each in found:
            if isinstance(each, LtfError):
                raise each
        return tuple(each for each in found if isinstance(each, Made))

    def entries_below(self, dependent: Dependent) -> list[Dependent]:
        """Return the dependents that this one is made FROM."""
        return [self.graph.entries[base] for base in self.graph.bases[self.graph.numbers[dependent.key]]]

    def leave(self, dependent: Dependent, decision: UpToDate | LeaveOut | LtfError) -> None:
        """Record why a dependent is not built."""
        if isinstance(decision, UpToDate):
            self.results.record(dependent, Fate.KEPT, decision.why)
        elif isinstance(decision, LeaveOut):
            why = f"{notifying.FAILURES} runs and more have failed since its newest release"
            self.results.record(dependent, Fate.LEFT_OUT, why, decision.last.url)
        else:
            self.results.record(dependent, Fate.FAILED, decision.found)

    def _state(self, dependent: Dependent, bases: Bases, *, with_runs: bool) -> DependentState:
        made, below = newest_release(dependent, self.workshop.registry), self.below(dependent, bases)
        if made is None or notifying.is_on(made, below) or not with_runs:
            return DependentState(made=made, bases=below)
        repository = notifying.repository_of(dependent, made, self.owner, self.workshop.github)
        self.repositories[dependent] = repository
        return DependentState(made=made, bases=below, runs=self.workshop.actions.runs(repository, notifying.WORKFLOW))

    def _base(self, base: Dependent | ImageName) -> Made | None:
        registry = self.workshop.registry
        return newest_release(base, registry) if isinstance(base, Dependent) else public_image(base, registry)

    def _moved_below(self, dependent: Dependent) -> Iterator[Dependent | ImageName]:
        """Return those of its bases that moved, or were built again."""
        built = self.results.found
        yield from (base for base in self.entries_below(dependent) if base in self.moved or base in built)
        yield from (image for image in dependent.bases if image in self.moved)


def newest_release(dependent: Dependent, registry: Registry) -> Made | None:
    """Return an entry's newest release in its registry; None where there is none of its version line.

    Of one image name a start point's releases are those made of that image, and an image repository's the others.
    """
    for tag in notifying.of_line(dependent, registry.tags(dependent.image)):
        image = dependent.image.tagged(tag)
        found = image_under(registry, image)
        if isinstance(found, TaggedImage) and is_relabelled(image, found.labels) is dependent.is_start_point:
            return Made(image, found.digest, found.labels)
    return None


def public_image(image: ImageName, registry: Registry) -> Made:
    """Return an image that no entry makes, as its registry has it now."""
    return Made(image, digest_now(image, registry), ImageLabels())
