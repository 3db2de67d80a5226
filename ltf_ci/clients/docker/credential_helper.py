"""Credential helpers: programs that docker's configuration names, which keep its logins."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ltf_ci.clients.process import TIMED_OUT, run
from ltf_ci.errors import BadInput, MissingTool

_NO_LOGIN = "credentials not found in native keychain"  # by these words a helper says that it has none
_NO_USER = "<token>"  # the username where the secret is an identity token
_SECONDS = 120  # a person may have to unlock a keychain
_TEXT = 200  # characters of a helper's own words


def helped(name: str, key: str, host: str) -> Mapping[str, str]:
    """Return what a helper has under a key, by the names that docker's file has for it; nothing where it has none.

    Raise BadInput where the helper fails.
    """
    program = f"docker-credential-{name}"
    try:
        asked = run([program, "get"], stdin=key.encode(), seconds=_SECONDS)
    except (MissingTool, ValueError) as error:  # no program has a name with a NUL in it
        raise _failed(program, host, f"{program!r} cannot be run here") from error
    if asked.status and asked.text.strip() == _NO_LOGIN:
        return {}
    if asked.status:
        words = "it does not end" if asked.status == TIMED_OUT else asked.text.strip() or asked.complaint
        raise _failed(program, host, f"{program} failed: {words[-_TEXT:]}")
    try:
        found = json.loads(asked.output)
        username, secret = text_of(found, "Username"), text_of(found, "Secret")
    except (ValueError, RecursionError, AttributeError) as error:
        raise _failed(program, host, f"{program} answered what is no login") from error
    return {"identitytoken": secret} if username == _NO_USER else {"username": username, "password": secret}


def text_of(entry: Mapping[str, object], name: str) -> str:
    """Return a text of a login; letters that no encoding has are replaced, as docker does."""
    return str(entry.get(name) or "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unreadable(host: str, why: str, expected: str, cure: str) -> BadInput:
    """Return the error of a login that cannot be read."""
    return BadInput(f"docker's login for {host} cannot be read: {why}", expected=expected, cure=cure)


def _failed(program: str, host: str, why: str) -> BadInput:
    cure = f"see to it that {program} runs, or take it out of docker's config.json and docker login {host} again"
    return unreadable(host, why, "a credential helper that runs, and prints a login", cure)
