"""`ltf-ci status`, with a real registry and a languages repository of plain git."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proxy import Answered
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import git

pytestmark = pytest.mark.machine


@pytest.fixture
def languages(tmp_path: Path) -> Path:
    """Return a bare repository with an empty list."""
    work = tmp_path / "languages-work"
    work.mkdir()
    git(work, "init", "--quiet")
    (work / "git_repo_urls.tagged").write_text("# languages\n")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Begin")
    bare = tmp_path / "languages.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    return bare


def test_a_release_waits_until_its_line_is_in_the_list(publisher: Publisher, languages: Path) -> None:
    publisher.named("https://github.com/a/python-unittest.git")
    publisher.tagged("3.7.4-1")
    words = ("--languages", str(languages))

    def waits() -> tuple[str, str]:
        result = publisher.run_release(*words, command="status")
        assert result.code == 0, result
        (line,) = result.said["plan"]["lines"]
        return line["waits"], line["listed"]

    assert waits()[0].startswith("3.7.4-1 is tagged and has no image yet")
    publisher.run_release(*words)
    assert waits() == (f"the branch ltf-ci/python-unittest-3.7.4 of {languages}", "")
    git(languages, "update-ref", "refs/heads/main", "ltf-ci/python-unittest-3.7.4")
    assert waits() == ("", "3.7.4-1")


def test_a_list_that_cannot_be_read_hides_nothing_else(publisher: Publisher, tmp_path: Path) -> None:
    publisher.tagged("3.7.4-1")
    result = publisher.run_release("--languages", str(tmp_path / "none"), command="status")
    steps = {step["name"]: (step["state"], step["detail"]) for step in result.said["steps"]}
    assert steps["list"][0] == "skipped"
    assert "cannot be cloned" in steps["list"][1]
    assert steps["HEAD"] == ("done", "3.7.4-1")
    assert steps["latest"] == ("skipped", "no such tag")


def test_where_the_registry_does_not_answer_the_exit_code_is_its_own(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(lambda _asked, _on: Answered(503)) as proxy:
        text = publisher.ltf.manifest.read_text().replace(publisher.host, proxy.host)
        publisher.ltf.manifest.write_text(text)
        environ = {**environ_of(proxy.host)}
        result = publisher.run("status", str(publisher.ltf.directory), environ=environ)
        assert result.code == 5
        (line,) = result.said["plan"]["lines"]  # git's half is shown all the same
        assert (line["git-tag"], line["image-tag"], line["waits"]) == ("3.7.4-1", "", "")
