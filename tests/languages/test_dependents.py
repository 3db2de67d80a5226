from __future__ import annotations

import json

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.languages.dependents import NAME, Dependents
from tests.support.dependents import BASE, FRAMEWORK, NOTES, OLDER, entry, parsed, text_of


def test_the_entries_of_the_notes() -> None:
    base, framework = parsed(NOTES).entries
    assert (base.key, base.repository, str(base.version), base.line) == (BASE, "python", "3.7.4", "3.7.4")
    assert [*map(str, framework.bases)] == [str(base.image)] == ["cyberdojofoundation/python:3.7.4"]
    assert (framework.key, framework.place.line, framework.place.column) == (FRAMEWORK, 7, 3)
    assert (base.test_framework, framework.test_framework) == (False, True)


def test_the_older_form_has_no_versions() -> None:
    assert [(each.key, each.version, each.line) for each in parsed(OLDER).entries] == [
        ("python", None, ""),
        ("python-assert", None, ""),
    ]


@pytest.mark.parametrize(
    ("image", "line"), [("o/a:3.7.4", "3.7.4"), ("o/a:3.7.4-2", "3.7.4"), ("o/a:191902b", "191902b"), ("o/a", "")]
)
def test_a_key_without_a_version_has_the_line_of_its_image(image: str, line: str) -> None:
    assert parsed(text_of({"a": entry("x", image)})).entries[0].line == line


def test_several_stages_have_several_bases_each_once() -> None:
    (each,) = parsed(text_of({"a": entry(["x:1", "y@sha256:" + "0" * 64, "x:1"], "o/a")})).entries
    assert [*map(str, each.bases)] == ["x:1", "y@sha256:" + "0" * 64]


def test_keys_that_others_keep_in_an_entry_are_nobody_s_business() -> None:
    assert len(parsed(text_of({"a": {**entry("x", "o/a"), "more": {"from": [1]}}})).entries) == 1


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("a (1", entry("x", "o/a"), "a (1"),
        ("a ()", entry("x", "o/a"), "a ()"),
        ("a (one)", entry("x", "o/a"), "a (one)"),
        ("a  (1)", entry("x", "o/a"), "a  (1)"),
        ("../a", entry("x", "o/a"), "../a"),
        ("--a", entry("x", "o/a"), "--a"),
        ("", entry("x", "o/a"), ""),
        ("a\n::error::", entry("x", "o/a"), "a\n::error::"),
        ("a" * 9999, entry("x", "o/a"), "a" * 200),
        ("a", None, "a"),
        ("a", [[[]]], "a"),
        ("a", entry(3, "o/a"), "a.from"),  # type: ignore[arg-type]
        ("a", entry([], "o/a"), "a.from"),
        ("a", entry(["x", ["y"]], "o/a"), "a.from"),  # type: ignore[list-item]
        ("a", entry("No Name", "o/a"), "a.from"),
        ("a", entry("x", "x" * 99999 + " "), "a.image_name"),
        ("a", entry("x", "o/a@sha256:" + "0" * 64), "a.image_name"),
        ("a", entry("x", "o/a", tests="true"), "a.test_framework"),
        ("a", entry("x", "o/a", tests=1), "a.test_framework"),
        ("a", {"from": "x", "image_name": "o/a"}, "a.test_framework"),
        ("a", {}, "a.from"),
    ],
)
def test_an_entry_that_cannot_be_read_is_told_with_its_place(key: str, value: object, path: str) -> None:
    text = text_of({"good": entry("x", "o/good"), key: value})
    read = Dependents.read(text.encode(), NAME)
    assert [each.key for each in read.entries] == ["good"]
    assert (read.faults[0].path, read.faults[0].place.line) == (path, 3)
    with pytest.raises(BadInput, match=rf"{NAME}:3:[0-9]+: "):
        Dependents.parse(text.encode(), NAME)


def test_all_of_an_entry_s_faults_are_told_at_once() -> None:
    faults = Dependents.read(text_of({"a (": entry(1, "A", tests=None)}).encode(), NAME).faults  # type: ignore[arg-type]
    assert [fault.path for fault in faults] == ["a (", "a (.from", "a (.image_name", "a (.test_framework"]


def test_a_misspelt_key_of_an_entry_is_named() -> None:
    faults = Dependents.read(text_of({"a": {"form": "x", "image_name": "o/a", "more": 1}}).encode(), NAME).faults
    assert [fault.error.cure.partition(";")[0] for fault in faults] == [
        "write from in place of form",
        "add test_framework",
    ]


def test_a_key_that_is_there_twice() -> None:
    one = json.dumps(entry("x", "o/a"))
    faults = Dependents.read(f'{{"a": {one},\n"a": {one}}}'.encode(), NAME).faults
    assert [(fault.path, fault.place.line) for fault in faults] == [("a", 2)]


@pytest.mark.parametrize("raw", [b"", b"[]", b"3", b"{", b'{"a":}', b"\xff", b"[" * 99999, b'{"a": NaN}'])
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput):
        Dependents.read(raw, NAME)
