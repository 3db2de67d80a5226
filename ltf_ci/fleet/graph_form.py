"""The ways to draw the graph of images."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.model.choice import one_of


class GraphForm(StrEnum):
    """`text` is indented, `mermaid` is what GitHub shows in markdown, `dot` is graphviz's."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"

    @classmethod
    def parse(cls, text: str) -> GraphForm:
        """Read a form's name, or raise UsageError."""
        return one_of(cls, "as", text)
