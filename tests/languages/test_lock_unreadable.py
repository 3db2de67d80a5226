"""A lock or a report that cannot be read is told with its place, and not in Python's words."""

from __future__ import annotations

import json

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.languages.lock import Lock
from ltf_ci.watch.report import read_report

PYTHONS = ("Expecting", "Error", "char ", "delimiter", "codec")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "lock:1:2: it is no JSON here"),
        ('{\n "a": ]\n}', "lock:2:7: it is no JSON here"),
        ('{"a": {}, "a": {}}', "lock: a key is repeated"),
        ('{"a": {"b": "\\ud800"}}', "lock: it has half of a surrogate pair"),
        ("[" * 100_000, "lock: it is nested too deeply"),
        ('{"a": NaN}', "lock: NaN is not JSON"),
        ("[]", "lock is no lock"),
    ],
)
def test_a_lock(text: str, says: str) -> None:
    with pytest.raises(BadInput) as told:
        Lock.parse(text.encode(), "lock")
    assert told.value.found.startswith(says)
    assert not [word for word in PYTHONS if word in told.value.found]
    assert told.value.cure


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{", "line 1, column 2 is no JSON"),
        ("{}", "it lacks 'findings'"),
        (json.dumps({"findings": [], "command": "check"}), "it lacks 'check'"),
        (json.dumps({"findings": [7], "command": "watch"}), "a part of it has another form"),
        ("[]", "a part of it has another form"),
    ],
)
def test_what_watch_found(data: str, says: str) -> None:
    with pytest.raises(BadInput) as told:
        read_report(data.encode(), "watched.json")
    assert told.value.found == f"watched.json is not what watch found: {says}"
    assert not [word for word in PYTHONS if word in told.value.found]
