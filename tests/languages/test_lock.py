"""The lock: its entries are found however they are spelled, and an edit touches no other byte."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from generators import plans
from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import Lock, LockEntry

ENTRY = LockEntry("c" * 40, "x/y:1-2", f"sha256:{'d' * 64}", "Y (1), z")
OURS = f'"https://github.com/a/y?tag=1-2": {{"commit": "{ENTRY.commit}", "image": "x/y:1-2", '
OURS += f'"digest": "{ENTRY.digest}", "display_name": "Y (1), z"}}'


def test_the_colours_stand_where_they_are_known() -> None:
    written = ListEntry.parse("https://github.com/a/y?tag=1-2")
    entry = replace(ENTRY, traffic_light="red, amber, green")
    lock = Lock.parse(b"{}", "lock").edited(None, written, entry)
    assert str(lock) == "{\n" + OURS.removesuffix("}") + ', "traffic_light": "red, amber, green"}\n}\n'
    assert Lock.parse(str(lock).encode(), "lock").entry(str(written)) == entry
    assert str(Lock.parse(b"{}", "lock").edited(None, written, ENTRY)) == "{\n" + OURS + "\n}\n"
    jsonschema.validate(json.loads(str(lock)), plans.lock())


def test_what_an_entry_does_not_say_is_empty() -> None:
    said = {"commit": ENTRY.commit, "image": ENTRY.image, "digest": ENTRY.digest, "traffic_light": None}
    assert Lock({"x": said}).entry("x") == replace(ENTRY, display_name="")
    assert Lock({"x": {**said, "digest": None}}).entry("x") is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"commit": ENTRY.commit, "image": ENTRY.image, "digest": ""},
        {"commit": ENTRY.commit[:7], "image": ENTRY.image, "digest": ENTRY.digest},
        {"commit": ENTRY.commit, "image": "X/Y", "digest": ENTRY.digest},
    ],
)
def test_an_entry_that_cannot_be_read_is_no_release_that_was_never_locked(said: dict[str, str]) -> None:
    """Then whatever the registry has by now would be believed; `list lock --write` would lock just that."""
    good = {"commit": ENTRY.commit, "image": ENTRY.image, "digest": ENTRY.digest}
    assert len(Lock({"https://github.com/a/y?tag=1-2": good, "of another version": {}}).known().locked) == 1
    with pytest.raises(BadInput, match=r"entry of 'https://github.com/a/y\?tag=1-3' cannot be read") as refused:
        Lock({"https://github.com/a/y?tag=1-2": good, "https://github.com/a/y?tag=1-3": said}).known()
    assert "restore it from git" in refused.value.cure


def edited(raw: str) -> str:
    """Return a lock's text where y's release 1-1 was replaced by 1-2."""
    gone, written = (ListEntry.parse(f"https://github.com/a/y?tag={tag}") for tag in ("1-1", "1-2"))
    return str(Lock.parse(raw.encode(), "lock").edited(gone, written, ENTRY))


@pytest.mark.parametrize(
    "spelled",
    [
        *(
            "https://github.com/a/y",
            "https://github.com/A/Y.git",
            "https://github.com/a/y/",
            "ssh://git@github.com/a/y",
        ),
        *("git@github.com:a/y.git", "https://github.com/a/y.git/", "https://github.com/a/y/.git"),
    ],
)
def test_an_entry_is_found_however_it_is_spelled(spelled: str) -> None:
    others: dict[str, dict[str, str]] = {
        f"https://github.com/{path}?tag={tag}": {} for path, tag in (("b/y", "1-1"), ("a/y", "1-2"))
    }
    lock = Lock({**others, f"{spelled}?tag=1-1": {}, "https://github.com/a/y": {}, "y?tag=1-1": {}})
    assert lock.find(ListEntry.parse("https://github.com/a/y.git?tag=1-1")) == f"{spelled}?tag=1-1"
    assert lock.find(ListEntry.parse("https://github.com/a/y?tag=1-3")) is None
    assert lock.find(ListEntry.parse("https://github.com/a/y")) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("https://example.org/y", "https://example.org/y"), ("https://example.org/y.git", "git@example.org:y")],
)
def test_of_two_spellings_its_own_is_found_or_else_the_first(wanted: str, found: str) -> None:
    lock = Lock({"git@example.org:y?tag=1-1": {}, "https://example.org/y?tag=1-1": {}})
    assert lock.find(ListEntry.parse(f"{wanted}?tag=1-1")) == f"{found}?tag=1-1"


def test_other_lines_stay_to_the_byte() -> None:
    first, last = '"https://github.com/b/z?tag=1": {}', '"x": {"later":1, "es": "\\u00e9é"}'
    before = f'{{\n{last},\n"https://github.com/a/y.git?tag=1-1": {{"a": ["}}"]}},\n{first}\n}}\n'
    assert edited(before) == f"{{\n{OURS},\n{first},\n{last}\n}}\n"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"https://github.com/a/y?tag=1-1": {}, "x": {"é": 1}}),
        json.dumps({"https://github.com/a/y?tag=1-1": {}, "x": {"é": 1}}, indent=1),
        '{\n"https://github.com/a/y?tag=1-1": {}, "x": {"é":\n1}\n}\n',
        '{\n"https://github.com/a/y?tag=1-1": {"a": 1,\n"b": 2}, "x": {"é": 1}\n}\n',
        '{\n"https:\\/\\/github.com/a/y?tag=1-1": {},\n"x": {"é": 1}\n}\n',
    ],
)
def test_a_lock_of_another_form_is_written_with_a_line_an_entry(text: str) -> None:
    assert edited(text) == "{\n" + OURS + ',\n"x": {"é": 1}\n}\n'


@pytest.mark.parametrize(
    "text", ['{"x": "\\ud800"}', '{\n"x": {"a": "\\ud800"}\n}\n', '{\n"x": {}, "x": {}\n}\n', "[]", "5", "[" * 9999]
)
def test_what_is_no_lock_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Lock.parse(text.encode(), "lock")
