"""A docker registry on loopback: Debian's docker-registry, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded.programs import free_port, listens, program, running

USERNAME = "maintainer"
PASSWORD = "pass-word-of-the-tests"  # a test greps what we print for it
_BCRYPT = "$2y$04$adrLtWhVg6xkBiXoUh5azeo/TDoEA9Z/VUjmrdMiDbvdyBSe8vKje"  # of that password


@contextmanager
def running_registry(
    folder: Path,
    auth: Mapping[str, object] | None = None,
    registry: str = "",
    http: Mapping[str, object] | None = None,
) -> Iterator[str]:
    """Run a registry that anyone may use, or that `auth` guards; yield its HOST:PORT.

    `registry` is another program of the same project than Debian's; `http` are more of its settings of that name.
    """
    port = free_port()
    config = {
        "version": "0.1",
        "log": {"accesslog": {"disabled": True}, "level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": True}},
        "http": {"addr": f"127.0.0.1:{port}", "secret": "of-the-tests", **(http or {})},
        **({"auth": auth} if auth else {}),
    }
    file = folder / "config.yml"
    file.write_text(json.dumps(config))  # JSON is YAML
    with running([registry or program("docker-registry"), "serve", str(file)], folder / "log", lambda: listens(port)):
        yield f"127.0.0.1:{port}"


def password_file(folder: Path) -> Mapping[str, object]:
    """Return the `auth` of a registry that USERNAME and PASSWORD open."""
    (folder / "htpasswd").write_text(f"{USERNAME}:{_BCRYPT}\n")
    return {"htpasswd": {"realm": "embedded", "path": str(folder / "htpasswd")}}
