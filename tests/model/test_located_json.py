from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltf_ci.errors import BadInput
from ltf_ci.model import located_json
from ltf_ci.model.located_json import Located

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def plain(located: Located) -> Any:
    if isinstance(located.value, dict):
        return {key: plain(member) for key, member in located.value.items()}
    return [plain(item) for item in located.items] if isinstance(located.value, tuple) else located.value


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "f:1:1: the file is empty"),
        (b"\xef\xbb\xbf{}", r"f:1:1: the file begins with a byte order mark"),
        (b"\xff", "f:1:1: bytes that are not UTF-8"),
        (b'{\n "a": "\xff"}', "f:2:8: bytes that are not UTF-8"),
        (b"[1,]", "f:1:3: a comma before the closing ]"),
        (b'{"a": 1,}', "f:1:8: a comma before the closing }"),
        (b'{"a": NaN}', "f:1:7: 'N'"),
        (b"[Infinity]", "f:1:2: 'I'"),
        (b'"\\ud800"', "surrogate"),
        (b'"a\nb"', "f:1:3: a text that is not closed on its line"),
        (b'"a\x00b"', r"f:1:3: '\\x00'"),
        (b'"\\."', "f:1:2"),
        (b'{"a" 1}', "f:1:6: '1'"),
        (b"04", "f:1:2: '4'"),
        (b"+4", "f:1:1"),
        (b"{} {}", "f:1:4"),
        (b"// no\n{}", "f:1:1: a comment, which JSON has not"),
        (b'{"a": /* x */ 1}', "f:1:7: a comment"),
        (b"{'a': 1}", "f:1:2: a single quote"),
        (b'{"a": True}', "f:1:7: True, which JSON has not"),
        (b'{"a": [None]}', "f:1:8: None, which JSON has not"),
        (b'{"a": 1\n "b": 2}', "f:1:8: no comma at the end of the line"),
        (b'{"a": [1,\n 2\n "b"]}', "f:2:3: no comma at the end of the line"),
        (b'{"a": 1 "b": 2}', "f:1:9: '\"' is not JSON here"),
        (b'{"a": [1', "f:1:9: the file ends too early"),
        (b" \n", "f:2:1: the file is empty"),
        (b"<<<<<<< HEAD\n{}", "f:1:1: a conflict of a merge"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b" " * 100_000_000, "100000000 bytes"),
    ],
    ids=lambda value: repr(value[:30])[:30],
)
def test_what_is_not_strict_json_is_refused_at_its_place(raw: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        located_json.read(raw, "f")


def test_a_hundred_thousand_values_on_one_line_are_read() -> None:
    _, root = located_json.read(b"[" + b"1," * 100_000 + b"1]", "f")
    assert root.items[-1].place.column == 200_002


def test_every_value_knows_its_place() -> None:
    _, root = located_json.read('{\n  "é": ["x", {"b":\r\n null}]\n}'.encode(), "f")
    member = root.member("é")
    assert member is not None
    inner = member.items[1].member("b")
    assert inner is not None
    assert [str(found.place) for found in (root, member, member.items[0], inner)] == [
        "f:1:1",
        "f:2:8",
        "f:2:9",
        "f:3:2",
    ]


def test_repeated_keys_are_found_at_every_level() -> None:
    _, root = located_json.read(b'{"a": {"b": 1,\n "\\u0062": 2}, "a": [{"c": 1, "c": 2}]}', "f")
    assert [(key, str(place)) for key, place in root.all_repeated()] == [("a", "f:2:16"), ("c", "f:2:31")]


@given(documents)
def test_what_json_writes_is_read_back(document: Any) -> None:
    _, root = located_json.read(json.dumps(document).encode(), "f")
    assert plain(root) == document


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        _, root = located_json.read(raw, "f")
    except BadInput:
        return
    assert plain(root) == json.loads(raw)
