"""Entries and graphs, written shortly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.languages.dependents import NAME, Dependents

BASE, FRAMEWORK = "python (3.7.4)", "python-assert (3.7.4)"
NOTES = """{
  "python (3.7.4)": {
    "from": "python:3.7.4",
    "image_name": "cyberdojofoundation/python:3.7.4",
    "test_framework": false
  },
  "python-assert (3.7.4)": {
    "from": "cyberdojofoundation/python:3.7.4",
    "image_name": "cyberdojofoundation/python_assert:3.7.4-22",
    "test_framework": true
  }
}
"""
OLDER = """{
  "python": {"from": "python", "image_name": "cyberdojofoundation/python", "test_framework": false},
  "python-assert": {"from": "cyberdojofoundation/python", "image_name": "cyberdojofoundation/python_assert",
                    "test_framework": true}
}
"""


def parsed(text: str) -> Dependents:
    return Dependents.parse(text.encode(), NAME)


def entry(base: str | Sequence[str], image: str, *, tests: object = True) -> dict[str, object]:
    return {"from": base, "image_name": image, "test_framework": tests}


def text_of(entries: Mapping[str, object]) -> str:
    """Return a file with a line for each entry, from line 2 on."""
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def graph_of(bases: Mapping[str, str]) -> ImageGraph:
    """Draw a graph of repositories without versions: `a` makes o/a; its bases are words, and `x:1` is another's."""
    entries = {
        name: entry([f"o/{word}" if word in bases else word for word in below.split()], f"o/{name}")
        for name, below in bases.items()
    }
    return ImageGraph.of(parsed(text_of(entries)).entries)
