"""The page that GitHub shows for a run: first the sentence that a reader wants, then the steps, then the findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ltf_ci.model.finding import Finding
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.printable import escape_markdown
from ltf_ci.model.repository_url import GITHUB

_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_PAGES = {"pull": "pull request", "issues": "issue", "actions/runs": "run"}
_PAGE = re.compile(
    rf"https?://(?P<host>[^\s()<>\[\]|\\/]+)/[^\s()<>\[\]|\\]{{1,300}}/(?P<kind>{'|'.join(_PAGES)})/(?P<number>\d+)(?![\w/])"
)
_MARKS = {
    Conclusion.DONE: "✅",
    Conclusion.NOTHING_TO_DO: "✅",
    Conclusion.DID_NOTHING: "⚠️",
    Conclusion.PLANNED: "📝",
    Conclusion.FAILED: "❌",
}
_OF_LINE = re.compile(r"(\d[\w.-]*) (.+)")  # `3.7.4 push`: a step of a version line
_COLOUR = re.compile(r"test (red|amber|green)")
_WORST_FIRST = (StepState.FAILED, StepState.SKIPPED, StepState.PLANNED, StepState.DONE, StepState.UNCHANGED)


def summary_of(command: str, outcome: Outcome) -> str:
    """Return the page, in markdown."""
    lines = [f"### ltf-ci {command}: {outcome.conclusion.replace('-', ' ')}", "", _sentence(outcome), ""]
    if outcome.steps:
        lines += ["| step | result | detail |", "|---|---|---|", *_rows(outcome.steps)]
    if outcome.error:
        lines += ["", escape_markdown(str(outcome.error))]
    if outcome.findings:
        lines += ["", *map(_item, outcome.findings)]
    if outcome.drawing:
        lines += ["", "```mermaid", outcome.drawing.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def _sentence(outcome: Outcome) -> str:
    """Return what became of it: the images with their short digests, `latest`, the pull request; or why nothing did."""
    mark, outputs = _MARKS[outcome.conclusion], outcome.outputs
    images = [name for name in outputs.get("image", "").splitlines() if name]
    if outcome.conclusion not in (Conclusion.DONE, Conclusion.PLANNED) or not images:
        return f"{mark} {escape_markdown(outcome.reason) or outcome.conclusion.replace('-', ' ').capitalize()}"
    digests = outputs.get("digest", "").splitlines()
    named = [f"**{escape_markdown(image)}**{_short(digests, number)}" for number, image in enumerate(images)]
    parts = [f"{_verb(outcome)} {', '.join(named)}"]
    parts += ["`latest` moved"] if outputs.get("latest-moved") == "true" else []
    parts += [_link(url) for url in outputs.get("pull-request", "").splitlines() if url]
    return f"{mark} {', '.join(parts)}"


def _verb(outcome: Outcome) -> str:
    if outcome.conclusion is Conclusion.PLANNED:
        return "Would release"
    return "Released" if outcome.outputs.get("released") == "true" else "Checked"


def _short(digests: Sequence[str], number: int) -> str:
    return f" ({_cell(digests[number])})" if number < len(digests) else ""


def _link(url: str) -> str:
    """Return a pull request as a link; a branch that takes its place as it is named."""
    return _linked(_PAGE.fullmatch(url)) or f"pull request: {escape_markdown(url)}"


def _linked(page: re.Match[str] | None) -> str:
    """Return a page as a link that is named after it, and its server where that is not GitHub; empty where none is."""
    if page is None:
        return ""
    host = "" if page["host"] == GITHUB else f" at {escape_markdown(page['host'])}"
    return f"[{_PAGES[page['kind']]} {page['number']}{host}]({page[0]})"


def _rows(steps: Sequence[Step]) -> Iterator[str]:
    """Return a row for each step; the steps of one version line are one row."""
    for line, several in groupby(steps, _line):
        if line:
            of_line = tuple(several)
            yield _row(line, _worst(of_line), "\n".join(_parts(of_line)))
        else:
            yield from (_row(step.name, step.state, step.detail) for step in several)


def _line(step: Step) -> str:
    """Return the version line that a step is of; empty where it is of none."""
    found = _OF_LINE.fullmatch(step.name)
    return found[1] if found else ""


def _parts(steps: Sequence[Step]) -> Iterator[str]:
    """Return what became of each part of a version line; the colours of its start files are one part."""
    tried = [step for step in steps if _COLOUR.search(step.name)]
    for step in steps:
        if step not in tried:
            yield f"{step.name.partition(' ')[2]}: {step.detail}"
    if tried:
        yield f"start files: {', '.join(step.detail.partition(' ')[0] for step in tried)}"


def _worst(steps: Iterable[Step]) -> StepState:
    states = {step.state for step in steps}
    return next(state for state in _WORST_FIRST if state in states)


def _row(name: str, state: StepState, detail: str) -> str:
    return f"| {escape_markdown(name)} | {state} | {_cell(detail)} |"


def _cell(text: str) -> str:
    """Return a text escaped for markdown: its digests cut to twelve digits, pages of GitHub as links."""
    text, end = _DIGEST.sub(r"\1", text), 0
    parts = []
    for page in _PAGE.finditer(text):
        parts += [escape_markdown(text[end : page.start()]), _linked(page)]
        end = page.end()
    return "".join([*parts, escape_markdown(text[end:])])


def _item(finding: Finding) -> str:
    """Return a finding as an item of a list: a table of them would be cut off."""
    lines = [f"- {finding.severity} **{escape_markdown(finding.rule)}** at {escape_markdown(str(finding.place))}"]
    lines += [f"  {escape_markdown(finding.found)}"]
    lines += [f"  expected: {escape_markdown(finding.expected)}"] if finding.expected else []
    lines += [f"  **what to do:** {escape_markdown(finding.cure)}"] if finding.cure else []
    return "  \n".join(lines)
