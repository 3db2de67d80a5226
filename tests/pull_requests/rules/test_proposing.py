from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.model.remote_repository import (
    Branch,
    ClosePullRequest,
    Files,
    LeaveAlone,
    PastPull,
    Pull,
    PullRequestDecision,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal
from ltf_ci.pull_requests.rules.seal import seal, trailers

PULL = Pull(url="https://github.com/a/languages/pull/7", base="main", number=7)
FILES: Files = {"a": "1", "b": None}


def main() -> Branch:
    return Branch(name="main", head="a" * 40, message="x", files=FILES)


def branch(files: Files) -> Branch:
    """Return our branch as a run of ours left it."""
    message = f"Title\n\n{seal('a' * 40, files, 1)}\n"
    return Branch(name="ltf-ci/x", head="b" * 40, message=message, parents=("a" * 40,), files=files, changed=1)


def decide(wanted: str, *, ours: Branch | None = None, pull: Pull | None = None) -> PullRequestDecision:
    proposal = Proposal(branch="ltf-ci/x", title="Title", body="Body", edit=lambda files: {**files, "a": wanted})
    return proposing.decide(RepositoryState(name="ltf-ci/x", base=main(), branch=ours, pull=pull), proposal)


def test_a_change_is_written_sealed_and_without_files_that_are_not_there() -> None:
    decision = decide("2")
    assert isinstance(decision, UpsertPullRequest)
    assert (decision.files, decision.replaces, decision.text.title) == ({"a": "2"}, None, "Title")
    assert decision.text.message == "\n".join(["Title", "", *trailers(main(), {"a": "2"}, 1), ""])


@pytest.mark.parametrize(
    ("wanted", "ours", "pull", "kind"),
    [
        ("1", None, None, LeaveAlone),  # main has it
        ("1", branch({"a": "2", "b": None}), PULL, ClosePullRequest),
        ("1", replace(branch({"a": "2", "b": None}), message="theirs"), PULL, LeaveAlone),
        ("2", branch({"a": "2", "b": None}), PULL, LeaveAlone),  # it is open
        ("2", branch({"a": "2", "b": None}), None, UpsertPullRequest),  # a run was killed before it opened one
        ("3", branch({"a": "2", "b": None}), PULL, UpsertPullRequest),
        ("3", replace(branch({"a": "2", "b": None}), message="theirs"), PULL, LeaveAlone),
    ],
)
def test_branch_and_pull_request_decide(
    wanted: str, ours: Branch | None, pull: Pull | None, kind: type[PullRequestDecision]
) -> None:
    assert isinstance(decide(wanted, ours=ours, pull=pull), kind)


@pytest.mark.parametrize(
    ("title", "pull", "unasked", "kind"),
    [
        ("Title", None, True, LeaveAlone),
        ("Title", None, False, UpsertPullRequest),  # somebody asks for it by hand
        ("Another", None, True, UpsertPullRequest),  # something newer
        ("Title", PULL, True, UpsertPullRequest),  # opened again
    ],
)
def test_what_was_closed_is_not_proposed_again_unasked(
    title: str, pull: Pull | None, *, unasked: bool, kind: type[PullRequestDecision]
) -> None:
    state = RepositoryState(
        name="ltf-ci/x", base=main(), pull=pull, past=(PastPull("https://github.com/a/languages/pull/6", title, ""),)
    )
    proposal = Proposal(branch="x", title="Title", body="", edit=lambda files: {**files, "a": "2"}, unasked=unasked)
    assert isinstance(proposing.decide(state, proposal), kind)


def test_other_peoples_commits_are_not_satisfied() -> None:
    decision = decide("3", ours=replace(branch({"a": "2"}), parents=("c" * 40,)), pull=PULL)
    assert isinstance(decision, LeaveAlone)
    assert not decision.satisfied
    assert "not made so by this version of ltf-ci for this list" in decision.why
