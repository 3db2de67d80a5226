"""A fleet's adoption as a page that a person reads: who is where, what waits for what, what a person must do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ltf_ci.adopt.rules.adoption import Adoption, Stage

_TITLES = {  # in this order: what a run does first, what needs nothing last
    Stage.FAILED: "failed",
    Stage.PLANNED: "a run would do it",
    Stage.OPENED: "a pull request was opened",
    Stage.PUSHED: "the first tag was pushed",
    Stage.OPEN: "a pull request is open: merge it",
    Stage.TAG: "ready for the first tag",
    Stage.TAGGED: "tagged, without an image yet",
    Stage.WAITS: "waits for the release of another repository",
    Stage.LEFT: "left to people",
    Stage.CLOSED: "closed by a person",
    Stage.READY: "has all that it needs",
    Stage.RELEASED: "released",
}


def table(adoptions: Sequence[Adoption]) -> str:
    """Return one line for each repository, grouped by stage, and the ending."""
    width = max((len(each.place) for each in adoptions), default=0)
    lines: list[str] = []
    for stage, title in _TITLES.items():
        rows = [each for each in adoptions if each.stage is stage]
        if rows:
            shown = (f"  {each.place:{width}}  {each.detail}".rstrip() for each in rows)
            lines += [f"{title} ({len(rows)}):", *shown, ""]
    return "".join(f"{line}\n" for line in lines) + last_lines(adoptions)


def last_lines(adoptions: Sequence[Adoption]) -> str:
    """Return what is to be done by hand, the secrets of each owner, and the numbers."""
    width = max((len(each.place) for each in adoptions if each.by_hand), default=0)
    return "".join(f"{line}\n" for line in (*_by_hand(adoptions, width), *_secrets(adoptions), numbers(adoptions)))


def numbers(adoptions: Sequence[Adoption]) -> str:
    """Return how many repositories are at each stage, in a sentence."""
    count = Counter(each.stage for each in adoptions)
    stages = ", ".join(f"{count[stage]} {stage}" for stage in _TITLES if count[stage])
    several = "repository" if len(adoptions) == 1 else "repositories"
    return f"{len(adoptions)} {several}: {stages}" if adoptions else "no repositories"


def _by_hand(adoptions: Sequence[Adoption], width: int) -> Iterator[str]:
    rows = [(each.place, what) for each in adoptions for what in each.by_hand]
    if rows:
        yield f"a person must do ({len(rows)}):"
        yield from (f"  {place:{width}}  {what}" for place, what in rows)
        yield ""


def _secrets(adoptions: Sequence[Adoption]) -> Iterator[str]:
    """Return the secrets that repositories need, each owner's once: an organization's secret serves all of its own."""
    found = Counter((each.place.partition("/")[0], secret) for each in adoptions for secret in each.secrets)
    if found:
        yield "secrets that workflows need, which an owner may set for all its repositories:"
        yield from (f"  {owner}  {secret} ({number} repositories)" for (owner, secret), number in sorted(found.items()))
        yield ""
