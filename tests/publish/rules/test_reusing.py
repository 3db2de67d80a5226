"""Which earlier release may lend its layers, and whether it may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.rules.reusing import earlier, is_of_same_build

TAG, COMMIT = ReleaseTag.parse("3.7.4-1"), Commit("1" * 40)
WANTED = ImageLabels(
    revision=Commit("2" * 40), version=ReleaseTag.parse("3.7.4-2"), base_name="a:1", base_digest="d", inputs="i"
)
THERE = replace(WANTED, revision=COMMIT, version=TAG)


@pytest.mark.parametrize(
    ("mine", "tags", "expected"),
    [
        ("3.7.4-1", ["3.7.4-1", "3.7.4-2"], []),
        ("3.7.4-11", ["3.7.4-9", "3.7.4-10", "3.7.4-11", "3.7.4-12"], ["3.7.4-10", "3.7.4-9"]),
        ("3.7.4-2", ["3.7.4", "3.7.4-1", "3.7.40-1", "3.7.3-9"], ["3.7.4-1", "3.7.4"]),
        ("3.7.4-2", ["latest", "2733119", "v1", "3.7.4-01"], []),
    ],
)
def test_the_earlier_releases_are_those_of_the_same_version_line(
    mine: str, tags: list[str], expected: list[str]
) -> None:
    assert [str(tag) for tag in earlier(ReleaseTag.parse(mine), tags)] == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"title": "Another", "created": "then", "source": "elsewhere", "origin": "inherited"}, True),
        ({"inputs": "other"}, False),
        ({"inputs": ""}, False),
        ({"base_name": "a:2"}, False),
        ({"base_digest": ""}, False),
        ({"version": None}, False),
        ({"version": ReleaseTag.parse("3.7.4-3")}, False),
        ({"revision": None}, False),
        ({"revision": Commit("3" * 40)}, False),
    ],
)
def test_labels_tell_the_same_build(change: dict[str, object], expected: bool) -> None:  # noqa: FBT001
    assert is_of_same_build(WANTED, TAG, COMMIT, replace(THERE, **change)) is expected  # type: ignore[arg-type]


def test_a_tag_that_git_has_not_lends_nothing() -> None:
    assert not is_of_same_build(WANTED, TAG, None, replace(THERE, revision=None))
