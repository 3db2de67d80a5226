"""What a run wrote is read again while the registry's copies do not know it: answers in a row, and what is believed."""

from __future__ import annotations

import pytest

from ltf_ci.clients.registry.own_writes import OwnWrites
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present

NAME = ImageName.parse("r.example/a:latest")
OLD, NEW, OTHER = (Present(Digest(f"sha256:{letter * 64}"), "x") for letter in "abc")
NONE = Absent()


@pytest.mark.parametrize(
    ("before", "answers", "believed", "looks"),
    [
        (NONE, [NEW], NEW, 1),
        (NONE, [NONE, NONE, NONE, NEW], NEW, 4),
        (OLD, [OLD, NONE, OLD, NEW], NEW, 4),
        (OLD, [OTHER, NEW], OTHER, 1),  # another run's: no copy had that before
        (OLD, [OLD] * 9, OLD, 6),  # it stays so, and is believed in the end
        (NONE, [NONE] * 9, NONE, 6),
    ],
)
def test_what_was_written_is_waited_for(before: Answer, answers: list[Answer], believed: Answer, looks: int) -> None:
    writes, left = OwnWrites(pause=0), list(answers)
    assert writes.answer(NAME, lambda: before) == before
    writes.add(NAME, NEW.digest)
    assert writes.answer(NAME, lambda: left.pop(0)) == believed
    assert len(answers) - len(left) == looks


def test_nothing_is_waited_for_that_was_not_written() -> None:
    left: list[Answer] = [NONE, NEW]
    assert OwnWrites(pause=0).answer(NAME, lambda: left.pop(0)) == NONE


def test_tags_are_listed_again_while_an_own_one_is_missing() -> None:
    writes, left = OwnWrites(pause=0), [("1-1",), ("1-1",), ("1-1", "latest")]
    writes.add(NAME, NEW.digest)
    writes.add(ImageName.parse("r.example/b:2-1"), NEW.digest)
    assert writes.tags(NAME, lambda: left.pop(0)) == ("1-1", "latest")


def test_what_a_program_pushed_is_waited_for() -> None:
    writes, left = OwnWrites(pause=0), [404, 404, 200]
    name = NAME.at(NEW.digest)
    writes.add(name, NEW.digest)
    assert writes.until_present(name, lambda: left.pop(0), lambda status: status == 404) == 200
