"""Each call of a run is interrupted in turn: it ends with the signal's code, tells what is done, and the next ends all.

For a re-tag see test_retag_killed.py.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM

import pytest

from ltf_ci.languages.bump import bump
from tests.commands.test_adopt import LANGUAGES, OlderFleet
from tests.support.bumping import pull_request, run_at
from tests.support.fleet import OWNER, Fleet
from tests.support.github import GithubServer, HostedRepository, running_github
from tests.support.github.app import CLIENT_ID
from tests.support.github.bare import HEADS, RefUpdate
from tests.support.killing import Interrupter, attempt
from tests.support.listing import LIST, LOCK, Bumper, list_text
from tests.support.program import Program
from tests.support.proxy import proxy_before
from tests.support.publishing import RunCommand

pytestmark = pytest.mark.machine
SIGNALS = (SIGINT, SIGTERM, SIGHUP)


@dataclass
class World:
    """Words of a command, the GitHub that they change, and what is there in the end."""

    words: tuple[str, ...]
    github: GithubServer
    state: Callable[[], object]

    def ended(self, folder: Path, interrupter: Interrupter) -> tuple[int, str]:
        """Return a run's exit code, and what it printed."""
        with proxy_before(self.github.host, interrupter.hook) as proxy:
            environ = {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": f"http://{proxy.host}"}
            environ |= {"LTF_CI_RETRY_PAUSE": "0", **attempt(1, folder)}
            interrupter.process = run = Program(*self.words, environ=environ)
            return run.wait(60), b"\n".join(run.communicate()).decode()


def interrupted_at_each_call(make: Callable[[int], World], folder: Path, *told: str) -> None:
    """Interrupt a run in a new world at each of its calls, and end it by another one.

    `told` are patterns of the steps that the one which is interrupted last tells: all that are done by then.
    """
    undisturbed, seen = make(0), Interrupter(0)
    assert undisturbed.ended(folder, seen)[0] == 0
    last = ""
    for at in range(1, seen.calls + 1):
        world, interrupter = make(at), Interrupter(at, SIGNALS[at % len(SIGNALS)])
        code, said = world.ended(folder, interrupter)
        if code == 0:  # how often something is looked at is a matter of its pace
            assert interrupter.calls < at
            continue
        assert (code, "interrupted" in said, "Traceback" in said) == (128 + interrupter.number, True, False), said
        assert world.ended(folder, Interrupter(0))[0] == 0
        assert world.state() == undisturbed.state(), f"interrupted at call {at}"
        last = " ".join(said.split())
    assert [each for each in told if not re.search(each, last)] == [], last


def languages(github: GithubServer, number: int) -> HostedRepository:
    return github.create_repository(f"o/languages-{number}", {LIST: list_text(), LOCK: "{}\n"})


def pulls_of(hosted: HostedRepository) -> object:
    """Return what is known of pull requests, and their branches with whether these are on the default one."""
    pulls = [(pull.title, pull.head, pull.state, pull.labels, pull.reviewers) for pull in hosted.pulls]
    return pulls, {name: hosted.parent(name) == hosted.head() for name in hosted.branches() if name != "main"}


def test_a_bump(bumper: Bumper, tmp_path: Path) -> None:
    bumper.bump("3.7.4-2", "--dry-run")  # releases it

    def make(number: int) -> World:
        hosted = languages(bumper.github, number)
        more = ("--label", "x", "--reviewer", "somebody", "--languages", hosted.name, str(bumper.ltf.directory))
        return World(("bump", "--tag", "3.7.4-2", *more), bumper.github, lambda: pulls_of(hosted))

    interrupted_at_each_call(make, tmp_path, "list done opened")


def test_a_bump_that_takes_over_what_others_have(bumper: Bumper, tmp_path: Path) -> None:
    bumper.bump("3.7.4-3", "--dry-run")  # releases it
    own = "ltf-ci/python-unittest-3.7.4"

    def make(number: int) -> World:
        hosted = languages(bumper.github, number)
        bump([bumper.release("python-unittest")], pull_request(hosted.name), run_at(bumper.github), dry_run=False)
        for branch in ("ltf-ci/one", "ltf-ci/two"):
            hosted.move([RefUpdate(HEADS + branch, hosted.head(own))])
            hosted.open_pull(branch, "main", "Bump it", "", draft=False)
        hosted.delete_branch(own)
        words = ("bump", "--tag", "3.7.4-3", "--languages", hosted.name, str(bumper.ltf.directory))
        return World(words, bumper.github, lambda: pulls_of(hosted))

    interrupted_at_each_call(make, tmp_path, "list done opened", "ltf-ci/one done closed")


def test_a_refresh(bumper: Bumper, tmp_path: Path) -> None:
    def make(number: int) -> World:
        hosted = languages(bumper.github, number)
        for name in ("ltf-02", "ltf-12"):
            bump([bumper.release(name)], pull_request(hosted.name), run_at(bumper.github), dry_run=False)
        hosted.push({LIST: list_text().replace("ltf-07?tag=3.7.4-1", "ltf-07?tag=3.7.4-9")})
        return World(("list", "refresh", "--languages", hosted.name), bumper.github, lambda: pulls_of(hosted))

    interrupted_at_each_call(make, tmp_path, "ltf-ci/ltf-02-3.7.4 done updated")


def test_an_adoption(open_registry: str, run: RunCommand, tmp_path: Path) -> None:
    def make(number: int) -> World:
        folder = tmp_path / str(number)
        github = stack.enter_context(running_github(folder / "github"))
        fleet = OlderFleet(github, f"{open_registry}/a{secrets.token_hex(6)}", folder, run)
        fleet.create()
        words = ("adopt", str(folder / "fleet.txt"), "--languages", LANGUAGES, "--app-client-id", CLIENT_ID)
        return World(words, github, lambda: [pulls_of(each) for each in fleet.hosted.values()])

    with ExitStack() as stack:
        interrupted_at_each_call(make, tmp_path, "cyber-dojo-languages/python done opened")


def test_a_notification(github: GithubServer, open_registry: str, run: RunCommand, tmp_path: Path) -> None:
    """What was started runs on, and the next run waits for it."""

    def make(number: int) -> World:
        folder = tmp_path / str(number)
        folder.mkdir()
        fleet = Fleet(github, f"{open_registry}/f{secrets.token_hex(6)}", folder / "dependents.json", run)
        base, child, other = (f"{name}{number}" for name in ("python", "pytest", "approval"))
        fleet.draw({base: ["python:3.7.4"], child: [base], other: [child]})
        fleet.release(base)
        words = ("notify", f"{base} (3.7.4)", "--dependents", str(fleet.file), "--owner", OWNER)
        return World(words, github, lambda: [name.removesuffix(str(number)) for name in fleet.built])

    interrupted_at_each_call(make, tmp_path, r"pytest\d+ \S+ done", r"approval\d+ \S+ failed running: its run has not")
