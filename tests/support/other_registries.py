"""Registries that other people wrote, beside Debian's: bin/registries builds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from embedded.programs import BIN, free_port, listens, running
from embedded.registry import running_registry

DISTRIBUTION = "registry-distribution"
IN_MEMORY = {"registry-crane": ("registry", "serve", "--address"), "registry-ocimem": ()}


@pytest.fixture(scope="session", params=[DISTRIBUTION, *IN_MEMORY])
def other_registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the HOST:PORT of each of them in turn."""
    with _running(request.param, tmp_path_factory.mktemp(request.param)) as host:
        yield host


@contextmanager
def _running(name: str, folder: Path) -> Iterator[str]:
    if name == DISTRIBUTION:
        with running_registry(folder, registry=_built(name)) as host:
            yield host
        return
    port = free_port()
    host = f"127.0.0.1:{port}"
    with running([_built(name), *IN_MEMORY[name], host], folder / "log", lambda: listens(port)):
        yield host


def _built(name: str) -> str:
    if not (BIN / name).exists():
        raise FileNotFoundError(f"{name} is missing: run bin/registries")
    return str(BIN / name)
