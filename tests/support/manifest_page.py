"""Writes the tables of rules into docs/manifest.md: `python -m tests.support.manifest_page`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ltf_ci.manifest.rule_names import AS_CYBER_DOJO, STRICTER
from tests.support import ROOT

FILE = ROOT / "docs/manifest.md"


def expected(text: str) -> str:
    """Return the page with its tables as the code has them."""
    for title, rules in (("As cyber-dojo asks", AS_CYBER_DOJO), ("Stricter than cyber-dojo", STRICTER)):
        before = re.compile(rf"(?<=^## {title}\n)\n(\|.*\n)*", re.MULTILINE)
        text = before.sub(_table(rules).replace("\\", r"\\"), text)
    return text


def _table(rules: Mapping[str, str]) -> str:
    rows = "".join(f"| `{rule}` | {asks} |\n" for rule, asks in rules.items())
    return f"\n| rule | what is asked |\n|---|---|\n{rows}"


if __name__ == "__main__":
    FILE.write_text(expected(FILE.read_text()))
