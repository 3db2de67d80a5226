"""The options of a test in an image."""

from __future__ import annotations

from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName
from ltf_ci.options.option import value
from ltf_ci.traffic_light.requests import LanguageVersionCheck


def lambda_image(text: str) -> str:
    """Read the name of an image with its digest, or raise BadInput."""
    if text and ImageName.parse(text).digest is None:
        raise BadInput(
            f"lambda-image is {text[:200]!r}, which names no digest",
            expected="IMAGE@sha256:DIGEST: what judges a release is always the same",
            cure="docker image inspect shows an image's digest, as RepoDigests",
        )
    return text


class ImageTest(LanguageVersionCheck):
    """What runs in the image."""

    lambda_image: str = value(
        "an image with ruby, by its digest, to run the rag_lambda in; without one this machine's ruby, in a container",
        lambda_image,
        "IMAGE@DIGEST",
        default="",
        in_settings=True,
    )
