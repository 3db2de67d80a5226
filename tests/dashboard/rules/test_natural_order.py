from __future__ import annotations

import pytest

from ltf_ci.dashboard.rules.natural_order import natural_order


@pytest.mark.parametrize(
    "texts",
    [
        ["a9", "a10", "b1"],
        ["python:3.7.4-7", "python:3.7.4-14", "python:3.7.4-105"],
        ["", "1", "a", "A1", "a2"],
        ["9" * 17, "9" * 18, "9" * 5_000],
        ["C", "c2", "C#", "C++"],
    ],
)
def test_numbers_count_as_numbers(texts: list[str]) -> None:
    backwards = [*reversed(texts)]
    assert sorted(backwards, key=natural_order) == texts
