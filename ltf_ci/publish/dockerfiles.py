"""The Dockerfile that is built: docker/Dockerfile.base with what cyber-dojo needs, else docker/Dockerfile as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ltf_ci.clients.docker.dockerfile import Dockerfile, platform_args
from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput, DockerFailed
from ltf_ci.model.finding import Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILE, DOCKERFILE_BASE, DOCKERFILES
from ltf_ci.publish.options import build_args
from ltf_ci.publish.rules.dockerfile import almost_named, cure_of_missing

if TYPE_CHECKING:
    from ltf_ci.clients.run import Run
    from ltf_ci.model.build_spec import Base, BuildSpec

_OS_RELEASE = "/etc/os-release"


def read_dockerfile(
    directory: Path,
    build_args: Mapping[str, str],
    log: Callable[[str], None] = lambda _: None,
    platforms: Sequence[str] = (),
) -> tuple[str, Dockerfile]:
    """Return the path and the text of the Dockerfile that is built, or that is to be completed first.

    Raise BadInput where it cannot be read, or a FROM names another image for each of the platforms.
    """
    there = {path: raw for path in DOCKERFILES if (raw := read_file(directory, path)) is not None}
    if not there:
        raise BadInput(
            f"{DOCKERFILE_BASE} is not there, nor {DOCKERFILE}",
            expected="the Dockerfile of the image",
            cure=cure_of_missing(almost_dockerfile(directory)),
        )
    if len(there) > 1:
        log(f"{DOCKERFILE_BASE} is built; {DOCKERFILE} is not")
    path, raw = next(iter(there.items()))
    text = raw.decode("utf-8", "replace")
    targets = [platform_args(platform) for platform in platforms] or [{}]
    found = [Dockerfile.parse(text, path, {**target, **build_args}) for target in targets]
    if any(each.bases != found[0].bases for each in found):
        raise BadInput.at(
            Place(path),
            "it is made FROM other images on other platforms",
            expected="the same images for each --platform, so that each FROM has one digest",
            cure="name an image of several platforms in FROM",
        )
    return path, found[0]


def almost_dockerfile(directory: Path) -> str:
    """Return a file of docker/ whose name is Dockerfile's but for its case; empty where none is."""
    folder = directory / DOCKER_FOLDER
    return almost_named(sorted(each.name for each in folder.iterdir()) if folder.is_dir() else ())


def expect_images(path: str, dockerfile: Dockerfile) -> None:
    """Raise BadInput at the first FROM whose text is not an image's name."""
    for text in dockerfile.bases:
        try:
            ImageName.parse(text)
        except BadInput as error:
            place, found = Place(path, dockerfile.line_of(text)), f"the base image {error.found}"
            raise BadInput.at(place, found, expected=error.expected, cure=error.cure) from error


def platforms_of_runs(spec: BuildSpec) -> frozenset[str]:
    """Return the platforms whose programs a build runs, besides those of the builder's own platform."""
    found = set[str]()
    for target in spec.platforms or ("",):
        given = {**(platform_args(target) if target else {}), **build_args(spec.build_args)}
        found |= {platform or target for platform in Dockerfile.parse(spec.dockerfile, DOCKERFILE, given).run_on}
    return frozenset(found - {""})


def completed(dockerfile: Dockerfile, base: Base | None, run: Run) -> tuple[str, Dockerfile]:
    """Return the distribution of the base, and the Dockerfile with what cyber-dojo needs after its last FROM.

    The base is pulled into the daemon and its files are read; nothing is run in it.
    """
    from ltf_ci.traffic_light.rules import requirements  # who reads a Dockerfile does not wait for this

    if base is None:
        raise requirements.nothing_to_add_to(DOCKERFILE_BASE)
    if not run.docker.answers():
        raise DockerFailed(
            f"no docker daemon answers, and {DOCKERFILE_BASE} cannot be completed without it",
            expected="a docker daemon, which looks into the base",
            cure=f"start docker, or commit a whole {DOCKERFILE} in place of {DOCKERFILE_BASE}",
        )
    from ltf_ci.traffic_light.daemon_image import in_daemon  # who reads a Dockerfile does not wait for docker

    image = in_daemon(base.name.at(base.digest), run.docker)
    os_release = run.containers.file_of(image, _OS_RELEASE)
    distribution = requirements.distribution(os_release, str(base.name))
    run.log(f"{DOCKERFILE_BASE} is completed for {distribution}")
    user = dockerfile.user or run.docker.user_of(image)
    return distribution, dockerfile.with_lines(requirements.addition(distribution, user))
