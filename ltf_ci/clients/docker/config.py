"""The docker client's own configuration: the logins that `docker login` stored, and a copy with one more."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ltf_ci.errors import BadInput
from ltf_ci.model.access import CREDENTIALS, Credentials
from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.secret import Secret

CONFIG = "config.json"
HUB_KEY = "https://index.docker.io/v1/"  # what docker calls Docker Hub in its configuration


def login(host: str, home: Path) -> Credentials | None:
    """Return the login that `docker login` stored for a registry, in its file or in a credential helper."""
    plain = _plain_login(_config(home), HUB_KEY if host == DOCKER_HUB else host)
    file = home / CONFIG
    if plain or not file.exists():  # docker's library is slow to import
        return plain
    from docker.auth import load_config  # noqa: TID251 - this is the door
    from docker.errors import DockerException  # noqa: TID251 - this is the door

    try:
        config = load_config(str(file), credstore_env=dict.fromkeys(CREDENTIALS, ""))  # a helper is a program too
        found = config.resolve_authconfig(None if host == DOCKER_HUB else host)
    except DockerException as error:
        raise BadInput(f"docker's login for {host} cannot be read: {error}", cure=f"docker login {host}") from error
    if not found or not (found.get("username") or found.get("Username")):
        return None
    username = found.get("username") or found.get("Username")
    return Credentials(username, Secret(found.get("password") or found.get("Password") or ""))


@contextmanager
def with_login(host: str, credentials: Credentials | None, home: Path) -> Iterator[Mapping[str, str]]:
    """Yield the environment in which docker's programs have this login too; its file is removed afterwards.

    Plug-ins, contexts and builders stay what they are: all but config.json are links into `home`.
    """
    if credentials is None:
        yield {}
        return
    with TemporaryDirectory(prefix="ltf-ci-docker-") as folder:
        copy = Path(folder)
        for entry in home.iterdir() if home.is_dir() else ():
            if entry.name != CONFIG:
                (copy / entry.name).symlink_to(entry.absolute())
        file = copy / CONFIG
        file.touch(mode=0o600)
        file.write_text(json.dumps(_with_login(_config(home), host, credentials)))
        yield {"DOCKER_CONFIG": folder}


def _plain_login(config: Mapping[str, object], key: str) -> Credentials | None:
    """Return the login for a registry that the file itself has; None where a credential helper may have another."""
    entry = _table(_table(config, "auths"), key)
    if config.get("credsStore") or config.get("credHelpers") or set(entry) != {"auth"}:
        return None
    try:
        username, _, password = base64.b64decode(str(entry["auth"]), validate=True).decode().partition(":")
    except ValueError:
        return None  # docker's library says what is wrong
    return Credentials(username, Secret(password)) if username else None


def _config(home: Path) -> dict[str, object]:
    try:
        found = json.loads((home / CONFIG).read_bytes())
    except (OSError, ValueError):
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
