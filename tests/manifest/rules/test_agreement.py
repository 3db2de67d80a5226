"""Tables of what agrees and what does not, and every state of the real fleet."""

from __future__ import annotations

import json

import pytest

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import agreement
from ltf_ci.model.release_tag import ReleaseTag
from tests.support import ROOT
from tests.support.repositories import manifest_text

STATES = json.loads((ROOT / "tests/data/fleet.json").read_text())["states"]
SLIPS = {
    ("cyber-dojo-languages/haskell", "2be819f"): ["display-name"],  # the key was called xdisplay_name
    ("cyber-dojo-start-points/clangplusplus-googlemock", "83ce025"): ["image-name"],  # a blank at its end
    ("cyber-dojo-start-points/rescript-jest", "4be464a"): ["image-name-tag"],  # :XXXXXXX
    ("cyber-dojo-start-points/gplusplus-boosttest", "bc52128"): ["image-under-two-versions"],  # 15.3.0, then 15.2.0
    ("cyber-dojo-start-points/gplusplus-catch", "ea315ef"): ["image-under-two-versions"],  # the same
}


def manifest(display_name: str, image_name: str, **more: object) -> Manifest:
    return Manifest.parse(manifest_text(display_name, image_name, **more).encode(), "manifest.json")


def rules(found: Manifest, tag: str | None = None) -> list[str]:
    return [finding.rule for finding in agreement.disagreements(found, ReleaseTag.parse(tag) if tag else None)]


def of_state(state: list[str | None]) -> Manifest:
    names = ("display_name", "image_name", "language")
    members = {name: value for name, value in zip(names, state[3:], strict=True) if value is not None}
    return Manifest.parse(json.dumps(members).encode(), "manifest.json")


def test_in_the_whole_fleet_only_the_slips_are_found() -> None:
    found: dict[tuple[str, str], list[str]] = {}
    before: dict[str, Manifest] = {}
    for state in STATES:
        now = of_state(state)
        slips = rules(now)
        if state[0] in before:
            slips += [slip.rule for slip in agreement.same_image_other_version(now, before[state[0]])]
        before[state[0]] = now
        if slips:
            found[state[0], state[1]] = slips
    assert found == SLIPS


@pytest.mark.parametrize(
    ("display_name", "image_name", "more", "tag", "expected"),
    [
        ("Python (3.7.4), unittest", "a/b:3.7.4-18", {}, "3.7.4-18", []),
        ("Python (3.7.4), unittest", "a/b:3.7.4-18", {}, None, []),
        ("Python (3.7.4), unittest", "a/b:3.7.4-18", {}, "3.7.4-19", ["image-name-tag"]),
        ("Python (3.7.4), unittest", "a/b:3.7.4-18", {}, "3.7.5-18", ["display-name-version", "image-name-tag"]),
        ("Python (3.7.4), unittest", "a/b:3.7.5-18", {}, None, ["display-name-version"]),
        ("Python 3.14, unittest", "a/b:3.14.0-1", {}, "3.14.0-1", ["display-name-version"]),
        ("Python, unittest", "a/b:3.7.4-1", {}, "3.7.4-1", ["display-name-version"]),
        ("Python (3.7.4), unittest", "a/b", {}, "3.7.4-18", ["image-name-tag"]),
        ("Python 3.7.4, unittest", "a/b:b8333d3", {}, None, []),
        ("Python 3.7.4, unittest", "a/b:latest", {}, None, []),
        ("Python 3.7.4, unittest", "a/b:XXXXXXX", {}, None, ["image-name-tag"]),
        ("Python 3.7.4, unittest", "ghcr.io/cyber-dojo-language/b:b8333d3", {}, None, ["image-organisation"]),
        ("Python 3.7.4, unittest", "cyberdojofundation/b:b8333d3", {}, None, ["image-organisation"]),
        ("Python 3.7.4, unittest", "cyberdojofoundations/b:b8333d3", {}, None, ["image-organisation"]),
        ("Python 3.7.4, unittest", "cyberdojofoumdation/b:b8333d3", {}, None, ["image-organisation"]),
        ("Python 3.7.4, unittest", "cyberdojofoundatin/b:b8333d3", {}, None, ["image-organisation"]),
        ("Python 3.7.4, unittest", "cyberdojofundatin/b:b8333d3", {}, None, []),  # two letters
        ("Python 3.7.4, unittest", "cyberdojofoumdatiom/b:b8333d3", {}, None, []),
        ("Python 3.7.4, unittest", "cyberdojofundation:b8333d3", {}, None, []),  # no organisation
        ("Python 3.7.4, unittest", "somebody/b:b8333d3", {}, None, []),
        ("Python 3.7.4, unittest", "a/b:b8333d3\n", {}, None, ["image-name"]),
        ("Python 3.7.4, unittest", None, {}, None, ["image-name"]),
        ("Python 3.7.4, unittest", "a/b:3.7.4-1", {"language": ["Python", "3.7.4"]}, "3.7.4-1", []),
        ("Python 3.7.4, unittest", "a/b:3.7.4-1", {"language": ["Python", ""]}, "3.7.4-1", []),
        ("Python 3.7.4, unittest", "a/b:3.7.4-1", {"language": ["Python", "3.7"]}, None, ["language-version"]),
        ("C (gcc 9.1), assert", "a/b:9.1-1", {"language": ["C (gcc)", "9.1"]}, None, []),
        ("C (gcc 9.1), assert", "a/b:9.1-1", {"language": ["C", "9.1"]}, None, ["language-name"]),
    ],
)
def test_what_agrees_and_what_does_not(
    display_name: str, image_name: str, more: dict[str, object], tag: str | None, expected: list[str]
) -> None:
    assert rules(manifest(display_name, image_name, **more), tag) == expected


def test_a_finding_says_where_what_and_what_to_do() -> None:
    found = manifest("Python (3.7.4), unittest", "a/b:3.7.4-18")
    name, image = agreement.disagreements(found, ReleaseTag.parse("3.7.5-1"))
    assert str(name.place) == "manifest.json:2:19"
    assert name.expected == "version 3.7.5, as the tag 3.7.5-1 has it"
    assert "'Python (3.7.5), unittest'" in name.cure
    assert str(image.place) == "manifest.json:3:17"
    assert "'a/b:3.7.5-1'" in image.cure


def test_an_image_without_a_tag_is_told_so() -> None:
    (found,) = agreement.disagreements(manifest("Python (3.7.4), unittest", "a/b"), ReleaseTag.parse("3.7.4-1"))
    assert (found.found, found.cure.partition(",")[0]) == ("image_name has no tag: 'a/b'", "write 'a/b:3.7.4-1'")


@pytest.mark.parametrize(
    ("display_name", "image_name", "tag"),
    [
        ("Python (3.7.4), unittest", "a/b:3.7.4-18", "3.7.4-18"),
        ("Python (3.7.4), unittest", "a/b:3.7.5-18", "3.7.4-1"),
        ("Python (3.7.4), unittest", "a/b:2733119", "3.7.4-1"),
        ("Python, unittest", "a/b:3.7.4-18", None),
    ],
)
def test_the_tag_that_a_manifest_proposes(display_name: str, image_name: str, tag: str | None) -> None:
    proposed = agreement.proposed_tag(manifest(display_name, image_name))
    assert (str(proposed) if proposed else None) == tag


@pytest.mark.parametrize(
    ("image", "before", "is_told"), [("a/b:1-1", "a/b:1-1", True), ("a/b:1-2", "a/b:1-1", False), ("a/b", "a/b", False)]
)
def test_an_image_under_two_versions(image: str, before: str, *, is_told: bool) -> None:
    then, now = manifest("Python (3.7.4), unittest", before), manifest("Python (3.7.5), unittest", image)
    assert [slip.rule for slip in agreement.same_image_other_version(now, then)] == [
        "image-under-two-versions"
    ] * is_told
