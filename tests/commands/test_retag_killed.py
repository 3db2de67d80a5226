"""A re-tag that is killed after each kind of its effects in turn, and run again, ends as an undisturbed one."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.github import GithubServer, HostedRepository
from tests.support.killing import Killer, attempt, turning_points
from tests.support.listing import LIST, LOCK
from tests.support.program import Program
from tests.support.proxy import proxy_before
from tests.support.publishing import environ_of
from tests.support.repositories import git, write_hook
from tests.support.retagging import Retagger, hook, protecting

pytestmark = pytest.mark.machine
REVISION = "org.opencontainers.image.revision"
AT_PUSH = -1


@dataclass
class World:
    """An origin, a registry prefix and a languages repository of a run's own, seen through a killer."""

    retagger: Retagger
    github: GithubServer
    hosted: HostedRepository
    prefix: str
    folder: Path
    attempts: int = 0

    def retag(
        self, *words: str, at: int = 0, named: str = "", number: signal.Signals = signal.SIGKILL
    ) -> tuple[int, Killer]:
        """Re-tag two lines in a process of its own, ended at its effect of this number or name, or first git push."""
        git(self.retagger.directory, "remote", "set-url", "origin", str(self.retagger.origin))
        victim = self.folder / "victim"
        killer, self.attempts = Killer(at, named, number=number), self.attempts + 1
        runner = attempt(self.attempts, self.folder / "runner")
        with ExitStack() as stack:
            registry = stack.enter_context(proxy_before(self.retagger.publisher.host, killer.hook)).host
            api = stack.enter_context(proxy_before(self.github.host, killer.hook)).host
            environ = environ_of(registry) | {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": f"http://{api}"}
            environ |= {"LTF_CI_PUSH_TO": f"{registry}/{self.prefix}", "LTF_CI_LANGUAGES": self.hosted.name}
            told = ["retag", str(self.retagger.directory), "--lines", "3.7.4,3.7.5", "--rebuild", *words]
            killer.process = run = Program(*told, environ={**environ, **runner})
            if at == AT_PUSH:
                victim.write_text(f"-{number:d} {run.pid}")
            code, said = run.wait(90), b"\n".join(run.communicate())
            ended = -number if number is signal.SIGKILL else 128 + number
            assert (code in (0, ended), b"Traceback" in said) == (True, False), said.decode()
        return code, killer

    @property
    def state(self) -> dict[str, Any]:
        """Return all that a re-tag leaves behind, without what is this world's alone."""
        publisher, origin = self.retagger.publisher, self.retagger
        image = publisher.image.under(f"{publisher.host}/{self.prefix}")
        tags = publisher.registry.tags(image)
        revisions = {tag: publisher.registry.labels(image.tagged(tag))[REVISION] for tag in tags if tag != "latest"}
        (pull,) = self.hosted.pulls
        return {
            "git": sorted(origin.refs),
            "branches": {
                name: origin.at(name) == origin.at(tag) for name, tag in BRANCHES.items() if name in origin.refs
            },
            "images": {tag: commit == origin.at(tag) for tag, commit in revisions.items()},
            "latest": publisher.registry.labels(image.tagged("latest"))[REVISION] == origin.at("3.7.5-3"),
            "list": self.hosted.read(LIST, pull.head).replace(str(origin.origin), ""),
            "pull": (pull.title, pull.head, pull.state, list(pull.labels)),
            "lock": self._anywhere(self.hosted.read(LOCK, pull.head)),
            "text": self._anywhere(pull.body),
        }

    def _anywhere(self, text: str) -> str:
        """Return a text without what differs from world to world: addresses, and what is hashed with them."""
        text = text.replace(str(self.retagger.origin), "").replace(self.prefix, "")
        return re.sub(r"127\.0\.0\.1:[0-9]+|[0-9a-f]{7,64}", "", text)


BRANCHES = {"main": "3.7.5-3", "release/3.7.4": "3.7.4-2"}


def world(retagger: Retagger, github: GithubServer, folder: Path, number: int) -> World:
    folder = folder / f"world{number}"
    origin = folder / "python-unittest.git"
    shutil.copytree(retagger.origin, origin)
    victim = shlex.quote(str(folder / "victim"))
    write_hook(origin, "post-receive", f"[ -e {victim} ] && kill $(cat {victim}) && rm {victim}\nexit 0")
    listed = f"{origin}?tag=3.7.4-1\n{origin}?tag=3.7.5-2\n"
    hosted = github.create_repository(f"cyber-dojo/languages-{number}", {LIST: listed, LOCK: "{}\n"})
    prefix = f"{retagger.publisher.image.path.partition('/')[0]}w{number}"
    return World(Retagger(retagger.publisher, origin), github, hosted, prefix, folder)


def test_it_is_killed_after_each_kind_of_effect(retagger: Retagger, github: GithubServer, tmp_path: Path) -> None:
    undisturbed = world(retagger, github, tmp_path, 0)
    code, killer = undisturbed.retag("--request", "7")
    assert code == 0
    assert all(undisturbed.state["images"].values()), undisturbed.state
    killed = list[str]()
    for at in [AT_PUSH, *turning_points(killer.effects)]:
        disturbed = world(retagger, github, tmp_path, at + 2)
        code, seen = disturbed.retag("--request", "7", at=at)
        if code == 0:  # it had no effect of this number: how many there are is docker's matter
            assert len(seen.effects) < at
            continue
        killed.append("git push" if at == AT_PUSH else seen.effects[at - 1])
        assert disturbed.retag("--request", "7")[0] == 0
        assert disturbed.state == undisturbed.state, f"killed after {killed[-1]}"
    wanted = ("git push", "manifests/3.7.4-2", "manifests/3.7.5-3", "manifests/latest", "graphql", "labels")
    for number, effect in enumerate(name for name in wanted if not any(name in each for each in killed)):
        disturbed = world(retagger, github, tmp_path, 1000 + number)
        assert disturbed.retag("--request", "7", named=effect)[0] == -signal.SIGKILL, effect
        assert disturbed.retag("--request", "7")[0] == 0
        assert disturbed.state == undisturbed.state, f"killed after {effect}"


def test_it_is_interrupted_after_its_effects(retagger: Retagger, github: GithubServer, tmp_path: Path) -> None:
    undisturbed = world(retagger, github, tmp_path, 0)
    undisturbed.retag("--request", "7")
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number, effect in enumerate(("", "manifests/3.7.4-2", "manifests/latest", "graphql", "labels")):
        disturbed, sent = world(retagger, github, tmp_path, 1 + number), signals[number % len(signals)]
        code, _ = disturbed.retag("--request", "7", at=0 if effect else AT_PUSH, named=effect, number=sent)
        assert code == 128 + sent, effect
        assert disturbed.retag("--request", "7")[0] == 0
        assert disturbed.state == undisturbed.state, f"interrupted after {effect or 'its push'}"


def test_what_was_left_without_its_image_is_finished_by_another_request(
    retagger: Retagger, github: GithubServer, tmp_path: Path
) -> None:
    undisturbed, disturbed = (world(retagger, github, tmp_path, number) for number in range(2))
    undisturbed.retag()
    assert disturbed.retag(at=AT_PUSH)[0] == -signal.SIGKILL
    assert "3.7.4-2" in disturbed.retagger.tags
    assert disturbed.retag()[0] == 0
    assert disturbed.state == undisturbed.state
    assert disturbed.retag()[0] == 0
    assert disturbed.state == undisturbed.state


def test_one_that_rules_keep_off_every_branch_is_killed_after_its_push(
    retagger: Retagger, github: GithubServer, tmp_path: Path
) -> None:
    undisturbed, disturbed = (world(retagger, github, tmp_path, number) for number in range(2))
    for each in (undisturbed, disturbed):
        says = "error: GH013: Repository rule violations found for $ref."
        hook(each.retagger.origin, protecting("refs/heads/*", says))
    assert undisturbed.retag("--request", "7")[0] == 0
    assert disturbed.retag("--request", "7", at=AT_PUSH)[0] == -signal.SIGKILL
    assert "3.7.4-2" in disturbed.retagger.tags
    assert disturbed.retag("--request", "7")[0] == 0
    assert disturbed.state == undisturbed.state
    assert all(disturbed.state["images"].values())
