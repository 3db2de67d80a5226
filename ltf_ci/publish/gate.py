"""The test of an image before it is pushed: its start files, or its language's version alone."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.container import ContainerSpec
from ltf_ci.model.finding import Place
from ltf_ci.model.layout import IMAGE_NAME_JSON
from ltf_ci.publish.plan import Plan
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.staging import Staged
from ltf_ci.traffic_light import start_files
from ltf_ci.traffic_light.rules.colours import LONGEST_RUN
from ltf_ci.traffic_light.start_files import StartFilesTest
from ltf_ci.traffic_light.tested import Tested, skipped


def test(request: PublishRequest, manifest: Manifest | None, plan: Plan, staged: Staged, run: Run) -> Tested:
    """Run the start files in the very image that is then pushed."""
    if not request.test:
        return skipped("by --no-test")
    if manifest is None and not request.version_command:
        return skipped("an image's own repository has no start files, and no --version-command is given")
    if not run.docker.answers():
        return skipped("no docker daemon answers")
    image = staged.image_id(plan.candidate.image, run.docker)
    if image is None:
        return skipped("the image is not of the daemon's platform")
    return _tested(request, manifest, plan, image, run)


def _tested(request: PublishRequest, manifest: Manifest | None, plan: Plan, image: str, run: Run) -> Tested:
    """Run the start files in the daemon's image; one without any is asked for its language's version alone."""
    version = plan.candidate.tag.version
    if manifest is None:
        cell = ContainerSpec(image=image, name=str(plan.candidate.image), seconds=LONGEST_RUN)
        return start_files.version_in(cell, version, request.version_command, Place(IMAGE_NAME_JSON), run.containers)
    subject = StartFilesTest(
        directory=request.directory,
        manifest=manifest,
        image=image,
        version=version,
        version_command=request.version_command,
    )
    rag_lambda = start_files.lambda_of(subject, run.containers)
    if rag_lambda is None:
        named = manifest.string("rag_lambda")
        why = (
            f"{named}, its rag_lambda, cannot be read"
            if named
            else "neither the manifest nor the image has a rag_lambda"
        )
        return skipped(why)
    return start_files.run_all(subject, rag_lambda, run)
