"""What a release will need of docker, asked before anything is built: the daemon, the builder, the test's platform."""

from __future__ import annotations

from ltf_ci.clients.machine import emulated
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput
from ltf_ci.images.platforms import platforms_of
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.publish.gate import expect_daemon, why_not_run
from ltf_ci.publish.plan import Build, Relabel
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules import platforms


def expect_means(request: PublishRequest, manifest: Manifest | None, method: Build | Relabel, run: Run) -> None:
    """Raise MissingTool, BuildFailed, DockerFailed or BadInput where the build or the test could not be run at all."""
    if isinstance(method, Build):
        with run.docker_login() as environment:
            builds = run.docker_build(environment)
            builds.expect_builder(method.spec)
            if builds.goes_to_daemon(method.spec):
                run.docker.check()
    if not why_not_run(request, manifest):
        _expect_test(method, run)


def _expect_test(method: Build | Relabel, run: Run) -> None:
    expect_daemon(run.docker)
    wanted = method.spec.platforms if isinstance(method, Build) else ()
    if isinstance(method, Relabel):
        wanted = platforms_of(method.source.at(method.digest), run.registry)
    here = run.docker.platform
    if not platforms.may_run(wanted, here, emulated() if run.docker.endpoint.is_local else None):
        raise BadInput(
            f"the image is for {', '.join(wanted)}, and cannot be tested by a docker daemon of {here}",
            expected="an image of that platform, or one that the daemon emulates",
            cure="have it emulated (docker/setup-qemu-action), or leave the test out: --no-test",
        )
