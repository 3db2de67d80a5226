"""What `ltf-ci check --image` adds: does the image have all that cyber-dojo's runner needs?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ltf_ci.commands.daemon_image import in_daemon
from ltf_ci.commands.ltf_repository import IMAGE_NAME, Checked
from ltf_ci.commands.outside import Outside
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.manifest import Manifest
from ltf_ci.model.outcome import Outcome, State, Step
from ltf_ci.model.traffic_light import LAMBDA_IN_IMAGE, Cell
from ltf_ci.rules import image_requirements, traffic_light

STEP = "image"


def with_image(said: Outcome, named: str, checked: Checked, outside: Outside) -> Outcome:
    """Add what the image lacks to what a check says: the named one, else the repository's own."""
    if not checked.agrees and not named:
        return replace(said, steps=(*said.steps, Step(STEP, State.SKIPPED, "the findings come first")))
    repository = checked.repository
    image = ImageName.parse(named) if named else repository.image_of(checked.tag)
    found = (*_faults(image, repository.manifest, outside),)
    steps = (*said.steps, Step(STEP, State.DONE, str(image)))
    return Outcome.checked((*said.findings, *found), steps, said.outputs)


def _faults(image: ImageName, manifest: Manifest | None, outside: Outside) -> Iterator[Finding]:
    name = manifest.member("image_name") if manifest else None
    place = name.place if name else Place(IMAGE_NAME)
    there = in_daemon(image, outside)
    traces = traffic_light.traces(str(image))
    cell = Cell(image=there, name=str(image), seconds=traffic_light.LONGEST_RUN, traces=traces)
    yield from image_requirements.faults(outside.docker_run.probe(cell), place)
    asks_image = manifest and not manifest.string("rag_lambda")
    if asks_image and outside.docker_run.file_of(there, LAMBDA_IN_IMAGE) is None:
        yield traffic_light.no_lambda(place)
