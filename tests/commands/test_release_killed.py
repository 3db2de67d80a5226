"""A release that is killed after each kind of its effects in turn, and run again, ends as an undisturbed one."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.model.image import ImageName
from tests.support.github import GithubServer, HostedRepository
from tests.support.killing import Killer, attempt, turning_points
from tests.support.listing import LIST, LOCK, list_text
from tests.support.program import Program
from tests.support.proxy import proxy_before
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import git
from tests.support.runner import outputs

pytestmark = pytest.mark.machine


@dataclass
class World:
    """A registry prefix and a languages repository of a run's own, seen through a killer."""

    publisher: Publisher
    github: GithubServer
    hosted: HostedRepository
    prefix: str
    attempts: int = 0

    def release(self, *words: str, at: int) -> tuple[int, Killer]:
        """Run a release in a process of its own, as the next attempt of its job; return its exit code."""
        killer, self.attempts = Killer(at), self.attempts + 1
        runner = attempt(self.attempts, self.publisher.ltf.directory.parent / f"runner-{self.prefix}")
        with proxies(self, killer) as (registry, api):
            environ = environ_of(registry) | {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": api}
            told = ["release", str(self.publisher.ltf.directory), *words, "--languages", self.hosted.name]
            told += ["--push-to", f"{registry}/{self.prefix}"]
            killer.process = run = Program(*told, environ={**environ, **runner})
            code, said = run.wait(60), b"\n".join(run.communicate())
            assert code in (0, -signal.SIGKILL), said.decode()
        if code == 0:
            self.expect_outputs(outputs(Path(runner["GITHUB_OUTPUT"])))
        return code, killer

    def expect_outputs(self, given: Mapping[str, str]) -> None:
        """Hold that the later steps of the job, and jobs that need it, are given what the first attempt would give."""
        assert (given["tag"], given["image"].rpartition("/")[2]) == ("3.7.4-2", "python_unittest:3.7.4-2"), given
        assert given["pull-request"].endswith(f"/{self.hosted.name}/pull/1"), given

    @property
    def state(self) -> dict[str, Any]:
        """Return all that a release leaves behind, without what is this world's alone."""
        image = self.publisher.image.under(f"{self.publisher.host}/{self.prefix}")
        registry = self.publisher.registry
        (pull,) = self.hosted.pulls
        lock = re.sub(r"127\.0\.0\.1:[0-9]+/[a-z0-9]+/|sha256:[0-9a-f]{64}", "", self.hosted.read(LOCK, pull.head))
        return {
            "labels": {tag: dict(registry.labels(image.tagged(tag))) for tag in registry.tags(image)},
            "latest is the tag": registry.resolve(image.tagged("latest")) == registry.resolve(image.tagged("3.7.4-2")),
            "branches": self.hosted.branches(),
            "list": self.hosted.read(LIST, pull.head),
            "lock": lock,
            "pull": (
                pull.title,
                pull.head,
                pull.state,
                re.sub(r"127[.]0[^/]*/[a-z0-9]+/|[0-9a-f]{7,64}", "", pull.body),
            ),
        }


@contextmanager
def proxies(world: World, killer: Killer) -> Iterator[tuple[str, str]]:
    with (
        proxy_before(world.publisher.host, killer.hook) as registry,
        proxy_before(world.github.host, killer.hook) as api,
    ):
        yield registry.host, f"http://{api.host}"


def world(publisher: Publisher, github: GithubServer, number: int) -> World:
    hosted = github.create_repository(f"cyber-dojo/languages-{number}", {LIST: list_text(), LOCK: "{}\n"})
    return World(publisher, github, hosted, f"{publisher.image.path.partition('/')[0]}w{number}")


def as_it_is(_: World) -> None:
    """Begin in a world where nothing was released."""


def killed_at_each_effect(
    publisher: Publisher, github: GithubServer, *words: str, begin: Callable[[World], None] = as_it_is
) -> list[str]:
    """Return the effects of an undisturbed run, after having killed a run at each kind of them."""
    undisturbed = world(publisher, github, 0)
    begin(undisturbed)
    _, killer = undisturbed.release(*words, at=0)
    for at in turning_points(killer.effects):
        disturbed = world(publisher, github, at)
        begin(disturbed)
        assert disturbed.release(*words, at=at)[0] == -signal.SIGKILL
        assert disturbed.release(*words, at=0)[0] == 0
        assert disturbed.state == undisturbed.state, f"killed after {killer.effects[at - 1]}"
    assert undisturbed.release(*words, at=0)[0] == 0
    assert undisturbed.state == disturbed.state, "run twice"
    return killer.effects


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({LIST: None}, f"the languages repository has no {LIST}"),
        ({LOCK: "[]"}, f"{LOCK} is no lock"),
        ({"dependents.json": "{"}, "dependents.json"),
        ({".github/ltf-ci.yml": "list-form: x\n"}, "list-form is 'x'"),
    ],
)
def test_a_list_that_cannot_take_a_release_costs_no_build(
    tagged: Publisher, github: GithubServer, files: Mapping[str, str | None], found: str
) -> None:
    there = {LIST: list_text(), LOCK: "{}\n", **files}
    github.create_repository("o/languages", {path: text for path, text in there.items() if text is not None})
    result = tagged.run_release("--languages", "o/languages", LTF_CI_TOKEN=github.token, GITHUB_API_URL=github.api)
    assert found in result.error.found, result
    assert tagged.registry.tags(tagged.image) == ()


@pytest.fixture
def tagged(publisher: Publisher) -> Publisher:
    publisher.named("https://github.com/cyber-dojo-start-points/python-unittest")
    publisher.tagged("3.7.4-2")
    return publisher


def test_a_build_that_is_killed(tagged: Publisher, github: GithubServer) -> None:
    effects = killed_at_each_effect(tagged, github)
    assert sum("/manifests/" in effect for effect in effects) >= 2
    assert sum("graphql" in effect for effect in effects) == 2


def test_a_relabelling_that_is_killed(tagged: Publisher, github: GithubServer) -> None:
    base = ImageName.parse(str(tagged.base))
    shutil.rmtree(tagged.ltf.directory / "docker")
    tagged.tagged("3.7.4-2")
    effects = killed_at_each_effect(tagged, github, "--image-from", str(base))
    assert len(effects) >= 6


def test_a_reuse_that_is_killed(tagged: Publisher, github: GithubServer) -> None:
    def with_the_revision_before(begun: World) -> None:
        git(tagged.ltf.directory, "switch", "--quiet", "--detach", "3.7.4-1")
        assert tagged.publish("--push-to", f"{tagged.host}/{begun.prefix}", "--rebuild")[0] == 0
        git(tagged.ltf.directory, "switch", "--quiet", "--detach", "3.7.4-2")

    tagged.tagged("3.7.4-1")
    tagged.tagged("3.7.4-2")
    effects = killed_at_each_effect(tagged, github, "--no-test", begin=with_the_revision_before)
    assert sum("/manifests/" in effect for effect in effects) == len(["by digest", "by tag", "latest"])
    assert not [effect for effect in effects if effect.startswith("PATCH")], "docker sends layers so"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_release_that_is_cancelled_leaves_no_login_and_no_build(
    tagged: Publisher, tmp_path: Path, number: signal.Signals
) -> None:
    tagged.ltf.write("docker/Dockerfile", f'FROM {tagged.base}\nRUN ["/bin/busybox", "sleep", "60"]\n')
    tagged.tagged("3.7.4-2")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environ = {**os.environ, **environ_of(tagged.host), "TMPDIR": str(scratch)}
    words = [sys.executable, "-m", "ltf_ci", "publish", str(tagged.ltf.directory)]
    running = subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while not list(scratch.glob("ltf-ci-*-docker-*/config.json")):
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(number)
    said, _ = running.communicate(timeout=30)
    assert running.returncode in (128 + number, -signal.SIGINT)
    assert b"interrupted" in said
    assert list(scratch.iterdir()) == []
    assert tagged.registry.tags(tagged.image) == ()
