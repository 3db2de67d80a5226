"""A release whose first run failed somewhere ends, run again, as an undisturbed one; run once more, nothing changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from embedded.base_image import push_base_image
from tests.support.github import GithubServer, HostedRepository
from tests.support.listing import LIST, LOCK, list_text
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import Publisher

pytestmark = pytest.mark.machine
NAME = "cyber-dojo/languages-start-points"
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"
COLOURS = "red, amber, green"
FORBIDDEN = {"type": "FORBIDDEN", "path": ["x"], "message": "Resource not accessible by integration"}
REFUSED = Answered(
    200,
    {"Content-Type": "application/json"},
    json.dumps({"data": {"x": None}, "errors": [FORBIDDEN]}).encode(),
)
When = Callable[[Asked], bool]


def sends(method: str, path: str, body: bytes = b"") -> When:
    return lambda asked: asked.method == method and path in asked.path and body in asked.body


@pytest.fixture
def gated(publisher: Publisher) -> Publisher:
    """Return a repository whose start files give their colours, tagged 3.7.4-2."""
    push_base_image(publisher.registry, publisher.base, note="gated", runs=True)
    publisher.is_tested = True
    publisher.named("https://github.com/cyber-dojo-start-points/python-unittest")
    publisher.ltf.write("docker/red_amber_green.rb", LAMBDA)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY red_amber_green.rb /usr/local/bin/\n")
    publisher.tagged("3.7.4-2")
    return publisher


@pytest.fixture
def hosted(github: GithubServer) -> HostedRepository:
    return github.create_repository(NAME, {LIST: list_text(), LOCK: "{}\n"})


class Faulty:
    """The registry and GitHub, where a request fails each time as long as it is `broken`; it was carried out or not."""

    def __init__(self, fails: When, answered: Answered, *, is_done: bool) -> None:
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
