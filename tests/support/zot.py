"""zot, a registry of OCI's types that takes docker's where it is told so (bin/zot builds it)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.programs import built, free_port, listens, running

ZOT = "registry-zot"


@contextmanager
def running_zot(folder: Path) -> Iterator[str]:
    """Run a zot without logins; yield its HOST:PORT."""
    port, config = free_port(), folder / "zot.json"
    http = {"address": "127.0.0.1", "port": str(port), "compat": ["docker2s2"]}
    storage = {"rootDirectory": str(folder / "images"), "gc": False}
    config.write_text(json.dumps({"storage": storage, "http": http, "log": {"level": "error"}}))
    with running([built(ZOT), "serve", str(config)], folder / "log", lambda: listens(port)):
        yield f"127.0.0.1:{port}"
