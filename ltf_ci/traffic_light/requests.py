"""The options of what runs in an image."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.errors import UsageError
from ltf_ci.model.layout import IMAGE_NAME_JSON, MANIFESTS
from ltf_ci.options.option import Options, value


class LanguageVersionCheck(Options):
    """What runs in the image."""

    version_command: str = value(
        "what prints the language's version in the image, such as `python3 --version`; it must be the tag's",
        str,
        "COMMAND",
        default="",
        in_settings=True,
    )


def _image(text: str) -> str:
    """Read an image's name; raise UsageError where it is the folder of an LTF, which was meant as that."""
    if text and any(Path(text, path).is_file() for path in (*MANIFESTS, IMAGE_NAME_JSON)):
        raise UsageError(
            f"{text!r} is a folder, and was read as the image's name",
            expected="the folder before --image, or --image=IMAGE",
            cure=f"write {text} --image",
        )
    return text


class InImage(Options):
    """What runs in the image."""

    image: str | None = value(
        "the image to look into or test; without a name the manifest's, under the tag",
        _image,
        "IMAGE",
        default=None,
        bare="",
    )
