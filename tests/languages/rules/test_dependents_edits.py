from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.languages.dependents import NAME, Dependent, Dependents
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.image import ImageName
from tests.support.dependents import NOTES, OLDER, entry, parsed, text_of


def new(key: str, base: str, image: str, *, tests: bool = True) -> Dependent:
    (each,) = parsed(text_of({key: entry(base.split(), image, tests=tests)})).entries
    return each


def put(text: str, *entries: Dependent) -> str:
    return dependents_edits.put(parsed(text), entries)


ODD = '{"a (1)":{"test_framework" :true,\r\n\t"more": [1.0, "é\\u00e9"],"image_name":  "o/a:1-1" , "from" : "x:1"} }'


@pytest.mark.parametrize(
    ("text", "wanted", "old", "written"),
    [
        (NOTES, ("python (3.7.4)", "python:3.7.4", "o/p:3.7.4-2"), "cyberdojofoundation/python:3.7.4", "o/p:3.7.4-2"),
        (NOTES, ("python (3.7.4)", "python:3", "cyberdojofoundation/python:3.7.4"), '"python:3.7.4"', '"python:3"'),
        (OLDER, ("python", "python", "o/python"), '"cyberdojofoundation/python"', '"o/python"'),
        (ODD, ("a (1)", "x:1", "o/a:1-2"), "o/a:1-1", "o/a:1-2"),
        (ODD, ("a (1)", "x:2", "o/a:1-1"), "x:1", "x:2"),
        (ODD, ("a (1)", "x:2 y:3", "o/a:1-1"), '"x:1"', '["x:2", "y:3"]'),
        (text_of({"a": entry(["x:1", "y:1"], "o/a")}), ("a", "x:2 y:1", "o/a"), "x:1", "x:2"),
        (text_of({"a": entry(["x:1", "y:1"], "o/a")}), ("a", "y:1", "o/a"), '["x:1", "y:1"]', '"y:1"'),
    ],
)
def test_an_entry_s_image_changes_and_no_other_byte(
    text: str, wanted: tuple[str, str, str], old: str, written: str
) -> None:
    assert put(text, new(*wanted)) == text.replace(old, written, 1)


@pytest.mark.parametrize("text", [NOTES, OLDER, ODD, "{}", " { } \r\n"])
def test_what_is_there_already_changes_nothing(text: str) -> None:
    assert put(text, *parsed(text).entries) == text


def test_a_new_version_line_stands_after_its_nearest_older_one() -> None:
    newest = new("python (3.7.5)", "python:3.7.5", "o/python:3.7.5", tests=False)
    before, rest = NOTES.split('  "python-assert')
    added = before.replace("3.7.4", "3.7.5").replace("cyberdojofoundation", "o").partition("{\n")[2]
    assert put(NOTES, newest) == f'{before}{added}  "python-assert{rest}'


@pytest.mark.parametrize(
    ("versions", "version", "expected"),
    [
        (["1", "x", "3"], "2", ["1", "2", "x", "3"]),
        (["3", "x", "1"], "2", ["3", "x", "1", "2"]),
        (["9", "10"], "11", ["9", "10", "11"]),
        (["10", "9", "x"], "9.1", ["10", "9", "9.1", "x"]),
        (["2", "x"], "1", ["2", "x", "1"]),  # none is older
        (["x"], "1", ["x", "1"]),
    ],
)
def test_where_a_new_entry_stands(versions: list[str], version: str, expected: list[str]) -> None:
    entries = {
        f"a ({each})" if each != "x" else "x": entry("y", f"o/{'a' if each != 'x' else 'x'}:{each}")
        for each in versions
    }
    text = put(text_of(entries), new(f"a ({version})", "y", f"o/a:{version}"))
    assert [key.removeprefix("a (").removesuffix(")") for key in json.loads(text)] == expected


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (["7", "x"], ["a (7)", "a (8)", "a (9)", "a (10)", "x", "b (1)"]),
        (["x", "11"], ["x", "a (11)", "a (8)", "b (1)", "a (9)", "a (10)"]),
        ([], ["a (8)", "b (1)", "a (9)", "a (10)"]),
    ],
)
def test_new_version_lines_of_one_repository_stand_oldest_first(there: list[str], expected: list[str]) -> None:
    entries = {"x" if each == "x" else f"a ({each})": entry("y", f"o/a:{each}") for each in there}
    added = [new(key, "y", f"o/{key[0]}:{key[3:-1]}") for key in ("a (10)", "b (1)", "a (8)", "a (9)")]
    assert [*json.loads(put(text_of(entries), *added))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}\n", json.dumps({"b": entry("x", "o/b")}, indent=2) + "\n"),
        ("{ }", json.dumps({"b": entry("x", "o/b")}, indent=2)),
        (NOTES, None),
        (NOTES.replace("  ", "\t").replace("\n", "\r\n"), None),
        (json.dumps(json.loads(NOTES), separators=(",", ":")), None),
        (json.dumps(json.loads(NOTES)), None),
        (json.dumps(json.loads(NOTES), separators=(" , ", " : "), indent=8), None),
    ],
)
def test_a_new_entry_is_written_as_its_neighbour(text: str, expected: str | None) -> None:
    written = put(text, new("b", "x", "o/b"))
    assert [each.key for each in parsed(written).entries] == [*json.loads(text), "b"]
    if expected is None:
        style = text.rpartition('"python-assert (3.7.4)"')[2]
        values = {"cyberdojofoundation/python_assert:3.7.4-22": "o/b", "cyberdojofoundation/python:3.7.4": "x"}
        for old, value in values.items():
            style = style.replace(old, value)
        assert written.endswith(f'"b"{style}')
        assert written.startswith(text.rstrip("} \t\r\n"))
    else:
        assert written == expected


def test_many_at_once() -> None:
    entries = [new("b", "x", "o/b"), new("python (3.7.4)", "python:3.7.4", "o/p:3.7.4-9"), new("c", "o/b", "o/c")]
    written = parsed(put(NOTES, *entries))
    assert [each.key for each in written.entries] == ["python (3.7.4)", "python-assert (3.7.4)", "b", "c"]
    assert str(written.entries[0].image) == "o/p:3.7.4-9"


def test_an_entry_that_cannot_be_read_is_not_edited_and_hinders_no_other() -> None:
    text = text_of({"a": 3, "b": entry("x", "o/b:1")})
    dependents = Dependents.read(text.encode(), NAME)
    changed = replace(dependents.entries[0], image=ImageName.parse("o/b:2"))
    assert dependents_edits.put(dependents, [changed]) == text.replace("o/b:1", "o/b:2")
    with pytest.raises(BadInput, match="the entry a cannot be read"):
        dependents_edits.put(dependents, [new("a", "x", "o/a")])


@pytest.mark.parametrize("seed", range(30))
def test_any_file_keeps_what_was_not_edited(seed: int) -> None:
    pick = random.Random(seed)
    keys = [f"r{number} ({pick.randrange(9)}.{number})" for number in range(pick.randrange(1, 9))]
    data = {key: {"more": '}{,":', **entry("x:1", f"o/{key.split(' ')[0]}"), "é": [key]} for key in keys}
    text = json.dumps(data, indent=pick.choice([None, 1, "\t"]), ensure_ascii=pick.random() < 0.5)
    changed, added = pick.choice(keys), new("r0 (99)", "x y", "o/new:99-1")
    written = json.loads(put(text, new(changed, "x:2", "o/other"), added))
    assert written.pop("r0 (99)") == entry(["x", "y"], "o/new:99-1")
    data[changed] |= {"from": "x:2", "image_name": "o/other"}
    assert written == data
    assert [*written] == [*data]
