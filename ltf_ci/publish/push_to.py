"""The option of where an image goes."""

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
