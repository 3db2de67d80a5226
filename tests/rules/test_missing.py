"""Which released version lines lack their entry of dependents.json."""

from __future__ import annotations

import json

import pytest

from ltf_ci.model.dependents import Dependents
from ltf_ci.model.image import ImageName
from ltf_ci.model.image_graph import ImageGraph
from ltf_ci.rules.missing import entries, without_entry


@pytest.mark.parametrize(
    ("known", "released", "expected"),
    [
        ("3.7.4", "3.7.4-1 3.7.5-1 3.7.5-2", ["3.7.5-2"]),
        ("3.7.4", "3.7.4 3.7.5", ["3.7.5"]),
        ("3.7.4", "3.7.4-1 3.7.5-1 3.7.6-1 3.8.0-1 3.8.1-1", ["3.7.6-1", "3.8.1-1"]),
        ("3.7.4 3.8.1", "3.7.4-1 3.7.5-1 3.8.1-1", ["3.7.5-1"]),  # a patch of an older line
        ("3.7.4 3.7.5", "3.7.3-1 3.7.4-1 3.7.5-1 3.6.9-1", []),
        ("3.14", "3.14-1 3.14.3-1", ["3.14.3-1"]),  # written with more numbers from now on
        ("3.7.4", "3.7.4-1 3.8.0-rc1-1", ["3.8.0-rc1-1"]),  # ours, so it was meant
        ("3.7.4", "3.7.4-9 latest 2733119 not-latest-3.8.0-1", []),
        ("3.7.4", "", []),
        ("", "3.7.4-1 3.7.5-1", []),  # the older form stands for all
    ],
)
def test_a_released_version_lacks_its_entry(known: str, released: str, expected: list[str]) -> None:
    lines = [f" ({line})" for line in known.split()] or [""]
    data = {f"py{line}": _entry(f"a/py:{line.strip(' ()') or '3.7.4'}") for line in lines}
    graph = ImageGraph.of(Dependents.parse(json.dumps(data).encode(), "d").entries)
    found = list(without_entry(graph, {ImageName.parse("docker.io/a/py"): released.split()}))
    assert [str(each.tag) for each in found] == expected
    keys = [f'"py ({tag.rpartition("-")[0] or tag})"' for tag in expected]
    assert [finding.expected for finding in entries(found)] == keys


def _entry(image: str) -> dict[str, object]:
    return {"from": "debian:13", "image_name": image, "test_framework": False}
