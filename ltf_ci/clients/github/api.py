"""GitHub's REST and GraphQL, by PyGithub: the connection that every client of GitHub shares."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar

from ltf_ci.clients.github.app import GithubApp
from ltf_ci.clients.github.errors import translated_errors
from ltf_ci.clients.github.pacing import Pace
from ltf_ci.errors import AccessDenied
from ltf_ci.model.access import APP_KEY, App
from ltf_ci.model.secret import Secret

if TYPE_CHECKING:
    from github import Auth, Github  # noqa: TID251 - this is the door
    from github.Requester import Requester  # noqa: TID251 - this is the door

SECONDS = 30
T = TypeVar("T")


class GithubApi:
    """GitHub, or a GitHub Enterprise Server, by its `address`; calls are tried again, and paced, by `pause` seconds."""

    def __init__(self, address: str, login: Secret | App | None, pause: float, pace: Pace | None = None) -> None:
        self._address = address
        self._login = login
        self._app = GithubApp(login, self._connected) if isinstance(login, App) else None
        self._rights: tuple[str, ...] = ()
        self.pause = pause
        self._pace = pace or Pace(lambda seconds: time.sleep(seconds * min(pause, 1)))
        self._idle: defaultdict[str, deque[Github]] = defaultdict(deque)

    def with_rights(self, *rights: str) -> GithubApi:
        """Return the same connection for calls that need these rights to write: an App asks for no others."""
        other = copy(self)
        other._rights = rights  # noqa: SLF001 - the same class
        return other

    def close(self) -> None:
        """End the tokens that a GitHub App was given for this run."""
        if self._app:
            self._app.revoke()

    def given(self, what: str) -> None:
        """Raise AccessDenied where there is no token."""
        if self._login is None:
            raise AccessDenied(
                f"no token for {what} is given",
                expected=f"LTF_CI_TOKEN, or a GitHub App's LTF_CI_APP_CLIENT_ID and {APP_KEY}",
            )

    def ready(self, repository: str) -> None:
        """Raise AccessDenied where no token is given, or GitHub gives the App none there."""
        self._token(repository)

    def graphql(
        self, repository: str, document: str, variables: Mapping[str, Any], *, writes: bool = True
    ) -> dict[str, Any]:
        """Send a document, and return its data; raise HeadMoved where what it writes to has changed."""
        _, answer = self._asked(
            repository, lambda github: github.graphql_query(document, dict(variables)), writes=writes
        )
        return dict(answer["data"])

    def get(self, repository: str, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return what is at a path below the repository's own."""
        return self._rest("GET", repository, path, query=query)

    def send(self, method: str, repository: str, path: str, given: Mapping[str, Any]) -> Any:
        """Change what is at a path below the repository's own, and return the answer."""
        return self._rest(method, repository, path, given=given)

    def _rest(
        self,
        method: str,
        repository: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> Any:
        url, parameters = f"/repos/{repository}{path}", dict(query or {})
        _, data = self._asked(
            repository,
            lambda github: github.requestJsonAndCheck(method, url, parameters=parameters, input=given),
            writes=given is not None,
        )
        return data

    def _asked(self, repository: str, ask: Callable[[Requester], T], *, writes: bool) -> T:
        """Make a call; once more where GitHub does not take an App's token, which it can give another in place of.

        The token may have ended while GitHub made us wait, or be so new that it is not known everywhere yet.
        """
        from github import BadCredentialsException  # noqa: TID251 - this is the door

        token = self._token(repository)
        if writes:
            self._pace.wait()
        with translated_errors(repository, writes=writes):
            try:
                with self._client(token) as github:
                    return ask(github.requester)
            except BadCredentialsException:
                if not self._app:
                    raise
                self._app.forget(token)
                time.sleep(self.pause)
                with self._client(self._token(repository)) as github:
                    return ask(github.requester)

    def _token(self, repository: str) -> str:
        self.given(repository)
        if self._app:
            return self._app.token(repository, self._rights)
        return self._login.reveal() if isinstance(self._login, Secret) else ""

    @contextmanager
    def _client(self, token: str) -> Iterator[Github]:
        """Lend a client for one call: PyGithub keeps what it is asked in fields, which others would overwrite."""
        from github import Auth  # noqa: TID251 - this is the door

        idle = self._idle[token]
        try:
            client = idle.pop()
        except IndexError:
            client = self._connected(Auth.Token(token))
        try:
            yield client
        finally:
            idle.append(client)

    def _connected(self, auth: Auth.Auth) -> Github:
        from github import Github  # noqa: TID251 - this is the door

        from ltf_ci.clients.github.retry import PatientRetry

        return Github(
            auth=auth,
            base_url=self._address,
            lazy=True,
            timeout=SECONDS,
            retry=PatientRetry.with_pause(self.pause),
            seconds_between_requests=None,
            seconds_between_writes=self.pause or None,
        )
