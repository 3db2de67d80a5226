"""Gitea, whose registry wants an owner that exists, and offers a token and a password at once (bin/gitea builds it)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from embedded.programs import built, free_port, listens, running
from embedded.registry import PASSWORD, USERNAME
from tests.support import ROOT

GITEA = "registry-gitea"
OWNER = "acme"
_ENVIRON = {"GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true"}
_CONFIG = """\
RUN_USER = {user}
RUN_MODE = prod
WORK_PATH = {folder}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {source}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
[security]
INSTALL_LOCK = true
SECRET_KEY = of-the-tests
PASSWORD_HASH_ALGO = pbkdf2$1$32
[log]
MODE = file
LEVEL = warn
[actions]
ENABLED = false
"""


@contextmanager
def running_gitea(folder: Path) -> Iterator[str]:
    """Run a Gitea with one user and one organisation; yield its HOST:PORT."""
    port, config = free_port(), folder / "app.ini"
    user = os.environ.get("USER") or "root"
    config.write_text(_CONFIG.format(user=user, folder=folder, port=port, source=_source()))
    words = [built(GITEA), "--config", str(config)]
    environment = {**os.environ, **_ENVIRON, "USER": user}
    admin = ["admin", "user", "create", "--admin", "--username", USERNAME, "--password", PASSWORD]
    admin += ["--email", "maintainer@example.org", "--must-change-password=false"]
    for more in (["migrate"], admin):
        subprocess.run([*words, *more], env=environment, capture_output=True, check=True)
    with running([*words, "web"], folder / "output", lambda: listens(port), environment):
        _make_owner(f"127.0.0.1:{port}")
        yield f"127.0.0.1:{port}"


def _make_owner(host: str) -> None:
    basic = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {basic}"}
    body = json.dumps({"username": OWNER}).encode()
    urlopen(Request(f"http://{host}/api/v1/orgs", body, headers)).close()


def _source() -> str:
    """Return the folder of Gitea's module, whose templates and texts it reads when it starts."""
    version = Path(built(GITEA) + ".version").read_text().strip()
    words = [str(ROOT / "bin/go"), "mod", "download", "-json", f"code.gitea.io/gitea@{version}"]
    return str(json.loads(subprocess.run(words, capture_output=True, check=True).stdout)["Dir"])
