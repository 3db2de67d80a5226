"""A call that is made again."""

from __future__ import annotations

import pytest

from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import RegistryUnavailable

PATIENCE = Patience(retries=2, longest=120)


def call(*failures: RegistryUnavailable) -> tuple[list[int], str | None]:
    """Return how often a call that fails so was made, and what it returned."""
    left, made = list(failures), [0]

    def once() -> str:
        made[0] += 1
        if left:
            raise left.pop(0)
        return "done"

    try:
        return made, with_retries(once, PATIENCE)
    except RegistryUnavailable:
        return made, None


def busy(wait: float | None = 0) -> RegistryUnavailable:
    return RegistryUnavailable("busy", again_after=wait)


@pytest.mark.parametrize(
    ("failures", "made", "returned"),
    [
        ([], 1, "done"),
        ([busy()], 2, "done"),
        ([busy(), busy()], 3, "done"),
        ([busy(), busy(), busy()], 3, None),
        ([busy(121)], 1, None),  # longer than anyone waits
        ([busy(None)], 1, None),  # it would fail again
    ],
)
def test_a_call_is_made_again_so_often(failures: list[RegistryUnavailable], made: int, returned: str | None) -> None:
    assert call(*failures) == ([made], returned)


def test_no_call_is_made_again_after_the_time_for_all() -> None:
    left = [busy(), busy()]

    def once() -> None:
        raise left.pop()

    with pytest.raises(RegistryUnavailable):
        with_retries(once, Patience(retries=1, total=-1))
    assert len(left) == 1


def test_loops_within_each_other_make_no_more_calls_than_one() -> None:
    made = []

    def fails() -> None:
        made.append(1)
        raise busy()

    with pytest.raises(RegistryUnavailable):
        with_retries(lambda: with_retries(fails, PATIENCE), PATIENCE)
    assert len(made) == 3


def test_a_caller_may_say_which_errors_are_temporary() -> None:
    made = []

    def fails() -> None:
        made.append(1)
        raise RegistryUnavailable("busy")

    with pytest.raises(RegistryUnavailable):
        with_retries(fails, PATIENCE, lambda _error: len(made) < 2)
    assert len(made) == 2
