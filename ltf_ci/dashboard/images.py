"""What registries have of the images of a page, as far as they can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.run import Run
from ltf_ci.dashboard.rules.rows import Known
from ltf_ci.errors import LtfError
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.registry import Absent

Answers = Mapping[ImageName, Known | LtfError | None]
Heard = dict[ImageName, Known | LtfError | None]  # which grows


def ask(images: Iterable[ImageName], registry: CachedRegistry, run: Run, heard: Heard) -> Answers:
    """Ask for each image, many at a time; None is one that is not there."""
    return concurrently(
        lambda image: _known(image, registry),
        images,
        lambda done, of: run.progress(done, of, "images asked for"),
        heard,
    )


def steps(answers: Answers) -> Iterator[Step]:
    """Return how many are known, and why each other is not."""
    known = sum(isinstance(answer, Known) for answer in answers.values())
    yield Step("images", StepState.DONE if answers else StepState.SKIPPED, f"{known} of {len(answers)} are known")
    for image, answer in answers.items():
        if not isinstance(answer, Known):
            why = answer.found if answer else "it is not in its registry"
            yield Step("unknown", StepState.SKIPPED, f"{image}: {why}")


def _known(image: ImageName, registry: CachedRegistry) -> Known | None:
    """Return what a registry has; of a digest, which never changes, nothing is asked that the cache knows."""
    if image.digest is None:
        answer = registry.resolve(image)
        if isinstance(answer, Absent):
            return None
        image = image.at(answer.digest)
    return Known(str(image.digest), registry.size(image), ImageLabels.from_labels(registry.labels(image)))
