"""What a person sees at a terminal: marks and colours; elsewhere the same in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TextIO

from ltf_ci.model.finding import Severity
from ltf_ci.model.outcome import Conclusion, Step, StepState
from ltf_ci.model.printable import printable

BEGIN_LINE = "\r\x1b[K"  # and wipe what is there
NARROWEST, WIDEST = 11, 40  # characters for the names of steps
_RESET = "\x1b[0m"
_RED, _GREEN, _YELLOW, _CYAN, _DIM = (f"\x1b[{code}m" for code in (31, 32, 33, 36, 2))
_MARKS = {
    StepState.DONE: (_GREEN, "✓"),
    StepState.UNCHANGED: (_DIM, "="),
    StepState.SKIPPED: (_YELLOW, "-"),
    StepState.PLANNED: (_CYAN, "○"),
    StepState.FAILED: (_RED, "✗"),
}
_SEVERITIES = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.NOTICE: _CYAN}
_CONCLUSIONS = {Conclusion.FAILED: _RED, Conclusion.DONE: _GREEN, Conclusion.PLANNED: _CYAN}


class Style(NamedTuple):
    """How to write to one stream: with colours and marks, or plainly."""

    has_colours: bool = False
    has_marks: bool = False

    def step(self, step: Step, width: int = NARROWEST) -> str:
        """Return a step's row, with this many characters for its name: columns never touch, however long one is."""
        name, detail = f"{printable(step.name):<{width}}", printable(step.detail)
        if not self.has_marks:
            return f"{name} {step.state:<10} {detail}".rstrip()
        colour, mark = _MARKS[step.state]
        return f"{self._in(colour, mark)} {name} {self._in(colour, f'{step.state:<10}')} {detail}".rstrip()

    def severity(self, severity: Severity) -> str:
        """Return a finding's severity."""
        return self._in(_SEVERITIES[severity], str(severity))

    def conclusion(self, conclusion: Conclusion) -> str:
        """Return how a command ended, in words."""
        return self._in(_CONCLUSIONS.get(conclusion, ""), conclusion.replace("-", " "))

    def error(self) -> str:
        """Return the word before an error."""
        return self._in(_RED, "error")

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_RESET}" if self.has_colours and colour else text


def style_of(stream: TextIO, environ: Mapping[str, str]) -> Style:
    """Return the style for a stream: plain where no person looks; NO_COLOR and TERM=dumb are heard."""
    if not stream.isatty() or environ.get("CI"):
        return Style()
    marks = "✓" in _encodable(stream)
    return Style(has_colours=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb", has_marks=marks)


def _encodable(stream: TextIO) -> str:
    """Return the marks that the stream's encoding has."""
    return "✓○✗".encode(stream.encoding or "ascii", "ignore").decode(stream.encoding or "ascii")
