"""The test of an image: of its start files, or of its language's version alone; and what came of it is shown."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput, DockerFailed
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.publish.content import write_commit
from ltf_ci.publish.plan import Plan
from ltf_ci.publish.published import Published
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.staging import InRegistry, Staged
from ltf_ci.traffic_light import rag_lambda, start_files
from ltf_ci.traffic_light.start_files import StartFilesTest
from ltf_ci.traffic_light.tested import NOT_TESTED, Tested, skipped


def why_not_run(request: PublishRequest, manifest: Manifest | None) -> str:
    """Return why nothing need be run in an image; empty where something must be."""
    if not request.test:
        return "by --no-test"
    if manifest is None and not request.version_command:
        return "an image's own repository has no start files, and no --version-command is given"
    return ""


def before(request: PublishRequest, manifest: Manifest | None, run: Run) -> Tested:
    """Find what a test would fail by in any image, before one is made.

    Meanwhile the daemon, which was asked when the release was planned, gets what it will need besides the image.
    """
    if manifest is None or why_not_run(request, manifest):
        return NOT_TESTED
    found = start_files.readiness(request.directory, manifest)
    if found.fails:
        return _shown(found, run)
    Thread(target=rag_lambda.prepare, args=(request.lambda_image, run.containers), daemon=True).start()
    return found


def test(request: PublishRequest, manifest: Manifest | None, plan: Plan, staged: Staged, run: Run) -> Tested:
    """Run the start files in the very image that is then pushed."""
    if why := why_not_run(request, manifest):
        return _shown(skipped(why), run)
    expect_daemon(run.docker)
    with run.timed("image"):
        image = staged.image_id()
    if image is None:
        raise BadInput(
            f"{plan.candidate.image} is not of the docker daemon's platform, so it cannot be tested",
            expected="an image of that platform, or one that the daemon emulates",
            cure="have it emulated (docker/setup-qemu-action), or leave the test out: --no-test",
        )
    return _shown(_tested(request, manifest, plan, image, run), run)


def test_again(published: Published, request: PublishRequest, run: Run) -> Published:
    """Test an image that was kept: the run that pushed it may have ended before its colours were written down."""
    plan, manifest = published.plan, published.checked.repository.manifest
    if not (plan and published.digest):
        return published
    candidate, registry = plan.candidate, run.registry
    stored = registry.manifest(candidate.image.at(published.digest))
    staged = InRegistry(candidate.image, stored, registry, run.docker)
    with temporary_folder("commit") as folder, run.timed("test"):
        write_commit(run.git(request.directory), candidate.commit, manifest, folder)
        tested = test(replace(request, directory=folder), manifest, plan, staged, run)
    return replace(published, tested=tested)


def _shown(tested: Tested, run: Run) -> Tested:
    for step in tested.steps:
        run.show(step)
    return tested


def expect_daemon(docker: Docker) -> None:
    """Raise DockerFailed where no daemon answers, with what it is that does not."""
    try:
        docker.check()
    except DockerFailed as error:
        cure = f"{error.cure}, or leave the test out: --no-test"
        raise DockerFailed(f"the image cannot be tested: {error.found}", expected=error.expected, cure=cure) from error


def _tested(request: PublishRequest, manifest: Manifest | None, plan: Plan, image: str, run: Run) -> Tested:
    """Run the start files in the daemon's image; one without any is asked for its language's version alone."""
    version = plan.candidate.tag.version
    if manifest is None:
        name, command = plan.candidate.image, request.version_command
        return start_files.run_version_command(image, name, version, command, run.containers)
    subject = StartFilesTest(
        directory=request.directory,
        manifest=manifest,
        image=image,
        version=version,
        version_command=request.version_command,
        lambda_image=request.lambda_image,
    )
    return start_files.run_all(subject, run)
