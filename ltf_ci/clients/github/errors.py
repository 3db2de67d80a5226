"""GitHub's refusals translated into errors of ltf-ci: what each means, what to do, and whether to call again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ltf_ci.clients.github.call import Call
from ltf_ci.clients.retry import asked_wait
from ltf_ci.errors import AccessDenied, GithubFailed, HeadMoved, LtfError

LOOK_AT_ADDRESS = "look at GITHUB_API_URL, and at a proxy or a login page in front of it"
RIGHTS = "contents and pull requests (for a workflow: actions), read and write, on this repository"
SECONDARY_LIMIT = 60  # seconds to wait at a limit that does not say how long, as GitHub's documentation asks
_BUSY = (
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_MAKES_ONE_MORE = ("/dispatches", "/issues", "/comments")  # how the paths of such calls end
_LIMITS = ("rate limit", "submitted too quickly", "abuse detection", "wait a few minutes")
_STUMBLED = ("something went wrong", "timed out", "timeout", "internal error", "try again later")
_DENIED = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED"})
_MOVED = frozenset({"STALE_DATA", "NOT_FOUND", "UNPROCESSABLE"})
_SETTINGS = {  # a refusal that stays until a setting is changed, and which one
    "SAML": "authorize the token for the organization's single sign-on",
    "single sign-on": "authorize the token for the organization's single sign-on",
    "IP allow list": "add this machine's address to the organization's IP allow list, or run it elsewhere",
    "archived": "unarchive the repository, or name another one",
    "rule violation": "let the account of this token bypass the rulesets for the branches ltf-ci*/**",
    "protected branch": "let the account of this token push to the branches ltf-ci*/**",
    "protected ref": "let the account of this token push to the branches ltf-ci*/**",
    "force-push": "let the account of this token force-push to the branches ltf-ci*/**",
    "force push": "let the account of this token force-push to the branches ltf-ci*/**",
    "restricted": "let the account of this token create the branches ltf-ci*/**",
    "Draft pull requests are not supported": "leave --draft out",
    "Issues are disabled": "turn issues on in the repository's settings, or name another repository",
    "Issues has been disabled": "turn issues on in the repository's settings, or name another repository",
    "doesn't exist on type": "use a newer GitHub Enterprise Server: this one does not know the call",
    "isn't a defined input type": "use a newer GitHub Enterprise Server: this one does not know the call",
}


_KINDS = {  # what REST's statuses are called by GraphQL
    HTTPStatus.UNAUTHORIZED: "UNAUTHORIZED",
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.CONFLICT: "STALE_DATA",
    HTTPStatus.UNPROCESSABLE_ENTITY: "UNPROCESSABLE",
}


class TokenRefused(AccessDenied):
    """GitHub does not know a token: it is wrong, or has ended."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal by REST's status, or by the types of GraphQL's errors in an answer of status 200."""

    call: Call
    status: int
    kinds: frozenset[str]
    headers: Mapping[str, str]
    message: str
    is_of_repository: bool  # whether what is not found is the repository itself

    def says(self, *words: str) -> bool:
        """Whether one of the words is in GitHub's."""
        return any(word.lower() in self.message.lower() for word in words)


def refusal(call: Call, status: int, headers: Mapping[str, str], data: Any) -> Refusal:
    """Return the refusal that an answer of status 400 or more is."""
    kinds = frozenset({_KINDS[HTTPStatus(status)]} if status in _KINDS else ())
    return Refusal(call, status, kinds, headers, words(data), is_of_repository=True)


def graphql_refusal(call: Call, headers: Mapping[str, str], data: Any) -> Refusal | None:
    """Return the refusal that a GraphQL answer of status 200 has; None where it has no errors."""
    found = _errors(data)
    kinds = frozenset(str(entry.get("type") or "") for entry in found)
    is_of_repository = any(entry.get("path") == ["repository"] for entry in found)
    return Refusal(call, HTTPStatus.OK, kinds, headers, words(data), is_of_repository) if found else None


def error_of(found: Refusal, *, writes: bool, pause: float) -> LtfError:
    """Return the error for a refusal: what passes by itself, what a setting changes, or what its kind means."""
    own = found.call.meaning(found.status, found.message)
    return _temporary(found, pause) or own or _of_a_setting(found) or _of_its_kind(found, writes=writes)


def _temporary(found: Refusal, pause: float) -> GithubFailed | None:
    """Return the error for a refusal after which the same call may succeed; it says after how many seconds."""
    if _is_limit(found):
        return _limited(found, pause)
    stumbled = found.kinds <= {"", "INTERNAL", "SERVICE_UNAVAILABLE"} and found.says(*_STUMBLED)
    if found.status in _BUSY or (found.status == HTTPStatus.OK and stumbled):
        again = found.status == HTTPStatus.OK or not makes_one_more(found.call)
        what = f"GitHub is busy for {found.call.repository} (status {found.status}): {found.message}"
        return GithubFailed(what, cure="run it again when it answers", again_after=0 if again else None)
    return None


def _of_a_setting(found: Refusal) -> LtfError | None:
    """Return the error for a refusal that stays until a setting is changed; its cure names the setting."""
    cure = next((cure for word, cure in _SETTINGS.items() if found.says(word)), "")
    if not cure:
        return None
    _, _, address = found.headers.get("X-GitHub-SSO", "").partition("url=")
    kind = AccessDenied if found.kinds & _DENIED else GithubFailed
    where = f": {address}" if address.startswith("https://") else ""
    return kind(f"GitHub refuses this in {found.call.repository}: {found.message}", cure=f"{cure}{where}")


def _of_its_kind(found: Refusal, *, writes: bool) -> LtfError:
    name, message = found.call.repository, found.message
    if "UNAUTHORIZED" in found.kinds:
        return TokenRefused(
            f"GitHub does not accept the token for {name}: {message}", cure="set a valid token: LTF_CI_TOKEN"
        )
    if found.kinds & _DENIED:
        return AccessDenied(
            f"the token may not do this in {name}: {message}",
            expected=RIGHTS,
            cure="give the token or the App that right",
        )
    if "NOT_FOUND" in found.kinds and found.is_of_repository:
        cure = "look at the name, and the token's rights"
        return AccessDenied(
            f"GitHub shows no repository {name} to this token", expected="a token that may see it", cure=cure
        )
    if writes and found.kinds & _MOVED:
        return HeadMoved(
            f"GitHub refuses this in {name}: {message}", expected="a branch that is as it was read", cure="run it again"
        )
    status = f" (status {found.status})" if found.status != HTTPStatus.OK else ""
    return GithubFailed(f"GitHub refuses this in {name}{status}: {message}", cure=LOOK_AT_ADDRESS)


def unreachable(call: Call, reason: str) -> GithubFailed:
    """Return the error for a server that does not answer, or not to the end."""
    found = f"GitHub does not answer as it should for {call.repository}: {reason}"
    again = None if makes_one_more(call) else 0
    return GithubFailed(found, cure="run it again when it does", again_after=again)


def makes_one_more(call: Call) -> bool:
    """Whether a call that was carried out, although it failed, would make one more thing if it were made again."""
    return call.method == "POST" and call.url.endswith(_MAKES_ONE_MORE)


def words(data: Any) -> str:
    """Return the messages of a refusal, on one line."""
    of_errors = [str(entry.get("message") or entry.get("code") or "") for entry in _errors(data)]
    message = data.get("message") if isinstance(data, Mapping) else ""
    return "; ".join(filter(None, [str(message or ""), *of_errors]))[:500] or "no reason given"


def _errors(data: Any) -> list[Mapping[str, Any]]:
    found = data.get("errors") if isinstance(data, Mapping) else None
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def _is_limit(found: Refusal) -> bool:
    if found.kinds & {"RATE_LIMITED", "RATE_LIMIT"} or found.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    is_spent = "Retry-After" in found.headers or found.headers.get("X-RateLimit-Remaining") == "0"
    return found.status in (HTTPStatus.OK, HTTPStatus.FORBIDDEN) and (
        found.says(*_LIMITS) or (is_spent and found.status == HTTPStatus.FORBIDDEN)
    )


def _limited(found: Refusal, pause: float) -> GithubFailed:
    wait = asked_wait(found.headers) if "Retry-After" in found.headers else _until_reset(found.headers, pause)
    what = f"GitHub's rate limit holds {found.call.repository} up for {wait:.0f} seconds: {found.message}"
    return GithubFailed(what, cure="run it again when the limit ends", again_after=wait)


def _until_reset(headers: Mapping[str, str], pause: float) -> float:
    reset = headers.get("X-RateLimit-Reset", "")
    if headers.get("X-RateLimit-Remaining") == "0" and reset.isascii() and reset[:12].isdecimal():
        return max(1, int(reset[:12]) - time.time() + 1)
    return SECONDARY_LIMIT * min(pause, 1)
