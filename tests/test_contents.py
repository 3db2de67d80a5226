"""Each page of docs/ begins with links to its sections."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
FEW = 3


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_begins_with_its_contents(page: Path) -> None:
    text = page.read_text()
    headings = re.findall(r"(?m)^## (.+)$", text)
    linked = re.findall(r"\(#([^)]*)\)", text.partition("\n## ")[0])
    assert len(headings) < FEW or {*map(anchor, headings)} <= {*linked}
