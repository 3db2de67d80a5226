"""`ltf-ci test`: do the start files give red, amber and green in the image?"""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.manifest.check import check
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import agreement
from ltf_ci.model.finding import Finding
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.publish.next_release import version_of
from ltf_ci.publish.readiness import Settled, with_readiness
from ltf_ci.publish.release_check import released_files
from ltf_ci.publish.requests import BuiltFrom
from ltf_ci.publish.tested_image import TestedImage, image_to_test
from ltf_ci.traffic_light import start_files
from ltf_ci.traffic_light.image_test import ImageTest
from ltf_ci.traffic_light.requests import InImage
from ltf_ci.traffic_light.start_files import StartFilesTest
from ltf_ci.traffic_light.tested import Tested


class Request(BuiltFrom, InImage, ImageTest):
    """Which start files, and in which image: without a name the repository's own, as the folder has it."""


def execute(request: Request, run: Run) -> Outcome:
    """Test, and say in which image what was run and what came back."""
    git = run.git(request.directory)
    checked = check(request.directory, request.tag, git)
    manifest = checked.repository.manifest
    if manifest is None and not request.version_command:
        reason = "an image's own repository has no start files, and no --version-command is given"
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason=reason)
    version = _version(request, checked, git)
    if manifest and (faults := _known_before(request, checked, manifest, git)):
        return Outcome.checked(faults, (Step("image", StepState.SKIPPED, "not built: what is run in it is not ready"),))
    with run.timed("image"):
        image = image_to_test(request.image, request, checked, run)
    if manifest is None:
        return _outcome(_version_in(image, version, request, run), image)
    with released_files(request.directory, checked, git) as files:
        return _outcome(_start_files(files, manifest, image, version, request, run), image)


def _known_before(request: Request, checked: Checked, manifest: Manifest, git: Git) -> tuple[Finding, ...]:
    """Return what a test would fail by in any image, and what would keep its own from being built."""
    with released_files(request.directory, checked, git) as files:
        unready = start_files.readiness(files, manifest).findings
        if unready or request.image:
            return unready
        settled = Settled(request.build_arg, request.platform)
        found = with_readiness(checked, files, settled).findings[len(checked.findings) :]
        return tuple(finding for finding in found if finding.fails)


def _version_in(image: TestedImage, version: LanguageVersion | None, request: Request, run: Run) -> Tested:
    """Return whether an image that has no start files has its language's version."""
    if version is None:
        raise UsageError("no tag names the version", expected="the version that the image has", cure="name it: --tag")
    command = request.version_command
    return start_files.run_version_command(image.number, image.name, version, command, run.containers)


def _start_files(
    files: Path, manifest: Manifest, image: TestedImage, version: LanguageVersion | None, request: Request, run: Run
) -> Tested:
    subject = StartFilesTest(
        directory=files,
        manifest=manifest,
        image=image.number,
        version=version,
        version_command=request.version_command,
        lambda_image=request.lambda_image,
    )
    return start_files.run_all(subject, run)


def _version(request: Request, checked: Checked, git: Git) -> LanguageVersion | None:
    """Return the version that the image should have: the tag's, else the manifest's, else what tags and files say."""
    manifest, tag = checked.repository.manifest, request.tag or checked.tag
    if tag:
        return tag.version
    if manifest is None:
        return version_of(checked.repository, request.directory, git).version
    proposed = agreement.proposed_tag(manifest)
    return proposed.version if proposed else None


def _outcome(tested: Tested, image: TestedImage) -> Outcome:
    step = Step("image", StepState.DONE, f"{image.name}, {image.where} ({image.number})")
    return Outcome.checked(tested.findings, (step, *tested.steps), {"image": str(image.name)})
