"""Two versions of one image released at once: `latest` ends at the newest in every interleaving of their calls.

Each run has its own way to the one registry, where every call that another run's calls could change the answer of
(a tag written, the list of tags, what a tag names) waits until it is let through. All orders that can differ are tried,
depth first: of two calls that answer the same in either order one order is enough, so a run that was passed over
sleeps until the other makes a call that its own depends on (Godefroid's sleep sets). An order is left where the
registry, what each run has seen and who sleeps are as they were in an order tried before: from there on all goes as
it went then. Calls by digest are let through at once: what they answer never changes.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

import pytest

from embedded.base_image import push_image
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.latest import move_latest
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import StoredManifest
from ltf_ci.model.release_tag import ReleaseTag
from tests.support.proxy import Answered, Asked, Pass, proxy_before

pytestmark = pytest.mark.machine

SECONDS = 20
Order: TypeAlias = tuple[int, ...]
Sleeping: TypeAlias = frozenset[int]


@dataclass
class Gate:
    """Lets one run's calls through one at a time, and remembers what they were told."""

    name: str
    written: dict[str, str]
    seen: list[str] = field(default_factory=list)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    asked: Asked | None = None
    ended: bool = False

    def hook(self, asked: Asked, pass_on: Pass) -> Answered:
        if "/blobs/" in asked.path or "sha256:" in asked.path:
            return pass_on(asked)
        self.asked = asked
        self.waiting.release()
        assert self.go.acquire(timeout=SECONDS)
        answered = pass_on(asked)
        body = answered.body.replace(self.name.encode(), b"")
        what = answered.headers.get("Docker-Content-Digest") or sha256(body).hexdigest()
        path = asked.path.replace(self.name, "")  # each order has an image of its own: its name tells nothing
        self.seen.append(f"{asked.method} {path} {answered.status} {what}")
        if asked.writes:
            self.written[path] = what
        return answered

    def step(self) -> None:
        """Let the call that waits through, and come back when the next one waits, or the run has ended."""
        self.go.release()
        assert self.waiting.acquire(timeout=SECONDS)

    def release(self, image: ImageName, tag: str, staged: StoredManifest) -> None:
        """Do what a release does after its build."""
        registry = Registry(tries=0)
        registry.put_manifest(image.tagged(tag), staged.content, staged.media_type)
        move_latest(image, ReleaseTag.parse(tag), LatestPolicy.AUTO, registry)
        self.ended = True
        self.waiting.release()


class World:
    """One image at the registry, and two releases of it, each before its first call."""

    def __init__(self, host: str, tags: tuple[str, str], stack: ExitStack) -> None:
        name = f"n{secrets.token_hex(6)}"
        self.image = ImageName.parse(f"{host}/{name}/image")
        self.written: dict[str, str] = {}
        self.gates = [Gate(name, self.written), Gate(name, self.written)]
        for gate, tag in zip(self.gates, tags, strict=True):
            proxy = stack.enter_context(proxy_before(host, gate.hook))
            words = (self.image.under(proxy.host), tag, stage(self.image, tag))
            threading.Thread(target=gate.release, args=words, daemon=True).start()
            assert gate.waiting.acquire(timeout=SECONDS)

    @property
    def able(self) -> list[int]:
        return [index for index, gate in enumerate(self.gates) if not gate.ended]

    @property
    def state(self) -> object:
        return *(tuple(gate.seen) for gate in self.gates), frozenset(self.written.items())

    @property
    def latest(self) -> str:
        return Registry().labels(self.image.tagged("latest"))["org.opencontainers.image.version"]


def stage(image: ImageName, tag: str) -> StoredManifest:
    """Have an image in the registry under a name that is no release's."""
    config = {"os": "linux", "config": {"Labels": {"org.opencontainers.image.version": tag}}}
    push_image(Registry(), image.tagged("staged"), config, [b"layer"])
    return Registry().manifest(image.tagged("staged"))


def depends(one: Asked | None, other: Asked | None) -> bool:
    """Whether two runs' calls may answer or end otherwise in the other order."""
    if not one or not other or not (one.writes or other.writes):
        return False
    tags = [asked.path.rpartition("/")[2] for asked in (one, other)]
    return tags[0] == tags[1] or any("/tags/list" in asked.path for asked in (one, other))


def explore(host: str, tags: tuple[str, str]) -> list[str]:
    """Return what `latest` ended at, in each order."""
    known: set[object] = set()
    pending: list[tuple[Order, Sleeping]] = [((), frozenset())]
    ends: list[str] = []
    while pending:
        with ExitStack() as stack:
            world = World(host, tags, stack)
            pending += replay(world, *pending.pop(), known)
            ends.append(world.latest)
    return ends


def replay(world: World, order: Order, sleeping: Sleeping, known: set[object]) -> list[tuple[Order, Sleeping]]:
    """Run in this order, then on with the first that can; return the orders that branch off behind it."""
    for index in order:
        world.gates[index].step()
    branches: list[tuple[Order, Sleeping]] = []
    new = True
    while able := world.able:
        new = new and (world.state, sleeping) not in known and not sleeping.issuperset(able)
        known.add((world.state, sleeping))
        first, *others = sorted(able, key=lambda index: index in sleeping)
        branches += [
            ((*order, other), awake(world, other, sleeping | {first}))
            for other in others
            if new and other not in sleeping
        ]
        sleeping = awake(world, first, sleeping)
        order = (*order, first)
        world.gates[first].step()
    return branches


def awake(world: World, moving: int, sleeping: Sleeping) -> Sleeping:
    """Return who still sleeps when this run has made its call."""
    call = world.gates[moving].asked
    return frozenset(each for each in sleeping - {moving} if not depends(world.gates[each].asked, call))


@pytest.mark.parametrize("tags", [("3.7.4-2", "3.7.5-1")])
def test_latest_ends_at_the_newest_in_every_interleaving(open_registry: str, tags: tuple[str, str]) -> None:
    ends = explore(open_registry, tags)
    assert set(ends) == {max(tags)}
    print(len(ends))
    assert len(ends) > 10
