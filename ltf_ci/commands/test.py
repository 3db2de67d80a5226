"""`ltf-ci test`: do the start files give red, amber and green in the image?"""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.clients.run import Run
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag
from ltf_ci.options.folder import AtTag
from ltf_ci.traffic_light import start_files
from ltf_ci.traffic_light.daemon_image import in_daemon
from ltf_ci.traffic_light.requests import InImage, LanguageVersionCheck
from ltf_ci.traffic_light.rules import colours as rules
from ltf_ci.traffic_light.start_files import StartFilesTest
from ltf_ci.traffic_light.tested import Tested


@dataclass(frozen=True, kw_only=True)
class Request(AtTag, InImage, LanguageVersionCheck):
    """Which start files, and in which image: without a name the manifest's, under the tag."""


def execute(request: Request, run: Run) -> Outcome:
    """Test, and say what was run and what came back."""
    repository = read_repository(request.directory)
    manifest = repository.manifest
    if manifest is None:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="an image's own repository has no start files")
    image = ImageName.parse(request.image) if request.image else repository.image_of(request.tag)
    subject = StartFilesTest(
        directory=request.directory,
        manifest=manifest,
        image=in_daemon(image, run.docker),
        version=_version(request, manifest),
        version_command=request.version_command,
    )
    rag_lambda = start_files.lambda_of(subject, run.containers)
    if rag_lambda is None:
        return _outcome(Tested(findings=(rules.no_lambda(subject.place),)), image)
    return _outcome(start_files.run_all(subject, rag_lambda, run), image)


def _version(request: Request, manifest: Manifest) -> LanguageVersion | None:
    if request.tag:
        return request.tag.version
    named = (manifest.string("image_name") or "").rpartition(":")[2]
    return ReleaseTag.parse(named).version if is_release_tag(named) else None


def _outcome(tested: Tested, image: ImageName) -> Outcome:
    return Outcome.checked(tested.findings, tested.steps, {"image": str(image)})
