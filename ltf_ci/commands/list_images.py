"""`ltf-ci list images`: every image that a puller needs, by name."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput
from ltf_ci.languages.listed_repositories import gather, read_list
from ltf_ci.languages.requests import LIST
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import every_manifest
from ltf_ci.model.finding import Finding, in_order
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.options.option import many, switch
from ltf_ci.options.shared import Fetching


class Request(Fetching):
    """Which lists."""

    list: tuple[Path, ...] = many(
        "the lists, of languages or custom start points", Path, "FILE", default=(Path(LIST),), positional=True
    )
    with_latest: bool = switch("name `:latest` of each image too")


def execute(request: Request, run: Run) -> Outcome:
    """Name the images of all manifests, or fail as a whole: a puller would not know that some are missing."""
    images: set[ImageName] = set()
    findings: list[Finding] = []
    for file in request.list:
        gathered = gather(read_list(file), _images, run, local=request.allow_local, cache=request.cache)
        findings += gathered.findings
        images.update(image for _, _, found in gathered.seen for image in found)
    failing = [finding for finding in findings if finding.fails]
    if failing:
        reason = "the findings list the images that are not known"
        return Outcome(conclusion=Conclusion.FAILED, reason=reason, findings=in_order(findings))
    if request.with_latest:
        images |= {image.tagged(LATEST) for image in sorted(images, key=str)}
    if not images:
        reason = f"{', '.join(map(str, request.list))} has no line"
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason=reason, plan={"images": []}, is_text=True)
    named = sorted(map(str, images))
    text = "".join(f"{name}\n" for name in named)
    return Outcome(conclusion=Conclusion.DONE, plan={"images": named}, text=text, is_text=True)


def _images(folder: Path) -> frozenset[ImageName]:
    """Return the images of every manifest in a repository."""
    return frozenset(_image(manifest) for manifest in every_manifest(folder))


def _image(manifest: Manifest) -> ImageName:
    try:
        return ImageName.parse(manifest.string("image_name") or "")
    except BadInput as error:
        found = f"{manifest.path}: image_name: {error.found}"
        raise BadInput(found, expected=error.expected, cure=error.cure) from error
