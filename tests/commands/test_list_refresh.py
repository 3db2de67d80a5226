"""Open pull requests, made anew when the languages list's main has moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.pull_requests.at_github import GithubRepository
from ltf_ci.fleet.rules import additions
from ltf_ci.model.secret import Secret
from tests.support.github import GithubServer
from tests.support.github.bare import RefUpdate
from tests.support.listing import LIST, NAME, Bumper
from tests.support.proxy import Answered, Asked, Hook, Pass, passed_on, proxy_before
from tests.support.result import Result

pytestmark = pytest.mark.machine

PYTHON, RUBY = "ltf-ci/python-unittest-3.7.4", "ltf-ci/ruby-minitest-3.7.4"


def refresh(bumper: Bumper, *words: str, hook: Hook = passed_on) -> Result:
    with proxy_before(bumper.github.host, hook) as proxy:
        environ = {
            "LTF_CI_FORMAT": "json",
            "LTF_CI_RETRY_PAUSE": "0",
            "LTF_CI_TOKEN": bumper.github.token,
            "GITHUB_API_URL": f"http://{proxy.host}",
        }
        return bumper.run("list", "refresh", "--languages", NAME, *words, environ=environ)


def states(result: Result) -> dict[str, str]:
    return result.states


def test_a_neighbouring_line_that_was_merged_makes_no_conflict(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.bump_of("ruby-minitest", "")
    bumper.hosted.merge(1)
    result = refresh(bumper)
    assert (result.code, result.conclusion, states(result)) == (0, "done", {RUBY: "done"}), result
    assert bumper.hosted.parent(RUBY) == bumper.hosted.head()
    before = bumper.hosted.pulls[1].title
    bumper.hosted.merge(2)
    assert bumper.hosted.read(LIST) == bumper.with_tag("3.7.4-2").replace(
        "ruby-minitest?tag=3.7.4-1", "ruby-minitest?tag=3.7.4-2"
    )
    assert before == "Bump ruby-minitest from 3.7.4-1 to 3.7.4-2"


def test_the_same_again_changes_nothing(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2", "--group", "security")
    bumper.hosted.push({LIST: f"# moved\n{bumper.listed}"})
    assert refresh(bumper).conclusion == "done"
    before = bumper.hosted.head("ltf-ci/security")
    result = refresh(bumper)
    assert result.ended == (0, "nothing-to-do")
    assert bumper.hosted.head("ltf-ci/security") == before


@pytest.mark.parametrize("tag", ["3.7.4-2", "3.7.4-3"])
def test_what_the_list_has_already_is_closed(bumper: Bumper, tag: str) -> None:
    bumper.bump("3.7.4-2")
    bumper.hosted.push({LIST: bumper.with_tag(tag)})
    result = refresh(bumper)
    assert (result.code, states(result)) == (0, {PYTHON: "done"}), result
    (pull,) = bumper.hosted.pulls
    assert pull.state == "CLOSED"
    assert "in main already, or something newer is" in pull.comments[0]


def test_other_peoples_commits_and_pull_requests_are_left(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.hosted.push({LIST: "# theirs\n"}, branch=PYTHON)
    bumper.hosted.push({LIST: "# mine\n"}, branch="mine")
    bumper.hosted.open_pull("mine", "main", "Mine", "", draft=False)
    bumper.hosted.push({LIST: bumper.with_tag("3.7.4-2")})
    result = refresh(bumper)
    assert (result.code, result.conclusion, states(result)) == (0, "did-nothing", {PYTHON: "skipped"}), result
    assert [pull.state for pull in bumper.hosted.pulls] == ["OPEN", "OPEN"]
    assert bumper.hosted.read(LIST, PYTHON) == "# theirs\n"


def test_what_adds_dependents_is_no_bump(bumper: Bumper) -> None:
    branch = f"{additions.BRANCH}pytest-3.7.5"
    bumper.hosted.push({"dependents.json": "{}\n"}, branch=branch)
    bumper.hosted.open_pull(branch, "main", "Add pytest (3.7.5) to the dependents", "", draft=False)
    assert (refresh(bumper).conclusion, bumper.hosted.pulls[0].state) == ("nothing-to-do", "OPEN")


def test_a_dry_run_changes_nothing(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.hosted.push({LIST: f"# moved\n{bumper.listed}"})
    before = bumper.hosted.head(PYTHON)
    result = refresh(bumper, "--dry-run")
    assert (result.code, result.conclusion, states(result)) == (0, "planned", {PYTHON: "planned"})
    assert bumper.hosted.head(PYTHON) == before


def test_without_any_there_is_nothing_to_do(bumper: Bumper) -> None:
    result = refresh(bumper)
    assert (result.code, result.reason) == (0, "no pull request of ltf-ci is open")


def test_what_fails_for_one_hides_no_other(bumper: Bumper) -> None:
    bumper.bump("3.7.4-2")
    bumper.bump_of("ruby-minitest", "")
    bumper.hosted.push({LIST: f"# moved\n{bumper.listed}"})

    def refused(asked: Asked, pass_on: Pass) -> Answered:
        broken = PYTHON.encode() in asked.body and b"updateRefs" in asked.body
        return Answered(403, body=b'{"message": "no"}') if broken else pass_on(asked)

    result = refresh(bumper, hook=refused)
    assert (result.code, states(result)) == (6, {PYTHON: "skipped", RUBY: "done"}), result


def test_more_than_a_hundred_are_all_seen(github: GithubServer) -> None:
    hosted = github.create_repository(NAME, {LIST: ""})
    head = hosted.push({LIST: "#\n"}, branch="ltf-ci/0")
    hosted.open_pull("ltf-ci/0", "main", "Theirs", "", draft=False)
    names = [f"ltf-ci/{number}" for number in range(103)]
    hosted.bare.update_refs(RefUpdate(f"refs/heads/{name}", head) for name in names[1:])
    hosted.pulls.extend(replace(hosted.pulls[0], number=number, head=name) for number, name in enumerate(names[1:], 2))
    api = GithubApi(github.api, Secret(github.token), pause=0)
    languages = GithubRepository(NAME, (LIST,), api)
    assert languages.open_branches("ltf-ci/") == tuple(sorted(names))
    others = languages.state(names[0]).other_pulls
    assert sorted(other.branch for other in others) == sorted(names[1:])
