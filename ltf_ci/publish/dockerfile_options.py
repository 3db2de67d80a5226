"""The options that say how a Dockerfile is read: what is built for, and with which arguments."""

from __future__ import annotations

from ltf_ci.options.option import Options, many
from ltf_ci.publish.options import build_arg, platform


class Platforms(Options):
    """How the image is built."""

    platform: tuple[str, ...] = many(
        "build for this platform, such as linux/amd64; several make an index", platform, "OS/ARCH", in_settings=True
    )


class BuildArgs(Options):
    """How the image is built."""

    build_arg: tuple[str, ...] = many("a build argument of the Dockerfile", build_arg, "NAME=VALUE", in_settings=True)
