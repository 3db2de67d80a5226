"""`ltf-ci status` in the languages repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.publishing import RunCommand
from tests.support.repositories import git

ENVIRON = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}
LIST, LOCK = "git_repo_urls.tagged", "languages.lock.json"
RUBY, ASM = "https://github.com/a/ruby", "https://github.com/a/asm"


@pytest.fixture
def languages(tmp_path: Path) -> Path:
    """Return a clone of a languages repository, which is plain git."""
    work, bare = tmp_path / "work", tmp_path / "languages.git"
    work.mkdir()
    git(work, "init", "--quiet")
    (work / LIST).write_text(f"# those of a\n{RUBY}?tag=3.1-1\n{ASM}\n")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Begin")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    git(work, "remote", "add", "origin", str(bare))
    return work


def proposed(work: Path, name: str, message: str) -> None:
    """Push a branch of ltf-ci that has one more commit."""
    git(work, "switch", "--quiet", "--create", f"ltf-ci/{name}")
    git(work, "commit", "--quiet", "--allow-empty", "--message", message)
    git(work, "push", "--quiet", "origin", f"ltf-ci/{name}")
    git(work, "switch", "--quiet", "main")


def test_list_lock_and_pull_requests_are_shown(languages: Path, run: RunCommand) -> None:
    proposed(languages, "ruby-3.1", f"Bump\n\nLtf-Ci-Release: {RUBY}?tag=3.1-2")
    result = run("status", str(languages), environ=ENVIRON)
    assert (result.code, result.conclusion) == (0, "done")
    assert result.step("list").detail == "2 lines, 1 by release tag"
    assert result.step("lock").state == "skipped"
    url = f"the branch ltf-ci/ruby-3.1 of {languages.parent / 'languages.git'}"
    assert result.step("waits").detail == f"ruby 3.1-2: {url}"
    assert result.said["plan"]["pull-requests"] == [
        {"branch": "ltf-ci/ruby-3.1", "url": url, "releases": ["ruby 3.1-2"]}
    ]


def test_a_release_without_an_entry_in_the_lock_waits(languages: Path, run: RunCommand) -> None:
    (languages / LOCK).write_text("{}\n")
    result = run("status", str(languages), environ=ENVIRON)
    assert result.step("lock").state == "planned"
    assert result.said["plan"]["unlocked"] == [f"{RUBY}?tag=3.1-1"]
    (languages / LOCK).write_text(json.dumps({f"{RUBY}?tag=3.1-1": {}}))
    assert run("status", str(languages), environ=ENVIRON).step("lock").state == "done"
    assert run("status", str(languages), environ=ENVIRON).step("pulls").detail == "no pull request of ltf-ci is open"


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        ("", "no origin, so that no pull request is known"),
        ("https://github.com/cyber-dojo/languages-start-points", "no token for"),
        ("/nowhere/at/all", "cannot be cloned"),
    ],
)
def test_pull_requests_that_are_not_known_hide_nothing_else(
    origin: str, why: str, languages: Path, run: RunCommand
) -> None:
    git(languages, "remote", "remove", "origin")
    if origin:
        git(languages, "remote", "add", "origin", origin)
    result = run("status", str(languages), environ=ENVIRON)
    assert (result.step("list").state, result.step("pulls").state) == ("done", "skipped")
    assert why in result.step("pulls").detail


def test_a_folder_of_no_kind_is_refused_with_what_it_lacks(folder: Path, run: RunCommand) -> None:
    result = run("status", str(folder), environ=ENVIRON)
    assert result.code == 3
    assert result.said["error"]["found"] == f"{folder} is no LTF repository, and has no {LIST}"
