"""Files that a pull request removes, at GitHub's stand-in and in a plain git repository."""

from __future__ import annotations

from functools import partial

import pytest

from ltf_ci.model.outcome import StepState
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal
from tests.support.bumping import run_at
from tests.support.github import GithubServer, HostedRepository

BEFORE = {"old.yml": "on: push\n", "kept": "1\n", "changed": "1\n"}
WANTED = {"old.yml": None, "new.yml": "on: push\n# new\n", "kept": "1\n", "changed": "2\n"}
BRANCH = "ltf-ci/adopt"


def propose(github: GithubServer, place: str) -> PullRequestResult:
    repository = run_at(github).target_repository(LanguagesPlace.parse(place), (*WANTED,))
    proposal = Proposal(branch=BRANCH, title="Adopt", body="Body", edit=lambda _files: WANTED, unasked=True)
    decide = partial(proposing.decide, proposal=proposal)
    return apply(BRANCH, decide, repository, lambda _times: None, dry_run=False)


def files_on(hosted: HostedRepository, branch: str) -> dict[str, str]:
    return {path: hosted.read(path, branch) for path in hosted.bare.git("ls-tree", "-r", "--name-only", branch).split()}


@pytest.mark.parametrize("is_at_github", [True, False], ids=["github", "git"])
def test_a_pull_request_removes_adds_and_changes_files_and_is_known_again(
    github: GithubServer, *, is_at_github: bool
) -> None:
    hosted = github.create_repository("o/ltf", BEFORE)
    place = "o/ltf" if is_at_github else str(hosted.bare.directory)
    assert propose(github, place).step.state is StepState.DONE
    assert files_on(hosted, BRANCH) == {path: text for path, text in WANTED.items() if text is not None}
    assert propose(github, place).step.state is StepState.UNCHANGED
    hosted.push({"elsewhere": "1\n"}, branch=hosted.default_branch)
    assert propose(github, place).step.state is StepState.UNCHANGED
