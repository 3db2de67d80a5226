"""What buildx makes of a build."""

from __future__ import annotations

from ltf_ci.clients.docker.build import outputs
from ltf_ci.model.image import ImageName

IMAGE, OWN = ImageName.parse("ghcr.io/o/python:3.7.4-1"), ImageName.parse("ltf-ci-1")
PUSHED = "--output=type=image,name=ghcr.io/o/python,push=true,push-by-digest=true,oci-mediatypes=true"


def test_an_image_is_pushed_by_its_digest_alone() -> None:
    assert outputs(IMAGE, None) == [PUSHED]


def test_the_daemon_gets_a_manifest_of_the_same_form() -> None:
    """Or it would have another digest, and the daemon would not know it for the pushed one."""
    assert outputs(IMAGE, OWN) == [PUSHED, "--output=type=docker,name=ltf-ci-1,oci-mediatypes=true"]
