"""`ltf-ci list convert` over real git repositories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.printing import printed
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, git

pytestmark = pytest.mark.machine
ENVIRON = {"LTF_CI_FORMAT": "json"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a list of a repository whose commit has two tags, and of one that has none."""
    tagged = LtfRepository(tmp_path / "tagged", "A (1), x", "x/a:1-1")
    tagged.tag("1-9")
    tagged.tag("1-10")
    plain = LtfRepository(tmp_path / "plain", "B (1), x", "x/b:1-1")
    short = [git(ltf.directory, "rev-parse", "HEAD")[:7] for ltf in (tagged, plain)]
    found = tmp_path / "list"
    lines = ["# the list", f"{short[0]}@./tagged  # why", f"{short[1]}@./plain", "0123456@./nowhere", "./plain"]
    found.write_bytes("\r\n".join(lines).encode())
    return found


def converted(file: Path) -> bytes:
    lines = file.read_bytes().split(b"\r\n")
    return b"\r\n".join([lines[0], b"./tagged?tag=1-10  # why", *lines[2:]])


def test_what_can_be_turned_is_and_no_other_byte_is_touched(file: Path, run: RunCommand) -> None:
    file.chmod(0o640)
    after, before = converted(file), file.read_bytes()
    result = run("list", "convert", str(file), "--allow-local", environ=ENVIRON)
    assert result.ended == (0, "planned")
    assert result.plan == {"lines": [{"line": 2, "entry": "./tagged?tag=1-10"}]}
    assert file.read_bytes() == before
    result = run("list", "convert", str(file), "--allow-local", "--write", environ=ENVIRON)
    assert result.ended == (0, "done")
    assert file.read_bytes() == after
    assert file.stat().st_mode & 0o777 == 0o640
    assert [(found.severity, found.rule, found.line) for found in result.findings] == [
        ("warning", "list-not-converted", 3),
        ("warning", "list-not-converted", 4),
    ]
    assert "no release tag names" in result.findings[0].found
    assert "could not be asked" in result.findings[1].found
    again = run("list", "convert", str(file), "--allow-local", "--write", environ=ENVIRON)
    assert again.conclusion == "nothing-to-do"
    assert "`ltf-ci bump --group NAME" in again.reason
    assert [path.name for path in file.parent.glob("list*")] == ["list"]


def test_the_difference_is_shown(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "convert", str(file), "--allow-local"], {}) == 0
    said = printed(capsys)
    assert "\n+./tagged?tag=1-10  # why" in said
    assert said.count("\n+") == 2  # the line, and the file's name


def test_a_line_that_cannot_be_read_fails_and_the_others_are_turned(file: Path, run: RunCommand) -> None:
    file.write_bytes(file.read_bytes() + b"\r\ntwo words\r\n")
    after = converted(file)
    result = run("list", "convert", str(file), "--allow-local", "--write", environ=ENVIRON)
    assert (result.code, result.findings[-1].rule) == (1, "list-line")
    assert file.read_bytes() == after
    again = run("list", "convert", str(file), "--allow-local", environ=ENVIRON)
    assert (*again.ended, again.reason) == (1, "failed", "1 error")


def test_what_somebody_writes_meanwhile_is_not_lost(
    file: Path, tmp_path: Path, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = file.read_bytes(), shutil.which("git")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(f"#!/bin/sh\necho '# mine' >'{file}'\nexec {real} \"$@\"\n")
    (tmp_path / "bin/git").chmod(0o755)
    with monkeypatch.context() as meanwhile:
        meanwhile.setenv("PATH", str(tmp_path / "bin"), prepend=":")
        result = run("list", "convert", str(file), "--allow-local", "--write", environ=ENVIRON)
    assert (result.code, result.error.kind, file.read_text()) == (4, "Refused", "# mine\n")
    file.write_bytes(before)
    assert run("list", "convert", str(file), "--allow-local", "--write", environ=ENVIRON).conclusion == "done"
