"""The image of a start point: built under a name of its own, and named as was asked at the end."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ltf_ci.clients.docker.build import DockerBuild
from ltf_ci.clients.docker.build_context import context_files
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.build_spec import Base, BuildSpec
from ltf_ci.model.image import ImageName
from ltf_ci.publish import methods
from ltf_ci.start_points.start_point import StartPoint, dockerfile

_OF_HASH = slice(7, 19)  # twelve digits of it, after `sha256:`


class From(NamedTuple):
    """The image that it is made FROM: as docker reads it, by its digest where a registry has it."""

    image: ImageName
    base: Base | None


def base_of(image: ImageName, registry: Registry, docker: Docker) -> From:
    """Pin the base by its digest; what was made in the daemon, and no registry has, goes by its name."""
    if not image.digest and docker.is_made_here(image):
        return From(image, None)
    base = methods.base_of(str(image), registry)
    return From(base.name._replace(digest=base.digest), base)


def build(start_point: StartPoint, made_from: From, folder: Path, builds: DockerBuild, docker: Docker) -> None:
    """Build the image of a folder; its name is moved to it when it is there."""
    base = made_from.base
    spec = BuildSpec(
        dockerfile=dockerfile(made_from.image),
        context=folder,
        files=context_files(folder, "Dockerfile"),
        base=base,
        bases=(base,) if base else (),
    )
    labels = ImageLabels.of_build(spec)
    unfinished = start_point.name.tagged(f"ltf-ci-{spec.inputs[_OF_HASH]}")  # the next run finds the same
    builds.build(spec, labels.to_labels(), unfinished)
    docker.rename(unfinished, start_point.name)
