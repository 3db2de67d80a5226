"""Whose fault a build's end is, by what docker printed last."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.clients.docker.build_errors import build_error
from ltf_ci.errors import AccessDenied, LtfError, RegistryUnavailable
from ltf_ci.model.build_spec import BuildSpec


@pytest.mark.parametrize(
    ("printed", "cure"),
    [
        ("Dockerfile:2\nERROR: failed to build: failed to solve: exit code: 1", "correct the Dockerfile"),
        ("ERROR: failed to connect to the docker API at unix:///x.sock; check if the path is correct", "has ended"),
        ("Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?", "has ended"),
        (
            "ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF",
            "ended",
        ),
        ("rpc error: code = Internal desc = grpc: string field contains invalid UTF-8", "a name in UTF-8: git mv"),
        (
            "ERROR: docker exporter does not currently support that for the docker driver, use a different driver",
            "--builder",
        ),
        ("exec /bin/sh: exec format error", "docker/setup-qemu-action"),
    ],
)
def test_the_cure_is_for_what_failed(printed: str, cure: str) -> None:
    error = build_error(BuildSpec(dockerfile="FROM a\nRUN x\n", context=Path("docker")), printed)
    assert cure in error.cure, error
    assert error.found.startswith("docker/Dockerfile")


@pytest.mark.parametrize(
    ("reason", "kind", "again_after"),
    [
        ("unknown: manifest invalid: mediaType application/vnd.oci.image.manifest.v1+json", RegistryUnavailable, None),
        ("unexpected status from HEAD request to http://h/v2/x/manifests/1: 502 Bad Gateway", RegistryUnavailable, 0),
        ("denied: requested access to the resource is denied", AccessDenied, None),
        ("failed to authorize: failed to fetch oauth token: 401 Unauthorized", AccessDenied, None),
        ("unexpected status from POST request to http://h/v2/x/blobs/uploads/: 403 Forbidden", AccessDenied, None),
    ],
)
def test_a_push_that_failed_is_no_fault_of_the_dockerfile(
    reason: str, kind: type[LtfError], again_after: float | None
) -> None:
    printed = f"ERROR: failed to build: failed to solve: failed to push h:1/x: {reason}"
    error = build_error(BuildSpec(dockerfile="FROM a\n", context=Path("docker")), printed)
    assert (type(error), error.again_after) == (kind, again_after)
    assert "push h:1/x: " in error.found
    assert "Dockerfile" not in str(error)
