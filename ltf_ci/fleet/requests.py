"""The options of whatever follows the graph of images."""

from __future__ import annotations

from ltf_ci.options.option import Options, many


class ChangedImages(Options):
    """Which images."""

    changed: tuple[str, ...] = many(
        "what changed: an entry's key, or an image; without a tag it is all of its tags", str, "IMAGE", positional=True
    )
