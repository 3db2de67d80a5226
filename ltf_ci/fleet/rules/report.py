"""What became of a notification's dependents, as one outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.notified import Fate, Notified
from ltf_ci.fleet.rules.drawings import mermaid
from ltf_ci.fleet.rules.waves import unused
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState, together

_STATES = {
    Fate.BUILT: StepState.DONE,
    Fate.KEPT: StepState.UNCHANGED,
    Fate.PLANNED: StepState.PLANNED,
    Fate.FAILED: StepState.FAILED,
    Fate.RUNNING: StepState.FAILED,
}
_COUNTED = {  # as the reason and the summary's first sentence have them
    Fate.BUILT: "released again",
    Fate.PLANNED: "would be released again",
    Fate.KEPT: "up to date",
    Fate.FAILED: "failed",
    Fate.RUNNING: "still running",
    Fate.LEFT_OUT: "left out",
    Fate.BLOCKED: "waiting for another",
}
_COLOURS = {Fate.BUILT: "green", Fate.KEPT: "green", Fate.PLANNED: "grey", Fate.FAILED: "red"}
_FAIL = {Fate.FAILED, Fate.RUNNING}
_NOT_BUILT = Ending(Conclusion.FAILED)
_ENDINGS = {
    Fate.FAILED: _NOT_BUILT,
    Fate.RUNNING: _NOT_BUILT,
    Fate.PLANNED: Ending(Conclusion.PLANNED),
    Fate.BUILT: Ending(Conclusion.DONE),
    Fate.LEFT_OUT: Ending(Conclusion.DID_NOTHING),
    Fate.BLOCKED: Ending(Conclusion.DID_NOTHING),
    Fate.KEPT: Ending(Conclusion.NOTHING_TO_DO, "everything is made of its bases as they are now"),
}
_CURES = {
    Fate.FAILED: "look at its run; then run this again: what is built stays built",
    Fate.RUNNING: "run this again: it is waited for, or started",
    Fate.LEFT_OUT: "run its ltf-ci-retag.yml by hand until it succeeds; then notify starts it again",
    Fate.BLOCKED: "mend that one; then run this again",
}


def outcome(graph: ImageGraph, changed: Sequence[str], results: Sequence[Notified]) -> Outcome:
    """Return how all ended together; the worst of them counts."""
    nothing = Ending(Conclusion.NOTHING_TO_DO, unused(graph, changed))
    ending = together([_ENDINGS[each.fate] for each in results] or [nothing])
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason or _counts(results),
        steps=tuple(_step(each) for each in results),
        findings=tuple(_finding(each) for each in results if each.fate in _CURES),
        outputs={"built": "\n".join(each.dependent.key for each in results if each.fate is Fate.BUILT)},
        plan={"dependents": [_as_data(each) for each in results]},
        drawing=_drawing(graph, results),
    )


def _counts(results: Sequence[Notified]) -> str:
    """Return how many ended how, in words."""
    numbers = Counter(each.fate for each in results)
    return ", ".join(f"{numbers[fate]} {words}" for fate, words in _COUNTED.items() if numbers[fate])


def _drawing(graph: ImageGraph, results: Iterable[Notified]) -> str:
    """Draw what was to be built, and what that is made FROM."""
    colours = {each.dependent.key: _COLOURS.get(each.fate, "amber") for each in results}
    below = {base for key in colours for base in graph.bases[graph.numbers[key]]}
    shown = below | {graph.numbers[key] for key in colours}
    return mermaid(ImageGraph.of(graph.entries[number] for number in sorted(shown)), colours)


def _step(each: Notified) -> Step:
    detail = f"{each.fate}: {each.detail}" if each.fate in _CURES else each.detail
    return Step(each.dependent.key, _STATES.get(each.fate, StepState.SKIPPED), f"{detail} {each.url}".strip())


def _finding(each: Notified) -> Finding:
    return Finding(
        rule=f"dependent-{each.fate.replace(' ', '-')}",
        severity=Severity.ERROR if each.fate in _FAIL else Severity.WARNING,
        place=each.dependent.place,
        found=f"{each.dependent.key} is {each.fate}: {each.detail} {each.url}".strip(),
        expected="a release of its next revision",
        cure=_CURES[each.fate],
    )


def _as_data(each: Notified) -> dict[str, str]:
    return {"key": each.dependent.key, "fate": str(each.fate), "detail": each.detail, "url": each.url}
