"""GitHub's refusals translated into errors of ltf-ci: what each means, what to do, and whether to call again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ltf_ci.clients.github.call import Call
from ltf_ci.clients.github.cures import AS_GITHUB_SAYS, LOOK_AT_ADDRESS, cure_for
from ltf_ci.clients.rate_limit import PASSING, asked_wait, until
from ltf_ci.errors import AccessDenied, GithubFailed, HeadMoved, LtfError

RIGHTS = "contents and pull requests (for a workflow: actions), read and write, on this repository"
SECONDARY_LIMIT = 60  # seconds to wait at a limit that does not say how long, as GitHub's documentation asks
_MAKES_ONE_MORE = ("/dispatches", "/issues", "/comments")  # how the paths of such calls end
_LIMITS = ("rate limit", "submitted too quickly", "abuse detection", "wait a few minutes")
_STUMBLED = (
    *("something went wrong", "timed out", "timeout", "respond to your request in time"),
    *("internal error", "try again later", "temporarily unavailable"),
)
_PASSING = frozenset({"INTERNAL", "SERVICE_UNAVAILABLE", "TIMEOUT"})
_SAID_NOTHING = "no reason given"
_PROXY = "look at the proxy that HTTPS_PROXY names, and at NO_PROXY"
_STAYS = ("OSError", "InvalidProxyURL", "InvalidSchema", "InvalidURL")
_WHY_UNREACHABLE = {  # by the names of requests' errors
    "SSLError": "have the authority of its certificate trusted: name its file in SSL_CERT_FILE",
    "OSError": "look at the file that SSL_CERT_FILE, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names",
    "ProxyError": _PROXY,
    "InvalidProxyURL": _PROXY,
    "InvalidSchema": _PROXY,  # the address itself was read before: socks5 without what it needs
    "InvalidURL": LOOK_AT_ADDRESS,
}
_DENIED = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED"})
_MOVED = frozenset({"STALE_DATA", "NOT_FOUND", "UNPROCESSABLE"})
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
    is_of_repository = any(
        entry.get("path") == ["repository"] or "to a Repository" in str(entry.get("message")) for entry in found
    )
    return Refusal(call, HTTPStatus.OK, kinds, headers, words(data), is_of_repository) if found else None


def error_of(found: Refusal, *, writes: bool, pause: float) -> LtfError:
    """Return the error for a refusal: what passes by itself, what a setting changes, or what its kind means."""
    own = found.call.meaning(found.status, found.message)
    return _temporary(found, pause) or own or _of_a_setting(found) or _of_its_kind(found, writes=writes)


def passes(found: Refusal) -> bool:
    """Whether the same call may succeed later, whatever is changed."""
    return _temporary(found, 0) is not None


def _temporary(found: Refusal, pause: float) -> GithubFailed | None:
    """Return the error for a refusal after which the same call may succeed; it says after how many seconds."""
    if _is_limit(found):
        return _limited(found, pause)
    stumbled = bool(found.kinds & _PASSING) or (found.kinds <= {""} and found.says(*_STUMBLED))
    if found.status in PASSING or (found.status == HTTPStatus.OK and stumbled):
        again = found.status == HTTPStatus.OK or not makes_one_more(found.call)
        what = f"GitHub is busy for {found.call.repository} (status {found.status}): {found.message}"
        return GithubFailed(what, cure="run it again when it answers", again_after=0 if again else None)
    return None


def _of_a_setting(found: Refusal) -> LtfError | None:
    """Return the error for a refusal that stays until a setting is changed; its cure names the setting."""
    cure = cure_for(found.message)
    if not cure:
        return None
    _, _, address = found.headers.get("X-GitHub-SSO", "").partition("url=")
    is_queued = found.says("queued for merging")  # since it was looked at
    kind = AccessDenied if found.kinds & _DENIED else HeadMoved if is_queued else GithubFailed
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
        return no_repository(name)
    if writes and found.kinds & _MOVED:
        cure = "run it again" if "STALE_DATA" in found.kinds else AS_GITHUB_SAYS
        return HeadMoved(
            f"GitHub refuses this in {name}: {message}", expected="a branch that is as it was read", cure=cure
        )
    status = f" (status {found.status})" if found.status != HTTPStatus.OK else ""
    cure = LOOK_AT_ADDRESS if message == _SAID_NOTHING else AS_GITHUB_SAYS
    return GithubFailed(f"GitHub refuses this in {name}{status}: {message}", cure=cure)


def no_repository(name: str) -> AccessDenied:
    """Return the error for a repository that is absent, or that the token may not see."""
    cure = "check the name, and the token's rights"
    return AccessDenied(
        f"GitHub shows no repository {name} to this token", expected="a token that may see it", cure=cure
    ).of(name)


def unreachable(call: Call, error: OSError) -> GithubFailed:
    """Return the error for a server that does not answer, or not to the end."""
    name = type(error).__name__
    found = f"GitHub does not answer as it should for {call.repository}: {name}"
    stays = name in _STAYS or "CERTIFICATE_VERIFY_FAILED" in str(error)
    again = None if stays or makes_one_more(call) else 0
    if cure := _WHY_UNREACHABLE.get(name):
        return GithubFailed(f"{found}: {error}"[:500], cure=cure, again_after=again)
    return GithubFailed(found, cure="run it again when it does", again_after=again)


def makes_one_more(call: Call) -> bool:
    """Whether a call that was carried out, although it failed, would make one more thing if it were made again."""
    return call.method == "POST" and call.url.endswith(_MAKES_ONE_MORE)


def words(data: Any) -> str:
    """Return the messages of a refusal, on one line."""
    of_errors = [str(entry.get("message") or entry.get("code") or "") for entry in _errors(data)]
    message = data.get("message") if isinstance(data, Mapping) else ""
    return "; ".join(filter(None, [str(message or ""), *of_errors]))[:500] or _SAID_NOTHING


def _errors(data: Any) -> list[Mapping[str, Any]]:
    found = data.get("errors") if isinstance(data, Mapping) else None
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def _is_limit(found: Refusal) -> bool:
    if found.kinds & {"RATE_LIMITED", "RATE_LIMIT"} or found.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    is_forbidden = found.status == HTTPStatus.FORBIDDEN
    says_so = found.status in (HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY) or is_forbidden
    return (says_so and found.says(*_LIMITS)) or (is_forbidden and _is_spent(found))


def _limited(found: Refusal, pause: float) -> GithubFailed:
    asked = asked_wait(found.headers) if _is_spent(found) else None
    wait = SECONDARY_LIMIT * min(pause, 1) if asked is None else asked
    what = f"GitHub's rate limit holds {found.call.repository} up for {until(wait)}: {found.message}"
    return GithubFailed(what, cure="run it again when the limit ends", again_after=wait)


def _is_spent(found: Refusal) -> bool:
    return "Retry-After" in found.headers or found.headers.get("X-RateLimit-Remaining") == "0"
