"""`ltf-ci dependents plan IMAGE…`: what is to be built again after images changed, wave by wave."""

from __future__ import annotations

import json
from typing import Any

from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.fleet.file import read_dependents
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.requests import ChangedImages
from ltf_ci.fleet.rules.waves import matrices, unused, waves
from ltf_ci.languages.dependents import Dependent
from ltf_ci.languages.requests import DependentsFile
from ltf_ci.languages.rules.dependents_edits import from_value
from ltf_ci.model.outcome import Conclusion, Outcome


class Request(ChangedImages, DependentsFile):
    """Which images changed, and the file that says what is made FROM them."""


def execute(request: Request, _run: Run) -> Outcome:
    """Return it as text, as data, and as matrices for GitHub's workflows: none has jobs of two waves."""
    if not request.changed:
        raise UsageError("no image is named", expected="an entry's key, or an image's name: python:3.7.4")
    graph = ImageGraph.of(read_dependents(request.dependents).entries)
    planned = waves(graph, request.changed)
    jobs = [[_job(entry, number) for entry in wave] for number, wave in enumerate(planned, 1)]
    every = [{"include": part} for wave in jobs for part in matrices(wave)]
    return Outcome(
        conclusion=Conclusion.DONE if planned else Conclusion.NOTHING_TO_DO,
        reason="" if planned else unused(graph, request.changed),
        plan={"changed": list(request.changed), "waves": jobs},
        outputs={"matrix": json.dumps(every[0] if every else {"include": []}), "matrices": json.dumps(every)},
        text="".join(_text(number, wave) for number, wave in enumerate(planned, 1)),
    )


def _job(entry: Dependent, wave: int) -> dict[str, Any]:
    return {
        "repository": entry.repository,
        "version": entry.line,
        "image": str(entry.image),
        "from": from_value(entry.bases),
        "wave": wave,
    }


def _text(number: int, wave: tuple[Dependent, ...]) -> str:
    return "".join([f"wave {number}\n", *(f"  {entry.key}: {entry.image}\n" for entry in wave)])
