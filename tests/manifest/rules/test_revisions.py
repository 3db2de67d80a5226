"""Which revision comes next, and what a manifest says then."""

from __future__ import annotations

import json

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag


def manifest(**members: object) -> Manifest:
    there = {key: value for key, value in members.items() if value is not None}
    return Manifest.parse(json.dumps(there, indent=1).encode(), "manifest.json")


@pytest.mark.parametrize(
    ("version", "known", "expected"),
    [
        ("3.7.4", "", "3.7.4-1"),
        ("3.7.4", "3.7.4-9 3.7.4-10 3.7.4-2", "3.7.4-11"),  # by number
        ("3.7.4", "3.7.4-1 3.7.5-30 3.7-40", "3.7.4-2"),  # of this version alone
        ("3.7.4", "3.7.4 2733119 v3.7.4-8 nightly", "3.7.4-1"),
        ("3.8.0-rc1", "3.8.0-rc1-1 3.8.0-7", "3.8.0-rc1-2"),
    ],
)
def test_the_next_revision_is_the_one_after_the_highest(version: str, known: str, expected: str) -> None:
    assert str(revisions.next_tag(LanguageVersion.parse(version), known.split())) == expected


@pytest.mark.parametrize(
    ("version", "proposed", "known", "expected"),
    [
        ("3.7.4", "3.7.4-18", "", "3.7.4-18"),
        ("3.7.4", "3.7.4-18", "3.7.4-17", "3.7.4-18"),
        ("3.7.4", "3.7.4-18", "3.7.4-18", "3.7.4-19"),
        ("3.7.4", "3.7.4-18", "3.7.4-30", "3.7.4-31"),
        ("3.7.5", "3.7.4-18", "3.7.4-18", "3.7.5-1"),
        ("3.7.4", "3.7.5-18", "3.7.4-2", "3.7.4-3"),
        ("3.7.4", None, "3.7.4-2", "3.7.4-3"),
    ],
)
def test_a_manifests_own_tag_is_taken_where_it_is_free(
    version: str, proposed: str | None, known: str, expected: str
) -> None:
    own = ReleaseTag.parse(proposed) if proposed else None
    assert str(revisions.next_release(LanguageVersion.parse(version), own, known.split())) == expected


@pytest.mark.parametrize(
    ("display_name", "version"), [("Python (3.7.4), unittest", "3.7.4"), ("Python 3.7.4, unittest", "3.7.4")]
)
def test_the_version_is_display_names(display_name: str, version: str) -> None:
    assert str(revisions.version_of(manifest(display_name=display_name))) == version


@pytest.mark.parametrize("display_name", ["Python, unittest", "Python 3.7.4+a, unittest", "", None])
def test_a_name_without_a_version_is_told(display_name: str | None) -> None:
    with pytest.raises(BadInput) as told:
        revisions.version_of(manifest(display_name=display_name))
    assert told.value.expected
    assert told.value.place
    assert "display_name" in told.value.found


@pytest.mark.parametrize(
    ("language", "then"), [(["Python", "3.7.4"], ["Python", "3.7.5"]), (["Python", ""], ["Python", ""]), (None, None)]
)
def test_a_release_is_written_wherever_its_version_stands(language: list[str] | None, then: list[str] | None) -> None:
    before = manifest(display_name="Python (3.7.4), unittest", image_name="a/b:3.7.4-18", language=language, x="3.7.4")
    after = manifest(display_name="Python (3.7.5), unittest", image_name="a/b:3.7.5-1", language=then, x="3.7.4")
    assert revisions.retagged(before, ReleaseTag.parse("3.7.5-1")).decode() == after.text
    assert revisions.retagged(after, ReleaseTag.parse("3.7.5-1")).decode() == after.text


@pytest.mark.parametrize("missing", ["display_name", "image_name"])
@pytest.mark.parametrize("value", [None, 3])
def test_a_manifest_that_lacks_a_name_is_told(missing: str, value: object) -> None:
    members = {"display_name": "Python (3.7.4), unittest", "image_name": "a/b:3.7.4-18", missing: value}
    with pytest.raises(BadInput, match=missing) as told:
        revisions.retagged(manifest(**members), ReleaseTag.parse("3.7.5-1"))
    assert told.value.expected
