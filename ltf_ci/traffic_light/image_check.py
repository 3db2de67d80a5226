"""What `ltf-ci check --image` adds: does the image have all that cyber-dojo's runner needs?"""

from __future__ import annotations

from collections.abc import Iterator

from ltf_ci.clients.run import Run
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.container import ContainerSpec
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import IMAGE_NAME_JSON
from ltf_ci.model.outcome import Outcome, Step, StepState
from ltf_ci.traffic_light.colour import LAMBDA_IN_IMAGE
from ltf_ci.traffic_light.daemon_image import in_daemon
from ltf_ci.traffic_light.rules import colours, requirements

STEP = "image"


def with_image(outcome: Outcome, named: str, checked: Checked, run: Run) -> Outcome:
    """Return a check's outcome with what the image lacks: the named image, else the repository's own."""
    if not checked.agrees and not named:
        return outcome._replace(steps=(*outcome.steps, Step(STEP, StepState.SKIPPED, "the findings come first")))
    repository = checked.repository
    image = ImageName.parse(named) if named else repository.image_of(checked.tag)
    found = (*_faults(image, repository.manifest, run),)
    steps = (*outcome.steps, Step(STEP, StepState.DONE, str(image)))
    return Outcome.checked((*outcome.findings, *found), steps, outcome.outputs)


def _faults(image: ImageName, manifest: Manifest | None, run: Run) -> Iterator[Finding]:
    name = manifest.member("image_name") if manifest else None
    place = name.place if name else Place(IMAGE_NAME_JSON)
    image_id = in_daemon(image, run.docker)
    traces = colours.traces(str(image))
    spec = ContainerSpec(image=image_id, name=str(image), seconds=colours.LONGEST_RUN, traces=traces)
    yield from requirements.faults(run.containers.probe(spec), place)
    asks_image = manifest and not manifest.string("rag_lambda")
    if asks_image and run.containers.file_of(image_id, LAMBDA_IN_IMAGE) is None:
        yield colours.no_lambda(place)
