"""Calls by a GitHub App's key: its tokens are for what a call needs, renewed as they end, and ended with the run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from ltf_ci.clients.github.actions import GithubActions
from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.issues import GithubIssues
from ltf_ci.clients.pull_requests.at_github import GithubRepository
from ltf_ci.errors import AccessDenied, GithubFailed
from ltf_ci.model.credentials import App
from ltf_ci.model.secret import Secret
from tests.support.github import GithubServer
from tests.support.github.app import CLIENT_ID, key_pair, pem
from tests.support.proxy import Answered, Asked, Pass, proxy_before

pytestmark = pytest.mark.machine
WORKFLOW = {".github/workflows/x.yml": "on: workflow_dispatch\n"}
WITH_PASSWORD = BestAvailableEncryption(b"x")
PEM, PKCS8 = Encoding.PEM, PrivateFormat.PKCS8
KEYS = {
    "no key": "hello",
    "cut off": pem(key_pair())[:300],
    "with a password": key_pair().private_bytes(PEM, PKCS8, WITH_PASSWORD).decode(),
    "public": key_pair().public_key().public_bytes(PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    "of a curve": generate_private_key(SECP256R1()).private_bytes(PEM, PKCS8, NoEncryption()).decode(),
    "no text": "\udc80",
}


@contextmanager
def asking(
    github: GithubServer, *, key: str = "", client_id: str = CLIENT_ID, address: str = ""
) -> Iterator[GithubApi]:
    app = App(client_id, Secret(key or github.app.private_key))
    with closing(GithubApi(address or github.api, app, pause=0)) as api:
        yield api


def times_given(github: GithubServer) -> int:
    return sum(asked.endswith("/access_tokens") for asked in github.asked)


def test_each_client_asks_for_the_rights_that_it_needs_and_the_run_ends_them(github: GithubServer) -> None:
    github.create_repository("o/r", WORKFLOW)
    github.app.install("o")
    with asking(github) as api:
        GithubIssues("o/r", api).create("Title", "Body", "label")
        GithubActions(api).dispatch("o/r", "x.yml", {})
        GithubRepository("o/r", ("x",), api).state("ltf-ci/x")
        granted = [sorted(grant.permissions.items()) for grant in github.app.live.values()]
        assert granted == [
            [("issues", "write")],
            [("actions", "write")],
            [("contents", "write"), ("pull_requests", "write")],
        ]
    assert github.app.live == {}


def test_each_repository_has_a_token_of_its_own_which_is_asked_for_once(github: GithubServer) -> None:
    names = [f"{owner}/r{number}" for owner in ("o", "p") for number in range(8)]
    for name in names:
        github.create_repository(name, WORKFLOW)
    github.app.install("o", "actions")
    github.app.install("p", "actions")
    with asking(github) as api, ThreadPoolExecutor(16) as pool:
        actions = GithubActions(api)
        assert list(pool.map(lambda name: actions.runs(name, "x.yml"), names * 3)) == [()] * 48
        named = {grant.repositories for grant in github.app.live.values()}
    assert (times_given(github), sum(asked.endswith("/installation") for asked in github.asked)) == (16, 16)
    assert named == {(f"r{number}",) for number in range(8)}


def test_a_token_is_renewed_before_it_ends(github: GithubServer) -> None:
    github.create_repository("o/r", WORKFLOW)
    github.app.install("o", "actions")
    github.app.life = 2
    statuses: list[int] = []

    def noted(asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        statuses.append(answered.status)
        return answered

    with proxy_before(github.host, noted) as proxy, asking(github, address=f"http://{proxy.host}") as api:
        actions = GithubActions(api)
        actions.runs("o/r", "x.yml")
        (first,) = github.app.given
        while github.app.grant(first):
            time.sleep(0.1)
        assert actions.runs("o/r", "x.yml") == ()
    assert 401 not in statuses


def test_a_token_that_is_not_taken_is_asked_for_anew(github: GithubServer) -> None:
    github.create_repository("o/r", WORKFLOW)
    github.app.install("o", "actions")
    with asking(github) as api:
        actions = GithubActions(api)
        actions.runs("o/r", "x.yml")
        github.app.end_tokens()
        assert actions.runs("o/r", "x.yml") == ()
        assert actions.dispatch("o/r", "x.yml", {})
    assert (times_given(github), len(github.dispatches)) == (2, 1)


def test_of_many_whose_token_is_not_taken_all_go_on(github: GithubServer) -> None:
    github.create_repository("o/r", WORKFLOW)
    github.app.install("o", "actions")
    together = threading.Barrier(8)

    def ends(asked: Asked, pass_on: Pass) -> Answered:
        if "/runs" in asked.path and asked.headers["Authorization"].endswith(github.app.given[0]):
            together.wait(30)
            github.app.end_tokens()
            together.wait(30)
        return pass_on(asked)

    with proxy_before(github.host, ends) as proxy, asking(github, address=f"http://{proxy.host}") as api:
        actions = GithubActions(api)
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: actions.runs("o/r", "x.yml"), range(8))) == [()] * 8
    assert (times_given(github), github.app.live) == (2, {})


def test_one_that_is_never_taken_is_told(github: GithubServer) -> None:
    github.create_repository("o/r", WORKFLOW)
    github.app.install("o", "actions")
    github.app.life = 0
    with asking(github) as api, pytest.raises(AccessDenied, match="GitHub does not accept the token for o/r"):
        GithubActions(api).runs("o/r", "x.yml")


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_what_is_no_key_is_told_and_not_shown(github: GithubServer, key: str) -> None:
    with asking(github, key=key) as api, pytest.raises(AccessDenied) as told:
        api.ready("o/r")
    assert "LTF_CI_APP_PRIVATE_KEY is no RSA private key" in told.value.found
    assert "BEGIN" in told.value.expected
    assert (github.asked, any(line in str(told.value) for line in key.splitlines())) == ([], False)


def test_another_apps_key_is_told(github: GithubServer) -> None:
    with asking(github, key=pem(generate_rsa_key(65537, 2048))) as api, pytest.raises(AccessDenied) as told:
        api.ready("o/r")
    assert told.value.found.startswith(f"LTF_CI_APP_PRIVATE_KEY is no key of the GitHub App {CLIENT_ID}")


def test_an_app_that_is_not_known_is_told(github: GithubServer) -> None:
    with asking(github, client_id="Iv23liNOBODY") as api, pytest.raises(AccessDenied) as told:
        api.ready("o/r")
    assert told.value.found == "GitHub knows no App Iv23liNOBODY"


@pytest.mark.parametrize(("ahead", "claim"), [(-3600, "iat"), (3600, "exp")])
def test_a_clock_that_is_off_is_told(github: GithubServer, ahead: int, claim: str) -> None:
    github.create_repository("o/r", {"x": ""})
    github.app.install("o")
    github.app.ahead = ahead
    with asking(github) as api, pytest.raises(AccessDenied) as told:
        api.ready("o/r")
    assert told.value.found.startswith("this machine's clock differs from GitHub's: ")
    assert (f"('{claim}')" in told.value.found, told.value.cure) == (True, "set the clock")


@pytest.mark.parametrize("ahead", [-30, 200])
def test_a_clock_that_is_a_little_off_does_no_harm(github: GithubServer, ahead: int) -> None:
    github.create_repository("o/r", {"x": ""})
    github.app.install("o")
    github.app.ahead = ahead
    with asking(github) as api:
        api.with_rights("contents").ready("o/r")


def test_where_it_is_not_installed_is_told_with_what_to_do(github: GithubServer) -> None:
    github.app.install("o").without.add("r")
    with asking(github) as api:
        for repository, owner in (("o/r", "o"), ("p/r", "p")):
            with pytest.raises(AccessDenied) as told:
                api.with_rights("contents").ready(repository)
            assert f"{CLIENT_ID} is not installed on {repository}" in told.value.found
            assert told.value.expected == "contents: read and write"
            assert told.value.cure == f"install it at {owner}, with this repository selected"


def test_one_that_is_suspended_is_told(github: GithubServer) -> None:
    github.app.install("o").suspended = True
    with asking(github) as api, pytest.raises(AccessDenied) as told:
        api.ready("o/r")
    assert told.value.found.endswith("is suspended for o/r: This installation has been suspended")


def test_rights_that_it_was_not_given_are_told(github: GithubServer) -> None:
    github.app.install("o", "contents")
    with asking(github) as api, pytest.raises(AccessDenied) as told:
        GithubActions(api).runs("o/r", "x.yml")
    assert "may not do this in o/r" in told.value.found
    assert told.value.expected == "actions: read and write"


def test_github_s_faults_on_the_way_to_a_token_are_no_denial(github: GithubServer) -> None:
    def broken(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(502) if asked.path.endswith("/access_tokens") else pass_on(asked)

    github.app.install("o")
    with proxy_before(github.host, broken) as proxy, asking(github, address=f"http://{proxy.host}") as api:
        with pytest.raises(GithubFailed) as told:
            api.ready("o/r")
        assert not isinstance(told.value, AccessDenied)


def test_a_token_that_cannot_be_ended_breaks_nothing(github: GithubServer) -> None:
    def broken(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(500) if asked.path == "/installation/token" else pass_on(asked)

    github.create_repository("o/r", {"x": ""})
    github.app.install("o")
    with proxy_before(github.host, broken) as proxy, asking(github, address=f"http://{proxy.host}") as api:
        api.ready("o/r")
    assert len(github.app.live) == 1
