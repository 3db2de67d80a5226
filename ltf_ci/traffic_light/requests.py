"""The options of what runs in an image."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.options.option import value


@dataclass(frozen=True, kw_only=True)
class LanguageVersionCheck:
    """What runs in the image."""

    version_command: str = value(
        "what prints the language's version in the image, such as `python3 --version`; it must be the tag's",
        str,
        "COMMAND",
        default="",
        in_settings=True,
    )


@dataclass(frozen=True, kw_only=True)
class InImage:
    """What runs in the image."""

    image: str | None = value(
        "the image to look into or test; without a name the manifest's, under the tag",
        str,
        "IMAGE",
        default=None,
        bare="",
    )
