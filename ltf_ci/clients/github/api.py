"""GitHub's REST and GraphQL: the connection that every client of GitHub shares."""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

from ltf_ci.clients.github.app import GithubApp
from ltf_ci.clients.github.call import Answer, Call, Meaning, no_meaning
from ltf_ci.clients.github.errors import TokenRefused, error_of, graphql_refusal
from ltf_ci.clients.github.http import LONGEST_WAIT, RETRIES, GithubHttp
from ltf_ci.clients.github.pacing import Pace
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import AccessDenied, GithubFailed
from ltf_ci.model.access import APP_KEY
from ltf_ci.model.credentials import App
from ltf_ci.model.secret import Secret


class GithubApi:
    """GitHub, or a GitHub Enterprise Server, by its `address`; calls are tried again, and paced, by `pause` seconds."""

    def __init__(
        self,
        address: str,
        login: Secret | App | None,
        pause: float,
        pace: Pace | None = None,
        ca_file: Path | None = None,
    ) -> None:
        self._http = GithubHttp(address, pause, ca_file)
        self._login = login
        self._app = GithubApp(login, self._http) if isinstance(login, App) else None
        self._rights: tuple[str, ...] = ()
        self.pause = pause
        self._pace = pace or Pace(lambda seconds: time.sleep(seconds * min(pause, 1)))

    @property
    def is_enterprise(self) -> bool:
        """Whether this is a GitHub Enterprise Server, which may lack what is new at GitHub."""
        return self._http.address.endswith("/v3")

    @property
    def is_app(self) -> bool:
        """Whether it acts as a GitHub App, whose tokens are each for one repository."""
        return self._app is not None

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
                cure="set LTF_CI_TOKEN, or log in as the App; in a workflow: `app-client-id` and `app-private-key`",
            )

    def ready(self, repository: str) -> None:
        """Raise AccessDenied where no token is given, or GitHub gives the App none there."""
        self._token(repository)

    def graphql(
        self, repository: str, document: str, variables: Mapping[str, Any], *, writes: bool = True
    ) -> dict[str, Any]:
        """Send a document, and return its data; raise HeadMoved where what it writes to has changed."""
        given = {"query": document, "variables": dict(variables)}
        call = Call(repository=repository, method="POST", url=self._http.graphql_url, given=given)
        patience = Patience(retries=RETRIES, pause=self.pause, longest=LONGEST_WAIT)
        return with_retries(lambda: self._data(call, writes=writes), patience)

    def get(
        self,
        repository: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        meaning: Meaning = no_meaning,
    ) -> Any:
        """Return what is at a path below the repository's own; `meaning` is what a refusal means there."""
        url = self._url(repository, path)
        call = Call(repository=repository, method="GET", url=url, query=query or {}, meaning=meaning)
        return self._asked(call, writes=False).data

    def send(
        self, method: str, repository: str, path: str, given: Mapping[str, Any], meaning: Meaning = no_meaning
    ) -> Any:
        """Change what is at a path below the repository's own, and return the answer."""
        url = self._url(repository, path)
        call = Call(repository=repository, method=method, url=url, given=dict(given), meaning=meaning)
        return self._asked(call, writes=True).data

    def _url(self, repository: str, path: str) -> str:
        return f"{self._http.address}/repos/{repository}{path}"

    def _data(self, call: Call, *, writes: bool) -> dict[str, Any]:
        """Return the data of a GraphQL answer, which may have errors instead although its status is 200."""
        answer = self._asked(call, writes=writes)
        refusal = graphql_refusal(call, answer.headers, answer.data)
        if refusal:
            raise error_of(refusal, writes=writes, pause=self.pause)
        data = answer.data.get("data") if isinstance(answer.data, Mapping) else None
        if not isinstance(data, Mapping):
            raise GithubFailed(
                f"GitHub's answer for {call.repository} has no data",
                expected="GraphQL's JSON",
                cure="look at GITHUB_API_URL",
            )
        return dict(data)

    def _asked(self, call: Call, *, writes: bool) -> Answer:
        """Make a call; once more where GitHub does not take an App's token, which it can give another in place of.

        The token may have ended while GitHub made us wait, or be so new that it is not known everywhere yet.
        """
        token = self._token(call.repository)
        if writes:
            self._pace.wait()
        try:
            return self._http.send(call, f"token {token}")
        except TokenRefused as error:
            if not self._app:
                raise AccessDenied(error.found, cure=error.cure) from error
        self._app.forget(token)
        time.sleep(self.pause)
        return self._http.send(call, f"token {self._token(call.repository)}")

    def _token(self, repository: str) -> str:
        self.given(repository)
        if self._app:
            return self._app.token(repository, self._rights)
        return self._login.reveal() if isinstance(self._login, Secret) else ""
