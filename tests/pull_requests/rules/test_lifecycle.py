"""The state table, row by row: how branch and pull request stand, and what the next run does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.model.remote_repository import (
    Branch,
    ClosePullRequest,
    Difference,
    Files,
    LeaveAlone,
    PastPull,
    Pull,
    PullRequestDecision,
    PullText,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules import lifecycle
from ltf_ci.pull_requests.rules.lifecycle import Change, Standing
from ltf_ci.pull_requests.rules.seal import change, trailers

FILES: Files = {"list": "a\nb\nc\nd\ne\n", "lock": None}
OURS: Files = {"list": "a\nB\nc\nd\ne\n", "lock": None}
MOVED: Files = {"list": "a\nb\nc\nd\nE\n", "lock": None}
MERGED: Files = {"list": "a\nB\nc\nd\nE\n", "lock": None}
MAIN = Branch(name="main", head="a" * 40, message="x", files=FILES)
PULL = Pull(url="https://github.com/a/l/pull/7", base="main")
OWN = Branch(
    name="ltf-ci/x",
    head="b" * 40,
    message="\n".join(["Title", "", *trailers(MAIN, OURS, 1)]),
    parents=(MAIN.head,),
    files=OURS,
    changed=1,
    difference=Difference(FILES, 1),
)
PEOPLES = replace(OWN, head="c" * 40, message="By a person", parents=(OWN.head,))
REBASED = replace(OWN, head="d" * 40, parents=("f" * 40,), files=MERGED, difference=Difference(MOVED, 1))
UPDATED = replace(REBASED, parents=(OWN.head, "f" * 40), changed=1)
STAGING = replace(PULL, base="staging")
QUEUED = replace(PULL, is_queued=True)


def state(branch: Branch | None, pull: Pull | None = None, *past: str) -> RepositoryState:
    pulls = tuple(PastPull("https://github.com/a/l/pull/6", "Title", head) for head in past)
    return RepositoryState(name="ltf-ci/x", base=MAIN, branch=branch, pull=pull, past=pulls)


def wanted(files: Files = OURS) -> Change:
    text = PullText(title="Title", body="Body")
    return Change(key="1", files=files, text=text, is_in=lambda found: "B" in (found["list"] or ""))


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (state(None), Standing.FREE),
        (state(None, None, OWN.head), Standing.FREE),
        (state(OWN), Standing.FREE),
        (state(OWN, None, OWN.head), Standing.FREE),
        (state(PEOPLES, None, PEOPLES.head), Standing.FREE),
        (state(UPDATED, None, UPDATED.head), Standing.FREE),
        (state(replace(PEOPLES, head=MAIN.head)), Standing.FREE),
        (state(PEOPLES), Standing.TAKEN),
        (state(PEOPLES, None, OWN.head), Standing.TAKEN),
        (state(REBASED), Standing.TAKEN),
        (state(OWN, STAGING), Standing.RETARGETED),
        (state(PEOPLES, STAGING), Standing.RETARGETED),
        (state(OWN, replace(STAGING, is_queued=True)), Standing.RETARGETED),
        (state(OWN, QUEUED), Standing.QUEUED),
        (state(PEOPLES, QUEUED), Standing.QUEUED),
        (state(OWN, PULL), Standing.OURS),
        (state(OWN, PULL, OWN.head), Standing.OURS),
        (state(REBASED, PULL), Standing.OURS),
        (state(UPDATED, PULL), Standing.OURS),
        (state(PEOPLES, PULL), Standing.PEOPLES),
        (state(replace(OWN, files=MERGED), PULL), Standing.PEOPLES),
        (state(replace(OWN, changed=2, difference=Difference(FILES, 2)), PULL), Standing.PEOPLES),
        (state(replace(REBASED, difference=Difference(MOVED, 2)), PULL), Standing.PEOPLES),
        (state(replace(REBASED, difference=None), PULL), Standing.PEOPLES),
        (state(replace(UPDATED, files={**MERGED, "list": "a\nB\nmine\nc\nd\nE\n"}), PULL), Standing.PEOPLES),
        (state(replace(UPDATED, files={**MERGED, "list": "a\nc\nB\nd\nE\n"}), PULL), Standing.PEOPLES),
        (state(replace(UPDATED, message="Merge branch 'main'"), PULL), Standing.PEOPLES),
    ],
)
def test_how_branch_and_pull_request_stand(found: RepositoryState, standing: Standing) -> None:
    assert lifecycle.standing(found) is standing


@pytest.mark.parametrize(
    ("found", "files", "kind", "satisfied"),
    [
        (state(None), OURS, UpsertPullRequest, None),
        (state(PEOPLES, None, PEOPLES.head), OURS, UpsertPullRequest, None),
        (state(OWN, PULL), OURS, LeaveAlone, True),
        (state(OWN, PULL), MERGED, UpsertPullRequest, None),
        (state(replace(OWN, difference=Difference(MOVED, 1)), PULL), OURS, UpsertPullRequest, None),
        (state(replace(OWN, difference=None), PULL), OURS, LeaveAlone, True),
        (state(replace(OWN, brings_more=True), PULL), OURS, UpsertPullRequest, None),
        (replace(state(UPDATED, PULL), base=replace(MAIN, files=MOVED)), MERGED, LeaveAlone, True),
        (state(UPDATED, PULL), OURS, UpsertPullRequest, None),
        (state(PEOPLES, PULL), OURS, LeaveAlone, True),
        (state(replace(PEOPLES, files=FILES), PULL), OURS, LeaveAlone, False),
        (state(OWN, STAGING), OURS, LeaveAlone, False),
        (state(PEOPLES), OURS, LeaveAlone, False),
        (state(OWN, QUEUED), OURS, LeaveAlone, True),
        (state(PEOPLES, QUEUED), OURS, LeaveAlone, True),
        (state(replace(OWN, files=FILES), QUEUED), OURS, LeaveAlone, False),
    ],
)
def test_what_is_done_about_a_change_that_is_needed(
    found: RepositoryState, files: Files, kind: type[PullRequestDecision], *, satisfied: bool | None
) -> None:
    decision = lifecycle.wanted(found, wanted(files))
    assert isinstance(decision, kind)
    assert satisfied is None or (isinstance(decision, LeaveAlone) and decision.satisfied is satisfied)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (state(OWN, PULL), ClosePullRequest),
        (state(UPDATED, PULL), ClosePullRequest),
        (state(PEOPLES, PULL), LeaveAlone),
        (state(OWN, STAGING), LeaveAlone),
        (state(OWN, None, OWN.head), LeaveAlone),
        (state(None), LeaveAlone),
        (state(PEOPLES), LeaveAlone),
        (state(OWN, QUEUED), LeaveAlone),
    ],
)
def test_what_is_done_about_a_change_that_is_not_needed(
    found: RepositoryState, kind: type[PullRequestDecision]
) -> None:
    assert isinstance(lifecycle.not_needed(found, close="x", leave="y"), kind)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (state(replace(PEOPLES, files=FILES), PULL), "merge or close https://github.com/a/l/pull/7"),
        (state(replace(OWN, files=FILES), PULL), "not made so by this version of ltf-ci for this list"),
        (state(OWN, STAGING), "goes to staging, not to main: edit its base"),
        (state(PEOPLES), "delete or rename it"),
        (state(OWN, QUEUED), "https://github.com/a/l/pull/7 is in the merge queue"),
    ],
)
def test_what_is_left_to_people_says_how_it_ends(found: RepositoryState, said: str) -> None:
    assert said in lifecycle.left(found).why


@pytest.mark.parametrize("comes_once", [True, False])
@pytest.mark.parametrize(
    ("found", "has_another_name"),
    [(state(replace(OWN, files=FILES), QUEUED), True), (state(replace(PEOPLES, files=FILES), PULL), False)],
)
def test_what_comes_once_goes_past_a_merge_queue(
    found: RepositoryState, *, has_another_name: bool, comes_once: bool
) -> None:
    decision = lifecycle.wanted(found, replace(wanted(), comes_once=comes_once))
    assert isinstance(decision, LeaveAlone)
    assert decision.elsewhere is (has_another_name and comes_once)


def test_a_write_replaces_what_was_seen_and_bears_both_trailers() -> None:
    decision = lifecycle.wanted(state(OWN, PULL), wanted(MERGED))
    assert isinstance(decision, UpsertPullRequest)
    assert (decision.branch, decision.scratch, decision.replaces) == ("ltf-ci/x", "ltf-ci/x.next-1", OWN.head)
    assert decision.text.trailers == trailers(MAIN, MERGED, 1)


def test_a_branch_has_more_names_than_one() -> None:
    assert [*lifecycle.names("ltf-ci/x")][:3] == ["ltf-ci/x", "ltf-ci/x-2", "ltf-ci/x-3"]


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("0\na\nb\nc\nd\ne\n", "0\na\nB\nc\nd\ne\n", True),
        ("a\nb\nc\n", "a\nB\nc\n", True),
        ("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne", False),
        ("a\nb\nc\nd\ne\n", "a\nB \nc\nd\ne\n", False),
        ("x\nb\nc\nd\ne\n", "x\nB\nc\nd\ne\n", False),
        ("a\nb\nc\nd\ne\n", "a\nB\nd\nc\ne\n", False),
        ("a\nb\nb\nc\nd\ne\n", "a\nB\nb\nc\nd\ne\n", True),
    ],
    ids=["above", "fewer below", "line end", "space", "its neighbour", "moved lines", "one of two alike"],
)
def test_a_change_is_the_same_wherever_it_is(before: str, after: str, *, is_same: bool) -> None:
    ours = change(FILES, OURS, 1)
    assert (change({"list": before, "lock": None}, {"list": after, "lock": None}, 1) == ours) is is_same


def test_a_change_among_lines_that_are_alike_is_the_same_wherever_it_is() -> None:
    def text(*entries: str) -> Files:
        return {"dependents": "{\n" + ",\n".join(f"  {each}: {{\n    y\n  }}" for each in entries) + "\n}\n"}

    ours = change(text("a", "b", "c", "d"), text("a", "b", "new", "c", "d"), 1)
    for others in (("A", "b", "c", "d"), ("a", "b", "c", "D"), ("0", "a", "b", "c", "d", "e")):
        at = others.index("c")
        assert change(text(*others), text(*others[:at], "new", *others[at:]), 1) == ours
        assert change(text(*others), text(*others[:at], "new", "more", *others[at:]), 1) != ours
