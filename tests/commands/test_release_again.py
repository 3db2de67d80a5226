"""What failed ends, run again, as an undisturbed run; run once more, no byte of list, lock or text changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from tests.support.github import GithubServer, HostedRepository
from tests.support.listing import LIST, LOCK, Bumper, list_text
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import Publisher, is_tested
from tests.support.result import Result
from tests.support.retagging import Retagger

pytestmark = pytest.mark.machine
NAME = "cyber-dojo/languages-start-points"
COLOURS = "red, amber, green"
FORBIDDEN = {"type": "FORBIDDEN", "path": ["x"], "message": "Resource not accessible by integration"}
REFUSED = Answered(
    200,
    {"Content-Type": "application/json"},
    json.dumps({"data": {"x": None}, "errors": [FORBIDDEN]}).encode(),
)
DOWN = Answered(502)
When = Callable[[Asked], bool]


def sends(method: str, path: str, body: bytes = b"") -> When:
    return lambda asked: asked.method == method and path in asked.path and body in asked.body


@pytest.fixture
def hosted(github: GithubServer) -> HostedRepository:
    return github.create_repository(NAME, {LIST: list_text(), LOCK: "{}\n"})


class Faulty:
    """The registry and GitHub, where a request fails each time as long as it is `broken`; it was carried out or not."""

    def __init__(self, fails: When = lambda _: False, answered: Answered = DOWN, *, is_done: bool = False) -> None:
        self.broken = True
        self._fails, self._answered, self._is_done = fails, answered, is_done

    def hook(self, asked: Asked, pass_on: Pass) -> Answered:
        if not (self.broken and self._fails(asked)):
            return pass_on(asked)
        if self._is_done:
            pass_on(asked)
        return self._answered


def proposed(hosted: HostedRepository) -> tuple[str, str, str, str]:
    """Return the list and the lock that the one pull request proposes, its title and its text."""
    (pull,) = hosted.pulls
    return hosted.read(LIST, pull.head), hosted.read(LOCK, pull.head), pull.title, pull.body


@pytest.mark.parametrize(
    ("fails", "answered", "is_done", "is_harmless"),
    [
        (lambda _: False, Answered(500), False, True),
        (sends("POST", "/blobs/uploads/"), Answered(503), False, False),
        (sends("PUT", "/manifests/3.7.4-2"), Answered(500), True, False),
        (sends("PUT", "/manifests/latest"), Answered(502), True, False),
        (sends("POST", "/graphql", b"createPullRequest"), REFUSED, False, False),
    ],
    ids=["nothing", "upload", "pushed", "latest-moved", "refused"],
)
def test_a_release_that_failed_is_ended_by_the_same_again(
    gated: Publisher,
    github: GithubServer,
    hosted: HostedRepository,
    fails: When,
    answered: Answered,
    *,
    is_done: bool,
    is_harmless: bool,
) -> None:
    faulty = Faulty(fails, answered, is_done=is_done)
    with proxy_before(gated.host, faulty.hook) as registry, proxy_before(github.host, faulty.hook) as api:
        words = ("--languages", NAME, "--push-to", f"{registry.host}/again")
        release = partial(gated.run_release, *words, LTF_CI_TOKEN=github.token, GITHUB_API_URL=f"http://{api.host}")
        first = release()
        assert (first.code == 0) == is_harmless, first
        faulty.broken = False
        again = release()
        assert again.code == 0, again
        ended = proposed(hosted)
        (entry,) = json.loads(ended[1]).values()
        assert entry["traffic_light"] == COLOURS, again
        assert COLOURS in ended[3]
        once_more = release()
    assert once_more.ended == (0, "nothing-to-do"), once_more
    assert proposed(hosted) == ended
    assert all(step.name != "test" and not step.name.startswith("test ") for step in once_more.steps), once_more


def is_not_tested(result: Result) -> bool:
    return all(not step.name.endswith(" test") and " test " not in step.name for step in result.steps)


def test_a_retag_that_failed_is_ended_by_the_same_again(retagger: Retagger, github: GithubServer) -> None:
    is_tested(retagger.publisher)
    retagger.released("3.7.6-1")
    listed = {LIST: f"{retagger.origin}?tag=3.7.6-1\n", LOCK: "{}\n"}
    hosted = github.create_repository(NAME, listed)
    faults = {
        "upload": Faulty(sends("POST", "/blobs/uploads/"), Answered(503)),
        "pushed": Faulty(sends("PUT", "/manifests/3.7.6"), Answered(500), is_done=True),
        "latest-moved": Faulty(sends("PUT", "/manifests/latest"), is_done=True),
        "refused": Faulty(sends("POST", "/graphql", b"createPullRequest"), REFUSED),
        "updated": Faulty(sends("POST", "/graphql", b"updateRefs"), REFUSED),
    }
    for name, faulty in faults.items():
        with (
            proxy_before(retagger.publisher.host, faulty.hook) as registry,
            proxy_before(github.host, faulty.hook) as api,
        ):
            reached = {"LTF_CI_REGISTRY": registry.host, "LTF_CI_PUSH_TO": f"{registry.host}/again"}
            known = {"LTF_CI_TOKEN": github.token, "GITHUB_API_URL": f"http://{api.host}", "LTF_CI_LANGUAGES": NAME}
            retag = partial(retagger.retag, "--request", name, lines="3.7.6", **reached, **known)
            retag()
            faulty.broken = False
            again = retag()
            assert again.code == 0, (name, again)
            ended = proposed(hosted)
            (entry,) = json.loads(ended[1]).values()
            assert entry.get("traffic_light") == COLOURS, (name, again)
            assert COLOURS in ended[3]
            once_more = retag()
        assert once_more.ended == (0, "nothing-to-do"), (name, once_more)
        assert (proposed(hosted), is_not_tested(once_more)) == (ended, True), (name, once_more)


@pytest.mark.parametrize(
    ("word", "answered", "is_done"),
    [
        (b"createCommitOnBranch", DOWN, True),
        (b"createPullRequest", DOWN, True),
        (b"createPullRequest", REFUSED, False),
        (b"updateRefs", DOWN, True),
        (b"addLabels", REFUSED, False),
    ],
)
def test_a_bump_that_failed_is_ended_by_the_same_again(
    bumper: Bumper, word: bytes, answered: Answered, *, is_done: bool
) -> None:
    faulty = Faulty(sends("POST", "/graphql", word), answered, is_done=is_done)
    bump = partial(bumper.bump, "3.7.4-2", "--label", "bump", hook=faulty.hook)
    bump()
    faulty.broken = False
    assert bump().code == 0
    ended = proposed(bumper.hosted)
    assert (ended[0], bumper.hosted.pulls[0].labels) == (bumper.with_tag("3.7.4-2"), ["bump"])
    assert bump().ended == (0, "nothing-to-do")
    assert proposed(bumper.hosted) == ended
