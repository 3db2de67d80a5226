"""What `docker login` keeps is read as docker's library reads it, without it where it is plain."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.clients.docker import config as docker_config
from ltf_ci.errors import BadInput
from ltf_ci.model.access import Access
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.secret import Secret

HOST = "ghcr.io"
AUTH = base64.b64encode(b"me:pass:word").decode()
PLAIN = {"auths": {HOST: {"auth": AUTH}, docker_config.HUB_KEY: {"auth": AUTH}}}
KEPT: dict[str, tuple[Any, str, bool]] = {
    "plain": (PLAIN, HOST, True),
    "plain, for Docker Hub": (PLAIN, "docker.io", True),
    "of another registry": (PLAIN, "quay.io", False),
    "by its address": ({"auths": {f"https://{HOST}/v1/": {"auth": AUTH}}}, HOST, True),
    "with an address of old": ({"auths": {HOST: {"auth": AUTH, "email": "a@example.org"}}}, HOST, True),
    "nothing": ({}, HOST, False),
    "nothing for it": ({"auths": {HOST: {}}}, HOST, False),
}


def written(home: Path, config: Any) -> Path:
    (home / docker_config.CONFIG).write_text(json.dumps(config))
    return home


@pytest.mark.parametrize("name", KEPT)
def test_a_login_is_found(name: str, tmp_path: Path) -> None:
    config, host, is_there = KEPT[name]
    found = docker_config.login(host, written(tmp_path, config))
    assert (found and (found.username, found.password.reveal())) == (("me", "pass:word") if is_there else None)


@pytest.mark.parametrize("how", [{"credsStore": "safe"}, {"credHelpers": {HOST: "safe"}}])
def test_a_helper_is_asked_before_the_file(
    how: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / "docker-credential-safe"
    helper.write_text('#!/bin/sh\necho \'{"Username": "helped", "Secret": "s"}\'\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = docker_config.login(HOST, written(tmp_path, {**PLAIN, **how}))
    assert found
    assert found.username == "helped"


def test_a_plain_login_does_not_wait_for_dockers_library(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ltf_ci.clients.docker.config import login\n"
        f"assert login({HOST!r}, Path(sys.argv[1]))\nassert 'docker' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, written(tmp_path, PLAIN)], check=True)


def test_a_helper_is_given_no_credentials_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-safe"
    helper.write_text(
        '#!/bin/sh\nprintf \'{"Username": "helped", "Secret": "s%s"}\' "$LTF_CI_TOKEN$LTF_CI_GIT_TOKEN"\n'
    )
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("LTF_CI_TOKEN", "a-token")
    found = docker_config.login(HOST, written(tmp_path, {"credsStore": "safe"}))
    assert found
    assert found.password.reveal() == "s"


FORMS: dict[str, tuple[dict[str, str], tuple[str, str, str, str]]] = {
    "name and password apart": ({"username": "me", "password": "p"}, ("me", "p", "", "")),
    "an identity token": ({"auth": base64.b64encode(b"0000:").decode(), "identitytoken": "i"}, ("0000", "", "i", "")),
    "an identity token alone": ({"identitytoken": "i"}, ("", "", "i", "")),
    "as base64 wraps its lines": (
        {"auth": f"{AUTH[:6]}\r\n{AUTH[6:]}\n"},
        ("me", "pass:word", "", ""),
    ),
    "a registry token": ({"registrytoken": "r"}, ("", "", "", "r")),
    "a password that ends as docker pads it": ({"auth": base64.b64encode(b"me:p\0\0").decode()}, ("me", "p", "", "")),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_login_is_read(form: str, tmp_path: Path) -> None:
    entry, expected = FORMS[form]
    found = docker_config.login(HOST, written(tmp_path, {"auths": {f"https://{HOST}/v2/": entry}}))
    assert found
    tokens = (found.identity_token, found.registry_token)
    revealed = (token.reveal() if token else "" for token in tokens)
    assert (found.username, found.password.reveal(), *revealed) == expected


def test_a_helpers_identity_token_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-safe"
    helper.write_text('#!/bin/sh\necho \'{"Username": "<token>", "Secret": "i"}\'\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = docker_config.login(HOST, written(tmp_path, {"credHelpers": {HOST: "safe"}}))
    assert found
    assert found.as_docker_has_them() == {"identitytoken": "i"}


def auths(**entries: str) -> Secret:
    return Secret(json.dumps({"auths": {f"{name}.io": {"auth": auth} for name, auth in entries.items()}}))


@pytest.mark.parametrize(
    ("given", "username"),
    [
        (auths(ghcr=base64.b64encode(b"of-variable:p").decode()), "of-variable"),
        (auths(quay=AUTH), "me"),  # another registry's: the file has this one's
        (Secret("no JSON"), "me"),
        (None, "me"),
    ],
)
def test_a_login_of_dockers_variable_comes_first(given: Secret | None, username: str, tmp_path: Path) -> None:
    found = docker_config.login(HOST, written(tmp_path, PLAIN), given)
    assert found
    assert found.username == username


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (auths(ghcr=AUTH), {}),
        (auths(ghcr=AUTH, quay="x"), {"DOCKER_AUTH_CONFIG": json.dumps({"auths": {"quay.io": {"auth": "x"}}})}),
        (auths(quay="x"), {"DOCKER_AUTH_CONFIG": json.dumps({"auths": {"quay.io": {"auth": "x"}}})}),
        (None, {}),
    ],
)
def test_dockers_variable_does_not_outdo_the_runs_own_login(
    given: Secret | None, left: dict[str, str], tmp_path: Path
) -> None:
    with docker_config.with_login(HOST, Credentials("me", Secret("p")), tmp_path, given) as environment:
        assert {name: text for name, text in environment.items() if name != "DOCKER_CONFIG"} == left
    with docker_config.with_login(HOST, None, tmp_path, given) as environment:
        assert environment == ({"DOCKER_AUTH_CONFIG": given.reveal()} if given else {})


@pytest.mark.parametrize("auth", ["no base64", base64.b64encode(b"me:p\xff").decode()])
def test_a_login_that_cannot_be_read_is_told(auth: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="login for ghcr"):
        docker_config.login(HOST, written(tmp_path, {"auths": {HOST: {"auth": auth}}}))


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (
            Access(docker_config=Path(), registry=HOST, credentials=Credentials("me", Secret("p"))),
            "check LTF_CI_REGISTRY_",
        ),
        (
            Access(docker_config=Path(), credentials=Credentials("me", Secret("p"))),
            "is for docker.io: set LTF_CI_REGISTRY=ghcr.io",
        ),
        (Access(docker_config=Path()), "docker login ghcr.io, or set LTF_CI_REGISTRY=ghcr.io"),
    ],
)
def test_what_to_do_about_a_login_says_which_was_given(access: Access, words: str) -> None:
    assert words in access.login_cure(HOST)


def test_the_runs_own_login_leaves_every_helper_to_the_others(tmp_path: Path) -> None:
    helpers = {"credsStore": "safe", "credHelpers": {HOST: "own", "quay.io": "other"}}
    written(tmp_path, helpers)
    with docker_config.with_login(HOST, Credentials("me", Secret("p")), tmp_path) as environment:
        config = json.loads((Path(environment["DOCKER_CONFIG"]) / docker_config.CONFIG).read_text())
    assert (config["credsStore"], config["credHelpers"]) == ("safe", {HOST: "", "quay.io": "other"})
