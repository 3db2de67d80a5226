"""`ltf-ci dependents graph`: which images are made FROM which, drawn."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.clients.run import Run
from ltf_ci.fleet.file import read_dependents
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules import drawings
from ltf_ci.languages.requests import DependentsArgument
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.options.option import choice


class GraphForm(StrEnum):
    """`text` is indented, `mermaid` is what GitHub shows in markdown, `dot` is graphviz's."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"


_DRAW = {
    GraphForm.TEXT: drawings.text,
    GraphForm.MERMAID: drawings.mermaid,
    GraphForm.DOT: drawings.dot,
}


class Request(DependentsArgument):
    """Which images."""

    draw: GraphForm = choice(
        "how to draw: text is indented, mermaid is for markdown at GitHub, dot is graphviz's",
        GraphForm,
        default=GraphForm.TEXT,
    )


def execute(request: Request, _run: Run) -> Outcome:
    """Draw the graph."""
    graph = ImageGraph.of(read_dependents(request.dependents).entries)
    text = _DRAW[request.draw](graph)
    return Outcome(conclusion=Conclusion.DONE, plan={"graph": text}, text=text, is_text=True)
