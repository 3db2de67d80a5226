"""GitHub's refusals, as PyGithub raises them, translated into errors of ltf-ci."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from ltf_ci.errors import AccessDenied, GithubFailed, HeadMoved, LtfError

_MOVED = ("STALE_DATA", "UNPROCESSABLE")
_DENIED = ("FORBIDDEN", "INSUFFICIENT_SCOPES")


@contextmanager
def translated_errors(repository: str, *, writes: bool) -> Iterator[None]:
    """Turn what PyGithub raises into our own errors; HeadMoved where looking again may help."""
    from github import GithubException, RateLimitExceededException  # noqa: TID251 - this is the door
    from requests import RequestException

    try:
        yield
    except RateLimitExceededException as error:
        raise GithubFailed(
            f"GitHub's rate limit holds {repository} up: {words(error.data)}", cure="run it again when the limit ends"
        ) from error
    except GithubException as error:
        raise _translated(repository, error.status, error.data, writes=writes) from error
    except (RequestException, ValueError) as error:  # ValueError: an answer that is no JSON
        raise GithubFailed(
            f"GitHub does not answer as it should for {repository}: {type(error).__name__}",
            cure="run it again when it does",
        ) from error


def _translated(repository: str, status: int, data: Any, *, writes: bool) -> LtfError:
    kinds = [str(entry.get("type", "")) for entry in _errors(data)]
    message = words(data)
    if status == HTTPStatus.UNAUTHORIZED:
        return AccessDenied(
            f"GitHub does not know the token for {repository}: {message}", cure="give one that is valid"
        )
    if status == HTTPStatus.FORBIDDEN or any(kind in _DENIED for kind in kinds):
        rights = "contents and pull requests (for a workflow: actions), read and write, on this repository"
        return AccessDenied(f"the token may not do this in {repository}: {message}", expected=rights)
    if status == HTTPStatus.NOT_FOUND and "NOT_FOUND" in kinds and _at_repository(data):
        return AccessDenied(
            f"GitHub shows no repository {repository} to this token", cure="look at the name, and the token's rights"
        )
    if writes and (
        status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY) or set(kinds) & {*_MOVED, "NOT_FOUND"}
    ):
        return HeadMoved(f"GitHub does not do it in {repository}: {message}", cure="run it again")
    return GithubFailed(f"GitHub answered {status} for {repository}: {message}", cure="run it again when it answers")


def _errors(data: Any) -> list[Mapping[str, Any]]:
    found = data.get("errors") if isinstance(data, Mapping) else None
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def _at_repository(data: Any) -> bool:
    return any(entry.get("path") == ["repository"] for entry in _errors(data))


def words(data: Any) -> str:
    """Return the messages of a refusal, on one line."""
    of_errors = [str(entry.get("message") or entry.get("code") or "") for entry in _errors(data)]
    message = data.get("message") if isinstance(data, Mapping) else ""
    return "; ".join(filter(None, [str(message or ""), *of_errors]))[:500] or "no reason given"
