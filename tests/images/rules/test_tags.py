from __future__ import annotations

from copy import copy

import pytest

from ltf_ci.errors import TagTaken
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules import latest as latest_rules
from ltf_ci.images.rules import tags as image_tags
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import ReleaseTag

IMAGE = ImageName.parse("a/b:3.7.4-18")
MINE, OTHER = Commit("a" * 40), Commit("b" * 40)


def digest(of: object) -> Digest:
    return Digest.parse("sha256:" + str(of).encode().hex().ljust(64, "0")[:64])


def standing(tag: str | None, revision: Commit | None = MINE) -> TaggedImage:
    version = ReleaseTag.parse(tag) if tag else None
    return TaggedImage(digest(tag), ImageLabels(version=version, revision=revision))


def test_a_free_tag_is_written() -> None:
    assert image_tags.decide_tag(IMAGE, MINE, Absent(), []) is None


def test_a_tag_with_this_commit_is_kept() -> None:
    assert image_tags.decide_tag(IMAGE, MINE, standing("3.7.4-18"), []) == standing("3.7.4-18")


@pytest.mark.parametrize("revision", [OTHER, None])
def test_a_taken_tag_is_refused_and_the_next_free_revision_is_named(revision: Commit | None) -> None:
    with pytest.raises(TagTaken) as refused:
        image_tags.decide_tag(IMAGE, MINE, standing("3.7.4-18", revision), ["3.7.4-18", "3.7.4-20", "3.7.5-30", "x"])
    assert "3.7.4-21" in refused.value.cure
    assert f"made of commit {OTHER}" in refused.value.found if revision else "with no commit" in refused.value.found


@pytest.mark.parametrize(
    ("tags", "expected", "of_lines"),
    [
        (
            "3.7.4-9 3.7.4-10 3.10.0-1 3.9.1-2 3.9.1",
            "3.10.0-1 3.9.1-2 3.9.1 3.7.4-10 3.7.4-9",
            "3.7.4-10 3.9.1-2 3.10.0-1",
        ),
        ("latest 2733119 9e24065 buildcache not-latest-3.8-1 3.8-1", "3.8-1", "3.8-1"),
        ("", "", ""),
    ],
)
def test_what_is_released_stands_newest_first_and_each_line_has_its_newest(
    tags: str, expected: str, of_lines: str
) -> None:
    assert [str(tag) for tag in image_tags.release_tags(tags.split())] == expected.split()
    newest = image_tags.newest_of_lines(tags.split())
    assert [str(newest[version]) for version in sorted(newest)] == of_lines.split()


@pytest.mark.parametrize(
    ("mine", "tags", "expected"),
    [
        ("3.7.4-1", [], ["3.7.4-1"]),
        ("3.7.4-2", ["3.7.4-1", "3.7.5-1", "latest"], ["3.7.5-1", "3.7.4-2", "3.7.4-1"]),
        ("3.9.1-1", ["3.10.0-1"], ["3.10.0-1", "3.9.1-1"]),
        ("3.7.4-2", ["2733119", "9e24065", "0230227"], ["3.7.4-2"]),  # short commits, some all digits
        ("3.7.4-2", ["9fceb02d0ae598e95dc970b74767f19372d61af8"], ["3.7.4-2"]),  # a whole one
        ("3.7.4-2", ["3.7.5-1", "not-latest-3.7.5-1"], ["3.7.4-2"]),
        ("3.7.4-2", ["3.7.5-2", "3.7.5-1", "not-latest-3.7.5-1"], ["3.7.5-2", "3.7.4-2"]),
        ("3.7.4", ["3.7.3"], ["3.7.4", "3.7.3"]),
    ],
)
def test_candidates_for_latest_stand_newest_first(mine: str, tags: list[str], expected: list[str]) -> None:
    assert [str(tag) for tag in latest_rules.candidates(ReleaseTag.parse(mine), tags)] == expected


@pytest.mark.parametrize(
    ("newest", "latest", "tags", "moves"),
    [
        ("3.7.4-1", Absent(), [], True),
        ("3.7.4-1", standing("3.7.4-1"), [], False),
        ("3.7.4-2", standing("3.7.4-1"), [], True),
        ("3.7.4-2", standing("3.7.5-1"), [], False),
        ("3.7.4-2", standing("3.7.5-1"), ["not-latest-3.7.5-1"], True),
        ("3.7.4-2", standing(None), [], True),  # not made by a release of ours
        ("3.7.4-2", TaggedImage(digest("x"), standing("3.7.4-2").labels), [], True),  # a label alone makes no release
        ("3.7.4-2", standing("3.7.5-1"), ["not-latest-3.7.6-1"], False),
    ],
)
def test_latest_moves_only_forward(newest: str, latest: image_tags.Found, tags: list[str], *, moves: bool) -> None:
    assert latest_rules.moves_latest(ReleaseTag.parse(newest), digest(newest), latest, tags) is moves


def test_always_passes_over_what_is_above() -> None:
    above = latest_rules.to_pass_over(ReleaseTag.parse("3.7.4-2"), ["3.7.5-1", "3.7.4-1", "3.8-1", "not-latest-3.8-1"])
    assert [str(tag) for tag in above] == ["3.7.5-1"]


class Run:
    """One release against a registry in memory, a call at a time, by the rules and in the order that they prescribe."""

    def __init__(self, tag: str, registry: dict[str, str]) -> None:
        self.tag, self.registry = tag, registry
        self.tags: list[str] = []
        self.next = "push"

    def push(self) -> None:
        self.registry[self.tag] = self.tag
        self.next = "read_tags"

    def read_tags(self) -> None:
        self.tags = [tag for tag in self.registry if tag != "latest"]
        self.next = "read_latest"

    def read_latest(self) -> None:
        newest = latest_rules.candidates(ReleaseTag.parse(self.tag), self.tags)[0]
        there = self.registry.get("latest")
        latest = standing(there) if there else Absent()
        move = latest_rules.moves_latest(newest, digest(newest), latest, self.tags)
        self.newest = str(newest)
        self.next = "write_latest" if move else ""

    def write_latest(self) -> None:
        self.registry["latest"] = self.newest
        self.next = "read_tags"


def every_end(tags: list[str], begin: dict[str, str]) -> set[str]:
    """Return where `latest` ends in every interleaving of the calls of these releases."""
    ends: set[str] = set()
    seen: set[object] = set()

    def follow(registry: dict[str, str], runs: list[Run]) -> None:
        state = (tuple(sorted(registry.items())), tuple((run.next, *run.tags) for run in runs))
        if state in seen:
            return
        seen.add(state)
        going = [index for index, run in enumerate(runs) if run.next]
        if not going:
            ends.add(registry["latest"])
        for index in going:
            follow(*after(registry, runs, index))

    follow(begin, [Run(tag, begin) for tag in tags])
    return ends


def after(registry: dict[str, str], runs: list[Run], index: int) -> tuple[dict[str, str], list[Run]]:
    """Return copies of registry and runs, in which one run has made its next call."""
    registry, runs = dict(registry), [copy(run) for run in runs]
    for run in runs:
        run.registry = registry
    getattr(runs[index], runs[index].next)()
    return registry, runs


@pytest.mark.parametrize("begin", [{}, {"3.7.3-1": "3.7.3-1", "latest": "3.7.3-1"}, {"3.8-1": "3.8-1"}])
@pytest.mark.parametrize("tags", [["3.7.4-2", "3.7.5-1"], ["3.9.1-1", "3.10.0-1"], ["3.7.4-1", "3.7.5-1", "3.7.4-2"]])
def test_latest_ends_at_the_newest_in_every_interleaving(tags: list[str], begin: dict[str, str]) -> None:
    newest = max(map(ReleaseTag.parse, [*tags, *(tag for tag in begin if tag != "latest")]))
    assert every_end(tags, begin) == {str(newest)}
