"""The docker client's own configuration: the logins that `docker login` stored, and a copy with one more."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput
from ltf_ci.model.access import CREDENTIALS, DOCKER_AUTH
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.secret import Secret

CONFIG = "config.json"
HUB_KEY = "https://index.docker.io/v1/"  # what docker calls Docker Hub in its configuration
_HUB_HOSTS = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})


def login(host: str, home: Path, given: Secret | None = None) -> Credentials | None:
    """Return docker's login for a registry: of what is `given`, else that of its file or of a credential helper.

    `given` is the value of DOCKER_AUTH_CONFIG: a file's `auths`. Raise BadInput where a login cannot be read.
    """
    if of_variable := _plain_login(_given(given), host):
        return of_variable
    config = _config(home)
    helped = _helped_login(host, home) if _has_helper(config, host) else None
    return helped or _plain_login(config, host)


def _has_helper(config: Mapping[str, object], host: str) -> bool:
    keys = {host, HUB_KEY} if host == DOCKER_HUB else {host}
    return bool(config.get("credsStore") or keys & set(_table(config, "credHelpers")))


def _helped_login(host: str, home: Path) -> Credentials | None:
    """Return what a credential helper has; its user `<token>` means that the secret is an identity token."""
    from docker.auth import load_config  # noqa: TID251 - this is the door
    from docker.errors import DockerException  # noqa: TID251 - this is the door

    try:
        environment = dict.fromkeys(CREDENTIALS, "")  # a helper is a program too
        config = load_config(str(home / CONFIG), credstore_env=environment)
        found = config.resolve_authconfig(None if host == DOCKER_HUB else host) or {}
    except DockerException as error:
        raise _unreadable(host, error) from error
    if token := found.get("IdentityToken"):
        return Credentials("", Secret(""), identity_token=Secret(str(token)))
    username, password = found.get("Username"), found.get("Password")
    return Credentials(str(username), Secret(str(password or ""))) if username else None


@contextmanager
def with_login(
    host: str, credentials: Credentials | None, home: Path, given: Secret | None = None
) -> Iterator[Mapping[str, str]]:
    """Yield the environment in which docker's programs have this login too; its file is removed afterwards.

    Plug-ins, contexts and builders stay what they are: all but config.json are links into `home`.
    """
    if credentials is None:
        yield {DOCKER_AUTH: given.reveal()} if given else {}
        return
    with temporary_folder("docker") as copy:
        for entry in home.iterdir() if home.is_dir() else ():
            if entry.name != CONFIG:
                (copy / entry.name).symlink_to(entry.absolute())
        file = copy / CONFIG
        file.touch(mode=0o600)
        file.write_text(json.dumps(_with_login(_config(home), host, credentials)))
        yield {"DOCKER_CONFIG": str(copy), **_without(host, given)}


def _without(host: str, given: Secret | None) -> Mapping[str, str]:
    """Return the variable without its login for a registry: docker would take that before its file's."""
    others = {key: entry for key, entry in _table(_given(given), "auths").items() if _host_of(key) != host}
    return {DOCKER_AUTH: json.dumps({"auths": others})} if others else {}


def _given(text: Secret | None) -> dict[str, object]:
    return _parsed(text.reveal()) if text else {}


def _plain_login(config: Mapping[str, object], host: str) -> Credentials | None:
    """Return the login for a registry that the file itself has: name and password, in one text or two, or a token."""
    entry = next((entry for key, entry in _table(config, "auths").items() if _host_of(key) == host), None)
    if not isinstance(entry, dict):
        return None
    texts = {key: str(entry.get(key) or "") for key in ("username", "password", "identitytoken", "registrytoken")}
    username, password = texts["username"], texts["password"]
    if entry.get("auth"):
        username, password = _decoded(str(entry["auth"]), host)
    tokens = (Secret(texts[key]) if texts[key] else None for key in ("identitytoken", "registrytoken"))
    found = Credentials(username, Secret(password), *tokens)
    return found if found.password or found.identity_token or found.registry_token else None


def _host_of(key: str) -> str:
    """Return the registry that a key of `auths` means: its host, or an address that begins with it."""
    host = key.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return DOCKER_HUB if host in _HUB_HOSTS else host


def _decoded(auth: str, host: str) -> tuple[str, str]:
    try:
        raw = auth.replace("\r", "").replace("\n", "")  # as base64 wraps its lines, which docker passes over
        username, _, password = base64.b64decode(raw, validate=True).decode().partition(":")
    except ValueError as error:
        raise _unreadable(host, "it is not USERNAME:PASSWORD in base64") from error
    return username, password.strip("\0")


def _unreadable(host: str, why: object) -> BadInput:
    return BadInput(
        f"docker's login for {host} cannot be read: {why}",
        expected="what docker login writes",
        cure=f"docker login {host}",
    )


def _config(home: Path) -> dict[str, object]:
    try:
        return _parsed((home / CONFIG).read_bytes())
    except OSError:
        return {}


def _parsed(text: str | bytes) -> dict[str, object]:
    """Return the object that a JSON text has; empty where it has none, of which docker itself complains."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _with_login(config: dict[str, object], host: str, credentials: Credentials) -> dict[str, object]:
    key = HUB_KEY if host == DOCKER_HUB else host
    auths, helpers = (_table(config, name) for name in ("auths", "credHelpers"))
    store = config.get("credsStore")
    if store:  # it would be asked before `auths`: name it for the other registries alone
        helpers = {**dict.fromkeys(auths, store), **helpers}
    helpers.pop(key, None)
    auths[key] = {"auth": credentials.basic()}
    return {**{name: config[name] for name in config if name != "credsStore"}, "auths": auths, "credHelpers": helpers}


def _table(config: Mapping[str, object], name: str) -> dict[str, object]:
    found = config.get(name)
    return dict(found) if isinstance(found, dict) else {}
