"""What a person must do in a repository before it can be released."""

from __future__ import annotations

from collections import defaultdict

import pytest

from ltf_ci.adopt.rules.lacking import lacking
from ltf_ci.model.remote_repository import Files

SETTINGS, JSON, BASE = ".github/ltf-ci.yml", "docker/image_name.json", "docker/Dockerfile.base"
SOURCE, DOCKERFILE = "write `image-from", "commit docker/Dockerfile.base"


@pytest.mark.parametrize(
    ("there", "is_start_point", "expected"),
    [
        ({SETTINGS: "image-from: o/i:9e3179c\n"}, True, []),
        ({SETTINGS: "image: {from: o/i:9e3179c}\n"}, True, []),
        ({SETTINGS: "image:\n  # why\n  from: o/i:9e3179c\n"}, True, []),
        ({SETTINGS: "# image-from: o/i:9e3179c\n"}, True, [SOURCE]),
        ({SETTINGS: "image-from:\n"}, True, [SOURCE]),
        ({SETTINGS: "image:\n  other: x\nfrom: y\n"}, True, [SOURCE]),
        ({}, True, [SOURCE]),
        ({JSON: "{}", BASE: "FROM a"}, False, []),
        ({JSON: "{}", "docker/Dockerfile": "FROM a"}, False, []),
        ({JSON: "{}"}, False, [DOCKERFILE]),
        ({"docker/red_amber_green.rb": ""}, False, [DOCKERFILE]),
        ({}, False, []),
    ],
)
def test_what_no_run_can_write_is_named(there: Files, *, is_start_point: bool, expected: list[str]) -> None:
    files: Files = defaultdict(lambda: None, there)
    found = [*lacking(files, is_start_point=is_start_point)]
    assert [text.startswith(start) for text, start in zip(found, expected, strict=True)] == [True] * len(expected)
