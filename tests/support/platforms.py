"""A real BuildKit daemon, one for each worker, and a builder of it that docker's command knows by name."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.base_image import push_base_image
from embedded.buildkit import add_builder, private_buildkit
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName

BUILDER = "builder-of-the-tests"
_STATEMENT = {
    "_type": "https://in-toto.io/Statement/v0.1",
    "predicateType": "https://spdx.dev/Document",
    "subject": [],
    "predicate": {"spdxVersion": "SPDX-2.3", "name": "what the scanner found"},
}


@pytest.fixture(scope="session")
def buildkit(open_registry: str) -> Iterator[str]:
    """Return the address of a buildkitd that is the tests' alone; the scanner that it pulls from Docker Hub is ours."""
    scanner = ImageName.parse(f"{open_registry}/docker/buildkit-syft-scanner:stable-1")
    writes = f"echo '{json.dumps(_STATEMENT)}' > $BUILDKIT_SCAN_DESTINATION/found.spdx.json"
    push_base_image(Registry(), scanner, Entrypoint=["/bin/sh", "-c", writes])
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as folder,
        private_buildkit(Path(folder), hub=open_registry) as address,
    ):
        yield address


@pytest.fixture
def builder(buildkit: str) -> str:
    """Return the name of a builder of several platforms."""
    add_builder(Path(os.environ["DOCKER_CONFIG"]), BUILDER, buildkit)
    return BUILDER
