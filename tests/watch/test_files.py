"""The files of a fleet are read, and what in them cannot be is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ltf_ci.clients.files import LARGEST
from ltf_ci.languages.listed_repositories import read_list
from ltf_ci.model.finding import Severity
from ltf_ci.watch.files import Files

IMAGES = 8000


def test_the_list_and_the_lock_of_thousands_are_read(tmp_path: Path) -> None:
    said = {"commit": "c" * 40, "image": "o/ltf:3.7.4-1", "digest": f"sha256:{'d' * 64}", "display_name": "A, b"}
    lines = [f"https://github.com/owner/{'of-a-long-name-' * 5}{number}?tag=3.7.4-1" for number in range(IMAGES)]
    listed, lock = tmp_path / "git_repo_urls.tagged", tmp_path / "languages.lock.json"
    listed.write_text("".join(f"{line} # {'x' * 30}\n" for line in lines))
    lock.write_text(json.dumps(dict.fromkeys(lines, said)))
    assert min(file.stat().st_size for file in (listed, lock)) > LARGEST
    files = Files.read(tmp_path, listed.name, "dependents.json")
    assert files.lock
    assert len(files.lock.entries) == len(read_list(listed).every_line()) == IMAGES


GOOD = {"from": "deb:1", "image_name": "o/a:1.0-1", "test_framework": False}
ENTRY = {"commit": "c" * 40, "image": "o/ltf:3.7.4-1", "digest": f"sha256:{'d' * 64}", "display_name": "A, b"}
KEY = "https://github.com/o/ltf?tag=3.7.4-1"


@pytest.mark.parametrize(
    ("listed", "lock", "dependents", "expected"),
    [
        (f"{KEY}\n", {KEY: ENTRY}, {"a (1.0)": GOOD}, []),
        (f"{KEY} and more\n", {}, {}, [("list-line", Severity.WARNING)]),
        ("ssh://git@github.com/o/ltf?tag=3.7.4-1\n", {}, {}, [("list-address", Severity.WARNING)]),
        ("", {}, {"a (1.0)": 1}, [("dependents-entry", Severity.WARNING)]),
        ("", {}, {"a (1.0)": {**GOOD, "from": 7}, "b": GOOD}, [("dependents-entry", Severity.WARNING)]),
        (f"{KEY}\n", {KEY: {**ENTRY, "digest": ""}}, {}, [("lock-entry", Severity.ERROR)]),
        ("", {KEY: {}, "written by a later version": {}}, {}, [("lock-entry", Severity.ERROR)]),
    ],
)
def test_what_is_not_looked_at_is_told(
    tmp_path: Path,
    listed: str,
    lock: dict[str, object],
    dependents: dict[str, object],
    expected: list[tuple[str, Severity]],
) -> None:
    (tmp_path / "list").write_text(listed)
    (tmp_path / "languages.lock.json").write_text(json.dumps(lock))
    (tmp_path / "dependents.json").write_text(json.dumps(dependents))
    files = Files.read(tmp_path, "list", "dependents.json")
    found = files.fleet(tmp_path, local=False).not_asked
    assert [(each.rule, each.severity) for each in found] == expected
    assert (files.unknown is not None) is (("lock-entry", Severity.ERROR) in expected)
