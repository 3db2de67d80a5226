"""A server's words without the login that it was sent: some repeat it in their errors, which are shown."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

_SHORTEST = 6  # bytes: less is in other words too
_HIDDEN = b"***"


def without_login(body: bytes, authorization: str) -> bytes:
    """Return the body of an answer without the token, or the password, of its request's Authorization."""
    kind, _, token = authorization.partition(" ")
    secrets = [token.strip().encode()]
    if kind.lower() == "basic":
        with suppress(ValueError):
            secrets.append(b64decode(token, validate=True).partition(b":")[2])
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            body = body.replace(secret, _HIDDEN)
    return body
