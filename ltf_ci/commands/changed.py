"""`ltf-ci changed`: is the image that a session began with still the same, and is `latest` another one?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.errors import RegistryUnavailable, UsageError
from ltf_ci.images.kept_labels import found_by
from ltf_ci.images.rules.changes import ImageChange, difference, said
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.session_image import SessionImage
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.registry import Unknown
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import Cache


@dataclass(frozen=True, kw_only=True)
class Request(Cache):
    """Which image."""

    session_image: SessionImage | None = value(
        "the image of a session: IMAGE:TAG, and the digest or commit that it had then, where one was kept",
        SessionImage.parse,
        "IMAGE",
        default=None,
        positional=True,
    )
    with_labels: bool = switch("report commit and version too, where digests would do: two calls more for each image")


def execute(request: Request, run: Run) -> Outcome:
    """Ask what stands under the tag and under `latest`, a call each; labels, two calls more, only where need be."""
    session = request.session_image
    if session is None:
        raise UsageError("no image is named", expected="IMAGE:TAG@DIGEST, IMAGE:TAG@COMMIT, or IMAGE:TAG")
    labelled = request.with_labels or isinstance(session.began, Commit)

    def standing(image: ImageName) -> TaggedImage | None:
        return _standing(image, run, request.cache, labelled=labelled)

    now = standing(session.name)
    latest = now if session.name.tag == LATEST else standing(session.name.tagged(LATEST))
    return _outcome(ImageChange(session=session, now=now, latest=latest))


def _standing(image: ImageName, run: Run, cache: Path | None, *, labelled: bool) -> TaggedImage | None:
    """Return what stands under a name, None where nothing does; raise RegistryUnavailable where nobody knows."""
    found = found_by(run.registry, image, cache, labelled=labelled)
    if isinstance(found, Unknown):
        raise RegistryUnavailable(
            f"whether {image} has changed could not be asked: {found.why}",
            expected="an answer: unknown is never taken for unchanged",
            cure="run it again when the registry answers",
        )
    return found if isinstance(found, TaggedImage) else None


def _outcome(change: ImageChange) -> Outcome:
    error = difference(change)
    return Outcome(
        conclusion=Conclusion.FAILED if error else Conclusion.DONE,
        reason=error.found if error else "",
        steps=(
            Step("image", StepState.DONE, f"{change.session.name} is {said(change.now)}"),
            Step(LATEST, StepState.DONE if change.latest_differs else StepState.UNCHANGED, f"is {said(change.latest)}"),
        ),
        plan=change.as_data(),
        error=error,
    )
