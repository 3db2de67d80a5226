"""Which login is found in docker's configuration: the one that docker's own program finds, which is run here too."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.clients.docker.config import CONFIG, HUB_KEY, login
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.process import programs
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName
from tests.support.scripted import says

HELPERS = {
    "good": '#!/bin/sh\nread -r key\necho "{\\"Username\\": \\"helped\\", \\"Secret\\": \\"$key\\"}"\n',
    "token": '#!/bin/sh\necho \'{"Username": "<token>", "Secret": "i"}\'\n',
    "none": "#!/bin/sh\necho credentials not found in native keychain\nexit 1\n",
    "none-well": "#!/bin/sh\necho credentials not found in native keychain\n",
    "broken": "#!/bin/sh\necho the keychain is locked\nexit 3\n",
    "mute": "#!/bin/sh\nexit 1\n",
    "page": "#!/bin/sh\necho '<html>'\n",
    "empty": "#!/bin/sh\necho '{}'\n",
    "list": "#!/bin/sh\necho '[]'\n",
    "spread": '#!/bin/sh\necho; echo \'{"ServerURL": "x",\n"Username": "me", "Secret": "\\u00e9:"}\'\n',
}
FIELDS = ("username", "password", "identitytoken", "registrytoken")
Fields = Mapping[str, str]


def of(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode("latin-1")).decode()}


ME, OTHER = of("me:p"), of("other:o")
MINE, OTHERS = {"username": "me", "password": "p"}, {"username": "other", "password": "o"}
HELPED = {"username": "helped", "password": "h.io"}
WITH_TOKENS = {**ME, "identitytoken": "i", "registrytoken": "r"}
UNREADABLE = {"a login": "that cannot be read"}  # of which docker warns, and goes on without


def auths(**entries: Any) -> dict[str, Any]:
    return {"auths": {key.replace("_", "."): entry for key, entry in entries.items()}}


def keyed(*keys: str, last: Any = ME) -> dict[str, Any]:
    return {"auths": {**dict.fromkeys(keys, OTHER), keys[-1]: last}}


CASES: dict[str, tuple[Any, str, Fields]] = {
    "the exact key comes first": (keyed("https://h.io/v1/", "h.io"), "h.io", MINE),
    "the exact key is empty": (keyed("https://h.io/v1/", "h.io", last={}), "h.io", {}),
    "the exact key is null": (keyed("https://h.io/v1/", "h.io", last=None), "h.io", {}),
    "an address": (keyed("https://h.io/v1/"), "h.io", MINE),
    "an address of plain http": (keyed("http://h.io"), "h.io", MINE),
    "an address with a port": (keyed("https://h.io:5000/v2/"), "h.io:5000", MINE),
    "another port": (keyed("h.io:443"), "h.io", {}),
    "another port, in an address": (keyed("https://h.io:443"), "h.io", {}),
    "the port that is meant": (keyed("h.io"), "h.io:443", {}),
    "a path": (keyed("h.io/team"), "h.io", MINE),
    "capitals": (keyed("https://H.io"), "h.io", {}),
    "Docker Hub": (keyed("docker.io", HUB_KEY), "docker.io", MINE),
    "Docker Hub by another name": (keyed(HUB_KEY), "index.docker.io", MINE),
    "Docker Hub's hosts": (keyed("docker.io", "index.docker.io", "registry-1.docker.io"), "docker.io", {}),
    "Docker Hub's addresses": (keyed("https://index.docker.io/v1", "index.docker.io/v1/"), "docker.io", {}),
    "Docker Hub's registry": (keyed("registry-1.docker.io"), "registry-1.docker.io", MINE),
    "Docker Hub's registry, by Docker Hub's key": (keyed(HUB_KEY), "registry-1.docker.io", {}),
    "name and password beside": (auths(h_io={**ME, "username": "x", "password": "x"}), "h.io", MINE),
    "name and password alone": (auths(h_io={"username": "me", "password": "p"}), "h.io", MINE),
    "no password": (auths(h_io=of("me:")), "h.io", {"username": "me"}),
    "an identity token": (auths(h_io={**of("0000:"), "identitytoken": "i"}), "h.io",
                          {"username": "0000", "identitytoken": "i"}),
    "a password that was padded": (auths(h_io=of("me:\0p\0\0")), "h.io", MINE),
    "a password with colons": (auths(h_io=of("me::p:")), "h.io", {"username": "me", "password": ":p:"}),
    "a helper that no program can be": ({"credsStore": "no\0thing"}, "h.io", UNREADABLE),
    "half a letter": ('{"auths": {"h.io": {"username": "me", "password": "p\\ud800"}}}', "h.io",
                      {"username": "me", "password": "p\ufffd"}),
    "no colon": (auths(h_io=of("mep")), "h.io", UNREADABLE),
    "no base64": (auths(h_io={"auth": "b WU6cA=="}), "h.io", UNREADABLE),
    "base64 without its end": (auths(h_io={"auth": "bWU6cHA"}), "h.io", UNREADABLE),
    "a number": (auths(h_io={"auth": 7}), "h.io", UNREADABLE),
    "text after the JSON": (json.dumps(auths(h_io=ME)) + "\n}", "h.io", MINE),
    "no JSON": ("auths:\n  h.io: x", "h.io", {}),
    "a helper": ({**auths(h_io=ME), "credsStore": "good"}, "h.io", HELPED),
    "a helper of Docker Hub": ({"credHelpers": {HUB_KEY: "good"}}, "docker.io", {**HELPED, "password": HUB_KEY}),
    "a helper of another of its names": ({"credHelpers": {"docker.io": "good"}}, "docker.io", {}),
    "a helper of an address": ({"credHelpers": {"https://h.io": "good"}}, "h.io", {}),
    "a helper with a port": ({"credsStore": "good"}, "h.io:443", {**HELPED, "password": "h.io:443"}),
    "one registry's helper before all's": ({"credsStore": "none", "credHelpers": {"h.io": "good"}}, "h.io", HELPED),
    "one registry without a helper": (
        {**auths(h_io=ME), "credsStore": "good", "credHelpers": {"h.io": ""}}, "h.io", MINE),
    "a helper that has none": ({**auths(h_io=ME), "credsStore": "none"}, "h.io", {}),
    "a helper that has none, and tokens": ({**auths(h_io=WITH_TOKENS), "credsStore": "none"}, "h.io",
                                           {"registrytoken": "r"}),
    "a helper and a token": ({**auths(h_io=WITH_TOKENS), "credsStore": "good"}, "h.io",
                             {**HELPED, "registrytoken": "r"}),
    "a helper with an identity token": ({**auths(h_io=ME), "credsStore": "token"}, "h.io", {"identitytoken": "i"}),
    "a helper and an empty entry": ({**auths(h_io={}), "credsStore": "good"}, "h.io", HELPED),
    "a helper that says nothing": ({**auths(h_io=ME), "credsStore": "empty"}, "h.io", {}),
    "a helper with lines": ({"credsStore": "spread"}, "h.io", {"username": "me", "password": "\xe9:"}),
    **{f"a helper that is {name}, and the file": ({**auths(h_io=ME), "credsStore": name}, "h.io", MINE)
       for name in ("gone", "broken", "mute", "page", "list", "none-well")},
    **{f"a helper that is {name}": ({"credsStore": name}, "h.io", UNREADABLE)
       for name in ("gone", "broken", "mute", "page", "list", "none-well")},
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for config.json, with the helpers on PATH."""
    for name, text in HELPERS.items():
        (tmp_path / f"docker-credential-{name}").write_text(text)
        (tmp_path / f"docker-credential-{name}").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def found(config: Any, host: str, home: Path) -> Fields:
    (home / CONFIG).write_text(config if isinstance(config, str) else json.dumps(config))
    registry = "docker.io" if host == "index.docker.io" else host  # as a name of an image is read
    try:
        known = login(registry, home)
    except BadInput as error:
        return UNREADABLE if registry in error.found and error.cure else {"an error": str(error)}
    return known.as_docker_has_them() if known else {}


def as_used(fields: Fields) -> Fields:
    """Return what counts of a login, as docker's daemon uses it: a token before a password, if that is not empty."""
    for name in ("a login", "registrytoken", "identitytoken"):
        if name in fields:
            return {name: fields[name]}
    return fields if "password" in fields else {}


@pytest.mark.parametrize("case", CASES)
def test_a_login_is_the_one_that_docker_finds(case: str, home: Path) -> None:
    config, host, expected = CASES[case]
    assert found(config, host, home) == as_used(expected)


@pytest.fixture(params=[str(program) for program in programs("docker")])
def of_docker(request: pytest.FixtureRequest, scripted: Callable[..., str], home: Path) -> Callable[[str], Fields]:
    """Return a function for the login that a docker of this machine gives its daemon, which here only notes it."""
    given: list[str] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        given.append(handler.headers.get("X-Registry-Auth") or "")
        says(200, b"{}", Api_Version="1.41")(handler)

    where = {"DOCKER_CONFIG": str(home), "DOCKER_HOST": f"tcp://{scripted(note)}"}

    def pull(host: str) -> Fields:
        environment = {"PATH": os.environ["PATH"], **where}
        subprocess.run([request.param, "pull", f"{host}/o/x:1"], env=environment, check=True, capture_output=True)
        found = json.loads(base64.urlsafe_b64decode(given[-1]) or "{}")
        return as_used({name: found[name] for name in FIELDS if found.get(name)})

    return pull


@pytest.mark.machine
@pytest.mark.parametrize("case", CASES)
def test_docker_finds_the_logins_of_the_table(case: str, of_docker: Callable[[str], Fields], home: Path) -> None:
    config, host, expected = CASES[case]
    found(config, host, home)
    assert of_docker(host) == as_used({} if expected == UNREADABLE else expected)


KEYS = [
    "h.io",
    "https://h.io",
    "http://h.io/v1/",
    "https://h.io/v2/",
    "h.io/",
    "h.io/o/x",
    "h.io:443",
    "https://h.io:443/",
]
KEYS += [
    HUB_KEY,
    "docker.io",
    "index.docker.io",
    "https://index.docker.io/v1",
    "registry-1.docker.io",
    "https://docker.io/",
]
HOSTS = ["h.io", "h.io:443", "docker.io", "index.docker.io", "registry-1.docker.io"]
ENTRIES: list[Any] = [ME, OTHER, {}, {"identitytoken": "i"}, WITH_TOKENS, {"username": "a", "password": "b"}]


def any_config(chance: random.Random) -> Mapping[str, Any]:
    """Return a configuration of up to three entries: two addresses of one host would be a matter of luck for docker."""
    keys = [
        *chance.sample([key for key in KEYS if "/" not in key], 2),
        chance.choice([key for key in KEYS if "/" in key]),
    ]
    names = ["", *HELPERS, "gone"]
    config: dict[str, Any] = {"auths": {key: chance.choice(ENTRIES) for key in chance.sample(keys, 3)}}
    if chance.random() < 0.3:
        config["credsStore"] = chance.choice(names)
    if chance.random() < 0.3:
        config["credHelpers"] = {chance.choice(KEYS): chance.choice(names)}
    return config


@pytest.mark.machine
@pytest.mark.parametrize("seed", range(30))
def test_docker_finds_the_logins_of_any_configuration(
    seed: int, of_docker: Callable[[str], Fields], home: Path
) -> None:
    chance = random.Random(seed)
    config, host = any_config(chance), chance.choice(HOSTS)
    ours, theirs = found(config, host, home), of_docker(host)
    assert ours in (theirs, theirs or UNREADABLE), config


def no_helper(_host: str) -> None:
    raise BadInput("docker's login cannot be read")


def a_daemon(scripted: Callable[..., str], given: list[str], **line: str) -> str:
    """Return where a daemon is that notes the login for a pull, and answers it by one line."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        is_pull = handler.command == "POST"
        given.extend([str(handler.headers.get("X-Registry-Auth"))] if is_pull else [])
        known = {"ApiVersion": "1.41", "MinAPIVersion": "1.24", "Id": "sha256:1"}
        says(200, json.dumps(line if is_pull else known).encode() + b"\n")(handler)

    return f"tcp://{scripted(answer)}"


@pytest.mark.machine
def test_a_public_image_is_pulled_whatever_keeps_a_login_from_being_read(
    scripted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    image = ImageName.parse("h.io/o/x:1")
    monkeypatch.setenv("DOCKER_HOST", a_daemon(scripted, given, status="Pulled"))
    assert Docker(credentials=no_helper).pull(image) == "sha256:1"
    assert [base64.urlsafe_b64decode(login) for login in given] == [b"{}"]
    monkeypatch.setenv("DOCKER_HOST", a_daemon(scripted, given, error="pull access denied for h.io/o/x"))
    with pytest.raises(BadInput, match="login cannot be read"):
        Docker(credentials=no_helper).pull(image)


@pytest.mark.machine
@pytest.mark.parametrize("entry", [None, "text", of("mep"), {"auth": 7}, of("me:p\xff")])
def test_a_configuration_that_dockers_library_does_not_read_is_told(
    entry: Any, scripted: Callable[..., str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(auths(q_io=entry), "h.io", home)
    monkeypatch.setenv("DOCKER_CONFIG", str(home))
    monkeypatch.setenv("DOCKER_HOST", a_daemon(scripted, []))
    with pytest.raises(BadInput, match=r"docker's config\.json cannot be read"):
        Docker().check()
