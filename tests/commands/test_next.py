"""`ltf-ci next` in real git repositories, with and without a remote."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.printing import printed
from tests.support.repositories import LtfRepository, git, manifest_text


@pytest.fixture
def origin(ltf: LtfRepository, tmp_path: Path) -> Path:
    bare = tmp_path / "origin.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    git(ltf.directory, "remote", "add", "origin", str(bare))
    git(ltf.directory, "push", "--quiet", "origin", "main")
    return bare


def next_of(ltf: LtfRepository, *words: str) -> int:
    return main(["next", str(ltf.directory), *words], {})


def test_the_next_revision_is_written_committed_and_tagged(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    before = ltf.manifest.read_bytes()
    assert next_of(ltf) == 0
    assert ltf.manifest.read_bytes() == before.replace(b"3.7.4-18", b"3.7.4-19")
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.4-19"
    assert git(ltf.directory, "log", "-1", "--format=%s") == "Release 3.7.4-19"
    assert git(ltf.directory, "cat-file", "-t", "3.7.4-19") == "tag"
    assert main(["check", str(ltf.directory)], {}) == 0


def test_a_new_version_begins_at_revision_1_and_no_other_byte_is_touched(ltf: LtfRepository) -> None:
    raw = (
        '\r\n {"language" : ["Pyth\\u006fn","3.7.4"],\t"image_name":"a\\/b:3.7.4-18",\r\n'
        '"x":  "3.7.4-18", "display_name":"Python (3.7.4), unittest" }  '
    )
    ltf.manifest.write_bytes(raw.encode())
    ltf.commit("Odd, and valid")
    assert next_of(ltf, "--language-version", "3.7.5") == 0
    expected = (
        raw.replace('"3.7.4"]', '"3.7.5"]').replace('"a\\/b:3.7.4-18"', '"a/b:3.7.5-1"').replace("(3.7.4)", "(3.7.5)")
    )
    assert ltf.manifest.read_bytes() == expected.encode()


def test_a_tag_that_only_the_remote_has_is_counted(ltf: LtfRepository, origin: Path) -> None:
    git(origin, "tag", "3.7.4-30", "main")
    assert next_of(ltf, "--push") == 0
    assert git(origin, "rev-parse", "3.7.4-31^{commit}") == git(ltf.directory, "rev-parse", "HEAD")
    assert git(origin, "rev-parse", "main") == git(ltf.directory, "rev-parse", "HEAD")


def test_when_the_branch_cannot_be_pushed_the_tag_is_not_either(ltf: LtfRepository, origin: Path) -> None:
    tree = git(origin, "rev-parse", "main^{tree}")
    other = git(ltf.directory, "commit-tree", "-m", "Meanwhile", "-p", "HEAD", tree)
    git(ltf.directory, "push", "--quiet", "origin", f"{other}:main")
    before = git(ltf.directory, "for-each-ref")
    assert next_of(ltf, "--push") == 4
    assert git(origin, "tag", "--list") == ""
    assert git(ltf.directory, "for-each-ref") == before


def test_twice_is_once_and_a_later_push_takes_the_same_tag(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert next_of(ltf) == 0
    head = git(ltf.directory, "rev-parse", "HEAD")
    assert next_of(ltf) == 0
    assert "HEAD is 3.7.4-18 already, and is not pushed yet" in capsys.readouterr().err
    assert next_of(ltf, "--push") == 0
    assert git(origin, "rev-parse", "3.7.4-18^{commit}") == git(origin, "rev-parse", "main") == head
    assert next_of(ltf, "--push") == 0
    assert git(ltf.directory, "tag", "--list") == "3.7.4-18"


def test_another_version_begins_where_head_has_a_release(ltf: LtfRepository, origin: Path) -> None:
    assert next_of(ltf, "--push") == 0
    assert next_of(ltf, "--language-version", "3.7.5", "--push") == 0
    assert git(origin, "tag", "--list").split() == ["3.7.4-18", "3.7.5-1"]


def test_a_push_that_is_refused_says_how_it_goes_on(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    assert next_of(ltf, "--push") == 8
    said = printed(capsys)
    assert "not today" in said
    assert "git push --atomic origin main 3.7.4-18: another run" in said


def test_there_must_be_somewhere_to_push_to(ltf: LtfRepository) -> None:
    assert next_of(ltf, "--push") == 4
    assert git(ltf.directory, "tag", "--list") == ""


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
@pytest.mark.parametrize("begun", [True, False])
def test_a_folder_without_a_commit_has_no_next_revision(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], *, begun: bool
) -> None:
    (tmp_path / "manifest.json").write_text(manifest_text("Python (3.7.4), unittest", "a/python:3.7.4-1"))
    if begun:
        git(tmp_path, "init", "--quiet")
    assert main(["next", str(tmp_path), *words], {}) == 8
    assert "git init" in printed(capsys)


def test_a_remote_that_cannot_be_asked_stops_it(ltf: LtfRepository) -> None:
    git(ltf.directory, "remote", "add", "origin", str(ltf.directory / "nowhere"))
    before = git(ltf.directory, "rev-parse", "HEAD")
    assert next_of(ltf) == 8
    assert git(ltf.directory, "rev-parse", "HEAD") == before


def test_a_run_that_was_killed_after_its_commit_is_finished(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    assert next_of(ltf) == 0
    git(ltf.directory, "tag", "--delete", "3.7.4-19")
    assert next_of(ltf) == 0
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.4-19"
    assert git(ltf.directory, "rev-list", "--count", "HEAD") == "3"


def test_a_dirty_tree_is_refused(ltf: LtfRepository) -> None:
    ltf.write("docker/Dockerfile", "FROM scratch\n")
    assert next_of(ltf) == 4


def test_a_detached_head_is_refused(ltf: LtfRepository) -> None:
    git(ltf.directory, "checkout", "--quiet", "--detach")
    assert next_of(ltf) == 4


def test_a_name_without_a_version_needs_one(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.manifest.write_text(manifest_text("Swift, Swordfish", "a/b:b8333d3"))
    ltf.commit("No version")
    assert next_of(ltf) == 3
    assert "--language-version" in printed(capsys)
    assert next_of(ltf, "--language-version", "6.1") == 0
    assert '"Swift (6.1), Swordfish"' in ltf.manifest.read_text()


def test_a_dry_run_changes_nothing(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    before = git(ltf.directory, "rev-parse", "HEAD")
    assert next_of(ltf, "--dry-run") == 0
    assert "tag: 3.7.4-19\n" in printed(capsys)
    assert git(ltf.directory, "rev-parse", "HEAD") == before
    assert git(ltf.directory, "status", "--porcelain") == ""


def test_the_manifests_own_tag_is_next_where_no_tag_has_it(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "the next one would be 3.7.4-18" in printed(capsys)
    before = git(ltf.directory, "rev-parse", "HEAD")
    assert next_of(ltf) == 0
    assert git(ltf.directory, "rev-parse", "3.7.4-18^{commit}") == before
    ltf.commit_more()
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "the next one would be 3.7.4-19" in printed(capsys)


def test_a_hook_that_says_no_leaves_the_folder_as_it_was(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    hook = ltf.directory / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert next_of(ltf) == 8
    assert git(ltf.directory, "status", "--porcelain") == ""
    hook.unlink()
    assert next_of(ltf) == 0


def test_check_as_a_hook_lets_the_next_revision_be_committed(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-18")
    ltf.manifest.write_text(ltf.manifest.read_text().replace("3.7.4-18", "3.7.4-19"))
    git(ltf.directory, "add", "--all")
    assert main(["check", str(ltf.directory)], {}) == 0
