"""A GitHub App: its key, where it is installed, and the tokens that were given for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from tests.support.github.hosted import HostedRepository

CLIENT_ID = "Iv23liEXAMPLE"
NUMBER = 1001
RIGHTS = ("actions", "contents", "issues", "pull_requests")
LONGEST = 600  # seconds that what a key signed may be good for
OF_ISSUES_OR_PULLS = ("/labels", "/comments")
OF_CONTENTS = ("Ref", "Refs", "CommitOnBranch", "mergeBranch")


@cache
def key_pair() -> RSAPrivateKey:
    """Return the App's key: making one takes its time, so it is one for all tests of a process."""
    return generate_private_key(65537, 2048)


def pem(key: RSAPrivateKey) -> str:
    """Return a key as GitHub's .pem file has it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


class NotAdmitted(Exception):
    """Why what a key signed is not taken, with GitHub's status and its own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(kw_only=True)
class Installation:
    """The App at an owner, for all its repositories but those that were not selected."""

    number: int
    owner: str
    permissions: tuple[str, ...]
    without: set[str] = field(default_factory=set)
    suspended: bool = False

    def covers(self, repository: str) -> bool:
        owner, _, name = repository.partition("/")
        return owner.lower() == self.owner.lower() and name not in self.without


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token may do, where, and until when."""

    installation: Installation
    permissions: Mapping[str, str]
    ends: int
    repositories: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    def covers(self, hosted: HostedRepository) -> bool:
        """Whether it is for a repository: for all of the installation's where none is named."""
        is_named = hosted.name.partition("/")[2] in self.repositories or hosted.number in self.numbers
        return self.installation.covers(hosted.name) and (is_named or not (self.repositories or self.numbers))

    @property
    def expires_at(self) -> str:
        return datetime.fromtimestamp(self.ends, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def may(self, operation: str) -> bool:
        """Whether it has the right that a mutation, or REST's `METHOD /template`, needs."""
        needed = _needed(operation)
        return not needed or any(self.permissions.get(right) == "write" for right in needed)


def _needed(operation: str) -> tuple[str, ...]:
    """Return the rights of which one is needed; reading what a repository is needs none."""
    if operation.endswith("/repos/{owner}/{repo}"):
        return ()
    if "/actions/" in operation:
        return ("actions",)
    if operation.endswith(OF_ISSUES_OR_PULLS):
        return ("issues", "pull_requests")
    if "/issues" in operation:
        return ("issues",)
    if operation.endswith(OF_CONTENTS) or "/git/" in operation:
        return ("contents",)
    return ("pull_requests",)


@dataclass
class App:
    """An App, known by its key; `given` has every token that there was, `live` those that may not have ended.

    A test may set `life`, a new token's seconds, and `ahead`, how far this GitHub's clock is before ours.
    """

    life: int = 3600
    ahead: int = 0
    installations: list[Installation] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    live: dict[str, Grant] = field(default_factory=dict)

    @cached_property
    def private_key(self) -> str:
        return pem(key_pair())

    @property
    def environ(self) -> dict[str, str]:
        """What a run that acts as the App is given."""
        return {"LTF_CI_APP_CLIENT_ID": CLIENT_ID, "LTF_CI_APP_PRIVATE_KEY": self.private_key}

    def install(self, owner: str, *permissions: str) -> Installation:
        number = 5001 + len(self.installations)
        self.installations.append(Installation(number=number, owner=owner, permissions=permissions or RIGHTS))
        return self.installations[-1]

    def admit(self, token: str) -> None:
        """Take what the key signed, or raise NotAdmitted."""
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.DecodeError:
            raise NotAdmitted(401, "A JSON web token could not be decoded") from None
        if claims.get("iss") != CLIENT_ID:
            raise NotAdmitted(404, "Integration not found")
        unverified = {"verify_exp": False, "verify_iat": False}
        try:
            jwt.decode(token, key_pair().public_key(), algorithms=["RS256"], options=unverified)  # type: ignore[arg-type]
        except jwt.InvalidTokenError:
            raise NotAdmitted(401, "A JSON web token could not be decoded") from None
        self._admit_times(claims.get("iat"), claims.get("exp"))

    def _admit_times(self, issued: object, ends: object) -> None:
        now = time.time() + self.ahead
        if not isinstance(issued, int) or issued > now:
            issued_at = (
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
            )
            raise NotAdmitted(401, issued_at)
        expiration = "'Expiration time' claim ('exp')"
        if not isinstance(ends, int) or ends <= now:
            future = f"{expiration} must be a numeric value representing the future time at which the assertion expires"
            raise NotAdmitted(401, future)
        if ends > now + LONGEST:
            raise NotAdmitted(401, f"{expiration} is too far in the future")

    def covering(self, repository: str) -> Installation | None:
        return next((each for each in self.installations if each.covers(repository)), None)

    def end_tokens(self) -> None:
        """End every token before its time, as whoever suspends an App does."""
        self.live.clear()

    def give(
        self,
        installation: Installation,
        permissions: Mapping[str, str],
        repositories: Sequence[str] = (),
        numbers: Sequence[int] = (),
    ) -> tuple[str, Grant]:
        token = f"ghs_{secrets.token_hex(18)}"
        whole = dict.fromkeys(installation.permissions, "write")
        ends = int(time.time()) + self.life
        self.given.append(token)
        self.live[token] = Grant(
            installation=installation,
            permissions=permissions or whole,
            ends=ends,
            repositories=tuple(repositories),
            numbers=tuple(numbers),
        )
        return token, self.live[token]

    def grant(self, token: str) -> Grant | None:
        """Return what a token may do; None where it was never given, or has ended."""
        found = self.live.get(token)
        return found if found and time.time() < found.ends else None
