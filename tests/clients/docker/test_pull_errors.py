"""What a daemon says of a pull that failed: whether the registry, the login or the daemon itself is the cause."""

from __future__ import annotations

import pytest

from ltf_ci.clients.docker.pull_errors import pull_error
from ltf_ci.errors import AccessDenied, BadInput, DockerFailed, LtfError, RegistryUnavailable
from ltf_ci.model.image import ImageName

IMAGE = ImageName.parse("ghcr.io/o/python:3.7.4-1")


@pytest.mark.parametrize(
    ("said", "kind", "cure"),
    [
        ("failed to register layer: unexpected EOF", DockerFailed, "the registry did answer"),
        ("failed to register layer: write /bin/x: no space left on device", DockerFailed, "disk"),
        ("failed to extract layer sha256:ab: mount: permission denied on mount", DockerFailed, "its log"),
        ("pull access denied for o/python, repository does not exist", AccessDenied, "username, password and rights"),
        ("unauthorized: authentication required", AccessDenied, "username, password and rights"),
        ("dial tcp: connection refused", RegistryUnavailable, "when the registry answers"),
        ("net/http: TLS handshake timeout", RegistryUnavailable, "when the registry answers"),
    ],
)
def test_the_cause_is_named_and_what_to_do_about_it(said: str, kind: type[LtfError], cure: str) -> None:
    error = pull_error(IMAGE, said)
    assert type(error) is kind
    assert said in error.found
    assert cure in error.cure


def test_an_image_that_does_not_exist_is_what_the_error_is_about() -> None:
    error = pull_error(IMAGE, f"manifest for {IMAGE} not found: manifest unknown: manifest unknown")
    assert (type(error), error.found, error.about) == (BadInput, f"{IMAGE} does not exist", str(IMAGE))
