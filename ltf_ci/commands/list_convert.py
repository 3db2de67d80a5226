"""`ltf-ci list convert`: lines of the older form SHA7@URL become URL?tag=TAG."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

from ltf_ci.clients.files import rewrite
from ltf_ci.clients.run import Run
from ltf_ci.errors import Refused
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.listed_repositories import read_list, refs_of
from ltf_ci.languages.requests import ListArgument
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.languages.rules.conversion import HOW, Conversion, converted
from ltf_ci.model.finding import Finding, counted, in_order
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.shared import AllowLocal, Write


class Request(ListArgument, Write, AllowLocal):
    """Which list, and whether it is written."""


def execute(request: Request, run: Run) -> Outcome:
    """Turn what can be turned, and say of each other line why it stays; without --write show the difference."""
    listed = read_list(request.list)
    lines = list_rules.followed(listed, local=request.allow_local)
    older = tuple(line for line in lines if line.entry.commit)
    refs = refs_of(listed, older, run)
    return _outcome(request, listed, converted(listed, refs), run.github_host)


def _outcome(request: Request, listed: LanguagesList, new: Conversion, github: GithubHost) -> Outcome:
    if new.entries and request.write:
        _write(request.list, listed, new.text)
    state = StepState.DONE if request.write else StepState.PLANNED
    every = list_rules.of_lines(listed, local=request.allow_local, github=github)
    findings = [found for found in every if found.fails]
    ending = _ending(new, findings, is_written=request.write)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=(Step("convert", state if new.entries else StepState.UNCHANGED, amount(len(new.entries), "line")),),
        findings=in_order([*findings, *new.findings]),
        plan={"lines": [{"line": number, "entry": entry} for number, entry in new.entries.items()]},
        text="" if request.write else _diff(listed, new.text),
    )


def _ending(new: Conversion, errors: Sequence[Finding], *, is_written: bool) -> Ending:
    if new.entries:
        return Ending(Conclusion.DONE if is_written else Conclusion.PLANNED)
    if errors:
        return Ending(Conclusion.FAILED, counted(errors))
    return Ending(Conclusion.NOTHING_TO_DO, _nothing(new))


def _nothing(new: Conversion) -> str:
    """Return in one line why no line was turned, and what is the way."""
    if not new.findings:
        return "no line is of the form SHA7@URL"
    return f"no release tag is at the commit of a line: {HOW}" if new.has_unreleased else "no line can be turned"


def _write(file: Path, before: LanguagesList, text: str) -> None:
    """Write the list, or raise Refused where it changed while repositories were asked."""
    if read_list(file).text != before.text:
        raise Refused(f"{file} was changed meanwhile", expected="the list as it was read", cure="run it again")
    rewrite(file.resolve(), text.encode())


def _diff(listed: LanguagesList, text: str) -> str:
    before, after = ([f"{line}\n" for line in each.split("\n")] for each in (listed.text, text))
    return "".join(unified_diff(before, after, listed.path, listed.path))
