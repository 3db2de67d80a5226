from __future__ import annotations

import pytest

from ltf_ci.fleet.rules import entries
from ltf_ci.languages.dependents import NAME, Dependents
from ltf_ci.model.finding import Severity
from tests.support.dependents import NOTES, OLDER, entry, text_of

PY = ("python (3.7.4)", entry("python:3.7.4", "o/python:3.7.4"))
PY_2 = ("python (3.7.4)", entry("python:3.7.4", "o/python:3.7.4-2"))


def found(text: str) -> list[tuple[str, int]]:
    """Return the errors and warnings: rule and line."""
    return [
        (f"{finding.rule} {finding.severity}".removesuffix(" error"), finding.place.line)
        for finding in entries.findings(Dependents.read(text.encode(), NAME))
    ]


@pytest.mark.parametrize(
    "text", [NOTES, OLDER, "{}", NOTES.replace("python (3.7.4)", "python"), OLDER.replace('"python",', '"python:3",')]
)
def test_what_the_notes_have_is_right(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("o/python:3.7.4", None),
        ("o/python:3.7.4-2", None),
        ("docker.io/o/python:3.7.4-2", None),
        ("o/python:3.7.4-1", "dependents-from-older warning"),
        ("o/python:3.7.4-3", "dependents-from"),
        ("o/python:3.7.5", "dependents-from"),
        ("o/python:3.7.5-2", "dependents-from"),
        ("o/python:191902b", "dependents-from-commit warning"),
        ("o/python:latest", "dependents-from"),
        ("o/python", "dependents-from"),
        ("o/python@sha256:" + "0" * 64, "dependents-from"),
        ("ghcr.io/o/python:3.7.5", None),  # another registry's is another image
        ("python:3.7.5", None),
        ("python", None),
        (["python", "o/python:3.7.5", "o/python:3.7.4"], "dependents-from"),
    ],
)
def test_an_image_of_ours_must_be_made_by_an_entry(base: str, expected: str | None) -> None:
    text = text_of(dict([PY_2, ("a (1)", entry(base, "o/a:1-1"))]))
    assert found(text) == ([(expected, 3)] if expected else [])


@pytest.mark.parametrize(
    ("base", "image", "is_own"),
    [
        ("o/a:1-1", "o/a:1-1", True),
        ("docker.io/o/a:1-1", "o/a:1-1", True),
        ("o/a:latest", "o/a", True),
        ("o/a:1", "o/a:1-1", False),  # a start point's
        ("ghcr.io/o/a:1-1", "o/a:1-1", False),
    ],
)
def test_no_image_is_made_from_itself(base: str, image: str, *, is_own: bool) -> None:
    key = "a (1)" if ":" in image else "a"
    assert ("dependents-cycle", 2) in found(text_of({key: entry(base, image)})) or not is_own


@pytest.mark.parametrize(
    ("image", "base", "expected"),
    [
        ("o/a:1-9", "o/a:1-8", None),
        ("o/a:1-9", "docker.io/o/a:1-8", None),
        ("o/a:1", "o/a:1-8", None),
        ("o/a:1-9", "o/a:1@sha256:" + "0" * 64, None),
        ("o/a:1-9", "o/a:191902b", None),
        ("o/a:1-9", "o/a:1-9", "dependents-cycle"),
        ("o/a:1-9", "o/a:1", "dependents-cycle"),  # whatever is released makes it old
        ("o/a:1-9", "o/a:latest", "dependents-cycle"),
        ("o/a:1-9", "o/a:2-1", "dependents-from"),
    ],
)
def test_an_image_may_take_files_from_its_own_earlier_release(image: str, base: str, expected: str | None) -> None:
    text = text_of({"a (1)": entry(["x", base], image)})
    assert [rule for rule, _ in found(text)][-1:] == ([expected] if expected else [])


@pytest.mark.parametrize("base", ["o/a:1-8", "o/a:2.0-1", "o/a@sha256:" + "0" * 64, "o/a:191902b"])
def test_an_entry_without_a_version_may_take_files_from_each_of_its_releases(base: str) -> None:
    assert found(text_of({"a": entry(["x", base], "o/a")})) == []


@pytest.mark.parametrize("tag", ["", ":3.7.4", ":191902b", ":latest"])
def test_an_entry_without_a_version_makes_every_tag(tag: str) -> None:
    assert found(text_of({"python": entry("python", "o/python"), "a": entry(f"o/python{tag}", "o/a")})) == []


@pytest.mark.parametrize(
    ("key", "image", "right"),
    [
        ("a (1)", "o/a:1-9", True),
        ("a (1)", "o/a:1", True),
        ("a (1)", "o/a:1.0-9", False),  # two version lines by their text
        ("a (1)", "o/a:2-1", False),
        ("a (1)", "o/a:latest", False),
        ("a (1)", "o/a", False),
        ("a (3.15.0-rc1)", "o/a:3.15.0-rc1-2", True),
        ("a", "o/a:2-1", True),
    ],
)
def test_the_version_in_the_key_is_the_tag_s(key: str, image: str, *, right: bool) -> None:
    assert found(text_of({key: entry("x", image)})) == ([] if right else [("dependents-version", 2)])


def test_a_repository_with_and_without_versions() -> None:
    text = text_of(dict([("python", entry("x", "o/python:2.7")), PY]))
    assert found(text) == [("dependents-mixed", 2)]


@pytest.mark.parametrize(
    ("first", "second", "right"),
    [
        ("o/a:1-1", "o/a:2-1", True),
        ("o/a:1-1", "o/b:1-1", True),
        ("o/a:1-1", "ghcr.io/o/a:1-1", True),
        ("o/a:1-1", "o/a:1-2", False),
        ("o/a:1-1", "docker.io/o/a:1", False),
        ("o/a:1-1", "o/a", False),
        ("o/a", "o/a:1-1", False),
        ("o/a", "o/a", False),
    ],
)
def test_two_entries_that_make_the_same_image(first: str, second: str, *, right: bool) -> None:
    text = text_of({"a": entry("x", first), "b": entry("x", second)})
    assert found(text) == ([] if right else [("dependents-image-twice", 3)])
    said = [finding.found for finding in entries.findings(Dependents.read(text.encode(), NAME))]
    assert all("line 3" in each and "line 2" in each for each in said)


CYCLES = {
    "a": entry("o/c", "o/a"),
    "b": entry("o/a", "o/b"),
    "c": entry(["o/b", "o/d"], "o/c"),
    "d": entry("o/d", "o/d"),
    "e": entry("o/c", "o/e"),
    "y": entry("o/z", "o/y"),
    "z": entry("o/y", "o/z"),
}


def test_each_cycle_is_named_once_and_whole() -> None:
    findings = [*entries.findings(Dependents.read(text_of(CYCLES).encode(), NAME))]
    assert [(each.place.line, each.found.partition(": ")[2]) for each in findings] == [
        (2, "a → b → c → a"),
        (5, "d → d"),
        (7, "y → z → y"),
    ]


def test_all_at_once() -> None:
    text = text_of(
        {"a (1)": entry("o/b:3", "o/a:2-1"), "b (1)": entry("x", "o/b:1-1"), "c": 3, "d": entry("x", "o/b:1")}
    )
    assert found(text) == [
        ("dependents-entry", 4),
        ("dependents-version", 2),
        ("dependents-from", 2),
        ("dependents-image-twice", 5),
    ]


def test_a_cycle_that_no_recursion_follows_and_more_cycles_than_anybody_reads() -> None:
    size = 3_000
    long = {f"i{number}": entry(f"o/i{(number - 1) % size}", f"o/i{number}") for number in range(size)}
    assert [rule for rule, _ in found(text_of(long))] == ["dependents-cycle"]
    many = {f"i{number}": entry([f"o/i{number}", "o/i0"], f"o/i{number}") for number in range(1_000)}
    assert len(found(text_of(many))) == 100


def test_a_graph_with_more_ways_through_it_than_anybody_can_walk() -> None:
    ladder = {"i0 (1)": entry("x", "o/i0:1"), "j0 (1)": entry("x", "o/j0:1")}
    for step in range(1, 60):
        both = [f"o/i{step - 1}:1", f"o/j{step - 1}:1"]
        ladder |= {f"{name}{step} (1)": entry(both, f"o/{name}{step}:1") for name in "ij"}
    assert found(text_of(ladder)) == []


def test_only_an_older_revision_is_no_error() -> None:
    text = text_of(dict([PY_2, ("a (1)", entry("o/python:3.7.4-1", "o/a:1-1"))]))
    (finding,) = entries.findings(Dependents.read(text.encode(), NAME))
    assert finding.severity is Severity.WARNING
    assert finding.expected == "o/python:3.7.4-2"
