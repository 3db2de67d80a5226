from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules.waves import matrices, waves
from ltf_ci.model.image import ImageName
from tests.support.dependents import NOTES, entry, graph_of, parsed, text_of

DIAMOND = {"d": "c b", "b": "a", "c": "b a", "a": "x:1", "e": "x:2", "f": "x y:1"}


def keys(graph: ImageGraph, *changed: str) -> list[str]:
    return [" ".join(each.key for each in wave) for wave in waves(graph, changed)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (["a"], ["b", "c", "d"]),  # a diamond: once, after all of its bases
        (["o/a"], ["b", "c", "d"]),
        (["o/a:5"], ["b", "c", "d"]),  # the older form stands for every tag
        (["c"], ["d"]),
        (["d"], []),
        (["b", "a"], ["b", "c", "d"]),
        (["x"], ["a e f", "b", "c", "d"]),  # all of its tags
        (["x:1"], ["a", "b", "c", "d"]),
        (["x:2"], ["e"]),
        (["x:latest"], ["f"]),
        (["docker.io/library/x:2"], ["e"]),
        (["x:9"], []),
        ([f"x:2@sha256:{'a' * 64}"], ["e"]),  # as a base that moved is named
        ([f"x:9@sha256:{'a' * 64}"], []),
        (["y"], ["f"]),
        ([], []),
    ],
)
def test_what_is_made_from_a_changed_image(changed: list[str], expected: list[str]) -> None:
    assert keys(graph_of(DIAMOND), *changed) == expected


@pytest.mark.parametrize(("named", "expected"), [("b", "one of x:1, x:2"), ("a", None)])
def test_a_digest_alone_is_of_no_tag_but_of_an_entrys_own(named: str, expected: str | None) -> None:
    """That nothing is made from it would be said of an image that much may be made from."""
    pinned = f"x@sha256:{'a' * 64}"
    graph = graph_of({"a": "x:1", "b": "x:2", **({"c": pinned} if expected is None else {})})
    changed = f"x@sha256:{named * 64}"
    if expected is None:
        assert keys(graph, changed) == ["c"]
        return
    with pytest.raises(BadInput, match="a digest alone says no tag") as refused:
        keys(graph, changed)
    assert refused.value.expected == expected


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("pyton", "did you mean python?"),
        ("o/pythn", "did you mean o/python?"),
        ("ruby:3", "name an existing one: `ltf-ci dependents graph` shows them"),
        ("", "name an existing one: `ltf-ci dependents graph` shows them"),
    ],
)
def test_a_name_that_nothing_has_is_shown_with_the_nearest(name: str, cure: str) -> None:
    with pytest.raises(BadInput, match=f"^'{name}' is neither an entry's key or image") as refused:
        keys(graph_of({"python": "x:1"}), name)
    assert refused.value.cure == cure


LINES = {
    "base (1.0)": entry("x:1", "o/base:1.0-1"),
    "base (2.0)": entry("x:2", "o/base:2.0-1"),
    "base (10.0)": entry("x:3", "o/base:10.0"),
    "one (1.0)": entry("o/base:1.0", "o/one:1.0-1"),
    "one (2.0)": entry("o/base:2.0-1", "o/one:2.0-1"),
    "old (2.0)": entry("o/base:191902b", "o/old:2.0-1"),
    "new (1)": entry("o/base", "o/new:1-1"),
    "two (1)": entry(["o/base:1.0", "o/base:2.0"], "o/two:1-1"),
    "Two-Up (1)": entry("y", "o/two_up:1-1"),
    "top (1)": entry("o/two_up:1", "o/top:1-1"),
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("base (1.0)", ["one (1.0) two (1)"]),
        ("o/base:1.0", ["one (1.0) two (1)"]),
        ("o/base:1.0-7", ["one (1.0) two (1)"]),  # a release that the file does not know yet
        ("o/base:2.0", ["one (2.0) two (1)"]),
        ("o/base:10.0-1", ["new (1)"]),  # latest is the newest line's
        ("o/base:latest", ["new (1)"]),
        ("o/base", ["one (1.0) one (2.0) new (1) two (1)"]),
        ("base", ["one (1.0) one (2.0) new (1) two (1)"]),
        ("o/base:3.0", []),
        ("x:1", ["base (1.0)", "one (1.0) two (1)"]),
        ("Two-Up", ["top (1)"]),  # a repository's name, which is no image's
    ],
)
def test_each_version_line_has_its_own(changed: str, expected: list[str]) -> None:
    assert keys(ImageGraph.of(parsed(text_of(LINES)).entries), changed) == expected


def test_a_key_goes_before_an_image_of_its_name() -> None:
    graph = ImageGraph.of(parsed(NOTES.replace("python (3.7.4)", "python")).entries)
    assert keys(graph, "python") == ["python-assert (3.7.4)"]
    assert [len(wave) for wave in waves(graph, [ImageName.parse("python")])] == [1, 1]


@pytest.mark.parametrize("name", ["nobody", "o/nobody:1", "z:1"])
def test_a_name_that_is_nobody_s(name: str) -> None:
    with pytest.raises(BadInput, match=f"{name!r} is neither"):
        waves(graph_of(DIAMOND), [name])


def test_what_takes_files_from_its_own_earlier_release_is_built_once_and_not_for_itself() -> None:
    own = {"a (1)": entry(["x:1", "o/a:1-8"], "o/a:1-9"), "b (1)": entry("o/a:1", "o/b:1-1")}
    graph = ImageGraph.of(parsed(text_of(own)).entries)
    assert keys(graph, "x") == ["a (1)", "b (1)"]
    assert keys(graph, "o/a:1-9") == ["b (1)"]


def test_a_cycle_is_named_whole() -> None:
    graph = graph_of({"start": "x:1", "a": "start c", "b": "a", "c": "b", "free": "x:1"})
    with pytest.raises(BadInput, match="a → b → c → a"):
        waves(graph, ["x"])
    assert keys(graph_of({"a": "a", "b": "x:1"}), "x") == ["b"]  # a cycle elsewhere hinders nobody
    two = graph_of({"elsewhere": "elsewhere", "start": "x:1", "a": "start b", "b": "a"})
    with pytest.raises(BadInput, match="a → b → a"):
        waves(two, ["x"])


def random_bases(size: int, seed: int) -> dict[str, str]:
    pick = random.Random(seed)
    return {
        f"i{number}": " ".join(f"i{pick.randrange(number)}" for _ in range(min(number, 3))) or "x:1"
        for number in range(size)
    }


def depths(bases: Mapping[str, str]) -> dict[str, int]:
    """Return the longest way down to the root, by another's order."""
    found: dict[str, int] = {"x:1": 0}
    for name in TopologicalSorter({name: below.split() for name, below in bases.items()}).static_order():
        if name in bases:
            found[name] = 1 + max(found[base] for base in bases[name].split())
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_wave_is_the_longest_way_from_the_root(seed: int) -> None:
    bases = random_bases(200, seed)
    expected = depths(bases)
    planned = waves(graph_of(bases), ["x"])
    assert {each.key: number for number, wave in enumerate(planned, 1) for each in wave} == {
        name: depth for name, depth in expected.items() if name in bases
    }


def test_a_chain_that_no_recursion_follows() -> None:
    graph = graph_of({f"i{number}": f"i{number - 1}" if number else "x:1" for number in range(5_000)})
    assert len(waves(graph, ["x"])) == 5_000


@pytest.mark.parametrize(
    ("jobs", "sizes"), [(0, []), (1, [1]), (256, [256]), (257, [256, 1]), (1000, [256, 256, 256, 232])]
)
def test_no_matrix_is_too_large_and_no_job_is_lost(jobs: int, sizes: Sequence[int]) -> None:
    split = matrices(range(jobs))
    assert [len(part) for part in split] == sizes
    assert [job for part in split for job in part] == [*range(jobs)]
