"""The option of which image a start point is made of."""

from __future__ import annotations

from ltf_ci.errors import UsageError
from ltf_ci.model.image import ImageName
from ltf_ci.options.option import Options, value


def source_image(text: str) -> str:
    """Read the name of an image with its tag or digest, or raise LtfError."""
    image = ImageName.parse(text) if text else None
    if image and not image.tag and not image.digest:
        raise UsageError(
            f"image-from is {text[:200]!r}, which names no tag",
            expected="HOST/PATH:TAG, or HOST/PATH@sha256:DIGEST: one image, for good",
            cure=f"write the tag behind it: {text[:200]}:TAG",
        )
    return text


class ImageFrom(Options):
    """The image."""

    image_from: str = value(
        "the image that a repository without docker/ releases under its own tag",
        source_image,
        "IMAGE",
        default="",
        in_settings=True,
    )
