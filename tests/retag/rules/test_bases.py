"""Which images give way to a base's new release."""

from __future__ import annotations

import pytest

from ltf_ci.model.image import ImageName
from ltf_ci.retag.rules.bases import successors, unmatched

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("named", "base", "after"),
    [
        ("a/python:3.7.4-1", "a/python:3.7.4-2", "a/python:3.7.4-2"),
        ("a/python:3.7.4", "a/python:3.7.4-1", "a/python:3.7.4-1"),
        (f"a/python:3.7.4-1@{DIGEST}", "a/python:3.7.4-2", "a/python:3.7.4-2"),
        ("docker.io/a/python:3.7.4-1", "a/python:3.7.4-2", "docker.io/a/python:3.7.4-2"),
        ("ghcr.io/a/python:8f1a2b3", "ghcr.io/a/python:9e24065", "ghcr.io/a/python:9e24065"),
        ("a/python:2733119", "a/python:9e24065", "a/python:9e24065"),
        ("a/python:3.7.4-1", f"a/python:3.7.4-2@{DIGEST}", "a/python:3.7.4-2"),
        ("a/python:3.7.4-2", "a/python:3.7.4-2", None),
        ("a/python:3.7.4-3", "a/python:3.7.4-2", None),
        ("a/python:3.7.5-1", "a/python:3.7.4-2", None),
        ("a/python:3.7.3-1", "a/python:3.7.4-2", None),  # another version line
        ("a/python:3.7.4-1", "a/python:latest", None),
        ("a/python:8f1a2b3", "a/python:3.7.4-2", "a/python:3.7.4-2"),
        ("a/python:latest", "a/python:3.7.4-2", None),
        ("a/python", "a/python:3.7.4-2", None),
        (f"a/python@{DIGEST}", "a/python:3.7.4-2", None),
        ("a/python:slim-bookworm", "a/python:slim-trixie", None),
        ("a/other:3.7.4-1", "a/python:3.7.4-2", None),
        ("ghcr.io/a/python:3.7.4-1", "a/python:3.7.4-2", None),
        ("scratch", "a/python:3.7.4-2", None),
        ("ODD//name", "a/python:3.7.4-2", None),
    ],
)
def test_what_takes_an_images_place(named: str, base: str, after: str | None) -> None:
    assert successors([named], [ImageName.parse(base)]) == ({named: after} if after else {})


def test_each_image_has_its_own_base() -> None:
    bases = [ImageName.parse(text) for text in ("a/python:3.7.4-2", "a/ruby:3-2")]
    assert successors(["a/ruby:3-1", "b/c:1"], bases) == {"a/ruby:3-1": "a/ruby:3-2"}


@pytest.mark.parametrize(
    ("named", "base", "is_matched"),
    [
        (["a/python:3.7.4-1"], "a/python:3.7.4-2", "yes"),
        (["a/python:3.7.4-2"], "a/python:3.7.4-2", "yes"),  # it is named already
        (["a/python:191902b"], "a/python:3.7.4-2", "yes"),
        (["a/python:3.7.5-1"], "a/python:3.7.4-2", ""),
        (["a/ruby:3.7.4-1"], "a/python:3.7.4-2", ""),
        ([], "a/python:3.7.4-2", ""),
    ],
)
def test_a_base_that_takes_no_images_place_is_known(named: list[str], base: str, is_matched: str) -> None:
    assert bool(unmatched(named, [ImageName.parse(base)])) is not bool(is_matched)
