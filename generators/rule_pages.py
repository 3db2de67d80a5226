"""Pages of docs/: the tables of rules."""

from __future__ import annotations

import re

from ltf_ci.model.rule import Section
from ltf_ci.model.rules_table import SECTIONS

PAGES = tuple(dict.fromkeys(section.page for section in SECTIONS))


def expected(page: str, text: str) -> str:
    """Return a page's text with its tables as the code has them."""
    for section in SECTIONS:
        text = with_table(text, section) if section.page == page else text
    return text


def with_table(text: str, section: Section) -> str:
    """Return a page's text with the section's table in the place of the first table of rules below its heading."""
    head, heading, rest = text.partition(f"\n## {section.heading}\n")
    below, line, others = rest.partition("\n## ")
    written, tables = re.subn(r"^\| rule \|.*\n(\|.*\n)*", lambda _: table(section), below, count=1, flags=re.MULTILINE)
    assert tables == 1, f"docs/{section.page} has no table of rules below {section.heading!r}"
    return f"{head}{heading}{written}{line}{others}"


def table(section: Section) -> str:
    """Return a section's table, as markdown."""
    rows = "".join(f"| `{rule.name}` | {rule.asks} | {rule.severity} |\n" for rule in section.rules)
    return f"| rule | {section.second} | |\n|---|---|---|\n{rows}"
