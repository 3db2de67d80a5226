"""The docker client's own configuration: the logins that `docker login` stored, and a copy with one more."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from ltf_ci.clients.docker.credential_helper import helped, text_of, unreadable
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput
from ltf_ci.model.access import DOCKER_AUTH
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.secret import Secret

CONFIG = "config.json"
HUB_KEY = "https://index.docker.io/v1/"  # what docker calls Docker Hub in its configuration
_TEXTS = ("username", "password", "identitytoken", "registrytoken")


def login(host: str, home: Path, given: Secret | None = None) -> Credentials | None:
    """Return the login that docker has for a registry: of what is `given`, else of a credential helper or its file.

    `given` is the value of DOCKER_AUTH_CONFIG: a file's `auths`. Raise BadInput where a login cannot be read.
    """
    key, config = _key_of(host), _config(home)
    if of_variable := _plain_login(_entry(_given(given), key), host):
        return of_variable
    entry = _entry(config, key)
    helper = _table(config, "credHelpers").get(key, config.get("credsStore"))
    if not helper:  # an empty name of one registry's helper means the file
        return _plain_login(entry, host)
    try:
        return _of_texts({"registrytoken": text_of(entry, "registrytoken"), **helped(str(helper), key, host)})
    except BadInput:
        if found := _plain_login(entry, host):
            return found
        raise


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


def expect_readable_config() -> None:
    """Raise BadInput where docker's library stumbles over docker's configuration: it reads all of it as it starts."""
    from docker.auth import load_config  # noqa: TID251 - this is the door
    from docker.errors import InvalidConfigFile  # noqa: TID251 - this is the door
    from docker.utils.config import load_general_config  # noqa: TID251 - this is the door
    from docker.utils.proxy import ProxyConfig  # noqa: TID251 - this is the door

    try:
        found = load_general_config()
        ProxyConfig.from_dict(found.get("proxies", {}).get("default", {}))
        load_config(config_dict=found)
    except (InvalidConfigFile, ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"docker's {CONFIG} cannot be read: {error}",
            expected="what docker login writes: an object for each registry, its auth USERNAME:PASSWORD in base64",
            cure=f"correct the {CONFIG} in DOCKER_CONFIG, or in ~/.docker",
        ) from error


def _without(host: str, given: Secret | None) -> Mapping[str, str]:
    """Return the variable without its login for a registry: docker would take that before its file's."""
    own = _key_of(host)
    others = {key: entry for key, entry in _table(_given(given), "auths").items() if own not in (key, _host_of(key))}
    return {DOCKER_AUTH: json.dumps({"auths": others})} if others else {}


def _given(text: Secret | None) -> dict[str, object]:
    return _parsed(text.reveal()) if text else {}


def _plain_login(entry: Mapping[str, object], host: str) -> Credentials | None:
    """Return the login that an entry of `auths` is: name and password, in one text or two, or a token."""
    texts = {name: text_of(entry, name) for name in _TEXTS}
    if auth := text_of(entry, "auth"):
        texts |= zip(_TEXTS, _decoded(auth, host), strict=False)
    return _of_texts(texts)


def _of_texts(texts: Mapping[str, str]) -> Credentials | None:
    username, password, *tokens = (texts.get(name, "") for name in _TEXTS)
    found = Credentials(username, Secret(password), *(Secret(token) if token else None for token in tokens))
    return found if found.password or found.identity_token or found.registry_token else None


def _key_of(host: str) -> str:
    """Return what docker calls a registry in its configuration."""
    return HUB_KEY if host == DOCKER_HUB else host


def _entry(config: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return the entry of `auths` for a registry, as docker finds it: by its own key, else by an address's host."""
    auths = _table(config, "auths")
    found = auths.get(key) if key in auths else next((auths[each] for each in auths if _host_of(each) == key), None)
    return found if isinstance(found, dict) else {}


def _host_of(key: str) -> str:
    """Return the host, with its port, of a key that is an address."""
    try:
        address = urlsplit(key if "://" in key else f"//{key}")
    except ValueError:
        return ""
    return address.netloc.rpartition("@")[2].removesuffix(":")


def _decoded(auth: str, host: str) -> tuple[str, str]:
    raw, colon = auth.replace("\r", "").replace("\n", ""), ""  # as base64 wraps its lines, which docker passes over
    with suppress(ValueError):
        username, colon, password = base64.b64decode(raw, validate=True).decode().partition(":")
    if not colon:
        why, cure = "it is not USERNAME:PASSWORD, in UTF-8 and base64", f"docker login {host}"
        raise unreadable(host, why, "what docker login writes", cure)
    return username, password.strip("\0")


def _config(home: Path) -> dict[str, object]:
    try:
        return _parsed((home / CONFIG).read_text("utf-8-sig"))
    except (OSError, ValueError):
        return {}


def _parsed(text: str) -> dict[str, object]:
    """Return the object that a JSON text begins with; empty where it has none, of which docker itself complains."""
    try:
        found, _ = json.JSONDecoder().raw_decode(text.strip())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _with_login(config: dict[str, object], host: str, credentials: Credentials) -> dict[str, object]:
    key = _key_of(host)
    auths = {**_table(config, "auths"), key: {"auth": credentials.basic()}}
    helpers = {**_table(config, "credHelpers"), key: ""}  # the file has this one, whatever helper has the others
    return {**config, "auths": auths, "credHelpers": helpers}


def _table(config: Mapping[str, object], name: str) -> dict[str, object]:
    found = config.get(name)
    return dict(found) if isinstance(found, dict) else {}
