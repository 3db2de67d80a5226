"""The options of what an image is made of, and where it goes; and the values of a build's, as users write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ltf_ci.errors import UsageError
from ltf_ci.model.image import ImageName, image_place
from ltf_ci.model.platform import normalized
from ltf_ci.options.option import Options, many, value

_SYSTEM = "linux"  # what cyber-dojo runs
_PROCESSORS = (
    *("386", "amd64", "arm", "arm64", "loong64", "mips", "mipsle", "mips64", "mips64le"),
    *("ppc64", "ppc64le", "riscv64", "s390x"),
)


def platform(text: str) -> str:
    """Return the usual name, `OS/ARCH` or `OS/ARCH/VARIANT`, of a platform of Linux; or raise UsageError."""
    name = normalized(text)
    system, _, processor = name.partition("/")
    if system == _SYSTEM and processor.partition("/")[0] in _PROCESSORS:
        return name
    cure = "give each for itself: --platform A --platform B" if "," in text else _meant(text)
    expected = "OS/ARCH, such as linux/arm64, or OS/ARCH/VARIANT, such as linux/arm/v7"
    raise UsageError(f"platform is {text[:80]!r}, which is none of Linux", expected=expected, cure=cure)


def _meant(text: str) -> str:
    from ltf_ci.model.nearest import did_you_mean  # seldom needed

    return did_you_mean(text.lower(), [f"{_SYSTEM}/{each}" for each in _PROCESSORS])


def builder(text: str) -> str:
    """Read the name of a buildx builder, or raise UsageError."""
    if text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.+-]*", text):
        raise UsageError(f"builder is {text[:80]!r}", expected="a name that `docker buildx ls` shows")
    return text


def build_arg(text: str) -> str:
    """Read `NAME=VALUE`, or raise UsageError."""
    name, equals, _ = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"build-arg is {name[:80]!r}", expected="NAME=VALUE")
    return text


def build_args(texts: Iterable[str]) -> dict[str, str]:
    """Return the values of `NAME=VALUE`s by their names."""
    return dict(text.split("=", 1) for text in texts)


def build_secret(text: str) -> str:
    """Read `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`, or raise UsageError without printing the value."""
    parts = dict(part.partition("=")[::2] for part in text.split(","))
    if not parts.get("id") or set(parts) not in ({"id", "env"}, {"id", "src"}):
        raise UsageError("a secret is not written as docker does", expected="id=NAME,env=VARIABLE or id=NAME,src=FILE")
    return text


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


class PushTo(Options):
    """The image."""

    push_to: str = value(
        "send the image to another registry, HOST or HOST/PREFIX: a mirror, a rehearsal",
        image_place,
        "PLACE",
        default="",
        in_settings=True,
    )


class Platforms(Options):
    """How the image is built."""

    platform: tuple[str, ...] = many(
        "build for this platform, such as linux/amd64; several make an index", platform, "OS/ARCH", in_settings=True
    )


class BuildArgs(Options):
    """How the image is built."""

    build_arg: tuple[str, ...] = many("a build argument of the Dockerfile", build_arg, "NAME=VALUE", in_settings=True)
