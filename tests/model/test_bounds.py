from __future__ import annotations

import pytest

from ltf_ci.model.bounds import foreign_json


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (b"[1,2,3]", 3),
        (b'{"a":{"b":[]}}', 3),
        (b'{"a": "[[[,,,{{{"}', 1),  # signs in a text are no parts
        (b'["\\",,,,", "\\\\", ",,"]', 3),
        (b'"[,{"', 0),
    ],
)
def test_so_many_parts_are_read(text: bytes, most: int) -> None:
    foreign_json(text, most)
    with pytest.raises(ValueError, match="more than"):
        foreign_json(b"[" + text + b"]", most)


NO_JSON = [b"", b"{", b"[" * 100_000, b"\xff", b"1" * 5000, b'"' + b"\\" * 99, b'{"a":' * 9000]
NO_NUMBERS = [b'{"id": 1e999}', b"[-1E400]", b"NaN", b'{"id": -Infinity}']


@pytest.mark.parametrize("text", [*NO_JSON, *NO_NUMBERS])
def test_what_is_no_json_or_too_deep_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        foreign_json(text)


def test_numbers_are_read() -> None:
    assert foreign_json(b"[7, 1.5e3, -0.5]") == [7, 1500.0, -0.5]
