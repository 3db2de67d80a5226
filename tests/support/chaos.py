"""Bad luck by a seed: runs killed at any moment, runs at once, and a registry that fails now and then."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import TimeoutExpired

from tests.support.github import GithubServer, HostedRepository, MergeConflict
from tests.support.listing import LIST, LOCK
from tests.support.program import Program
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import Publisher, environ_of

SECONDS = 120  # in which any run has ended
REVISION = "org.opencontainers.image.revision"


@dataclass
class Weather:
    """What a registry is like: how slow at most, how often it fails; `written` has all digests that a tag ever had."""

    chance: random.Random
    slowness: float = 0.0  # seconds
    failures: float = 0.0  # of all requests
    written: dict[str, set[str]] = field(default_factory=dict)

    def hook(self, asked: Asked, pass_on: Pass) -> Answered:
        time.sleep(self.chance.uniform(0, self.slowness))
        if self.chance.random() >= self.failures:
            return self._noted(asked, pass_on(asked))
        match self.chance.choice(("refuses", "refuses", "has too much", "is odd", "is cut", "is lost")):
            case "refuses":
                return Answered(self.chance.choice((500, 502, 503, 504)))
            case "has too much":
                return Answered(429, {"Retry-After": "0"})
            case "is odd":
                return Answered(200, {"Content-Type": "text/html"}, b"<html>try later</html>")
            case "is cut":
                answered = self._noted(asked, pass_on(asked))
                return Answered(answered.status, answered.headers, answered.body, cut=(len(answered.body) + 1) // 2)
            case _:
                self._noted(asked, pass_on(asked))
                return Answered(504)

    def _noted(self, asked: Asked, answered: Answered) -> Answered:
        image, _, name = asked.path.partition("/manifests/")
        if asked.method == "PUT" and answered.status == 201 and name != "latest" and not name.startswith("sha256:"):
            digests = self.written.setdefault(f"{image}:{name}", set())
            digests.add(answered.headers["Docker-Content-Digest"])
        return answered


@dataclass
class Chaos:
    """A registry, a daemon and GitHub that all rounds share, and what came of the rounds."""

    publisher: Publisher
    github: GithubServer
    chance: random.Random
    weather: Weather
    host: str  # of the registry, through its weather
    folder: Path
    spans: dict[str, float]  # by command
    span: float = 0.0  # seconds that a run takes which nothing disturbs
    counts: Counter[str] = field(default_factory=Counter)

    def place(self, listed: str) -> Place:
        """Return a new place in the registry, and a languages repository."""
        self.counts["rounds"] += 1
        number = len(self.weather.written) + self.counts["rounds"]
        prefix = f"{self.publisher.image.path.partition('/')[0]}w{number}"
        hosted = self.github.create_repository(f"cyber-dojo/languages-{number}", {LIST: listed, LOCK: "{}\n"})
        return Place(self, prefix, hosted)

    @property
    def temporary(self) -> Path:
        """The folder for temporary files of all runs."""
        found = self.folder / "temporary"
        found.mkdir(exist_ok=True)
        return found


@dataclass
class Place:
    """Where the runs of one round write."""

    chaos: Chaos
    prefix: str
    hosted: HostedRepository

    def start(self, *words: str) -> Program:
        """Start a run."""
        chaos = self.chaos
        environ = environ_of(chaos.host) | {"LTF_CI_TOKEN": chaos.github.token, "GITHUB_API_URL": chaos.github.api}
        environ |= {"LTF_CI_PUSH_TO": f"{chaos.host}/{self.prefix}", "LTF_CI_LANGUAGES": self.hosted.name}
        return Program(*words, environ={**environ, "TMPDIR": str(chaos.temporary)})

    def timed(self, *words: str) -> None:
        """Let a run end, and remember how long it took; one of the same command is not timed again."""
        if words[0] not in self.chaos.spans:
            began = time.monotonic()
            assert self.ended(self.start(*words)) == 0
            self.chaos.spans[words[0]] = time.monotonic() - began
        self.chaos.span = self.chaos.spans[words[0]]

    def killed(self, *words: str) -> None:
        """Kill a run at any moment; where it has ended before, the next one will have less time."""
        chaos, began = self.chaos, time.monotonic()
        run = self.start(*words)
        try:
            run.wait(chaos.chance.uniform(0.05, 1) * chaos.span)
            chaos.span = time.monotonic() - began
            chaos.counts["ended before they were killed"] += 1
        except TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            chaos.counts["killed"] += 1
        run.communicate()

    def at_once(
        self, one: tuple[str, ...], other: tuple[str, ...], between: Callable[[], None] = lambda: None
    ) -> tuple[int, int]:
        """Start two runs, the second at some moment of the first; return their exit codes."""
        runs = [self.start(*one)]
        time.sleep(self.chaos.chance.uniform(0, self.chaos.span) ** 2 / self.chaos.span)  # sooner rather than later
        between()
        runs.append(self.start(*other))
        codes = [self.ended(run) for run in runs]
        return codes[0], codes[1]

    def ended(self, run: Program) -> int:
        """Wait for a run's end, and return its exit code: no mistake of ltf-ci's own."""
        code, said = run.wait(SECONDS), b"\n".join(run.communicate())
        assert code in range(13), said.decode()
        self.chaos.counts[f"ended with {code}"] += 1
        return code

    def finished(self, *words: str, tries: int = 1) -> None:
        """Run until it succeeds, so many times at most."""
        for _ in range(tries):
            run = self.start(*words)
            if self.ended(run) == 0:
                return
        raise AssertionError(f"{words} did not succeed in {tries} tries")

    @property
    def images(self) -> Mapping[str, tuple[str, str]]:
        """The digest and the commit under each tag of the registry."""
        publisher = self.chaos.publisher
        image, registry = publisher.image.under(f"{publisher.host}/{self.prefix}"), publisher.registry
        tags = registry.tags(image)
        answers = ((tag, registry.manifest(image.tagged(tag)), registry.labels(image.tagged(tag))) for tag in tags)
        return {tag: (str(manifest.digest), labels[REVISION]) for tag, manifest, labels in answers}

    @property
    def overwritten(self) -> list[str]:
        """The tags that ever had more than one content."""
        written = self.chaos.weather.written.items()
        return [name for name, digests in written if f"/{self.prefix}/" in name and len(digests) > 1]

    def merged(self) -> tuple[str, str]:
        """Merge every pull request that can be, and return the list and the lock."""
        for pull in [pull for pull in self.hosted.pulls if pull.state == "OPEN"]:
            try:
                self.hosted.merge(pull.number)
            except MergeConflict:
                self.chaos.counts["merge conflicts"] += 1
        return self.hosted.read(LIST), self.hosted.read(LOCK)


@contextmanager
def chaos_of(
    publisher: Publisher,
    github: GithubServer,
    weather: Weather,
    folder: Path,
    spans: dict[str, float],
) -> Iterator[Chaos]:
    """Yield a world with its own luck."""
    with proxy_before(publisher.host, weather.hook) as proxy:
        yield Chaos(publisher, github, weather.chance, weather, proxy.host, folder, spans)
