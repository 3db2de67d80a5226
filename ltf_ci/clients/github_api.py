"""GitHub's REST and GraphQL, by PyGithub: the connection that every client of GitHub shares."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ltf_ci.clients.github_errors import told
from ltf_ci.clients.pacing import Pace
from ltf_ci.errors import AccessDenied
from ltf_ci.model.secret import Secret

if TYPE_CHECKING:
    from github import Github  # noqa: TID251 - this is the door

SECONDS = 30


class GithubApi:
    """GitHub, or a GitHub Enterprise Server, by its `address`; calls are tried again, and paced, by `pause` seconds."""

    def __init__(self, address: str, token: Secret | None, pause: float) -> None:
        self._address = address
        self._token = token
        self.pause = pause
        self._pace = Pace(lambda seconds: time.sleep(seconds * min(pause, 1)))
        self._idle: deque[Github] = deque()

    def ready(self, repository: str) -> None:
        """Raise AccessDenied where no token is given."""
        if self._token is None:
            raise AccessDenied(
                f"no token for {repository} is given",
                expected="LTF_CI_TOKEN: a GitHub App's, or a fine-grained one with contents and pull requests",
            )

    def graphql(
        self, repository: str, document: str, variables: Mapping[str, Any], *, writes: bool = True
    ) -> dict[str, Any]:
        """Send a document, and give its data; raise HeadMoved where what it writes to is no longer so."""
        self.ready(repository)
        with told(repository, writes=writes), self._client() as github:
            _, answer = github.requester.graphql_query(document, dict(variables))
        return dict(answer["data"])

    def get(self, repository: str, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Ask for what stands at a path below the repository's own."""
        return self._rest("GET", repository, path, query=query)

    def send(self, method: str, repository: str, path: str, given: Mapping[str, Any]) -> Any:
        """Change what stands at a path below the repository's own, and give the answer."""
        self._pace.wait()
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
        self.ready(repository)
        with told(repository, writes=given is not None), self._client() as github:
            _, data = github.requester.requestJsonAndCheck(
                method, f"/repos/{repository}{path}", parameters=dict(query or {}), input=given
            )
        return data

    @contextmanager
    def _client(self) -> Iterator[Github]:
        """Lend a client for one call: PyGithub keeps what it is asked in fields, which others would overwrite."""
        try:
            client = self._idle.pop()
        except IndexError:
            client = self._new_client()
        try:
            yield client
        finally:
            self._idle.append(client)

    def _new_client(self) -> Github:
        from github import Auth, Github  # noqa: TID251 - this is the door

        from ltf_ci.clients.github_retry import PatientRetry

        return Github(
            auth=Auth.Token(self._token.reveal() if self._token else ""),
            base_url=self._address,
            lazy=True,
            timeout=SECONDS,
            retry=PatientRetry.with_pause(self.pause),
            seconds_between_requests=None,
            seconds_between_writes=self.pause or None,
        )
