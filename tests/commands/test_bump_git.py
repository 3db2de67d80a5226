"""A languages repository that is a path: the commit is pushed as a branch, and the pull request's text shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.publishing import Publisher
from tests.support.repositories import git

pytestmark = pytest.mark.machine
LIST = "# languages\nhttps://github.com/a/other?tag=1.0-1\n"


@pytest.fixture
def languages(tmp_path: Path) -> Path:
    """Give a bare repository with a list and a lock."""
    work = tmp_path / "languages-work"
    work.mkdir()
    git(work, "init", "--quiet")
    (work / "git_repo_urls.tagged").write_text(LIST)
    (work / "languages.lock.json").write_text("{}\n")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Begin")
    bare = tmp_path / "languages.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    return bare


@pytest.fixture
def named(publisher: Publisher) -> Publisher:
    """Give a repository that has an address."""
    git(publisher.ltf.directory, "remote", "add", "origin", "https://github.com/a/python-unittest.git")
    return publisher


def test_a_release_becomes_a_branch(named: Publisher, languages: Path) -> None:
    commit = named.tagged("3.7.4-1")
    code, said = named.run_release("--languages", str(languages))
    assert (code, said["conclusion"]) == (0, "done"), said
    branch = "ltf-ci/python-unittest-3.7.4"
    assert git(languages, "show", f"{branch}:git_repo_urls.tagged") + "\n" == (
        LIST + "https://github.com/a/python-unittest?tag=3.7.4-1\n"
    )
    lock = git(languages, "show", f"{branch}:languages.lock.json")
    assert f'"commit": "{commit}"' in lock
    assert str(named.digest("3.7.4-1")) in lock
    assert git(languages, "rev-parse", f"{branch}^") == git(languages, "rev-parse", "main")
    before = git(languages, "rev-parse", branch)
    assert named.run_release("--languages", str(languages))[1]["conclusion"] == "nothing-to-do"
    assert git(languages, "rev-parse", branch) == before


def test_a_path_may_be_relative(named: Publisher, languages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(languages.parent)
    named.tagged("3.7.4-1")
    code, said = named.run_release("--languages", f"./{languages.name}")
    assert (code, said["conclusion"]) == (0, "done"), said
    assert "ltf-ci/python-unittest-3.7.4" in git(languages, "branch")
