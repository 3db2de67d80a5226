"""The options of build and publish."""

from __future__ import annotations

from ltf_ci.clients.docker.build_cache import BuildCache
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.manifest.requests import Allowing
from ltf_ci.options.folder import AtTag
from ltf_ci.options.option import Options, choice, many, switch, value
from ltf_ci.options.shared import DryRun
from ltf_ci.publish.options import BuildArgs, ImageFrom, Platforms, PushTo, build_secret, builder
from ltf_ci.traffic_light.image_test import ImageTest


class ImageSource(PushTo, ImageFrom):
    """The image."""


class BuildOptions(ImageSource, Platforms, BuildArgs):
    """How the image is built."""

    builder: str = value("the buildx builder to use", builder, "NAME", default="", in_settings=True)
    secret: tuple[str, ...] = many(
        "a build secret, as docker writes it: id=NAME,env=VARIABLE", build_secret, "SECRET", in_settings=True
    )
    no_cache: bool = switch("rebuild every layer: for security rebuilds", in_settings=True)
    provenance: bool = switch("attach BuildKit's provenance attestation", in_settings=True)
    sbom: bool = switch("attach an SBOM attestation", in_settings=True)


class BuiltFrom(AtTag, BuildOptions):
    """Which image to build, of what."""


class BuildRequest(BuiltFrom, Allowing, DryRun):
    """Which image to build, of what, and how."""


class Rebuild(Options):
    """How the image is built."""

    rebuild: bool = switch("build even where nothing that the image is made of has changed", in_settings=True)


class LayerOptions(Rebuild):
    """How the image is built."""

    build_cache: BuildCache = choice(
        "where layers are kept from run to run: registry (as IMAGE:buildcache), gha (GitHub's cache) or none",
        BuildCache,
        default=BuildCache.REGISTRY,
        in_settings=True,
    )


class PublishRequest(BuildRequest, LayerOptions, ImageTest):
    """The image."""

    latest: LatestPolicy = choice(
        "auto moves `latest` only forward, always even backwards, never leaves it alone",
        LatestPolicy,
        default=LatestPolicy.AUTO,
        once=(LatestPolicy.ALWAYS,),
        in_settings=True,
    )
    allow_unpushed: bool = switch("release a tag that is not at origin: for a rehearsal, with --push-to")
    test: bool = switch(
        "push only an image in which the start files give red, amber and green", default=True, in_settings=True
    )
