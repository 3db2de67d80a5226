from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.issues import GithubIssues
from ltf_ci.clients.github.pacing import LIMITS, Pace
from ltf_ci.errors import GithubFailed
from ltf_ci.model.secret import Secret
from tests.support.github import GithubServer
from tests.support.proxy import Answered, Asked, Pass, proxy_before

pytestmark = pytest.mark.machine


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let Python change threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class Clock:
    """A clock that goes on only while one sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def says_done(_asked: Asked, _pass_on: Pass) -> Answered:
    return Answered(200, {"Content-Type": "application/json"}, b'{"data": {}}')


def says_the_path(asked: Asked, _pass_on: Pass) -> Answered:
    return Answered(200, {"Content-Type": "application/json"}, json.dumps(asked.path).encode())


@pytest.mark.usefixtures("hasty_threads")
def test_of_many_threads_each_gets_its_own_answer() -> None:
    paths = [f"/actions/runs/{number}" for number in range(2000)]
    with proxy_before("", says_the_path) as proxy, ThreadPoolExecutor(32) as pool:
        api = GithubApi(f"http://{proxy.host}", Secret("x"), 0)
        answers = list(pool.map(lambda path: api.get("o/r", path), paths))
    assert answers == [f"/repos/o/r{path}" for path in paths]


def test_an_answer_that_is_lost_opens_no_second_issue(github: GithubServer) -> None:
    hosted = github.create_repository("o/r", {"x": ""})

    def lost(asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        return Answered(502) if asked.writes else answered

    with proxy_before(github.host, lost) as proxy:
        issues = GithubIssues("o/r", GithubApi(f"http://{proxy.host}", Secret(github.token), 0))
        with pytest.raises(GithubFailed):
            issues.create("Title", "Body", "label")
        assert len(issues.labelled("label")) == len(hosted.issues) == 1


def test_mutations_and_calls_that_write_are_held_back_together_and_what_only_looks_is_not() -> None:
    clock, (most, seconds) = Clock(), LIMITS[0]
    with proxy_before("", says_done) as proxy:
        api = GithubApi(f"http://{proxy.host}", Secret("x"), 0, Pace(clock.sleep, lambda: clock.now))
        for _ in range(most):
            api.graphql("o/r", "query { viewer { login } }", {}, writes=False)
            api.get("o/r", "/issues")
        for _ in range(most // 2):
            api.graphql("o/r", "mutation { x }", {})
            api.with_rights("issues").send("POST", "o/r", "/issues", {})
        assert clock.now == 0
        api.graphql("o/r", "mutation { x }", {})
        assert clock.now == seconds
