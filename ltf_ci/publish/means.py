"""What a release will need of docker, asked before anything is built: the daemon, the builder, the test's platform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ltf_ci.clients.docker.build_errors import EMULATE
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.machine import emulated
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput
from ltf_ci.images.platforms import platforms_of
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.publish.dockerfiles import platforms_of_runs
from ltf_ci.publish.gate import expect_daemon, why_not_run
from ltf_ci.publish.plan import Build, Relabel
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules import platforms


def expect_means(request: PublishRequest, manifest: Manifest | None, method: Build | Relabel, run: Run) -> None:
    """Raise MissingTool, BuildFailed, DockerFailed or BadInput where the build or the test could not be run at all."""
    if isinstance(method, Build):
        expect_builder(method.spec, run)
    if not why_not_run(request, manifest):
        _expect_test(method, run.docker, run.registry)


def expect_builder(spec: BuildSpec, run: Run) -> bool:
    """Raise MissingTool, BuildFailed, DockerFailed or BadInput where the build could not be run at all.

    Return whether it is the docker daemon that builds.
    """
    with run.docker_login() as environment:
        builds = run.docker_build(environment)
        builds.expect_builder(spec)
        is_daemons = builds.goes_to_daemon(spec)
        if is_daemons:
            run.docker.check()
        needed = platforms_of_runs(spec)
        runs = builds.platforms_of_daemon(spec) if needed else None
    if needed and (is_daemons or runs):
        _expect_runs(needed, runs, run.docker)
    return is_daemons


def _expect_runs(needed: Iterable[str], known: Sequence[str] | None, docker: Docker) -> None:
    """Raise BadInput where a RUN is for a platform whose programs the docker daemon, as far as is known, cannot run."""
    by_qemu = emulated() if docker.endpoint.is_local else None
    if known and by_qemu is None:
        by_qemu = frozenset()  # the daemon has named what it emulates
    offered = known or (docker.platform,)
    lacking = [each for each in sorted(needed) if not platforms.runs(each, offered, by_qemu)]
    if lacking:
        raise BadInput(
            f"the Dockerfile has a RUN for {', '.join(lacking)}, and docker runs programs of {', '.join(offered)} here",
            expected="platforms that docker runs, or emulates",
            cure=f"{EMULATE}; or build by a builder that does: --builder (docker/setup-buildx-action)",
        )


def _expect_test(method: Build | Relabel, docker: Docker, registry: Registry) -> None:
    expect_daemon(docker)
    wanted = method.spec.platforms if isinstance(method, Build) else ()
    if isinstance(method, Relabel):
        wanted = platforms_of(method.source.at(method.digest), registry)
    here = docker.platform
    if not platforms.may_run(wanted, here, emulated() if docker.endpoint.is_local else None):
        raise BadInput(
            f"the image is for {', '.join(wanted)}, and cannot be tested by a docker daemon of {here}",
            expected="an image of that platform, or one that the daemon emulates",
            cure="have it emulated (docker/setup-qemu-action), or leave the test out: --no-test",
        )
