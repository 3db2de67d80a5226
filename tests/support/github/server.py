"""The stand-in's HTTP server."""

from __future__ import annotations

import json
import re
import secrets
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from tests.support.github.app import App
from tests.support.github.app_api import app_answer, refusal
from tests.support.github.graphql_api import graphql_answer
from tests.support.github.hosted import HostedRepository
from tests.support.github.rest import DOCUMENTATION, Answer, rest_answer
from tests.support.github.rest_bodies import Urls
from tests.support.github.site import Site, Violation

ENTERPRISE = "/api/v3"
VIOLATION = 599
KINDS = ("token", "Bearer")
LIMITS = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": "4070908800"}


class GithubServer(ThreadingHTTPServer):
    """GitHub, and GitHub Enterprise under /api, for whoever has the token, or the key of the App.

    `asked` has a "METHOD path" for each request, `mutations` the fields that were run, `dispatches` the workflows that
    were asked for, `violations` what does not fit GitHub's schemas: a test must end with none.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = f"ghs_{secrets.token_hex(18)}"
        self.site = Site(folder)
        self.asked: list[str] = []
        self.violations: list[str] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def api(self) -> str:
        return f"http://{self.host}"

    @property
    def app(self) -> App:
        return self.site.app

    @property
    def mutations(self) -> list[str]:
        return self.site.mutations

    @property
    def dispatches(self) -> list[dict[str, Any]]:
        return self.site.dispatches

    def create_repository(
        self, name: str, files: Mapping[str, str | bytes], *, default_branch: str = "main"
    ) -> HostedRepository:
        """Host a repository OWNER/NAME with one commit."""
        hosted = self.site.create_repository(name, default_branch)
        hosted.push(files, branch=default_branch, message="Begin")
        return hosted

    def respond(self, method: str, target: str, host: str, authorization: str, data: bytes) -> Answer:
        """Answer as GitHub does; what does not fit is noted, and gets an answer that GitHub never gives."""
        self.asked.append(f"{method} {urlsplit(target).path}")
        kind, _, token = authorization.partition(" ")
        try:
            with self.site.lock:
                return self._answer(method, target, host, token if kind in KINDS else "", data)
        except Violation as violation:
            return self._violated(str(violation))
        except Exception:  # noqa: BLE001
            return self._violated(traceback.format_exc())

    def _answer(self, method: str, target: str, host: str, token: str, data: bytes) -> Answer:
        split = urlsplit(target)
        html = f"http://{host}"
        urls = Urls(html + (ENTERPRISE if split.path.startswith(f"{ENTERPRISE}/") else ""), html)
        path, body = split.path.removeprefix(ENTERPRISE), json.loads(data) if data else None
        if answer := self._redirect(urls, split, method, path):
            return answer
        path = self._by_name(path)
        if answer := app_answer(self.site, urls, method, path, token, body):
            return answer
        self.site.caller = self.app.grant(token)
        if self.site.caller is None and token != self.token:
            return refusal(401, "Bad credentials")
        if (method, split.path) in (("POST", "/graphql"), ("POST", "/api/graphql")):
            return Answer(200, graphql_answer(self.site, html, body))
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        return rest_answer(self.site, urls, path, query, method, body)

    def _redirect(self, urls: Urls, split: SplitResult, method: str, path: str) -> Answer | None:
        """Return the redirect by which GitHub answers a call for a repository that was renamed."""
        match = re.fullmatch(r"/repos/([^/]+/[^/]+)(.*)", path)
        new = self.site.renamed.get(match[1].lower()) if match else None
        if match is None or new is None:
            return None
        query = f"?{split.query}" if split.query else ""
        url = f"{urls.api}/repositories/{self.site.repository(new).number}{match[2]}{query}"
        told = {"message": "Moved Permanently", "url": url, "documentation_url": DOCUMENTATION}
        return Answer(301 if method == "GET" else 307, told, {"Location": url})

    def _by_name(self, path: str) -> str:
        """Return the path by its repository's name in place of its number."""
        match = re.fullmatch(r"/repositories/(\d+)(.*)", path)
        return f"/repos/{self.site.by_number(int(match[1])).name}{match[2]}" if match else path

    def _violated(self, text: str) -> Answer:
        self.violations.append(text)
        return Answer(VIOLATION, {"message": text})

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: a client that was killed ends its connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out at once
    server: GithubServer

    def answer(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = self.headers.get("Host") or self.server.host
        answer = self.server.respond(self.command, self.path, host, self.headers.get("Authorization") or "", data)
        body = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {**LIMITS, **answer.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def running_github(folder: Path) -> Iterator[GithubServer]:
    """Run a stand-in that keeps its repositories in `folder`."""
    with GithubServer(folder) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
