"""The options of where an image is from, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.model.image import image_place
from ltf_ci.options.option import value


@dataclass(frozen=True, kw_only=True)
class PushTo:
    """The image."""

    push_to: str = value(
        "send the image to another registry, HOST or HOST/PREFIX: a mirror, a rehearsal",
        image_place,
        "PLACE",
        default="",
        in_settings=True,
    )


@dataclass(frozen=True, kw_only=True)
class ImageFrom:
    """The image."""

    image_from: str = value(
        "the image that a repository without docker/ releases under its own tag",
        str,
        "IMAGE",
        default="",
        in_settings=True,
    )
