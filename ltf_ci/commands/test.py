"""`ltf-ci test`: do the start files give red, amber and green in the image?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.commands import traffic_light
from ltf_ci.commands.ltf_repository import read_repository
from ltf_ci.commands.outside import Outside
from ltf_ci.commands.traffic_light import Subject, Tested
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName
from ltf_ci.model.manifest import Manifest
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag
from ltf_ci.rules import traffic_light as rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which start files, and in which image: without a name the manifest's, under the tag."""

    directory: Path
    tag: ReleaseTag | None
    image: str
    version_command: str


def run(request: Request, outside: Outside) -> Outcome:
    """Test, and say what was run and what came back."""
    manifest = read_repository(request.directory).manifest
    if manifest is None:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="an image's own repository has no start files")
    image = _image(request, manifest)
    subject = Subject(
        directory=request.directory,
        manifest=manifest,
        image=_in_daemon(image, outside),
        version=_version(request, manifest),
        version_command=request.version_command,
    )
    rag_lambda = traffic_light.lambda_of(subject, outside)
    if rag_lambda is None:
        return _outcome(Tested(findings=(rules.no_lambda(subject.place),)), image)
    return _outcome(traffic_light.run_all(subject, rag_lambda, outside), image)


def _image(request: Request, manifest: Manifest) -> ImageName:
    if request.image:
        return ImageName.parse(request.image)
    named = ImageName.parse(manifest.string("image_name") or "")
    return named.tagged(request.tag) if request.tag else named


def _in_daemon(image: ImageName, outside: Outside) -> str:
    """Give the id of the daemon's image; what it has not is pulled."""
    found = outside.docker.image_id(image)
    found = found or outside.docker.pull(image, outside.credentials(image.registry), outside.log)
    if found is None:
        raise BadInput(f"{image} is not of this machine's platform", cure="name one that is: --image")
    return found


def _version(request: Request, manifest: Manifest) -> LanguageVersion | None:
    if request.tag:
        return request.tag.version
    named = (manifest.string("image_name") or "").rpartition(":")[2]
    return ReleaseTag.parse(named).version if is_release_tag(named) else None


def _outcome(tested: Tested, image: ImageName) -> Outcome:
    return Outcome(
        conclusion=Conclusion.FAILED if tested.fails else Conclusion.DONE,
        reason="the findings say what is wrong" if tested.fails else "",
        steps=tested.steps,
        findings=tested.findings,
        outputs={"image": str(image)},
    )
