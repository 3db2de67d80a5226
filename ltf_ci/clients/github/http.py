"""GitHub by HTTP: a JSON answer of bounded size for each call, which follows a renamed repository."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from ltf_ci.clients.github import errors
from ltf_ci.clients.github.call import Answer, Call
from ltf_ci.clients.github.cures import LOOK_AT_ADDRESS
from ltf_ci.clients.login_echo import without_login
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import GithubFailed, LtfError
from ltf_ci.model.bounds import foreign_json

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response, Session  # noqa: TID251 - this is the door

AT_ONCE = 32
SECONDS = 30  # for GitHub to answer, and between two parts of an answer
LONGEST_ANSWER = 120  # seconds
LARGEST = 12_000_000  # bytes of an answer, unpacked
LONGEST_WAIT = 300  # seconds, for a rate limit to end
RETRIES = 5
_REDIRECTS = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)
_HOPS = 5
_CHUNK = 16_384  # bytes, packed
_HEADERS = {
    "Accept": "application/vnd.github+json",
    "Accept-Encoding": "gzip",
    "User-Agent": "ltf-ci",
    "X-GitHub-Api-Version": "2022-11-28",
}


class GithubHttp:
    """Makes calls to GitHub, or a GitHub Enterprise Server, by its `address`; again after `pause` seconds at first.

    `ca_file` has the authorities whose certificates are trusted, in place of the usual ones.
    """

    def __init__(self, address: str, pause: float, ca_file: Path | None = None) -> None:
        self.address = address.rstrip("/")
        self.pause = pause
        self._ca_file = ca_file

    @property
    def graphql_url(self) -> str:
        """The address of GraphQL, which a GitHub Enterprise Server has next to REST's."""
        return f"{self.address.removesuffix('/v3')}/graphql"

    def send(self, call: Call, authorization: str) -> Answer:
        """Return the answer; raise what a refusal means, or what is wrong with an answer that is none of GitHub's."""
        patience = Patience(retries=RETRIES, pause=self.pause, longest=LONGEST_WAIT)
        return with_retries(lambda: self._sent(call, authorization), patience)

    def _sent(self, call: Call, authorization: str) -> Answer:
        url = f"{call.url}?{urlencode(call.query)}" if call.query else call.url
        for _hop in range(_HOPS):
            response, body = self._exchanged(call, url, authorization)
            location = response.headers.get("Location", "")
            if response.status_code not in _REDIRECTS or not location:
                return self._understood(call, response, body)
            url = _redirected(call, url, location)
        raise GithubFailed(f"GitHub redirects {call.repository} in a circle", cure=LOOK_AT_ADDRESS)

    def _exchanged(self, call: Call, url: str, authorization: str) -> tuple[Response, bytes]:
        headers = {**_HEADERS, "Authorization": authorization}
        data = None if call.given is None else json.dumps(call.given).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self._session.request(
                call.method, url, headers=headers, data=data, timeout=SECONDS, allow_redirects=False, stream=True
            ) as response:
                return response, without_login(_read(call, response), authorization)
        except OSError as error:  # those of requests are among them
            raise errors.unreachable(call, error) from error

    def _understood(self, call: Call, response: Response, body: bytes) -> Answer:
        status, headers = response.status_code, response.headers
        data = _json(body)
        is_understood = not isinstance(data, ValueError)
        if status >= HTTPStatus.BAD_REQUEST:
            refusal = errors.refusal(call, status, headers, data if is_understood else None)
            if is_understood or errors.passes(refusal):
                raise errors.error_of(refusal, writes=call.given is not None, pause=self.pause)
        if not is_understood or not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            found = f"GitHub's answer for {call.repository} is not of its API: status {status}, {_form(headers)}"
            raise GithubFailed(found, cure=LOOK_AT_ADDRESS)
        return Answer(status, headers, data, response.url)

    @cached_property
    def _session(self) -> Session:
        from requests import Session  # noqa: TID251 - this is the door
        from requests.adapters import HTTPAdapter  # noqa: TID251 - this is the door

        class OneCall(Session):
            """Leaves redirects to `_sent`: requests would read their whole body, and their address."""

            def get_redirect_target(self, resp: Response) -> None:
                """Follow no redirect."""

        session = OneCall()
        session.verify = str(self._ca_file) if self._ca_file else True
        session.auth = lambda request: request  # or requests would send what .netrc has
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=AT_ONCE))
        return session


@contextmanager
def parsed(repository: str) -> Iterator[None]:
    """Raise GithubFailed where an answer that is JSON has not the form that its reader expects."""
    try:
        yield
    except LtfError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        what = str(error)[:100] if isinstance(error, KeyError) else "a value, or has one of another kind"
        raise GithubFailed(
            f"GitHub's answer for {repository} lacks {what}",
            expected="an answer as GitHub's API describes it",
            cure=f"run it again; if it stays so, {LOOK_AT_ADDRESS}",
        ) from error


def items(page: Mapping[str, Any] | None) -> list[Any]:
    """Return what a page of GraphQL's has: by GitHub's schema it, its list and each item may be null."""
    return [each for each in (page and page["nodes"]) or () if each is not None]


def next_page(found: Mapping[str, Any]) -> str:
    """Return what a page's next one begins after; empty at the last page."""
    page = found["pageInfo"]
    return (page["endCursor"] or "") if page["hasNextPage"] else ""


def _redirected(call: Call, url: str, location: str) -> str:
    """Return where a call is made again: at the same server, by the same method, with its query."""
    here, there = urlsplit(url), _joined(url, location)
    if _server(here) != _server(there) and not _is_upgrade(here, there):
        raise GithubFailed(
            f"GitHub redirects {call.repository} to another server: {there.scheme}://{there.netloc}",
            cure=LOOK_AT_ADDRESS,
        )
    return there._replace(query=there.query or here.query).geturl()


def _joined(url: str, location: str) -> SplitResult:
    """Return where a redirect leads; one that cannot be read leads to no server.

    Behind a backslash urllib, which looks, reads another host than urllib3, which connects.
    """
    try:
        split = urlsplit("" if "\\" in location else urljoin(url, location))
        _ = split.port  # read from the text
    except ValueError:
        return urlsplit("")
    return split


def _server(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port


def _is_upgrade(here: SplitResult, there: SplitResult) -> bool:
    """Whether a server asks for https in place of http."""
    return (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname


def _read(call: Call, response: Response) -> bytes:
    """Return the body; raise GithubFailed where it is larger, or takes longer, than any answer of GitHub's."""
    if response.headers.get("Content-Encoding", "identity") not in ("gzip", "identity"):
        raise GithubFailed(
            f"GitHub's answer for {call.repository} is compressed in a way that was not asked for",
            expected="an answer in plain JSON, or gzip",
            cure="look at the proxy between here and GitHub",
        )
    body = bytearray()
    ends = time.monotonic() + LONGEST_ANSWER
    for part in response.iter_content(_CHUNK):
        body += part
        if len(body) > LARGEST:
            raise GithubFailed(
                f"GitHub's answer for {call.repository} has more than {LARGEST:,} bytes",
                expected="a smaller answer",
                cure="look at GITHUB_API_URL, and at a proxy between",
            )
        if time.monotonic() > ends:
            raise GithubFailed(
                f"GitHub's answer for {call.repository} takes more than {LONGEST_ANSWER} seconds",
                expected="an answer in that time",
                cure="run it again when GitHub is quicker",
            )
    return bytes(body)


def _json(body: bytes) -> Any:
    """Return JSON data, None where there is no body, and an error where it is no JSON."""
    if not body:
        return None
    try:
        return foreign_json(body)
    except ValueError as error:
        return error


def _form(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "no content").partition(";")[0]
