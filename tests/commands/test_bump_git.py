"""A languages repository that is a path: the commit is pushed as a branch, and the pull request's text shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from ltf_ci.clients.pull_requests.over_git import GitRemote
from ltf_ci.errors import HeadMoved
from ltf_ci.model.remote_repository import Pull
from ltf_ci.model.repository_url import RepositoryUrl
from tests.support.proxy import Answered
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import git

pytestmark = pytest.mark.machine
LIST = "# languages\nhttps://github.com/a/other?tag=1.0-1\n"


@pytest.fixture
def languages(tmp_path: Path) -> Path:
    """Return a bare repository with a list and a lock."""
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
    """Return a repository that has an address."""
    publisher.named("https://github.com/a/python-unittest.git")
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


def test_a_plan_is_in_the_order_of_its_steps(
    named: Publisher, languages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named.tagged("3.7.4-1")
    words = ["release", str(named.ltf.directory), "--languages", str(languages), "--dry-run"]
    assert main(words, {**environ_of(named.host), "LTF_CI_FORMAT": "text"}) == 0
    rows = [line.split()[0] for line in capsys.readouterr().err.splitlines() if " planned " in line]
    assert rows == ["push", "list"]


def test_a_tag_that_is_not_here_is_not_listed(named: Publisher, languages: Path) -> None:
    named.tagged("3.7.4-1")
    words = ("bump", str(named.ltf.directory), "--languages", str(languages), "--tag", "3.7.4-9")
    result = named.run(*words, environ=environ_of(named.host))
    assert (result.failure, result.error.found[:29]) == ((3, "BadInput"), "there is no git tag 3.7.4-9 h")


def test_a_path_may_be_relative(named: Publisher, languages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(languages.parent)
    named.tagged("3.7.4-1")
    code, said = named.run_release("--languages", f"./{languages.name}")
    assert (code, said["conclusion"]) == (0, "done"), said
    assert "ltf-ci/python-unittest-3.7.4" in git(languages, "branch")


def test_after_the_merge_nothing_is_left_to_do(named: Publisher, languages: Path) -> None:
    named.tagged("3.7.4-1")
    named.run_release("--languages", str(languages))
    git(languages, "update-ref", "refs/heads/main", "ltf-ci/python-unittest-3.7.4")
    assert named.run_release("--languages", str(languages))[1]["conclusion"] == "nothing-to-do"


def test_an_ssh_origin_is_the_same_repository(named: Publisher, languages: Path) -> None:
    named.named("git@github.com:a/Other.git")
    named.tagged("1.0-2")
    assert named.run_release("--languages", str(languages))[0] == 0
    listed = git(languages, "show", "ltf-ci/other-1.0:git_repo_urls.tagged") + "\n"
    assert listed == LIST.replace("1.0-1", "1.0-2")


def test_a_repository_that_capitals_alone_tell_from_a_listed_one_is_refused(named: Publisher, languages: Path) -> None:
    work = languages.with_name("languages-work")
    (work / "git_repo_urls.tagged").write_text("https://git.example/srv/foo?tag=1.0-1\n")
    git(work, "commit", "--quiet", "--all", "--message", "List foo")
    git(work, "push", "--quiet", str(languages), "HEAD:main")
    named.named("https://git.example/srv/Foo.git")
    named.tagged("1.0-2")
    code, said = named.run_release("--languages", str(languages))
    assert (code, said["error"]["kind"], named.digest("1.0-2")) == (4, "Refused", None), said
    named.publish()
    for words in (["--dry-run"], []):
        code, said = named.run_release("--languages", str(languages), *words, command="bump")
        assert (code, said["error"]["kind"]) == (4, "Refused"), said
        assert "https://git.example/srv/foo in git_repo_urls.tagged differ by capitals" in said["error"]["found"]
    assert branches(languages) == []
    words = ["--languages", str(languages), "--list", "git_repo_urls.tagged"]
    code, said = named.run_release(*words, command="bump", GITHUB_SERVER_URL="https://git.example")
    assert code == 0, said


def test_an_image_that_nobody_can_be_asked_for_is_not_taken_to_be_absent(named: Publisher, languages: Path) -> None:
    named.tagged("3.7.4-1")
    with named.watched(lambda _asked, _on: Answered(503)) as proxy:
        words = ("--languages", str(languages), "--push-to", proxy.host)
        code, said = named.run_release(*words, command="bump", LTF_CI_RETRY_PAUSE="0")
    assert (code, said["error"]["kind"]) == (5, "RegistryUnavailable")
    assert "cannot look up" in said["error"]["found"]


def test_without_an_origin_nothing_is_released(publisher: Publisher, languages: Path) -> None:
    publisher.tagged("3.7.4-1")
    git(publisher.ltf.directory, "remote", "remove", "origin")
    words = ("release", str(publisher.ltf.directory), "--languages", str(languages))
    code, said = publisher.run(*words, environ=environ_of(publisher.host))
    assert (code, said["error"]["kind"]) == (2, "UsageError")
    assert publisher.digest("3.7.4-1") is None


def test_a_rehearsal_is_not_listed(named: Publisher, languages: Path) -> None:
    named.tagged("3.7.4-1")
    before = git(languages, "for-each-ref")
    words = ("--languages", str(languages), "--push-to", f"{named.host}/rehearsal", "--allow-unpushed", "--no-test")
    code, said = named.run_release(*words)
    assert (code, said["conclusion"]) == (0, "done"), said
    assert "rehearsal" in next(step["detail"] for step in said["steps"] if step["name"] == "list")
    assert git(languages, "for-each-ref") == before


def test_a_languages_repository_without_a_commit_is_said(named: Publisher, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    named.tagged("3.7.4-1")
    code, said = named.run_release("--languages", str(tmp_path / "empty.git"))
    assert (code, said["error"]["kind"]) == (3, "BadInput")


def test_a_list_that_is_not_utf_8_is_said(named: Publisher, languages: Path, tmp_path: Path) -> None:
    work = tmp_path / "languages-work"
    (work / "git_repo_urls.tagged").write_bytes(b"\xff\n")
    git(work, "commit", "--quiet", "--all", "--message", "Latin")
    git(work, "push", "--quiet", str(languages), "main")
    named.tagged("3.7.4-1")
    code, said = named.run_release("--languages", str(languages))
    assert (code, said["error"]["kind"]) == (3, "BadInput")
    assert "git_repo_urls.tagged:1" in said["error"]["found"]


def test_releases_are_named_one_by_one(named: Publisher, languages: Path) -> None:
    named.tagged("3.7.4-1")
    named.publish()
    address = str(named.ltf.directory)
    words = ("--languages", str(languages), "--release", f"{address}?tag=3.7.4-1")
    code, said = named.run_release(*words, command="bump")
    assert (code, said["conclusion"]) == (0, "done"), said


def branches(languages: Path) -> list[str]:
    return git(languages, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/ltf-ci").split()


def test_a_branch_whose_release_is_in_a_groups_is_taken_away(named: Publisher, languages: Path) -> None:
    words = ("--languages", str(languages))
    named.tagged("3.7.4-1")
    named.run_release(*words)
    named.tagged("3.7.4-2")
    code, said = named.run_release(*words, "--group", "security")
    assert (code, branches(languages)) == (0, ["ltf-ci/security"]), said
    assert [step["name"] for step in said["steps"]][-1] == "ltf-ci/python-unittest-3.7.4"
    assert named.run_release(*words, "--group", "security")[1]["conclusion"] == "nothing-to-do"
    code, said = named.run_release(*words)
    assert (code, said["conclusion"], branches(languages)) == (0, "nothing-to-do", ["ltf-ci/security"]), said


def test_a_branch_with_commits_of_other_people_is_not_taken_away(named: Publisher, languages: Path) -> None:
    words, own = ("--languages", str(languages)), "ltf-ci/python-unittest-3.7.4"
    named.tagged("3.7.4-1")
    named.run_release(*words)
    empty = git(languages, "commit-tree", "-p", own, "-m", "Empty", f"{own}^{{tree}}")
    theirs = git(languages, "commit-tree", "-p", own, "-m", "Mine", "main^{tree}")
    git(languages, "update-ref", f"refs/heads/{own}", theirs)
    named.tagged("3.7.4-2")
    code, said = named.run_release(*words, "--group", "security")
    assert (code, git(languages, "rev-parse", own)) == (0, theirs), said
    assert "has commits of other people" in said["steps"][-1]["detail"]
    git(languages, "update-ref", f"refs/heads/{own}", empty)
    assert named.run_release(*words, "--group", "security")[1]["steps"][-1]["state"] == "done"
    assert branches(languages) == ["ltf-ci/security"]


def test_what_the_default_branch_has_lost_is_not_brought_back(named: Publisher, languages: Path) -> None:
    before, words = git(languages, "rev-parse", "main"), ("--languages", str(languages))
    lost = git(languages, "commit-tree", "-p", "main", "-m", "A secret", "main^{tree}")
    git(languages, "update-ref", "refs/heads/main", lost)
    named.tagged("3.7.4-1")
    named.run_release(*words)
    git(languages, "update-ref", "refs/heads/main", before)
    assert [named.run_release(*words)[1]["conclusion"] for _ in range(2)] == ["done", "nothing-to-do"]
    assert git(languages, "rev-parse", "ltf-ci/python-unittest-3.7.4^") == before


def test_a_branch_that_moved_is_not_taken_away(languages: Path) -> None:
    head = git(languages, "rev-parse", "main")
    git(languages, "update-ref", "refs/heads/ltf-ci/x", head)
    client = GitRemote(RepositoryUrl.parse(str(languages)), ("git_repo_urls.tagged",), lambda _: None)
    with pytest.raises(HeadMoved):
        client.close(Pull(url="x", handle=f"ltf-ci/x:{'1' * 40}"), "it is elsewhere")
    assert branches(languages) == ["ltf-ci/x"]
    client.close(Pull(url="x", handle=f"ltf-ci/x:{head}"), "it is elsewhere")
    assert branches(languages) == []


@pytest.mark.parametrize("other", ["ltf-ci", "ltf-ci/python-unittest-3.7.4/mine"])
def test_a_branch_in_the_way_is_told_before_anything_is_pushed(named: Publisher, languages: Path, other: str) -> None:
    git(languages, "branch", other, "main")
    named.tagged("3.7.4-1")
    named.publish()
    for words in (["--dry-run"], []):
        code, said = named.run_release("--languages", str(languages), *words, command="bump")
        assert (code, said["error"]["kind"]) == (4, "Refused"), said
        assert f"rename or delete {other} there" in said["error"]["cure"]


def test_a_release_asks_for_room_for_its_own_branch(named: Publisher, languages: Path) -> None:
    git(languages, "branch", "ltf-ci/python-unittest-3.7.4/mine", "main")
    git(languages, "branch", "ltf-ci/releases/y", "main")
    named.tagged("3.7.4-1")
    for words in (["--dry-run"], ["--tag", "3.7.4-1"], []):
        code, said = named.run_release("--languages", str(languages), *words)
        assert (code, said["error"]["kind"]) == (4, "Refused"), said
        assert "rename or delete ltf-ci/python-unittest-3.7.4/mine there" in said["error"]["cure"]
        assert named.digest("3.7.4-1") is None
    git(languages, "branch", "--delete", "--force", "ltf-ci/python-unittest-3.7.4/mine")
    assert named.run_release("--languages", str(languages))[0] == 0


@pytest.mark.parametrize("command", ["release", "bump"])
def test_a_login_that_may_not_push_is_told_before_anything_is_made(
    named: Publisher, languages: Path, command: str
) -> None:
    address = "file://127.0.0.1/languages"
    for key, place in (("insteadOf", languages), ("pushInsteadOf", "/nowhere")):
        git(named.ltf.directory, "config", "--global", f"url.{place}.{key}", address)
    named.tagged("3.7.4-1")
    if command == "bump":
        named.publish()
    for words in (["--dry-run"], []):
        code, said = named.run_release("--languages", address, *words, command=command)
        assert (code, said["error"]["kind"]) == (8, "GitFailed"), said
        assert "'/nowhere' does not appear to be a git repository" in said["error"]["found"]
    assert (named.digest("3.7.4-1") is None) == (command == "release")
