"""Never two open pull requests for one release: its own, and those of groups, at the stand-in for GitHub."""

from __future__ import annotations

import signal
import threading
from functools import partial
from typing import Any

import pytest

from tests.commands.test_bump_github import all_at_once, graphql_error, instead
from tests.commands.test_list_refresh import refresh
from tests.support.github.bare import HEADS, Commit, RefUpdate
from tests.support.github.hosted import PERSON
from tests.support.killing import Killer
from tests.support.listing import LIST, NAME, URL, Bumper
from tests.support.program import Program
from tests.support.proxy import Answered, Asked, Hook, Pass, proxy_before

pytestmark = pytest.mark.machine

OWN, GROUP = "ltf-ci/python-unittest-3.7.4", "ltf-ci/security"
RUBY_TOO = ("ruby-minitest?tag=3.7.4-1", "ruby-minitest?tag=3.7.4-2")
SECURITY = ("--group", "security")


def states(bumper: Bumper) -> dict[str, str]:
    return {pull.head: pull.state for pull in bumper.hosted.pulls}


def is_carried(bumper: Bumper) -> list[str]:
    """Return the branches of the open pull requests that change python-unittest's line."""
    heads = [pull.head for pull in bumper.hosted.pulls if pull.state == "OPEN"]
    return [head for head in heads if "python-unittest?tag=3.7.4-1\n" not in bumper.hosted.read(LIST, head)]


def once(word: bytes, do: Any) -> Hook:
    """Do something else before the first request with this word."""
    left = threading.Semaphore(1)

    def hook(asked: Asked, pass_on: Pass) -> Answered:
        if word in asked.body and left.acquire(blocking=False):
            do()
        return pass_on(asked)

    return hook


@pytest.mark.parametrize("tag", ["3.7.4-2", "3.7.4-3"])
def test_a_group_takes_over_what_has_a_pull_request_of_its_own(bumper: Bumper, tag: str) -> None:
    bumper.bump("3.7.4-2")
    before = len(bumper.github.asked)
    result = bumper.bump(tag, *SECURITY)
    assert (result.code, result.conclusion, states(bumper)) == (0, "done", {OWN: "CLOSED", GROUP: "OPEN"}), result
    own = bumper.hosted.pulls[0]
    assert own.comments == [
        f"Closed by ltf-ci: what it carries is in {result.outputs['pull-request']}, or something newer is."
    ]
    assert result.outputs["pull-request"].endswith("/pull/2")
    assert [step.name for step in result.steps] == ["list", OWN]
    looked = tag == "3.7.4-2"  # at what the other pull request locked of the very release
    assert len(bumper.github.asked) - before <= 5 + looked
    for words in ((), SECURITY):
        result = bumper.bump(tag, *words)
        assert result.ended == (0, "nothing-to-do"), result
        assert result.outputs["pull-request"].endswith("/pull/2")
    assert states(bumper) == {OWN: "CLOSED", GROUP: "OPEN"}


def test_a_newer_release_of_its_own_leaves_the_rest_of_a_group(bumper: Bumper) -> None:
    bumper.bump_of("ruby-minitest", "security")
    bumper.bump("3.7.4-2", *SECURITY, "--label", "security")
    result = bumper.bump("3.7.4-3", "--label", "bump", "--auto-merge")
    assert (result.code, states(bumper)) == (0, {GROUP: "OPEN", OWN: "OPEN"}), result
    group = bumper.hosted.pulls[0]
    assert bumper.hosted.read(LIST, GROUP) == bumper.listed.replace(*RUBY_TOO)
    assert (group.labels, group.auto_merge) == (["security"], None)
    assert group.title == "Bump ruby-minitest from 3.7.4-1 to 3.7.4-2"
    bumper.hosted.merge(1)
    refresh(bumper)  # the very next line
    bumper.hosted.merge(2)
    assert bumper.hosted.read(LIST) == bumper.with_tag("3.7.4-3").replace(*RUBY_TOO)


def test_what_is_alone_in_a_group_is_closed_by_a_newer_release(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2", *SECURITY)
    assert bumper.bump("3.7.4-3").code == 0
    assert states(bumper) == {GROUP: "CLOSED", OWN: "OPEN"}


@pytest.mark.parametrize("tag", ["3.7.4-2", "3.7.4-3"])
def test_what_a_group_has_opens_no_pull_request_of_its_own(bumper: Bumper, tag: str) -> None:
    bumper.bump("3.7.4-3", *SECURITY)
    result = bumper.bump(tag, "--label", "bump", "--auto-merge")
    assert (result.code, result.conclusion, states(bumper)) == (0, "nothing-to-do", {GROUP: "OPEN"}), result
    (group,) = bumper.hosted.pulls
    assert result.outputs["pull-request"].endswith("/pull/1")
    assert "/pull/1 has this release already, or a newer one" in result.reason
    assert (group.labels, group.auto_merge) == ([], None)


def test_of_two_groups_one_keeps_it(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2", "--group", "releases")
    bumper.bump("3.7.4-2", *SECURITY)
    assert states(bumper) == {"ltf-ci/releases": "CLOSED", GROUP: "OPEN"}
    assert bumper.bump("3.7.4-2", "--group", "releases").conclusion == "nothing-to-do"
    bumper.bump("3.7.4-3", "--group", "releases")
    assert is_carried(bumper) == ["ltf-ci/releases"]


def test_a_dry_run_plans_it_and_changes_nothing(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.bump_of("ruby-minitest", "security")
    result = bumper.bump("3.7.4-3", *SECURITY, "--dry-run", "--label", "x")
    assert (result.code, result.conclusion, states(bumper)) == (0, "planned", {OWN: "OPEN", GROUP: "OPEN"}), result
    assert [each["what"] for each in result.plan["languages"]] == ["update the pull request", "close the pull request"]
    done = bumper.bump("3.7.4-3", *SECURITY)
    assert [each["what"] for each in done.plan["languages"]] == [each["what"] for each in result.plan["languages"]]


def test_a_dry_run_gives_a_pull_request_nothing(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.bump("3.7.4-2", "--dry-run", "--label", "x")
    assert bumper.hosted.pulls[0].labels == []


@pytest.mark.parametrize("how", ["again", "refresh"])
def test_a_run_that_was_killed_between_the_two_is_ended_by_another(bumper: Bumper, how: str) -> None:
    bumper.bump("3.7.4-2")
    refused = instead(b"closePullRequest", graphql_error("INTERNAL", "no"), 1000)
    result = bumper.bump("3.7.4-3", *SECURITY, hook=refused)  # as a kill leaves it: written, and nothing given up
    assert (result.code, result.conclusion, states(bumper)) == (9, "failed", {OWN: "OPEN", GROUP: "OPEN"}), result
    assert result.outputs["pull-request"].endswith("/pull/2")
    assert [step.state for step in result.steps] == ["done", "skipped"]
    result = refresh(bumper) if how == "refresh" else bumper.bump("3.7.4-3", *SECURITY)
    assert (result.code, result.conclusion, states(bumper)) == (0, "done", {OWN: "CLOSED", GROUP: "OPEN"}), result
    assert "/pull/2" in bumper.hosted.pulls[0].comments[0]
    assert refresh(bumper).conclusion == "nothing-to-do"


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_that_is_killed_after_any_effect_is_ended_by_the_same_again(bumper: Bumper, at: int) -> None:
    bumper.bump("3.7.4-2")
    bumper.bump("3.7.4-3", *SECURITY, "--dry-run")  # its image is there
    killer = Killer(at)
    words = ["bump", "--tag", "3.7.4-3", "--languages", NAME, *SECURITY, str(bumper.ltf.directory)]
    with proxy_before(bumper.github.host, killer.hook) as api:
        environ = {"LTF_CI_TOKEN": bumper.github.token, "GITHUB_API_URL": f"http://{api.host}"}
        killer.process = Program(*words, environ=environ)
        assert killer.process.wait(60) == -signal.SIGKILL
    assert len(killer.effects) == at
    assert bumper.bump("3.7.4-3", *SECURITY).code == 0
    assert (states(bumper), is_carried(bumper)) == ({OWN: "CLOSED", GROUP: "OPEN"}, [GROUP])
    assert bumper.hosted.read(LIST, GROUP) == bumper.with_tag("3.7.4-3")
    assert len(bumper.hosted.pulls[0].comments) == 1


@pytest.mark.parametrize("word", [b"createCommitOnBranch", b"createPullRequest"])
@pytest.mark.parametrize(("mine", "other"), [("", "security"), ("security", ""), ("releases", "security")])
def test_one_that_was_opened_meanwhile_is_seen(bumper: Bumper, word: bytes, mine: str, other: str) -> None:
    words = ("--group", mine) if mine else ()
    meanwhile = once(word, lambda: bumper.bump_of("python-unittest", other))
    result = bumper.bump("3.7.4-2", *words, hook=meanwhile)
    keeper = GROUP
    assert (result.code, is_carried(bumper)) == (0, [keeper]), result
    assert sorted(states(bumper).values()) == ["CLOSED", "OPEN"]


def test_many_groups_at_once_end_with_one(bumper: Bumper) -> None:
    groups = ["", "a", "b", "security"]
    ends = all_at_once(partial(bumper.bump_of, "python-unittest"), groups)
    assert all(each.error is None for each in ends)
    assert is_carried(bumper) == [GROUP]
    before = bumper.hosted.head(GROUP)
    for group in groups:
        bumper.bump_of("python-unittest", group)
    assert refresh(bumper).conclusion == "nothing-to-do"
    assert (is_carried(bumper), bumper.hosted.head(GROUP)) == ([GROUP], before)


@pytest.mark.parametrize(("first", "then"), [((), SECURITY), (SECURITY, ())])
def test_commits_of_other_people_are_left_and_told(
    bumper: Bumper, first: tuple[str, ...], then: tuple[str, ...]
) -> None:
    bumper.bump("3.7.4-2", *first)
    branch = bumper.hosted.pulls[0].head
    theirs = bumper.hosted.push({"note": "mine"}, branch=branch)
    for ended in ("done", "did-nothing"):
        result = bumper.bump("3.7.4-3", *then)
        assert (result.code, result.conclusion, result.steps[1].state) == (0, ended, "skipped"), result
        assert "has commits of other people" in result.steps[1].detail
    assert (bumper.hosted.head(branch), bumper.hosted.pulls[0].state) == (theirs, "OPEN")


def test_what_was_taken_out_of_a_group_by_hand_is_not_in_it(bumper: Bumper) -> None:
    bumper.bump("3.7.4-3", *SECURITY)
    bare, ours = bumper.hosted.bare, bumper.hosted.head(GROUP)
    amended = Commit(
        (bumper.hosted.parent(GROUP),), bare.git("show", "--no-patch", "--format=%B", ours), PERSON, PERSON
    )
    files = {LIST: f"# mine\n{bumper.listed}".encode()}
    theirs = bare.commit(bare.tree(ours, files), amended)
    bumper.hosted.move([RefUpdate(HEADS + GROUP, theirs)])
    assert bumper.bump("3.7.4-2").conclusion == "done"
    assert (states(bumper)[OWN], bumper.hosted.head(GROUP)) == ("OPEN", theirs)


def test_a_pull_request_that_says_nonsense_is_nobodys_rival(bumper: Bumper) -> None:
    said = f"Bump\n\nLtf-Ci-Release: --upload-pack=x\nLtf-Ci-Release: {URL}?tag=3.7.4-9%0A::error::\n"
    bumper.hosted.push({"note": "mine"}, branch="ltf-ci/theirs", message=said)
    bumper.hosted.open_pull("ltf-ci/theirs", "main", "Theirs", "", draft=False)
    assert bumper.bump("3.7.4-2").conclusion == "done"
    assert states(bumper) == {"ltf-ci/theirs": "OPEN", OWN: "OPEN"}


def test_what_fails_for_one_hides_no_other(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    for group in ("a", "b"):
        bumper.hosted.push({"x": group}, branch=f"ltf-ci/{group}", message=f"x\n\nLtf-Ci-Release: {URL}?tag=3.7.4-2\n")
        bumper.hosted.open_pull(f"ltf-ci/{group}", "main", group, "", draft=False)
    broken = instead(b'"ltf-ci/a"', Answered(403, {"Content-Type": "application/json"}, b'{"message": "no"}'), 1000)
    result = bumper.bump("3.7.4-3", *SECURITY, hook=broken)
    assert result.ended == (6, "failed")
    assert result.states == {
        "list": "done",
        OWN: "done",
        "ltf-ci/a": "skipped",
        "ltf-ci/b": "skipped",
    }
    assert result.outputs["pull-request"].endswith("/pull/4")
