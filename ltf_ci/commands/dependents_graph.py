"""`ltf-ci dependents graph`: which images are made FROM which, drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.fleet.file import read_dependents
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.graph_form import GraphForm
from ltf_ci.fleet.rules import drawings
from ltf_ci.model.outcome import Conclusion, Outcome

_DRAW = {
    GraphForm.TEXT: drawings.text,
    GraphForm.MERMAID: drawings.mermaid,
    GraphForm.DOT: drawings.dot,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which file, and how it is drawn."""

    dependents: Path
    drawn_as: GraphForm


def execute(request: Request, _run: Run) -> Outcome:
    """Draw the graph."""
    graph = ImageGraph.of(read_dependents(request.dependents).entries)
    text = _DRAW[request.drawn_as](graph)
    return Outcome(conclusion=Conclusion.DONE, plan={"graph": text}, text=text, is_text=True)
