"""Where an outcome is written, and in which form: standard output, GitHub's summary and outputs, a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ltf_ci.errors import BadInput, LtfError
from ltf_ci.model.finding import Finding, Severity, counted
from ltf_ci.model.outcome import Conclusion, Outcome, Step
from ltf_ci.model.printable import escape_markdown, printable
from ltf_ci.options.output import Format
from ltf_ci.report_forms import (
    annotation,
    as_data,
    error_annotation,
    error_text,
    escape_message,
    finding_text,
    findings_of,
    json_text,
    plan_lines,
    timings_data,
    timings_table,
)
from ltf_ci.terminal import BEGIN_LINE, NARROWEST, WIDEST, Style, style_of

if TYPE_CHECKING:
    from ltf_ci.stopwatch import Timing

SUMMARY_LIMIT = 1024 * 1024  # bytes: over it GitHub drops the whole step's summary
NEWLINE = "\n"
MOST_FINDINGS = 1_000  # that are shown; a hostile manifest may have a finding for each of its bytes
_CUT = "\n\n*(cut: the rest is in the log)*\n"


class Report:
    """Writes what was asked for to one stream, what happens to another, and what GitHub Actions reads to its files.

    In a workflow all of it goes to one stream: a runner's log is one, and its commands count in order.
    """

    def __init__(
        self, form: Format, answers: TextIO, happenings: TextIO, environ: Mapping[str, str] | None = None
    ) -> None:
        self._form = form
        self._fences = form is Format.GITHUB  # in whatever form: a runner reads what is printed there
        self._answers, self._happenings = answers, happenings
        self._styles = {stream: style_of(stream, environ or {}) for stream in (answers, happenings)}
        self._is_terminal = happenings.isatty() and not (environ or {}).get("CI")
        self._is_data = self._has_rows = self._is_quiet = False
        self._outputs: Path | None = None
        self._summary: Path | None = None
        self._fence = ""
        self._copy: Path | None = None
        self.shown: list[Step] = []
        self._prefix = ""
        self._width = NARROWEST
        self.is_lost = False  # whether a stream takes no more
        self.lost: OSError | None = None  # why a file was not written
        self.timings: Callable[[], Sequence[Timing]] = tuple  # where the time went, if that is to be shown

    def use(
        self, form: Format | None, *, is_data: bool = False, has_rows: bool = False, is_quiet: bool = False
    ) -> None:
        """Write in this form from here on; None changes nothing.

        Data for another program goes alone to where answers go, and so do steps that were asked for. A quiet run shows
        neither steps nor other programs' output.
        """
        self._form = form or self._form
        self._is_data, self._has_rows, self._is_quiet = is_data, has_rows, is_quiet

    def copy_to(self, file: Path | None) -> None:
        """Write the outcome to this file too, as JSON; what is in it goes now: it is of another run."""
        self._copy = _opened(file, "wb")

    def write_for_github(self, outputs: Path | None, summary: Path | None) -> None:
        """Write outputs and summary at the end of these files, where GitHub Actions reads them."""
        self._outputs = _opened(outputs, "ab")
        self._summary = _opened(summary, "ab")

    def log(self, line: str) -> None:
        """Show one line of another program's output: never read as a workflow command."""
        if self._form is Format.JSON or self._is_quiet:
            return
        self._quote(line)

    def _quote(self, line: str, *, is_answer: bool = False) -> None:
        if (self._fences or self._form is Format.GITHUB) and not self._fence:
            self._fence = os.urandom(16).hex()
            self._answer(f"::stop-commands::{self._fence}")
        if is_answer:
            self._answer(printable(line))
        else:
            self._print(printable(line))

    def show(self, step: Step) -> None:
        """Show a step as soon as it is done; it is not shown again at the end."""
        named = step._replace(name=f"{self._prefix} {step.name}".strip())
        self.shown.append(named)
        if self._form is not Format.JSON and not self._is_quiet:
            self._lower_fence()
            self._widen([named])
            write, stream = (self._answer, self._answers) if self._has_rows else (self._print, self._stream())
            write(self._style(stream).step(named, self._width))

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Show steps by this name in front, as long as the context lasts."""
        before, self._prefix = self._prefix, name
        self._width = max(self._width, len(name) + 1 + NARROWEST)
        try:
            yield
        finally:
            self._prefix = before

    def progress(self, done: int, of: int, what: str) -> None:
        """Show on the terminal, if there is one, how far it is: one line, which is gone at the end."""
        if self._is_terminal and self._form is not Format.JSON and not self._is_quiet:
            self._happenings.write(BEGIN_LINE + (f"{done} of {of} {what}" if done < of else ""))
            self._happenings.flush()

    def warn(self, command: str, sentence: str) -> None:
        """Show a warning about how the run was started."""
        if self._form is Format.GITHUB:
            self._answer(f"::warning title=ltf-ci {command}::{escape_message(printable(sentence))}")
        elif self._form is Format.TEXT:
            self._print(f"{self._style(self._stream()).severity(Severity.WARNING)}: {printable(sentence)}")

    def outcome(self, command: str, outcome: Outcome) -> None:
        """Show all of a command's result; the outputs first, for on `released` hangs what is done next."""
        self._lower_fence()
        self._write_outputs({**outcome.outputs, "conclusion": str(outcome.conclusion), "reason": outcome.reason})
        self._write_data(as_data(command, outcome))
        if self._form is not Format.JSON:
            self._show_findings(outcome.findings)
            self._show_steps(() if outcome.is_table else outcome.steps)
            self._show_text(outcome)
            self._show_error(command, outcome.error)
            self._show_ending(outcome)
        if self._summary:
            from ltf_ci.summary import summary_of  # at GitHub alone

            self._write_summary(summary_of(command, outcome) + timings_table(self.timings()))

    def error(self, command: str, error: LtfError) -> int:
        """Show an error that ended a command; return its exit code."""
        self._lower_fence()
        findings = findings_of(error)
        outcome = Outcome(conclusion=Conclusion.FAILED, reason=error.found, findings=findings, error=error)
        self._write_data(as_data(command, outcome))
        if self._form is not Format.JSON:
            self._show_findings(findings)
            self._show_error(command, None if findings else error)
            self._show_timings()
            if findings and not self._is_quiet:
                self._print(f"{self._style(self._stream()).conclusion(Conclusion.FAILED)}: {counted(findings)}")
        found = "\n".join(str(each) for each in (error, *error.others))
        self._write_summary(
            f"### ltf-ci {command}: failed\n\n{escape_markdown(found)}\n{timings_table(self.timings())}"
        )
        self._write_outputs({"released": "false", "conclusion": str(Conclusion.FAILED), "reason": error.found})
        return error.exit_code

    def _stream(self) -> TextIO:
        """Return where what happens goes."""
        return self._answers if self._form is Format.GITHUB or self._fences else self._happenings

    def _style(self, stream: TextIO) -> Style:
        return self._styles[stream] if self._form is Format.TEXT else Style()

    def _answer(self, text: str) -> None:
        """Write what was asked for."""
        self._write(self._answers, f"{text}\n")

    def _print(self, text: str) -> None:
        """Write what happens."""
        stream = self._stream()
        self._write(stream, f"{BEGIN_LINE if self._is_terminal and stream is self._happenings else ''}{text}\n")

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except OSError:
            self.is_lost = True
            raise

    def _write_data(self, data: Mapping[str, Any]) -> None:
        if self._form is not Format.JSON and not self._copy:
            return
        text = json_text({**data, **timings_data(self.timings())})
        if self._form is Format.JSON:
            self._answer(text)
        if self._copy:
            self._save(self._copy, f"{text}\n".encode(), "wb")

    def _lower_fence(self) -> None:
        if self._fence:
            self._answer(f"::{self._fence}::")
            self._fence = ""

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        """Show findings: they are what a check is asked for, and what happens where data is."""
        stream = self._stream() if self._is_data else self._answers
        write, style = (self._print if self._is_data else self._answer), self._style(stream)
        for finding in findings[:MOST_FINDINGS]:
            is_for_github = self._form is Format.GITHUB
            write(annotation(finding) if is_for_github else finding_text(finding, style.severity(finding.severity)))
        if more := len(findings[MOST_FINDINGS:]):
            self._print(f"and {more} more, which are not shown: --format json and --report FILE have them all")

    def _show_error(self, command: str, error: LtfError | None) -> None:
        if error and self._form is Format.GITHUB:
            self._answer(error_annotation(command, error))
        elif error:
            text = error_text(error).replace("\n", "\n  ")
            self._print(f"{self._style(self._stream()).error()}: {text}")

    def _widen(self, steps: Iterable[Step]) -> None:
        """Let the column of names be as wide as these need it: it never gets narrower again."""
        self._width = max([self._width, *(min(len(step.name), WIDEST) for step in steps)])

    def _show_steps(self, steps: Sequence[Step]) -> None:
        self._widen(steps)
        for step in steps:
            if step in self.shown:
                self.shown.remove(step)
            else:
                self.show(step)

    def _show_text(self, outcome: Outcome) -> None:
        for line in outcome.text.splitlines():
            self._quote(line, is_answer=True)
        self._lower_fence()
        if outcome.conclusion is Conclusion.PLANNED and outcome.plan and not outcome.text:  # a text is the plan in full
            for line in plan_lines(outcome.plan):
                self._quote(line, is_answer=True)
            self._lower_fence()

    def _show_ending(self, outcome: Outcome) -> None:
        if self._is_quiet or (outcome.is_text and self._form is Format.TEXT):
            return
        self._show_timings()
        if outcome.error and outcome.error.found == outcome.reason and not outcome.findings:
            return  # the error says all of it
        is_printed = outcome.error and outcome.error.found == outcome.reason
        because = outcome.reason if outcome.reason and not is_printed else counted(outcome.findings)
        ended = self._style(self._stream()).conclusion(outcome.conclusion)
        self._print(f"{ended}: {printable(because)}" if because else ended)

    def _show_timings(self) -> None:
        for timing in self.timings():
            self._print(str(timing))

    def _write_summary(self, text: str) -> None:
        if self._summary is None:
            return
        room = SUMMARY_LIMIT - (self._summary.stat().st_size if self._summary.exists() else 0)
        raw = text.encode()
        if len(raw) > room:
            raw = raw[: max(0, room - len(_CUT))].decode(errors="ignore").encode() + _CUT.encode()
        if len(raw) <= room:
            self._save(self._summary, raw, "ab")

    def _write_outputs(self, outputs: dict[str, str]) -> None:
        if self._outputs is None:
            return
        text = ""
        for name, value in outputs.items():
            end = f"end-{os.urandom(16).hex()}"  # random: a value cannot hold it
            text += f"{name}<<{end}\n{printable(value, keep=NEWLINE)}\n{end}\n"
        self._save(self._outputs, text.encode(), "ab")

    def _save(self, file: Path, raw: bytes, mode: str) -> None:
        """Write to a file; where it takes no more, show that, and go on: what was done is shown all the same."""
        try:
            with file.open(mode) as opened:
                opened.write(raw)
        except OSError as error:
            self.lost = error
            self._print(f"error: {file} cannot be written: {error.strerror}")


def _opened(file: Path | None, mode: str) -> Path | None:
    """Return a file that can be written; raise BadInput where it cannot: now, before anything is done."""
    try:
        if file:
            file.open(mode).close()
    except OSError as error:
        cure = "name a file that may be written"
        raise BadInput(
            f"{file} cannot be written: {error.strerror}", expected="a file that may be written", cure=cure
        ) from error
    return file
