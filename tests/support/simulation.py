"""A fleet in official-images' shape under the limits of GitHub and Docker Hub, by a clock that does not sleep.

What decides is the real code: `fleet.notification`, the rules below it, `watch.rules.drift`, and the pace of GitHub's
client. What answers is scripted here, and counts. benchmarks/README.md has the source of each assumption.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast

from ltf_ci.clients.github.pacing import Pace
from ltf_ci.errors import GithubFailed, RegistryUnavailable
from ltf_ci.fleet.dependent_states import Workshop
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.notification import Notification, after
from ltf_ci.fleet.notified import Fate
from ltf_ci.fleet.rules.notifying import title_of
from ltf_ci.fleet.rules.waves import waves
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.finding import Place
from ltf_ci.model.github import COMPLETED, SUCCESS, WorkflowRun
from ltf_ci.model.image import DOCKER_HUB, Digest, ImageName
from ltf_ci.model.registry import Answer, Present, digest_of
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.watch.rules import drift
from ltf_ci.watch.rules.drift import BuiltImage

MINUTE, HOUR, DAY = 60, 3600, 86_400
JOBS = 20  # of an owner, at once
JOB = 10 * MINUTE  # a build, its tests, the push and the pull request
NOTIFIES = 330 * MINUTE  # a job of GitHub's ends after six hours
MOVES = 28 * DAY  # a public base gets new content
PUBLIC = 20
SHARES = (0.50, 0.25, 0.15, 0.07, 0.03)  # of the images, by how far they are from a public base
WATCH = 4 * HOUR + 23 * MINUTE  # ltf-ci-watch.yml
TOKEN = 59 * MINUTE


class Limit(NamedTuple):
    """So many calls in so many seconds."""

    calls: int
    seconds: int


LIMITS = {
    "rest": Limit(5000, HOUR),
    "points": Limit(5000, HOUR),
    "made": Limit(500, HOUR),
    "made at once": Limit(80, MINUTE),
}
PULLS = {False: 100, True: 200}  # of Docker Hub, in six hours: without and with a login
QUERY, MUTATION = 3, 2  # points


def fleet(images: int, place: str) -> tuple[Dependent, ...]:
    """Return images on public bases: a few have most of what is made FROM them, and each has one base."""
    sizes = [max(1, round(images * share)) for share in SHARES]
    sizes[0] += images - sum(sizes)
    below = [ImageName.parse(f"debian:{number + 1}") for number in range(PUBLIC)]
    found: list[Dependent] = []
    for size in sizes:
        layer = [_entry(f"image-{len(found) + number}", _popular(below, number), place) for number in range(size)]
        found += layer
        below = [entry.image for entry in layer]
    return tuple(found)


def _popular(bases: list[ImageName], number: int) -> ImageName:
    """Return the base of an image: a half is made FROM the first, a quarter FROM the second, and so on."""
    at = (number & -number).bit_length() - 1 if number else len(bases) - 1
    return bases[min(at, len(bases) - 1)]


def _entry(name: str, base: ImageName, place: str) -> Dependent:
    image = ImageName.parse(f"{place}/{name}:1.0")
    version = LanguageVersion.parse("1.0")
    return Dependent(f"owner/{name} (1.0)", f"owner/{name}", version, Place(name), (base,), image, test_framework=True)


@dataclass
class Clock:
    """Time goes on where somebody waits."""

    now: float = 0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(0, seconds)


@dataclass
class Used:
    """Counts what was used in each window of each limit."""

    clock: Clock
    windows: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, what: str, window: int, amount: int = 1, at: float | None = None) -> int:
        """Count, and return how much the window has by now."""
        with self.lock:
            number = int((self.clock.now if at is None else at) // window)
            self.windows[what][number] += amount
            return self.windows[what][number]

    def most(self, what: str) -> int:
        return max(self.windows[what].values(), default=0)


@dataclass(frozen=True)
class Release:
    """A release of an image, and which content of its public base it is made of."""

    number: int
    labels: ImageLabels
    generation: int


@dataclass
class World:
    """The fleet's images, the public ones, and GitHub with its jobs."""

    entries: tuple[Dependent, ...]
    pulls: int  # in six hours
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.used = Used(self.clock)
        self.graph = ImageGraph.of(self.entries)
        self.leaves = {entry for number, entry in enumerate(self.entries) if not self.graph.dependents[number]}
        self.by_path = {entry.image.path: entry for entry in self.entries}
        self.by_repository = {entry.repository: entry for entry in self.entries}
        self.releases: dict[Dependent, list[Release]] = {entry: [] for entry in self.entries}
        self.runs: defaultdict[str, list[tuple[float, WorkflowRun]]] = defaultdict(list)
        self.free = [0.0] * JOBS
        self.ending: list[tuple[float, int, Dependent]] = []
        self.started = 0
        self.most_jobs = 0
        self.pulled: dict[tuple[Dependent, int], float] = {}  # when a content of a base was in a pull request
        for entry in self.entries:
            self._release(entry, 0)

    def generation(self, root: ImageName) -> int:
        """Return how often a public image has moved by now: one after another, each every four weeks."""
        first = MOVES * (int(root.tag) - 1) / PUBLIC + HOUR
        return max(0, int((self.clock.now - first) // MOVES) + 1)

    def root_of(self, entry: Dependent) -> ImageName:
        while entry.bases[0].path in self.by_path:
            entry = self.by_path[entry.bases[0].path]
        return entry.bases[0]

    def dispatched(self, entry: Dependent, title: str) -> int:
        """Start a job as soon as one of those that run at once has ended; its time is that of its start."""
        self.started += 1
        begin = max(self.clock.now, heapq.heappop(self.free))
        self.most_jobs = max(self.most_jobs, 1 + sum(end > self.clock.now for end in self.free))
        end = begin + JOB
        heapq.heappush(self.free, end)
        heapq.heappush(self.ending, (end, self.started, entry))
        run = WorkflowRun(number=self.started, title=title, url="", at=f"{self.started:012}", status="queued")
        self.runs[entry.repository].insert(0, (end, run))
        return self.started

    def settle(self) -> None:
        """Release what the jobs that have ended by now have made, and open the pull requests of that."""
        while self.ending and self.ending[0][0] <= self.clock.now:
            end, _, entry = heapq.heappop(self.ending)
            made = self._release(entry, end)
            if entry in self.leaves:
                self.used.take("points", HOUR, QUERY + 2 * MUTATION, end)
                self.used.take("rest", HOUR, 3, end)  # an App's token for the languages repository
                for _ in range(2):
                    self.made(end)
                for generation in range(made.generation, 0, -1):
                    if (entry, generation) in self.pulled:
                        break
                    self.pulled[entry, generation] = end

    def made(self, at: float) -> None:
        self.used.take("made", HOUR, 1, at)
        self.used.take("made at once", MINUTE, 1, at)

    def pull(self, image: ImageName, at: float | None = None) -> int:
        """Count a manifest that is fetched from Docker Hub; return how many have been in these six hours."""
        return self.used.take("pulls", 6 * HOUR, 1, at) if image.registry == DOCKER_HUB else 0

    def digest(self, image: ImageName) -> Digest:
        tag = image.tag if image.path in self.by_path else f"{image.tag} {self.generation(image)}"
        return digest_of(f"{image.path} {tag}".encode())

    def newest(self, entry: Dependent) -> Release:
        return self.releases[entry][-1]

    def _release(self, entry: Dependent, at: float) -> Release:
        """Release an image of its base as it is now."""
        below = self.by_path.get(entry.bases[0].path)
        base = below.image.tagged(f"1.0-{self.newest(below).number}") if below else entry.bases[0]
        if at:  # not before the year
            self.pull(base, at)
        number = len(self.releases[entry]) + 1
        labels = ImageLabels(
            version=ReleaseTag.parse(f"1.0-{number}"),
            created=f"{self.started:012}",
            base_name=str(base),
            base_digest=str(self.digest(base)),
        )
        made = Release(number, labels, self.newest(below).generation if below else self.generation(base))
        self.releases[entry].append(made)
        return made


class Registries:
    """What a run asks of registries: a question after a tag costs no pull, labels cost one for each new digest."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: set[ImageName] = set()

    def tags(self, image: ImageName) -> tuple[str, ...]:
        self._world.settle()
        return tuple(f"1.0-{each.number}" for each in self._world.releases[self._world.by_path[image.path]])

    def resolve(self, image: ImageName) -> Answer:
        self._world.settle()
        return Present(self._world.digest(image), "")

    def labels(self, image: ImageName) -> Mapping[str, str]:
        if image not in self._known and self._world.pull(image) > self._world.pulls:
            raise RegistryUnavailable("toomanyrequests")
        self._known.add(image)
        every = reversed(self._world.releases[self._world.by_path[image.path]])
        found = next(each for each in every if self._world.digest(image.tagged(f"1.0-{each.number}")) == image.digest)
        return found.labels.to_labels()


class Actions:
    """Workflows at GitHub, asked as an App: a token for each repository and hour, two calls, and one to end it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pace = Pace(world.clock.sleep, world.clock)
        self._tokens: dict[str, float] = {}
        self._branches: set[str] = set()

    def runs(self, repository: str, _workflow: str) -> tuple[WorkflowRun, ...]:
        self._call(repository)
        return tuple(self._now(*each) for each in self._world.runs[repository][:100])

    def run(self, repository: str, number: int) -> WorkflowRun:
        self._call(repository)
        return next(self._now(*each) for each in self._world.runs[repository] if each[1].number == number)

    def dispatch(self, repository: str, _workflow: str, inputs: Mapping[str, str]) -> int:
        if repository not in self._branches:
            self._call(repository)
            self._branches.add(repository)
        self._pace.wait()
        self._call(repository)
        self._world.made(self._world.clock.now)
        return self._world.dispatched(self._world.by_repository[repository], title_of(inputs))

    def _now(self, end: float, run: WorkflowRun) -> WorkflowRun:
        return replace(run, status=COMPLETED, conclusion=SUCCESS) if end <= self._world.clock.now else run

    def _call(self, repository: str) -> None:
        now = self._world.clock.now
        is_new = now - self._tokens.get(repository, -DAY) > TOKEN
        if is_new:
            self._tokens[repository] = now
        if self._world.used.take("rest", HOUR, 4 if is_new else 1) > LIMITS["rest"].calls:
            raise GithubFailed("API rate limit exceeded")


class Night:
    """What `ltf-ci notify` works with: its clients, and its waits."""

    github = "github.com"

    def __init__(self, world: World) -> None:
        self.registry, self.actions, self._clock = Registries(world), Actions(world), world.clock

    def wait(self, times: float) -> None:
        self._clock.sleep(times * 0.75)  # between a half and the whole

    def log(self, _line: str) -> None:
        """Show nothing."""


@dataclass
class Year:
    """So many days of a fleet: the watch looks each morning, and a person has `notify` run for what it found.

    Where that did not end well, it is run again the next morning.
    """

    world: World
    unfinished: set[str] = field(default_factory=set)
    moved: dict[tuple[ImageName, int], float] = field(default_factory=dict)
    fates: Counter[Fate] = field(default_factory=Counter)

    def live(self, days: int) -> None:
        for day in range(days):
            self.world.clock.now = max(self.world.clock.now, day * DAY + WATCH)
            self._morning()

    def _morning(self) -> None:
        self.world.settle()
        changed = sorted({*self._watched(), *self.unfinished})
        self.unfinished = set()
        if changed:
            graph, workshop = self.world.graph, cast(Workshop, Night(self.world))
            notification = Notification(graph, changed, "", "", after(NOTIFIES, self.world.clock), workshop)
            for wave in waves(graph, changed):
                notification.build(wave)
            self._ended(notification)

    def _watched(self) -> Iterator[str]:
        """Return the bases that moved under their tags, as the watch finds them."""
        built = [self._built(entry) for entry in self.world.entries if entry.bases[0].path not in self.world.by_path]
        now: dict[ImageName, str | None] = {each.base: str(self.world.digest(each.base)) for each in built}
        for finding in drift.moved_bases(built, now, self.world.graph):
            yield finding.found.partition(" is ")[0]

    def _built(self, entry: Dependent) -> BuiltImage:
        made = self.world.newest(entry)
        base = ImageName.parse(made.labels.base_name)
        return BuiltImage(entry.image.tagged(f"1.0-{made.number}"), entry.place, base, made.labels.base_digest)

    def _ended(self, notification: Notification) -> None:
        self.fates.update(each.fate for each in notification.results.values())
        for dependent, each in notification.results.items():
            if each.fate not in (Fate.BUILT, Fate.KEPT):
                self.unfinished.add(str(self.world.root_of(dependent)))

    def days(self) -> list[float]:
        """Return for each content of a public base how long its last dependent's pull request took, in days."""
        leaves: defaultdict[ImageName, list[Dependent]] = defaultdict(list)
        for entry in self.world.leaves:
            leaves[self.world.root_of(entry)].append(entry)
        return [days for root, those in leaves.items() for days in self._days(root, those)]

    def _days(self, root: ImageName, leaves: list[Dependent]) -> Iterator[float]:
        for generation in range(1, self.world.generation(root) + 1):
            at = MOVES * (int(root.tag) - 1) / PUBLIC + HOUR + MOVES * (generation - 1)
            ends = [self.world.pulled.get((entry, generation)) for entry in leaves]
            yield max((end - at) / DAY if end else float("inf") for end in ends)


def year(images: int, days: int, place: str, *, login: bool = True) -> Year:
    """Return a fleet after so many days."""
    world = World(fleet(images, place), PULLS[login])
    lived = Year(world)
    lived.live(days)
    return lived
