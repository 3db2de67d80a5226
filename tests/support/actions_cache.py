"""GitHub's cache service, version 2, as BuildKit speaks to it: a run sees what its own ref and main have kept."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.proxy import Answered, Asked, Pass, proxy_before

SERVICE = "/twirp/github.actions.results.api.v1.CacheService/"
DEFAULT = "refs/heads/main"
READ, WRITE = 1, 2
Key = tuple[str, str, str]  # scope, key, version


@dataclass
class ActionsCache:
    """What is kept, the oldest first; `written` holds what was sent and is not finished."""

    entries: dict[Key, bytes] = field(default_factory=dict)
    written: dict[Key, bytes] = field(default_factory=dict)
    blocks: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    blobs: list[Key] = field(default_factory=list)
    url: str = ""

    def variables(self, ref: str) -> dict[str, str]:
        """Return what a run for a git ref has of it in its environment, once an action has handed it on."""
        scopes = tuple(dict.fromkeys((ref, DEFAULT)))
        access = [{"Scope": scope, "Permission": READ | (WRITE if scope == ref else 0)} for scope in scopes]
        now = int(time.time())
        token = _jwt({"ac": json.dumps(access), "nbf": now - 60, "exp": now + 3600})
        self.tokens[token] = scopes
        return {
            "ACTIONS_RUNTIME_TOKEN": token,
            "ACTIONS_RESULTS_URL": f"{self.url}/",
            "ACTIONS_CACHE_SERVICE_V2": "True",
        }

    def answer(self, asked: Asked, _pass_on: Pass) -> Answered:
        path = urlsplit(asked.path).path
        if path.startswith("/blob/"):
            return self._blob(asked, self.blobs[int(path.removeprefix("/blob/"))])
        scopes = self.tokens.get(asked.headers["Authorization"].removeprefix("Bearer "))
        if scopes is None:
            return _answer({"code": "unauthenticated", "msg": "invalid token"}, 401)
        calls: Mapping[str, Callable[[tuple[str, ...], Any], Answered]] = {
            "CreateCacheEntry": self._create,
            "FinalizeCacheEntryUpload": self._finish,
            "GetCacheEntryDownloadURL": self._find,
        }
        return calls[path.removeprefix(SERVICE)](scopes, json.loads(asked.body))

    def _create(self, scopes: tuple[str, ...], told: Any) -> Answered:
        key = (scopes[0], told["key"], told["version"])
        if key in self.entries:
            return _answer({"code": "already_exists", "msg": "cache entry with the same key exists"}, 409)
        return _answer({"ok": True, "signed_upload_url": self._address(key)})

    def _finish(self, scopes: tuple[str, ...], told: Any) -> Answered:
        key = (scopes[0], told["key"], told["version"])
        content = self.written.pop(key)
        assert len(content) == int(told["size_bytes"])
        self.entries[key] = content
        return _answer({"ok": True, "entry_id": str(len(self.entries))})

    def _find(self, scopes: tuple[str, ...], told: Any) -> Answered:
        found = next(self._matching(scopes, told["key"], told["version"]), None)
        if found is None:
            return _answer({"ok": False})
        return _answer({"ok": True, "signed_download_url": self._address(found), "matched_key": found[1]})

    def _matching(self, scopes: tuple[str, ...], prefix: str, version: str) -> Iterator[Key]:
        """Return what begins so, the newest first, of each scope in its order."""
        for scope in scopes:
            yield from (
                key
                for key in reversed(self.entries)
                if (key[0], key[2]) == (scope, version) and key[1].startswith(prefix)
            )

    def _address(self, key: Key) -> str:
        self.blobs.append(key)
        return f"{self.url}/blob/{len(self.blobs) - 1}?sig=x"

    def _blob(self, asked: Asked, key: Key) -> Answered:
        """Answer as Azure's storage does: for a blob in one piece, and in blocks that a list puts together."""
        if asked.method == "GET":
            start = re.match(r"bytes=(\d+)-", asked.headers.get("x-ms-range", ""))
            return Answered(206 if start else 200, {}, self.entries[key][int(start[1]) if start else 0 :])
        query = parse_qs(urlsplit(asked.path).query)
        if query.get("comp") == ["block"]:
            self.blocks[query["blockid"][0]] = asked.body
        elif query.get("comp") == ["blocklist"]:
            names = re.findall(r"<Latest>(.*?)</Latest>", asked.body.decode())
            self.written[key] = b"".join(self.blocks[name] for name in names)
        else:
            assert asked.headers["x-ms-blob-type"] == "BlockBlob"
            self.written[key] = asked.body
        return Answered(201, {"x-ms-request-id": "1"})


def _answer(data: Mapping[str, Any], status: int = 200) -> Answered:
    return Answered(status, {"Content-Type": "application/json"}, json.dumps(data).encode())


def _jwt(claims: Mapping[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2lnbmVk"])


@pytest.fixture
def actions_cache() -> Iterator[ActionsCache]:
    cache = ActionsCache()
    with proxy_before("", cache.answer) as server:
        cache.url = f"http://{server.host}"
        yield cache
