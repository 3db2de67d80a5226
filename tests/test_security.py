"""SECURITY.md names tests that exist."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.support import ROOT

NAMED = re.compile(r"`(test_\w+\.py)(?:::(test_\w+))?`")


def test_what_security_md_says_is_held_by_tests_that_exist() -> None:
    named = NAMED.findall((ROOT / "SECURITY.md").read_text())
    assert len(named) > 30
    texts = defaultdict[str, str](str)  # several rooms have a file of one name
    for path in (ROOT / "tests").rglob("test_*.py"):
        texts[path.name] += path.read_text()
    assert [f"{file}::{test}" for file, test in named if f"def {test}" not in texts[file]] == []
