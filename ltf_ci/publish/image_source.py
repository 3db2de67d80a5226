"""The option of which image a start point is made of."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.options.option import value


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
