"""The option of where an image goes."""

from __future__ import annotations

from ltf_ci.model.image import image_place
from ltf_ci.options.option import Options, value


class PushTo(Options):
    """The image."""

    push_to: str = value(
        "send the image to another registry, HOST or HOST/PREFIX: a mirror, a rehearsal",
        image_place,
        "PLACE",
        default="",
        in_settings=True,
    )
