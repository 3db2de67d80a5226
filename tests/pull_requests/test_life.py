"""Every state that runs, people and GitHub's buttons make, at the stand-in: each kind of run goes on from it, twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from ltf_ci.errors import GithubFailed, Refused
from ltf_ci.model.outcome import StepState
from ltf_ci.pull_requests.apply import PullRequestResult
from tests.support.github import GithubServer
from tests.support.github.bare import HEADS, RefUpdate
from tests.support.github.buttons import merge, rename_branch
from tests.support.list_world import BRANCH, LIST, URL, list_world
from tests.support.list_world import ListWorld as World
from tests.support.pull_request_states import LEAVES, OPENS, UPDATES, Make, close, ends_well, work_on

pytestmark = pytest.mark.machine


@pytest.fixture
def world(github: GithubServer) -> World:
    return list_world(github)


REFRESHED = (BRANCH, "ltf-ci/security")  # the watch goes on with its own
RUNS: dict[str, Callable[[World, str], PullRequestResult]] = {  # by their branches: bump, retag, watch
    BRANCH: World.bump,
    "ltf-ci/security": partial(World.bump, name="ltf-05", group="security", reason="CVE-2026-1"),
    "ltf-ci-dependents/upstream-1": World.propose,
}


@pytest.mark.parametrize("make", [*UPDATES, *OPENS, *LEAVES])
def test_the_next_run_goes_on_and_the_one_after_it_has_nothing_to_do(world: World, make: Make) -> None:
    """The same of a re-tag's pull request and of the watch's: tests/commands/test_every_state.py."""
    assert world.bump("1.0-2").step.state is StepState.DONE
    make(world, BRANCH, 1)
    before = {name: world.hosted.head(name) for name in world.hosted.branches()}
    world.refresh()
    again = world.refresh()
    assert StepState.DONE not in {step.state for step in again}
    assert all(step.detail for step in again)
    first, second = world.bump("1.0-3"), world.bump("1.0-3")
    if make in LEAVES:
        assert [first.step.state, second.step.state] == [StepState.SKIPPED] * 2
        told = {first.step.detail, second.step.detail, *(step.detail for step in again if step.name == BRANCH)}
        assert all("pull/1" in each and "close" in each for each in told), told
        assert BRANCH in {step.name for step in again}
    else:
        assert (first.step.state, second.step.state) == (StepState.DONE, StepState.UNCHANGED), (first, second)
    assert ends_well(world, make, BRANCH, before, "?tag=1.0-3\n") == ""


def test_people_who_end_what_is_left_to_them_let_the_next_run_go_on(world: World) -> None:
    world.bump("1.0-2")
    work_on(world, "ltf-ci/ltf-02-1.0")
    assert world.bump("1.0-3").step.state is StepState.SKIPPED
    merge(world.hosted, 1, "squash")
    assert world.bump("1.0-3").step.state is StepState.DONE
    assert [pull.state for pull in world.hosted.pulls] == ["MERGED", "OPEN"]


def archived(world: World, _branch: str, number: int) -> None:
    world.hosted.archived = True


def protected(world: World, branch: str, number: int) -> None:
    world.hosted.protected.add(branch)


def in_the_way(world: World, _branch: str, number: int) -> None:
    for branch in [name for name in world.hosted.branches() if name.startswith("ltf-ci/")]:
        world.hosted.delete_branch(branch)
    world.hosted.push({"notes": "x"}, branch="ltf-ci")


def below(world: World, branch: str, number: int) -> None:
    world.hosted.delete_branch(branch)
    world.hosted.push({"notes": "x"}, branch=f"{branch}/mine")


@pytest.mark.parametrize(
    ("make", "cure"),
    [
        (archived, "unarchive"),
        (protected, "rulesets"),
        (in_the_way, "rename or delete ltf-ci there"),
        (below, "rename or delete"),
    ],
)
def test_what_a_setting_forbids_is_told_with_its_own_cure_by_every_run(world: World, make: Make, cure: str) -> None:
    for run in RUNS.values():
        run(world, "1.0-2")
    branches = REFRESHED if make is in_the_way else tuple(RUNS)
    for number, branch in enumerate(branches, 1):
        make(world, branch, number)
    for run in [RUNS[branch] for branch in branches] * 2:
        with pytest.raises((GithubFailed, Refused)) as raised:
            run(world, "1.0-3")
        assert cure in raised.value.cure
        assert "run it again" not in raised.value.cure
    if make is not protected:  # which is known from the refusal alone
        with pytest.raises((GithubFailed, Refused), match=re.escape(raised.value.found[:20])):
            world.bump("1.0-3", dry_run=True)


@pytest.mark.parametrize("make", [archived, protected])
def test_what_a_setting_forbids_is_told_by_the_refresh_too(world: World, make: Make) -> None:
    world.bump("1.0-2")
    world.move_main()
    make(world, "ltf-ci/ltf-02-1.0", 1)
    for _again in range(2):
        (step,) = world.refresh()
        assert (step.state, "archived" in step.detail or "ule" in step.detail) == (StepState.SKIPPED, True), step


@pytest.mark.parametrize("name", ["trunk", "release/2026.x", "mäin-✓", "HEAD-of-all", "1.0-2", "ltf-ci-x/y"])
def test_the_default_branch_has_any_name_and_gets_any_other(world: World, name: str) -> None:
    """Also one that looks like a release, like a ref's full name, or like a branch of ours."""
    world.bump("1.0-2")
    rename_branch(world.hosted, "main", name)
    world.move_main()
    assert [step.state for step in world.refresh()] == [StepState.DONE]
    assert world.hosted.parent("ltf-ci/ltf-02-1.0") == world.hosted.head(name)
    assert StepState.DONE not in {step.state for step in world.refresh()}
    for run in RUNS.values():
        assert [run(world, "1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    assert {pull.base for pull in world.hosted.pulls} == {name}
    merge(world.hosted, 1, "squash")
    assert "ltf-02?tag=1.0-3" in world.hosted.read(LIST, name)
    assert world.bump("1.0-3").step.state is StepState.UNCHANGED


def test_a_release_goes_past_the_merge_queue_and_follows_what_was_merged_by_it(world: World) -> None:
    world.bump("1.0-2")
    world.hosted.pull(1).queued = True
    queued = world.hosted.head(BRANCH)
    for _ in range(2):
        assert world.bump("1.0-2").step.state is StepState.UNCHANGED
        assert [(step.state, "merge queue" in step.detail) for step in world.refresh()] == [(StepState.UNCHANGED, True)]
    first, second = world.bump("1.0-3"), world.bump("1.0-3")
    assert (first.step.state, second.step.state) == (StepState.DONE, StepState.UNCHANGED), (first, second)
    assert world.hosted.head(BRANCH) == queued
    assert [(pull.head, pull.state) for pull in world.hosted.pulls] == [(BRANCH, "OPEN"), (f"{BRANCH}-2", "OPEN")]
    merge(world.hosted, 1, "squash")
    assert StepState.DONE in {step.state for step in world.refresh()}
    merge(world.hosted, 2, "squash")
    assert "ltf-02?tag=1.0-3" in world.hosted.read(LIST)
    assert [world.bump("1.0-4").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    assert [pull.state for pull in world.hosted.pulls] == ["MERGED", "MERGED", "OPEN"]


@pytest.mark.parametrize("name", ["ltf-ci/older-name", "bump/ltf-02", "aaa"])
def test_one_that_an_older_ltf_ci_opened_by_another_name_is_taken_for_the_lines(world: World, name: str) -> None:
    world.bump("1.0-2")
    world.hosted.move([RefUpdate(HEADS + name, world.hosted.head(BRANCH))])
    world.hosted.delete_branch(BRANCH)
    world.hosted.open_pull(name, "main", "Bump it", "", draft=False)
    for _ in range(2):
        result = world.bump("1.0-2")
        assert (result.step.state, "pull/2" in result.step.detail) == (StepState.UNCHANGED, True)
        assert StepState.DONE not in {step.state for step in world.refresh()}
    assert [world.bump("1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    assert [(pull.head, pull.state) for pull in world.hosted.pulls[1:]] == [(name, "CLOSED"), (BRANCH, "OPEN")]
    assert "pull/3" in world.hosted.pull(2).comments[0]


def test_what_the_default_branch_has_lost_is_not_brought_back(world: World) -> None:
    """A commit that was taken out of it by force, for a secret that it has, say, is not in the pull request either."""
    before = world.hosted.head()
    world.hosted.push({"notes": "a secret"})
    for run in RUNS.values():
        run(world, "1.0-2")
    world.hosted.move([RefUpdate(f"{HEADS}main", before)])
    world.propose("1.0-2")
    assert [step.state for step in world.refresh()] == [StepState.DONE] * 2
    assert {world.hosted.parent(branch) for branch in RUNS} == {before}
    assert [step.state for step in world.refresh()] == [StepState.UNCHANGED] * 2


def test_what_is_reopened_after_a_newer_release_was_merged_is_closed_and_taken_over(world: World) -> None:
    world.bump("1.0-2")
    older = world.hosted.head(BRANCH)
    close(world, 1)
    world.bump("1.0-3")
    merge(world.hosted, 2, "squash")
    world.hosted.move([RefUpdate(HEADS + BRANCH, older)])
    world.hosted.set_state(world.hosted.pull(1), "OPEN")
    assert [[step.state for step in world.refresh()] for _ in range(2)] == [[StepState.DONE], []]
    world.hosted.set_state(world.hosted.pull(1), "OPEN")
    assert [world.bump(tag).step.state for tag in ("1.0-4", "1.0-4")] == [StepState.DONE, StepState.UNCHANGED]
    assert [pull.state for pull in world.hosted.pulls] == ["OPEN", "MERGED"]


def test_one_whose_conversation_is_locked_is_closed_and_what_it_was_not_told_is_told(world: World) -> None:
    world.bump("1.0-2")
    world.hosted.pull(1).locked = True
    world.move_main((f"{URL}/ltf-02?tag=1.0-1", f"{URL}/ltf-02?tag=1.0-2"))
    (step,) = world.refresh()
    assert (step.state, "not given: a comment" in step.detail) == (StepState.DONE, True), step
    assert (world.hosted.pull(1).state, world.refresh()) == ("CLOSED", ())
    assert world.bump("1.0-3").step.state is StepState.DONE


def test_what_the_watch_proposes_waits_for_the_merge_queue(world: World) -> None:
    world.propose("1.0-2")
    world.hosted.pull(1).queued = True
    for _ in range(2):
        result = world.propose("1.0-3")
        assert (result.step.state, "merge queue" in result.step.detail) == (StepState.SKIPPED, True)
    merge(world.hosted, 1, "squash")
    assert [world.propose("1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]


def test_forks_that_have_a_branch_of_the_same_name_hide_no_pull_request(world: World) -> None:
    for _ in range(25):  # more than are looked at
        world.hosted.open_from_fork(BRANCH, {LIST: "nothing\n"})
    states = [world.bump(tag).step.state for tag in ("1.0-2", "1.0-2", "1.0-3", "1.0-3")]
    assert states == [StepState.DONE, StepState.UNCHANGED] * 2
    assert [pull.number for pull in world.hosted.pulls if not pull.from_fork] == [26]


def test_a_title_that_is_open_from_another_branch_is_not_opened_twice(world: World) -> None:
    world.propose("1.0-2")
    hosted = world.hosted
    hosted.move([RefUpdate(f"{HEADS}mine", hosted.head("ltf-ci-dependents/upstream-1"))])
    hosted.delete_branch("ltf-ci-dependents/upstream-1")
    hosted.open_pull("mine", "main", "Begin 1.0-2", "", draft=False)
    result = world.propose("1.0-2")
    assert (result.step.state, "pull/2" in result.step.detail) == (StepState.UNCHANGED, True)


def test_what_was_closed_is_not_proposed_again_by_the_watch(world: World) -> None:
    world.propose("1.0-2")
    close(world, 1)
    assert world.propose("1.0-2").step.state is StepState.UNCHANGED
    assert world.propose("1.0-3").step.state is StepState.DONE
