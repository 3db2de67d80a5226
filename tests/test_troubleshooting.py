"""The messages that docs/troubleshooting.md explains are those of the code."""

from __future__ import annotations

import re

import pytest

from tests.support import ROOT

PAGE = (ROOT / "docs/troubleshooting.md").read_text()
MESSAGES = re.findall(r"`([^`|]*)`", "".join(re.findall(r"(?m)^\| (`[^|]*)\|", PAGE)))
CODE = "\n".join(file.read_text() for file in sorted((ROOT / "ltf_ci").rglob("*.py")))


def fixed_parts(message: str) -> list[str]:
    """Return the parts of a message that are the same each time: no names, tags and numbers."""
    return [part for part in re.findall(r"[A-Za-z][a-z]+(?: (?:[a-z]+\b(?!/)))+", message) if len(part) > 8]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_of_the_page_is_one_of_the_code(message: str) -> None:
    assert fixed_parts(message)
    assert [part for part in fixed_parts(message) if part not in CODE] == []
