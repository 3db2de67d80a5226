"""Pull requests at a GitHub whose every request and answer is held against GitHub's own schemas."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from embedded.programs import free_port
from ltf_ci.pull_requests.apply import PullRequestResult
from tests.support.github.bare import HEADS, Commit, RefUpdate
from tests.support.github.hosted import BOT_LOGIN, PERSON
from tests.support.listing import LIST, LOCK, URL, Bumper
from tests.support.proxy import Answered, Asked, Hook, Pass

pytestmark = pytest.mark.machine

BRANCH = "ltf-ci/python-unittest-3.7.4"


def test_a_fresh_bump_is_one_commit_and_one_pull_request(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2")
    assert result.ended == (0, "done"), result
    (pull,) = bumper.hosted.pulls
    assert (pull.head, pull.base, pull.state, pull.draft) == (BRANCH, "main", "OPEN", False)
    assert pull.title == "Bump python-unittest from 3.7.4-1 to 3.7.4-2"
    assert result.outputs["pull-request"].endswith(f"/pull/{pull.number}")
    assert bumper.hosted.read(LIST, BRANCH) == bumper.with_tag("3.7.4-2")
    entry = json.loads(bumper.hosted.read(LOCK, BRANCH))[f"{URL}?tag=3.7.4-2"]
    assert entry == {
        "commit": bumper.commit,
        "image": str(bumper.image.tagged("3.7.4-2")),
        "digest": str(bumper.digest),
        "display_name": "Python (3.7.4), unittest",
    }
    for told in (bumper.commit, str(bumper.digest)[:19], f"{URL}/compare/3.7.4-1...3.7.4-2", " MB"):
        assert told in pull.body


def test_a_fresh_bump_takes_at_most_four_calls(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2", "--label", "bump")
    assert len(bumper.github.asked) <= 4
    assert bumper.hosted.pulls[0].labels == ["bump"]


def test_labels_reviewers_draft_and_auto_merge_are_options(bumper: Bumper) -> None:
    words = ("--label", "a", "--label", "b", "--reviewer", "somebody", "--auto-merge")
    result = bumper.bump("3.7.4-2", *words)
    assert result.code == 0, result
    (pull,) = bumper.hosted.pulls
    assert (sorted(pull.labels), pull.reviewers, pull.auto_merge) == (["a", "b"], ["somebody"], "MERGE")
    bumper.bump("3.7.5-1", "--draft")
    assert bumper.hosted.pulls[1].draft
    assert bumper.bump("3.7.6-1", "--draft", "--auto-merge").code == 2


def not_allowed(bumper: Bumper) -> None:
    bumper.hosted.auto_merge_allowed = False


def without_checks(bumper: Bumper) -> None:
    bumper.hosted.has_required_checks = False


@pytest.mark.parametrize(
    ("words", "make", "reason"),
    [
        (("--auto-merge",), not_allowed, "auto-merge (the repository's settings do not allow it)"),
        (("--auto-merge",), without_checks, "clean status"),
        (("--reviewer", BOT_LOGIN), lambda _bumper: None, "requested from pull request author"),
    ],
)
def test_what_a_pull_request_cannot_be_given_fails_nothing_and_is_reported(
    bumper: Bumper, words: tuple[str, ...], make: Callable[[Bumper], None], reason: str
) -> None:
    make(bumper)
    for ended in ("done", "nothing-to-do"):
        result = bumper.bump("3.7.4-2", "--label", "a", *words)
        assert result.ended == (0, ended), result
        assert f"it was not given: {words[0].removeprefix('--')}" in result.steps[0].detail
        assert reason in result.steps[0].detail
    (pull,) = bumper.hosted.pulls
    assert (pull.state, pull.labels) == ("OPEN", ["a"])


@pytest.mark.parametrize("method", ["MERGE", "SQUASH", "REBASE"])
def test_a_pull_request_merges_itself_as_the_repository_allows(bumper: Bumper, method: str) -> None:
    bumper.hosted.merge_methods = {method}
    assert bumper.bump("3.7.4-2", "--auto-merge").ended == (0, "done")
    assert bumper.hosted.pulls[0].auto_merge == method


def test_what_waits_in_the_merge_queue_is_not_told_to_merge_itself(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.hosted.pulls[0].queued = True
    result = bumper.bump("3.7.4-2", "--auto-merge")
    assert result.ended == (0, "nothing-to-do")
    assert "not given" not in result.steps[0].detail
    assert bumper.hosted.pulls[0].auto_merge is None


def test_the_same_again_changes_nothing(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    before = bumper.hosted.head(BRANCH)
    result = bumper.bump("3.7.4-2")
    assert result.ended == (0, "nothing-to-do")
    assert result.outputs["pull-request"].endswith("/pull/1")
    assert (len(bumper.hosted.pulls), bumper.hosted.head(BRANCH)) == (1, before)


def test_a_newer_release_takes_the_pull_request_over(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    moved = bumper.hosted.push({"README": "main moved"})
    result = bumper.bump("3.7.4-3")
    assert result.ended == (0, "done"), result
    (pull,) = bumper.hosted.pulls
    assert (pull.state, pull.title) == ("OPEN", "Bump python-unittest from 3.7.4-1 to 3.7.4-3")
    assert bumper.hosted.read(LIST, BRANCH) == bumper.with_tag("3.7.4-3")
    assert bumper.hosted.parent(BRANCH) == moved
    assert bumper.hosted.branches() == [BRANCH, "main"]


def test_an_older_release_leaves_a_newer_ones_pull_request(bumper: Bumper) -> None:
    bumper.bump("3.7.4-3")
    assert bumper.bump("3.7.4-2").conclusion == "nothing-to-do"
    assert "3.7.4-3" in bumper.hosted.pulls[0].title


def test_a_pull_request_whose_change_is_on_main_is_closed(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.hosted.push({LIST: bumper.with_tag("3.7.4-2")})
    result = bumper.bump("3.7.4-2")
    assert result.ended == (0, "done"), result
    (pull,) = bumper.hosted.pulls
    assert pull.state == "CLOSED"
    assert "in main already" in pull.comments[0]


def test_after_the_merge_nothing_is_left_to_do(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.hosted.merge(1)
    assert bumper.bump("3.7.4-2").conclusion == "nothing-to-do"
    assert bumper.bump("3.7.4-3").conclusion == "done"
    assert [pull.state for pull in bumper.hosted.pulls] == ["MERGED", "OPEN"]


def test_commits_of_other_people_are_never_wiped(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    theirs = bumper.hosted.push({"note": "mine"}, branch=BRANCH)
    result = bumper.bump("3.7.4-3")
    assert result.ended == (0, "did-nothing")
    assert "commits of other people" in result.reason
    assert bumper.hosted.head(BRANCH) == theirs


def test_a_commit_that_arrives_meanwhile_is_never_wiped(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    theirs: list[str] = []

    def push_once(asked: Asked, pass_on: Pass) -> Answered:
        if b"updatePullRequest" in asked.body and not theirs:
            theirs.append(bumper.hosted.push({"note": "mine"}, branch=BRANCH))
        return pass_on(asked)

    result = bumper.bump("3.7.4-3", hook=push_once)
    assert result.ended == (0, "did-nothing"), result
    assert bumper.hosted.head(BRANCH) == theirs[0]


@pytest.mark.parametrize("word", [b"repository(", b"createCommitOnBranch", b"createPullRequest"])
def test_main_that_moved_meanwhile_is_looked_at_again(bumper: Bumper, word: bytes) -> None:
    moved: list[str] = []
    other = bumper.listed.replace("ruby-minitest?tag=3.7.4-1", "ruby-minitest?tag=3.7.4-2")  # the very next line

    def move_once(asked: Asked, pass_on: Pass) -> Answered:
        if word in asked.body and not moved:
            moved.append(bumper.hosted.push({LIST: other}))
        return pass_on(asked)

    result = bumper.bump("3.7.4-2", hook=move_once)
    assert result.ended == (0, "done"), result
    bumper.hosted.merge(1)
    assert bumper.hosted.read(LIST) == other.replace("python-unittest?tag=3.7.4-1", "python-unittest?tag=3.7.4-2")


def test_the_same_again_renews_a_pull_request_that_no_longer_merges(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    other = bumper.listed.replace("ruby-minitest?tag=3.7.4-1", "ruby-minitest?tag=3.7.4-2")
    bumper.hosted.push({LIST: other})
    assert bumper.bump("3.7.4-2").conclusion == "done"
    bumper.hosted.merge(1)
    assert bumper.hosted.read(LIST).count("3.7.4-2") == 2


def test_what_a_killed_run_did_not_give_is_given_by_the_next(bumper: Bumper) -> None:
    words = ("--label", "a", "--reviewer", "somebody", "--auto-merge")
    broken = instead(b'"labels": ', Answered(500), 1000)
    result = bumper.bump("3.7.4-2", *words, hook=broken)
    assert result.ended == (0, "done")
    assert "it was not given: labels a (GitHub is busy" in result.steps[0].detail
    result = bumper.bump("3.7.4-2", *words)
    assert result.code == 0, result
    (pull,) = bumper.hosted.pulls
    assert (pull.labels, pull.reviewers, pull.auto_merge) == (["a"], ["somebody"], "MERGE")
    asked = len(bumper.github.asked)
    bumper.bump("3.7.4-2", *words)
    assert len(bumper.github.asked) == asked + 1


def test_an_amended_commit_is_never_wiped(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    message = bumper.hosted.bare.git("show", "--no-patch", "--format=%B", BRANCH)
    theirs = bumper.hosted.push({LIST: "# mine\n"}, branch=BRANCH, message=message)
    assert bumper.bump("3.7.4-3").conclusion == "did-nothing"
    assert bumper.hosted.head(BRANCH) == theirs


def test_a_file_that_was_added_to_our_commit_is_never_wiped(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bare, ours = bumper.hosted.bare, bumper.hosted.head(BRANCH)
    message = bare.git("show", "--no-patch", "--format=%B", BRANCH)
    amended = Commit((bumper.hosted.parent(BRANCH),), message, PERSON, PERSON)
    theirs = bare.commit(bare.tree(ours, {"README.md": b"mine\n"}), amended)
    bumper.hosted.move([RefUpdate(HEADS + BRANCH, theirs)])
    assert bumper.bump("3.7.4-3").conclusion == "did-nothing"
    assert bumper.hosted.head(BRANCH) == theirs


def after(word: bytes, answered: Answered) -> Hook:
    """Let the first request with this word be carried out, and answer it otherwise."""
    left = threading.Semaphore(1)

    def hook(asked: Asked, pass_on: Pass) -> Answered:
        done = pass_on(asked)
        return answered if word in asked.body and left.acquire(blocking=False) else done

    return hook


def instead(word: bytes, answered: Answered, count: int = 1) -> Hook:
    left = threading.Semaphore(count)
    return lambda asked, pass_on: answered if word in asked.body and left.acquire(blocking=False) else pass_on(asked)


BUSY = Answered(502, {}, b"<html>Bad gateway")
LIMIT = b'{"message":"You have exceeded a secondary rate limit.","documentation_url":"x"}'
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("word", [b"createPullRequest", b"createCommitOnBranch"])
def test_a_502_after_it_was_done_makes_no_second_one(bumper: Bumper, word: bytes) -> None:
    result = bumper.bump("3.7.4-2", hook=after(word, BUSY))
    assert (result.code, len(bumper.hosted.pulls)) == (0, 1), result
    assert bumper.hosted.read(LIST, BRANCH) == bumper.with_tag("3.7.4-2")


@pytest.mark.parametrize(
    "answered",
    [
        BUSY,
        Answered(403, {"Retry-After": "0", **JSON}, LIMIT),
        Answered(429, {"Retry-After": "0", **JSON}, LIMIT),
        Answered(429, JSON, LIMIT),
    ],
)
@pytest.mark.parametrize("word", [b"repository(", b"createCommitOnBranch", b"createPullRequest"])
def test_a_github_that_is_busy_is_asked_again(bumper: Bumper, word: bytes, answered: Answered) -> None:
    result = bumper.bump("3.7.4-2", hook=instead(word, answered, 2))
    assert result.ended == (0, "done"), result
    assert len(bumper.hosted.pulls) == 1


def graphql_error(kind: str, message: str) -> Answered:
    data = {"data": {"x": None}, "errors": [{"type": kind, "path": ["x"], "message": message}]}
    return Answered(200, JSON, json.dumps(data).encode())


@pytest.mark.parametrize(
    ("answered", "kind", "code"),
    [
        (Answered(500, {}, b"x"), "GithubFailed", 9),
        (Answered(401, JSON, b'{"message":"Bad credentials"}'), "AccessDenied", 6),
        (Answered(403, JSON, b'{"message":"Resource not accessible by integration"}'), "AccessDenied", 6),
        (Answered(403, {"Retry-After": "9999", **JSON}, LIMIT), "GithubFailed", 9),
        (Answered(200, JSON, b'{"data": {"x"'), "GithubFailed", 9),
        (graphql_error("FORBIDDEN", "Resource not accessible by personal access token"), "AccessDenied", 6),
        (graphql_error("UNPROCESSABLE", "was submitted too quickly"), "GithubFailed", 9),
    ],
    ids=["500", "401", "403", "limit", "half", "forbidden", "unprocessable"],
)
@pytest.mark.parametrize("word", [b"repository(", b"createPullRequest"])
def test_a_github_that_says_no_is_told(bumper: Bumper, word: bytes, answered: Answered, kind: str, code: int) -> None:
    result = bumper.bump("3.7.4-2", hook=instead(word, answered, 1000))
    assert result.failure == (code, kind), result
    assert result.error.cure or result.error.expected
    assert bumper.hosted.pulls == []
    assert bumper.bump("3.7.4-2").conclusion == "done"


def test_a_wrong_token_is_told_and_never_shown(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", token="ghs_of_yesterday")
    assert result.failure == (6, "AccessDenied")
    assert "yesterday" not in str(result)


def test_without_a_token_it_says_which(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", token="")
    assert result.failure == (6, "AccessDenied")
    assert "LTF_CI_TOKEN" in result.error.expected


def test_a_github_that_is_not_there(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", api=f"http://127.0.0.1:{free_port()}")
    assert result.failure == (9, "GithubFailed")


def test_a_repository_that_is_not_there(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", "--languages", "a/nothing")
    assert result.failure == (6, "AccessDenied")
    assert "a/nothing" in result.error.found


def test_github_enterprise_has_its_api_elsewhere(bumper: Bumper) -> None:
    assert bumper.bump("3.7.4-2", api=f"{bumper.github.api}/api/v3").code == 0
    assert set(bumper.github.asked) == {"POST /api/graphql"}


def test_a_dry_run_asks_and_changes_nothing(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", "--dry-run")
    assert (result.code, result.conclusion, bumper.hosted.pulls, bumper.hosted.branches()) == (
        0,
        "planned",
        [],
        ["main"],
    )
    assert bumper.bump("3.7.4-2").plan == result.plan


def test_an_image_that_is_not_there_is_not_listed(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", "--push-to", f"{bumper.image.registry}/elsewhere")
    assert result.failure == (4, "Refused")
    assert bumper.github.asked == []


def all_at_once(bump_of: Callable[[str], PullRequestResult], names: list[str]) -> list[PullRequestResult]:
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(bump_of, names))


@pytest.mark.parametrize("count", [2, 20])
def test_many_repositories_bump_the_same_list_at_once(bumper: Bumper, count: int) -> None:
    names = [f"ltf-{number:02}" for number in range(count)]
    ends = all_at_once(partial(bumper.bump_of, group=""), names)
    assert {each.step.state for each in ends} == {"done"}
    assert len(bumper.hosted.pulls) == count
    for name in names:
        listed = bumper.hosted.read(LIST, f"ltf-ci/{name}-3.7.4")
        assert listed == bumper.listed.replace(f"{name}?tag=3.7.4-1", f"{name}?tag=3.7.4-2")


@pytest.mark.parametrize("count", [2, 8])
def test_a_group_of_many_at_once_loses_nobodys_line(bumper: Bumper, count: int) -> None:
    names = [f"ltf-{number:02}" for number in range(count)]
    all_at_once(partial(bumper.bump_of, group="all"), names)
    (pull,) = bumper.hosted.pulls
    assert (pull.head, pull.state) == ("ltf-ci/all", "OPEN")
    bumper.hosted.merge(pull.number)
    expected = bumper.listed
    for name in names:
        expected = expected.replace(f"{name}?tag=3.7.4-1", f"{name}?tag=3.7.4-2")
    assert bumper.hosted.read(LIST) == expected
    assert len(json.loads(bumper.hosted.read(LOCK))) == count


def test_more_than_a_handful_are_grouped(bumper: Bumper) -> None:
    ends = bumper.bump_all([f"ltf-{number:02}" for number in range(20)])
    assert [each.step.state for each in ends] == ["done"]
    assert (len(bumper.hosted.pulls), len(bumper.github.asked)) == (1, 3)


def test_a_whole_fleet_is_one_pull_request_too(bumper: Bumper) -> None:
    names = [f"python-unittest-of-a-long-name-{number}" for number in range(240)]
    (settled,) = bumper.bump_all(names)
    assert (settled.step.state, bumper.hosted.pulls[0].title) == ("done", "Bump 240 releases in the languages list")
    assert bumper.hosted.read(LIST, bumper.hosted.pulls[0].head).count("of-a-long-name") == len(names)


def test_a_handful_has_a_pull_request_each(bumper: Bumper) -> None:
    ends = bumper.bump_all(["ltf-00", "ltf-01", "ltf-02"])
    assert [each.step.state for each in ends] == ["done"] * 3
    assert len(bumper.hosted.pulls) == 3


def test_a_list_that_is_too_large_for_a_query_is_fetched_whole(bumper: Bumper) -> None:
    many = "".join(f"https://github.com/a/other-{number}?tag=1-1\n" for number in range(20_000))
    bumper.hosted.push({LIST: bumper.listed + many})
    result = bumper.bump("3.7.4-2")
    assert result.ended == (0, "done"), result
    assert bumper.hosted.read(LIST, BRANCH) == bumper.with_tag("3.7.4-2") + many
