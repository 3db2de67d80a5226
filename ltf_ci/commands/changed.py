"""`ltf-ci changed`: is the image that a session began with still the same, and is `latest` another one?"""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.files import read_needed
from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.changes import ImageChange, described, difference
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.images.session_image import SessionImage
from ltf_ci.languages.lock import Lock
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import Cache


class Request(Cache):
    """Which image."""

    session_image: SessionImage | None = value(
        "the image of a session: IMAGE:TAG, and the digest or commit that it had then, where one was kept",
        SessionImage.parse,
        "IMAGE",
        default=None,
        positional=True,
    )
    locked: Path | None = value(
        "the languages list's lock, which is believed first: an image that it has otherwise was overwritten",
        Path,
        "FILE",
        default=None,
    )
    with_labels: bool = switch("report commit and version too, where digests would do: two calls more for each image")


def execute(request: Request, run: Run) -> Outcome:
    """Ask which images the tag and `latest` name, a call each; for labels, two calls more, only where need be."""
    session = request.session_image
    if session is None:
        raise UsageError("no image is named", expected="IMAGE:TAG@DIGEST, IMAGE:TAG@COMMIT, or IMAGE:TAG")
    labelled = request.with_labels or isinstance(session.began, Commit)

    registry = CachedRegistry(run.registry, request.cache)

    def image_now(name: ImageName) -> TaggedImage | None:
        found = image_under(registry, name, labelled=labelled)
        return found if isinstance(found, TaggedImage) else None

    now = image_now(session.name)
    latest = now if session.name.tag == LATEST else image_now(session.name.tagged(LATEST))
    known = _known(request.locked)
    return _outcome(ImageChange(session=session, now=now, latest=latest, locked=known.digest(session.name)))


def _known(file: Path | None) -> KnownReleases:
    """Return the releases of a lock; raise BadInput where there is no such file, or none that can be read."""
    if file is None:
        return NOTHING_LOCKED
    raw = read_needed(file, "the languages list's lock", "name it: --locked FILE", LARGEST)
    return Lock.parse(raw, str(file)).known()


def _outcome(change: ImageChange) -> Outcome:
    error = difference(change)
    return Outcome(
        conclusion=Conclusion.FAILED if error else Conclusion.DONE,
        reason=error.found if error else "",
        steps=(
            Step("image", StepState.DONE, f"{change.session.name} is {described(change.now)}"),
            Step(
                LATEST,
                StepState.DONE if change.latest_differs else StepState.UNCHANGED,
                f"is {described(change.latest)}",
            ),
        ),
        plan=change.as_data(),
        error=error,
    )
