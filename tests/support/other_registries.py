"""Registries that other people wrote, beside Debian's: bin/registries builds them; bin/gitea and bin/zot two more."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from embedded.programs import BIN, built, free_port, listens, running
from embedded.registry import PASSWORD, USERNAME, running_registry
from tests.support.gitea import GITEA, OWNER, running_gitea
from tests.support.registries import SERVICE, TokenServer, token_auth
from tests.support.zot import ZOT, running_zot

DISTRIBUTION = "registry-distribution"
IN_MEMORY = {"registry-crane": ("registry", "serve", "--address"), "registry-ocimem": ()}
BUILT = [DISTRIBUTION, *IN_MEMORY, *(name for name in (GITEA, ZOT) if (BIN / name).exists())]


@dataclass(frozen=True)
class OtherRegistry:
    """A registry's HOST:PORT, the place there whose images these tests may write, and where its tokens are given."""

    host: str
    place: str
    realm: str = ""

    def delete(self, repository: str, reference: str) -> None:
        """Delete a manifest, by its digest or its tag."""
        connection = HTTPConnection(self.host)
        path = f"/v2/{repository}/manifests/{reference}"
        connection.request("DELETE", path, headers=self._login(repository))
        connection.getresponse().read()
        connection.close()

    def _login(self, repository: str) -> Mapping[str, str]:
        if not self.realm:
            return {}
        query = urlencode({"service": SERVICE, "scope": f"repository:{repository}:pull,push,delete"})
        basic = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        with urlopen(Request(f"{self.realm}?{query}", headers={"Authorization": f"Basic {basic}"})) as answer:
            return {"Authorization": f"Bearer {json.load(answer)['token']}"}


@pytest.fixture(scope="session", params=BUILT)
def other_registry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, token_server: TokenServer
) -> Iterator[OtherRegistry]:
    """Return each of them in turn: distribution's and Gitea's want tokens, the others have no logins."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == DISTRIBUTION:
        with running_registry(folder, {"token": token_auth(token_server, folder)}, built(DISTRIBUTION)) as host:
            yield OtherRegistry(host, host, token_server.realm)
    elif request.param == GITEA:
        with running_gitea(folder) as host:
            yield OtherRegistry(host, f"{host}/{OWNER}", f"http://{host}/v2/token")
    elif request.param == ZOT:
        with running_zot(folder) as host:
            yield OtherRegistry(host, host)
    else:
        with _in_memory(request.param, folder) as host:
            yield OtherRegistry(host, host)


@contextmanager
def _in_memory(name: str, folder: Path) -> Iterator[str]:
    port = free_port()
    host = f"127.0.0.1:{port}"
    with running([built(name), *IN_MEMORY[name], host], folder / "log", lambda: listens(port)):
        yield host
