"""Where an outcome is written, and in which form: standard output, GitHub's summary and outputs, a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from ltf_ci.errors import BadInput, LtfError
from ltf_ci.model.finding import Finding
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.printable import escape_markdown, printable
from ltf_ci.model.timing import Timing
from ltf_ci.options.output import Format
from ltf_ci.report_forms import (
    annotation,
    as_data,
    error_data,
    error_text,
    escape_message,
    finding_text,
    json_text,
    summary_of,
)

SUMMARY_LIMIT = 1024 * 1024  # bytes: over it GitHub drops the whole step's summary
_BEGIN_LINE = "\r\x1b[K"  # and wipe what stands there
NEWLINE = "\n"
_CUT = "\n\n*(cut: the rest is in the log)*\n"


class Report:
    """Writes to a stream, and to the files that GitHub Actions reads where there are any."""

    def __init__(
        self,
        form: Format,
        stream: TextIO,
        *,
        terminal: TextIO | None = None,
    ) -> None:
        self._form = form
        self._fences = form is Format.GITHUB  # in whatever form: a runner reads what is printed there
        self._stream = stream
        self._outputs: Path | None = None
        self._summary: Path | None = None
        self._terminal = terminal
        self._fence = ""
        self._copy: Path | None = None
        self.timings: Callable[[], Sequence[Timing]] = tuple  # where the time went, if that is to be shown

    def use(self, form: Format | None) -> None:
        """Write in this form from here on; None changes nothing."""
        self._form = form or self._form

    def copy_to(self, file: Path | None) -> None:
        """Write the outcome to this file too, as JSON; what is there already goes now: it says nothing of this run."""
        self._copy = _opened(file, "wb")

    def tell_github(self, outputs: Path | None, summary: Path | None) -> None:
        """Write outputs and summary at the end of these files, where GitHub Actions reads them."""
        self._outputs = _opened(outputs, "ab")
        self._summary = _opened(summary, "ab")

    def log(self, line: str) -> None:
        """Show one line of another program's output: never read as a workflow command."""
        if self._form is Format.JSON:
            return
        if (self._fences or self._form is Format.GITHUB) and not self._fence:
            self._fence = os.urandom(16).hex()
            self._say(f"::stop-commands::{self._fence}")
        self._say(printable(line))

    def progress(self, done: int, of: int, what: str) -> None:
        """Show on the terminal, if there is one, how far it is: one line, which is gone at the end."""
        if self._terminal:
            self._terminal.write(_BEGIN_LINE + (f"{done} of {of} {what}" if done < of else ""))
            self._terminal.flush()

    def outcome(self, command: str, outcome: Outcome) -> None:
        """Show all of a command's result."""
        self._lower_fence()
        self._write_data(as_data(command, outcome))
        if self._form is not Format.JSON:
            self._say_findings(outcome.findings)
            self._say_steps(outcome)
            self._say_error(command, outcome.error)
        self._write_summary(summary_of(command, outcome) + self._timings_table())
        self._write_outputs({**outcome.outputs, "conclusion": str(outcome.conclusion), "reason": outcome.reason})

    def error(self, command: str, error: LtfError) -> int:
        """Show an error that ended a command; give its exit code."""
        self._lower_fence()
        self._write_data({"command": command, "conclusion": "failed", "error": error_data(error)})
        if self._form is not Format.JSON:
            self._say_error(command, error)
            self._say_timings()
        self._write_summary(f"### ltf-ci {command}: failed\n\n{escape_markdown(str(error))}\n{self._timings_table()}")
        self._write_outputs({"released": "false", "conclusion": str(Conclusion.FAILED), "reason": error.found})
        return error.exit_code

    def _say(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def _write_data(self, data: Mapping[str, Any]) -> None:
        if self._form is not Format.JSON and not self._copy:
            return
        text = json_text({**data, **self._timings_data()})
        if self._form is Format.JSON:
            self._say(text)
        if self._copy:
            self._copy.write_text(f"{text}\n")

    def _lower_fence(self) -> None:
        if self._fence:
            self._say(f"::{self._fence}::")
            self._fence = ""

    def _say_findings(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self._say(annotation(finding) if self._form is Format.GITHUB else finding_text(finding))

    def _say_error(self, command: str, error: LtfError | None) -> None:
        if error and self._form is Format.GITHUB:
            self._say(f"::error title=ltf-ci {command}::{escape_message(error_text(error))}")
        elif error:
            self._say("error: " + error_text(error).replace("\n", "\n  "))

    def _say_steps(self, outcome: Outcome) -> None:
        for step in outcome.steps:
            self._say(f"{printable(step.name):<12}{step.state:<11}{printable(step.detail)}")
        for line in outcome.text.splitlines():
            self.log(line)
        self._lower_fence()
        if outcome.is_text and self._form is Format.TEXT:
            return
        self._say_timings()
        if outcome.conclusion is Conclusion.PLANNED and outcome.plan:
            self._say(json_text(outcome.plan))
        because = f" because {outcome.reason}" if outcome.reason else ""
        self._say(f"{outcome.conclusion.replace('-', ' ')}{printable(because)}")

    def _say_timings(self) -> None:
        for timing in self.timings():
            self._say(str(timing))

    def _timings_data(self) -> Mapping[str, Any]:
        timings = [timing.as_data() for timing in self.timings()]
        return {"timings": timings} if timings else {}

    def _timings_table(self) -> str:
        rows = "".join(timing.as_row() for timing in self.timings())
        return f"\n| seconds | part |\n|---:|---|\n{rows}" if rows else ""

    def _write_summary(self, text: str) -> None:
        if self._summary is None:
            return
        room = SUMMARY_LIMIT - (self._summary.stat().st_size if self._summary.exists() else 0)
        raw = text.encode()
        if len(raw) > room:
            raw = raw[: max(0, room - len(_CUT))].decode(errors="ignore").encode() + _CUT.encode()
        if len(raw) <= room:
            with self._summary.open("ab") as file:
                file.write(raw)

    def _write_outputs(self, outputs: dict[str, str]) -> None:
        if self._outputs is None:
            return
        with self._outputs.open("a", encoding="utf-8", newline="\n") as file:
            for name, value in outputs.items():
                end = f"end-{os.urandom(16).hex()}"  # random: a value cannot hold it
                file.write(f"{name}<<{end}\n{printable(value, keep=NEWLINE)}\n{end}\n")


def _opened(file: Path | None, mode: str) -> Path | None:
    """Return a file that can be written; raise BadInput where it cannot: now, before anything is done."""
    try:
        if file:
            file.open(mode).close()
    except OSError as error:
        cure = "name a file that may be written"
        raise BadInput(f"{file} cannot be written: {error.strerror}", cure=cure) from error
    return file
