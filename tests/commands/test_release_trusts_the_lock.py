"""A released image that somebody overwrote or deleted: release believes the list's lock, as list check and watch do."""

from __future__ import annotations

import base64
from urllib.request import Request, urlopen

import pytest

from embedded.base_image import push_image
from embedded.registry import PASSWORD, USERNAME
from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.model.registry import Present
from tests.support.github import GithubServer, HostedRepository
from tests.support.github.buttons import merge
from tests.support.listing import LIST, LOCK, list_text
from tests.support.publishing import Publisher
from tests.support.repositories import git
from tests.support.result import Result

pytestmark = pytest.mark.machine
NAME = "cyber-dojo/languages-start-points"


@pytest.fixture
def hosted(publisher: Publisher, github: GithubServer, request: pytest.FixtureRequest) -> HostedRepository:
    """Release 3.7.4-2, and merge its pull request; where the test's parameter is `open` it stays open."""
    publisher.named("https://github.com/cyber-dojo-start-points/python-unittest")
    publisher.tagged("3.7.3-1")
    publisher.tagged("3.7.4-2")
    hosted = github.create_repository(NAME, {LIST: list_text(), LOCK: "{}\n"})
    assert release(publisher, github).ended == (0, "done")
    if getattr(request, "param", "") != "open":
        merge(hosted, 1, "merge")
    return hosted


def release(publisher: Publisher, github: GithubServer, *words: str, command: str = "release") -> Result:
    known = {"LTF_CI_TOKEN": github.token, "GITHUB_API_URL": github.api}
    return publisher.run_release("--languages", NAME, *words, command=command, **known)


def overwrite(publisher: Publisher, *, with_its_labels: bool) -> None:
    image = publisher.image.tagged("3.7.4-2")
    labels = dict(publisher.registry.labels(image)) if with_its_labels else {}
    push_image(publisher.registry, image, {"os": "linux", "config": {"Labels": labels}}, [b"another"])


@pytest.mark.parametrize(
    ("hosted", "with_its_labels"), [("merged", False), ("merged", True), ("open", True)], indirect=["hosted"]
)
def test_a_release_that_was_overwritten_is_neither_kept_nor_made_latest(
    publisher: Publisher, github: GithubServer, hosted: HostedRepository, *, with_its_labels: bool
) -> None:
    lock = hosted.read(LOCK, hosted.pulls[0].head)
    latest = publisher.registry.resolve(publisher.image.tagged("latest"))
    overwrite(publisher, with_its_labels=with_its_labels)
    again = release(publisher, github, "--tag", "3.7.4-2")
    assert again.failure == (4, "TagTaken"), again
    assert "has other content now" in again.error.found
    bumped = release(publisher, github, "--group", "all", command="bump")
    assert bumped.failure == (4, "TagTaken" if with_its_labels else "Refused"), bumped
    assert hosted.read(LOCK, hosted.pulls[0].head) == lock
    git(publisher.ltf.directory, "checkout", "--quiet", "3.7.3-1")
    older = release(publisher, github, "--tag", "3.7.3-1")
    assert older.code == 0, older
    assert publisher.registry.resolve(publisher.image.tagged("latest")) == latest


@pytest.mark.usefixtures("hosted")
def test_a_release_that_was_deleted_is_not_made_again_with_other_content(
    publisher: Publisher, github: GithubServer
) -> None:
    there = publisher.registry.resolve(publisher.image.tagged("3.7.4-2"))
    assert isinstance(there, Present)
    delete(publisher, str(there.digest))
    again = release(publisher, github, "--tag", "3.7.4-2")
    assert again.failure == (4, "TagTaken"), again
    assert "is not in its registry any more" in again.error.found


def delete(publisher: Publisher, digest: str) -> None:
    login = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    address = f"http://{publisher.host}/v2/{publisher.image.path}/manifests/{digest}"
    headers = {"Accept": MANIFESTS[1], "Authorization": f"Basic {login}"}
    urlopen(Request(address, method="DELETE", headers=headers)).close()
