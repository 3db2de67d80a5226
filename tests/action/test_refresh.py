"""Open pull requests made anew as GitHub runs it: when the list's main was pushed, by a GitHub App's key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.act import Act, ActRun
from tests.support.listing import LIST, NAME, Bumper
from tests.support.repositories import git

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/ltf-ci-refresh.yml"
PYTHON, RUBY = "ltf-ci/python-unittest-3.7.4", "ltf-ci/ruby-minitest-3.7.4"


def pushed(bumper: Bumper, act: Act, directory: Path) -> ActRun:
    """Push to main, as GitHub tells the workflow of it."""
    payload = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
    env = {"GITHUB_REPOSITORY": NAME, "GITHUB_API_URL": bumper.github.api, "LTF_CI_RETRY_PAUSE": "0"}
    secrets = {"GITHUB_TOKEN": "of-the-workflow-itself", "LTF_CI_APP_PRIVATE_KEY": bumper.github.app.private_key}
    return act.run(directory, WORKFLOW, "push", payload, secrets=secrets, env=env)


def test_a_neighbours_merge_makes_the_others_anew_and_closes_what_is_in_main(
    bumper: Bumper, act: Act, tmp_path: Path
) -> None:
    directory = tmp_path / "languages"
    (directory / WORKFLOW).parent.mkdir(parents=True)
    shutil.copy(ROOT / "workflows/ltf-ci-refresh.yml", directory / WORKFLOW)
    git(directory, "init", "--quiet")
    bumper.github.app.install(bumper.hosted.owner, "contents", "pull_requests")
    bumper.bump("3.7.4-2")
    bumper.bump_of("ruby-minitest", "")
    bumper.hosted.push({LIST: bumper.with_tag("3.7.4-2")})

    ran = pushed(bumper, act, directory)
    assert ran.exit_code == 0, str(ran)
    assert ran.outputs["refresh"]["conclusion"] == "done"
    assert {pull.head: pull.state for pull in bumper.hosted.pulls} == {PYTHON: "CLOSED", RUBY: "OPEN"}
    assert bumper.hosted.parent(RUBY) == bumper.hosted.head()
    for secret in (*bumper.github.app.given, *bumper.github.app.private_key.splitlines()[1:-1]):
        assert secret not in str(ran)

    again = pushed(bumper, act, directory)
    assert again.exit_code == 0, str(again)
    assert again.outputs["refresh"]["conclusion"] == "nothing-to-do"
    assert bumper.hosted.parent(RUBY) == bumper.hosted.head()
