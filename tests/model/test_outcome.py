"""How the parts of a command add up to how it ended."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from ltf_ci.model.outcome import Conclusion, Ending, together

HEAVIEST_FIRST = ["failed", "planned", "done", "did-nothing", "nothing-to-do"]


@pytest.mark.parametrize("names", list(combinations_with_replacement(HEAVIEST_FIRST, 3)))
def test_the_heaviest_part_is_how_the_whole_ended_in_whatever_order(names: tuple[str, ...]) -> None:
    parts = [Ending(Conclusion(name), f"why {name}") for name in names]
    heaviest = min(names, key=HEAVIEST_FIRST.index)
    for each in (parts, parts[::-1]):
        assert together(each) == Ending(Conclusion(heaviest), f"why {heaviest}")


def test_each_reason_of_the_heaviest_parts_is_told_once() -> None:
    parts = [Ending(Conclusion.DID_NOTHING, why) for why in ("a", "", "b", "a")]
    assert together([*parts, Ending(Conclusion.NOTHING_TO_DO, "c")]) == Ending(Conclusion.DID_NOTHING, "a; b")


def test_nothing_at_all_is_nothing_to_do() -> None:
    assert together([]) == Ending(Conclusion.NOTHING_TO_DO)
