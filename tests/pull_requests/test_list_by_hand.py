"""A list that people edit by hand while a pull request of one of its lines is open: no other byte of it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from ltf_ci.model.outcome import StepState
from tests.support.github import GithubServer
from tests.support.github.bare import HEADS, Commit, RefUpdate
from tests.support.github.buttons import merge
from tests.support.github.hosted import PERSON
from tests.support.list_world import BRANCH, LIST, URL, list_world
from tests.support.list_world import ListWorld as World
from tests.support.pull_request_states import (
    Make,
    rebased,
    started_checks_again,
    untouched,
    worked_on_and_taken_back,
)

pytestmark = pytest.mark.machine

LINE = f"{URL}/ltf-02?tag=1.0-1\n"
NEWER = LINE.replace("1.0-1", "1.0-3")
Edit: TypeAlias = Callable[[str], str]


def instead(text: str) -> Edit:
    """Write this in place of the line."""
    return lambda listed: listed.replace(LINE, text)


def sorted_backwards(listed: str) -> str:
    return "".join(sorted(listed.splitlines(keepends=True), reverse=True))


FOLLOWED: dict[str, Edit] = {  # edits after which the pull request goes on
    "sorted": sorted_backwards,
    "a comment above": instead(f"# mine\n\n{LINE}"),
    "a comment behind": instead(f"{LINE.strip()}  # mine\n"),
    "blanks at all ends": lambda listed: listed.replace("\n", " \t\n"),
    "indented": instead(f"\t{LINE}"),
    "CRLF": lambda listed: listed.replace("\n", "\r\n"),
    "a byte order mark": lambda listed: f"\N{BYTE ORDER MARK}{listed}",
    "no last line end": lambda listed: listed.replace(LINE, "") + LINE.strip(),
    "a line that cannot be read": instead(f"{LINE}what is this\n"),
    "twice": instead(LINE * 2),
    "twice, once with an older tag": instead(LINE + LINE.replace("1.0-1", "1.0-0")),
}
BECAME = {
    "an older tag": "?tag=1.0-0",
    "a branch": "?tag=trunk",
    "no tag": "",
    "an address with .git": ".git?tag=1.0-1",
}
CLOSED: dict[str, Edit] = {  # edits after which it has nothing left to say
    "the same tag": instead(LINE.replace("1.0-1", "1.0-2")),
    "a newer tag": instead(LINE.replace("1.0-1", "1.0-7")),
    "twice, once with the same tag": instead(LINE + LINE.replace("1.0-1", "1.0-2")),
    "removed": instead(""),
    "commented out": instead(f"# {LINE}"),
}


@pytest.fixture
def world(github: GithubServer) -> World:
    return list_world(github)


def edited(world: World, edit: Edit) -> str:
    """Have a pull request open, and edit the list; return its text."""
    world.bump("1.0-2")
    text = edit(world.hosted.read(LIST))
    world.hosted.push({LIST: text})
    return text


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_pull_request_goes_on_with_the_list_as_it_is(world: World, name: str) -> None:
    text = edited(world, FOLLOWED[name])
    assert [[step.state for step in world.refresh()] for _ in range(2)] == [[StepState.DONE], [StepState.UNCHANGED]]
    assert [world.bump("1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    merge(world.hosted, 1, "squash")
    assert world.hosted.read(LIST) == text.replace(LINE.strip(), NEWER.strip(), 1)


@pytest.mark.parametrize("name", BECAME)
def test_it_takes_the_place_of_what_the_line_became(world: World, name: str) -> None:
    there = f"{URL}/ltf-02{BECAME[name]}\n"
    text = edited(world, instead(there))
    assert [[step.state for step in world.refresh()] for _ in range(2)] == [[StepState.DONE], [StepState.UNCHANGED]]
    merge(world.hosted, 1, "squash")
    address, _, _ = there.strip().partition("?")
    assert world.hosted.read(LIST) == text.replace(there, f"{address}?tag=1.0-2\n")


@pytest.mark.parametrize("name", CLOSED)
def test_what_people_did_or_undid_by_hand_is_closed_with_a_word(world: World, name: str) -> None:
    edited(world, CLOSED[name])
    (step,) = world.refresh()
    assert (step.state, step.detail.startswith("closed ")) == (StepState.DONE, True), step
    assert world.refresh() == ()
    pull = world.hosted.pull(1)
    assert (pull.state, len(pull.comments)) == ("CLOSED", 1)
    first, second = (world.bump("1.0-9").step for _ in range(2))
    assert (first.state, second.state) == (StepState.DONE, StepState.UNCHANGED), first


@pytest.mark.parametrize("over_git", [False, True])
@pytest.mark.parametrize("on_top", [started_checks_again, worked_on_and_taken_back])
@pytest.mark.parametrize("before", [untouched, rebased])
def test_what_people_removed_is_closed_where_commits_that_change_nothing_are_on_top(
    world: World, before: Make, on_top: Make, *, over_git: bool
) -> None:
    world.bump("1.0-2")
    for make in (before, on_top):
        make(world, BRANCH, 1)
    world.hosted.push({LIST: instead("")(world.hosted.read(LIST))})
    (step,) = world.refresh(over_git=over_git)
    assert (step.state, step.detail.startswith("closed ")) == (StepState.DONE, True), step
    assert world.refresh(over_git=over_git) == ()


def test_a_group_goes_on_without_what_people_removed(world: World) -> None:
    for name in ("ltf-02", "ltf-05"):
        world.bump("1.0-2", name, "weekly")
    world.hosted.push({LIST: instead("")(world.hosted.read(LIST))})
    assert world.bump("1.0-2", "ltf-08", "weekly").step.state is StepState.DONE
    merge(world.hosted, 1, "squash")
    listed = world.hosted.read(LIST)
    assert ("ltf-02" in listed, listed.count("?tag=1.0-2")) == (False, 2)


def test_a_line_that_a_pull_request_adds_stays_added(world: World) -> None:
    world.bump("1.0-1", "new")
    world.move_main()
    assert [[step.state for step in world.refresh()] for _ in range(2)] == [[StepState.DONE], [StepState.UNCHANGED]]


def test_a_list_that_was_renamed_leaves_no_pull_request_without_a_word(world: World) -> None:
    """It changes a list that is none any more: whoever closes it lets the next run go on."""
    hosted = world.hosted
    world.bump("1.0-2")
    tree = hosted.bare.tree(hosted.head(), {"renamed.txt": hosted.read(LIST).encode()}, [LIST])
    made = hosted.bare.commit(tree, Commit((hosted.head(),), "Rename the list\n", PERSON, PERSON))
    hosted.move([RefUpdate(f"{HEADS}main", made)])
    world.path = "renamed.txt"
    for _ in range(2):
        (step,) = world.refresh()
        assert (step.state, "for this list" in step.detail, "close" in step.detail) == (
            StepState.SKIPPED,
            True,
            True,
        )
        assert world.bump("1.0-3").step.state is StepState.SKIPPED
    hosted.delete_branch(BRANCH)
    assert [world.bump("1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
