"""What must be so before a version of ltf-ci is released."""

from __future__ import annotations

import pytest

from generators.releases import faults, notes, references

CHANGELOG = "# Changes\n\n## Unreleased\n\n## 1.2.3 - 2026-11-27\n\n- More.\n\n## 1.2.2 - 2026-11-26\n\n- Less.\n"


@pytest.mark.parametrize(
    ("tag", "version", "majors", "found"),
    [
        ("v1.2.3", "1.2.3", [1], []),
        ("v1.2.2", "1.2.2", [], []),
        ("1.2.3", "1.2.3", [1], ["1.2.3 is not vMAJOR.MINOR.PATCH"]),
        ("v1.2.3", "1.2.2", [1], ["pyproject.toml has version 1.2.2, and the tag is v1.2.3"]),
        ("v1.2.4", "1.2.4", [1], ["CHANGELOG.md has no section `## 1.2.4 - YYYY-MM-DD` with text in it"]),
        ("v1.2.3", "1.2.3", [1, 0, 0], ["README.md calls ltf-ci@v0, and v1.2.3 is released"]),
        ("v1.2.3", "1.2.3", [2], ["README.md calls ltf-ci@v2, and v1.2.3 is released"]),
    ],
)
def test_what_keeps_a_tag_from_being_released(tag: str, version: str, majors: list[int], found: list[str]) -> None:
    assert list(faults(tag, version, CHANGELOG, {"README.md": majors})) == found


def test_the_notes_are_the_section_of_the_version() -> None:
    assert notes("1.2.3", CHANGELOG) == "- More."
    assert notes("1.2", CHANGELOG) == ""


def test_every_file_of_ours_calls_the_major_version_that_is_released_next() -> None:
    found = references()
    assert {"README.md", ".github/workflows/release.yml", "workflows/ltf-ci-release.yml"} <= found.keys()
    assert {major for majors in found.values() for major in majors} == {1}
