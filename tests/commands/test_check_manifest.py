"""`ltf-ci check` over the manifest, as people call it: real files, real ruby, all faults at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.cli import main
from ltf_ci.manifest.repository import MOST_FOLDERS
from ltf_ci.manifest.rule_names import ALLOWED
from tests.support.printing import printed
from tests.support.repositories import MANIFEST, LtfRepository, manifest_text
from tests.support.result import Result, StepRow, result_of

BROKEN = """\
{
  "display_name": "Python (3.7.4), unittest",
  "image_name": "Cyberdojofoundation/python_unittest:3.7.4-18",
  "visible_filenames": [
    "hiker.sh", "gone.sh",
    "hi ker.sh", "folder"
  ],
  "filename_extension": "sh",
  "tab_size": "4", "max_seconds": 21,
  "hidden_filenames": ["a", "(?P<n>b)"],
  "progress_regexs": ["("],
  "runner_choice": "stateless",
  "language": ["Python", "3.7.4"]
}
"""
NAMES = ["Python (3.7.4), unittest", "cyberdojofoundation/python_unittest:3.7.4-18"]
MAIN = "cyber-dojo.sh"
Check = Callable[..., Result]


@pytest.fixture
def check(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> Check:
    """Check a repository's manifest alone; return the exit code and what was said as JSON."""

    def once(*words: str, only: str = "manifest") -> Result:
        code = main(["check", str(ltf.directory), "--only", only, "--format", "json", *words], {})
        return result_of(code, printed(capsys))

    return once


def written(ltf: LtfRepository, **more: Any) -> None:
    ltf.manifest.write_text(manifest_text(*NAMES, **more))


def without_ruby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs/git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))


def test_all_faults_are_told_at_once_each_at_its_value(ltf: LtfRepository, check: Check) -> None:
    ltf.manifest.write_text(BROKEN)
    (ltf.directory / "start_point/folder").mkdir()
    result = check()
    assert result.ended == (1, "failed")
    assert {finding.file for finding in result.findings} == {MANIFEST}
    assert [(f.rule, f.line, f.column, f.path) for f in result.findings] == [
        ("image-name", 3, 17, "image_name"),
        ("cyber-dojo-sh", 4, 24, "visible_filenames"),
        ("file-missing", 5, 17, "visible_filenames[1]"),
        ("filename-characters", 6, 5, "visible_filenames[2]"),
        ("file-kind", 6, 18, "visible_filenames[3]"),
        ("filename-extension-dot", 8, 25, "filename_extension"),
        ("tab-size", 9, 15, "tab_size"),
        ("max-seconds-range", 9, 35, "max_seconds"),
        ("regex", 10, 29, "hidden_filenames[1]"),
        ("progress-regexs", 11, 22, "progress_regexs"),
        ("regex", 11, 23, "progress_regexs[0]"),
        ("manifest-unknown-key", 12, 3, "runner_choice"),
        ("language-and-test-framework", 13, 15, "language"),
    ]


def test_a_manifest_that_is_right(ltf: LtfRepository, check: Check) -> None:
    written(ltf, hidden_filenames=[r"(?<x>\h+)\z"], rag_lambda="red_amber_green.rb", language=["Python", ""])
    ltf.write("start_point/red_amber_green.rb", "lambda { |stdout, stderr, status| :red }\n")
    result = check()
    assert (result.code, result.conclusion, result.findings) == (0, "done", [])
    assert result.steps == [StepRow("check", "done", "the manifest alone")]


def test_the_parts_can_be_had_alone(ltf: LtfRepository, check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    written(ltf, tab_size=9)
    assert check("--tag", "3.7.5-1").rules == ["tab-size-range"]
    agreement = ["display-name-version", "image-name-tag"]
    assert check("--tag", "3.7.5-1", only="agreement").rules == agreement
    assert main(["check", str(ltf.directory), "--tag", "3.7.5-1", "--format", "json"], {}) == 1
    assert result_of(1, printed(capsys)).rules == [*agreement, "tab-size-range"]
    assert check(only="everything").error.expected == "manifest or agreement"


def test_the_manifest_alone_needs_no_git(ltf: LtfRepository, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    for tag in ("3.7.4-1", "3.7.4-2"):
        ltf.tag(tag)
    monkeypatch.setenv("PATH", "/nowhere")
    assert check().code == 0


def test_one_fault_is_told_once(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    for text, rule in (
        (manifest_text(NAMES[0], "a/B"), "image-name"),
        (manifest_text(NAMES[0], "a/b").replace('"image_name": "a/b",', ""), "manifest-missing-key"),
        (manifest_text("", "a/b:3.7.4-18"), "display-name"),
        ("[]", "manifest-object"),
    ):
        ltf.manifest.write_text("\n" + text)
        assert main(["check", str(ltf.directory), "--tag", "3.7.4-18", "--format", "json"], {}) == 1
        assert result_of(1, printed(capsys)).rules == [rule]


@pytest.mark.parametrize(
    ("rule", "name", "content"),
    [
        ("file-kind", "sub", None),
        ("file-text", "bin", b"\xff\xfe"),
        ("file-text", "nul", b"a\0b"),
        ("same-file", "./hiker.sh", b"x"),
        ("file-size", "large", b"\xc3\xa9" * (25 * 512) + b"x"),  # by bytes: fewer characters than 25 * 1024
    ],
)
def test_files_that_cyber_dojo_cannot_serve(
    ltf: LtfRepository, check: Check, rule: str, name: str, content: bytes | None
) -> None:
    file = ltf.directory / "start_point" / name
    file.mkdir() if content is None else file.write_bytes(content)
    written(ltf, visible_filenames=["hiker.sh", MAIN, name])
    assert check().rules == [rule]
    if rule in ALLOWED:
        assert check("--allow", rule).code == 0


def test_a_file_of_25_kibibytes_is_taken(ltf: LtfRepository, check: Check) -> None:
    (ltf.directory / "start_point/large").write_bytes(b"\xc3\xa9" * (25 * 512))
    written(ltf, visible_filenames=["large", MAIN])
    assert check().code == 0


@pytest.mark.parametrize("name", ["link", "folder-link/secret", "../../secret", "to-git"])
def test_what_leads_out_of_the_repository(ltf: LtfRepository, check: Check, tmp_path: Path, name: str) -> None:
    start_point = ltf.directory / "start_point"
    (tmp_path / "secret").write_text("hunter2")
    (start_point / "link").symlink_to(tmp_path / "secret")
    (start_point / "folder-link").symlink_to(tmp_path)
    (start_point / "to-git").symlink_to("../.git/config")
    written(ltf, visible_filenames=[MAIN, name], rag_lambda=name)
    result = check()
    assert (result.code, result.rules) == (1, ["file-outside", "file-outside"])
    assert "hunter2" not in str(result)
    assert check("--allow", "file-outside").code == 0


def test_what_is_no_file_is_not_read(ltf: LtfRepository, check: Check) -> None:
    os.mkfifo(ltf.directory / "start_point/pipe")
    (ltf.directory / "start_point/zero").symlink_to("/dev/zero")
    written(ltf, visible_filenames=[MAIN, "pipe", "zero"], rag_lambda="pipe")
    assert check().rules == ["file-kind", "file-outside", "file-kind"]


def test_a_lambda_that_is_no_ruby(ltf: LtfRepository, check: Check) -> None:
    ltf.write("start_point/red_amber_green.rb", "lambda { |stdout\n")
    written(ltf, rag_lambda="red_amber_green.rb")
    result = check()
    assert (result.code, result.rules) == (1, ["rag-lambda-ruby"])
    assert "rag_lambda is 'red_amber_green.rb', and Ruby answers: line:1: syntax error" in result.findings[0].found
    assert check("--allow", "rag-lambda-ruby").code == 0


HOSTILE = [
    "\n::error::x",
    "$(touch harm)",
    "`touch harm`",
    "-rf",
    "a\0b",
    "/etc/passwd",
    "..",
    "x" * 5000,
    "\u202ex",
    "##[error]x",
    "a/../../../../etc/passwd",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_no_harm(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(ltf.directory)
    lists = ("hidden_filenames", "highlight_filenames", "progress_regexs", "language", "test_framework")
    more: dict[str, Any] = {key: [name, name] for key in lists}
    written(ltf, visible_filenames=[MAIN, name], rag_lambda=name, tab_size=name, **more, **{name: name})
    assert main(["check", "--only", "manifest", "--format", "github"], {}) == 1
    said = printed(capsys)
    assert all(line.startswith(f"::error file={MANIFEST},line=") for line in said.splitlines() if "::" in line)
    assert "\u202e" not in said
    assert "root:" not in said
    assert not (ltf.directory / "harm").exists()


def test_without_ruby_a_warning_says_that_nothing_was_judged(
    ltf: LtfRepository, check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ltf.write("start_point/red_amber_green.rb", "lambda { |stdout, stderr, status| :red }\n")
    written(ltf, hidden_filenames=["("], progress_regexs=["a", "b"], rag_lambda="red_amber_green.rb")
    without_ruby(tmp_path, monkeypatch)
    result = check()
    assert result.ended == (0, "done")
    assert [(f.rule, f.severity, f.path) for f in result.findings] == [
        ("regex-not-judged", "warning", "hidden_filenames[0]"),
        ("rag-lambda-ruby", "notice", "rag_lambda"),
    ]
    assert "hidden_filenames[0] was not judged, nor were the other 2: ruby cannot be run" in result.findings[0].found
    assert check("--allow", "rag-lambda-ruby").rules == ["regex-not-judged"]


def test_without_regular_expressions_ruby_is_not_asked(
    ltf: LtfRepository, check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_ruby(tmp_path, monkeypatch)
    (tmp_path / "programs/ruby").write_text(f"#!/bin/sh\n: > {tmp_path}/asked\n")
    (tmp_path / "programs/ruby").chmod(0o755)
    assert check().findings == []
    assert not (tmp_path / "asked").exists()
    written(ltf, hidden_filenames=["a"])
    assert check().rules == ["regex-not-judged"]
    assert (tmp_path / "asked").exists()


@pytest.mark.parametrize("rule", ["tab-size", "no-tag", "image-name-tag", ""])
def test_what_cyber_dojo_holds_cannot_be_switched_off(ltf: LtfRepository, check: Check, rule: str) -> None:
    result = check("--allow", rule)
    assert result.code == 2
    assert result.error.expected == "one of " + ", ".join(ALLOWED)


def test_the_settings_may_switch_rules_off_for_check_and_release(ltf: LtfRepository, check: Check) -> None:
    (ltf.directory / "start_point/sub").mkdir()
    written(ltf, visible_filenames=[MAIN, "sub"])
    (ltf.directory / ".github").mkdir()
    ltf.write(".github/ltf-ci.yml", "allow: [file-kind]\n")
    assert check().code == 0
    ltf.write(".github/ltf-ci.yml", "allow:\n  - tab-size\n")
    result = check()
    assert (result.code, result.error.found) == (
        3,
        ".github/ltf-ci.yml:2:5: allow: 'tab-size' is no rule that can be allowed to be broken",
    )


@pytest.mark.parametrize(
    ("command", "code", "next_look"),
    [
        *((each, 1, "[dockerfile] no line is FROM an image") for each in ("check", "build", "publish", "release")),
        ("bump", 4, "uncommitted changes: "),
    ],
)
def test_a_fault_of_the_manifest_stops_a_release(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str], command: str, code: int, next_look: str
) -> None:
    (ltf.directory / "start_point/sub").mkdir()
    written(ltf, visible_filenames=[MAIN, "sub"])
    ltf.commit("Name a folder")
    ltf.tag("3.7.4-18")
    words = [command, str(ltf.directory), *(["--languages", "a/b"] if command == "bump" else [])]
    words += [] if command == "check" else ["--dry-run"]
    assert main(words, {}) == 1
    assert "visible_filenames[1] is 'sub', which is a folder" in printed(capsys)
    ltf.write("docker/Dockerfile", "this is no Dockerfile")  # so that it goes no further than the next look
    assert main([*words, "--allow", "file-kind"], {}) == code
    assert next_look in printed(capsys)


def test_an_image_repository_has_no_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/image_name.json").write_text('{"image_name": "ghcr.io/a/b"}')
    assert main(["check", str(tmp_path), "--only", "manifest"], {}) == 0
    assert printed(capsys) == "did nothing: an image's own repository has no manifest\n"


def test_a_further_manifest_is_told_as_cyber_dojo_finds_it(ltf: LtfRepository, check: Check) -> None:
    """Not below a dot folder, and not behind a link to a folder; a link to a file, and a folder, are found."""
    for name in ("b", "a/deep", ".github/x", "folder/manifest.json"):
        (ltf.directory / name).mkdir(parents=True)
    for name in ("a/deep", ".github/x"):
        ltf.write(f"{name}/manifest.json", "{}")
    (ltf.directory / "b/manifest.json").symlink_to("../a/deep/manifest.json")
    (ltf.directory / "link").symlink_to("a", target_is_directory=True)
    result = check()
    assert (result.code, set(result.rules)) == (1, {"further-manifest"})
    assert [finding.file for finding in result.findings] == [
        *("a/deep/manifest.json", "b/manifest.json", "folder/manifest.json")
    ]
    result = check("--allow", "further-manifest")
    assert (result.code, result.findings) == (0, [])


def test_a_tree_of_too_many_folders_is_not_looked_through(ltf: LtfRepository, check: Check) -> None:
    for number in range(MOST_FOLDERS):
        (ltf.directory / f"folder{number}").mkdir()
    result = check()
    (notice,) = result.findings
    assert (result.code, notice.rule, notice.severity) == (0, "further-manifest", "notice")


def test_a_name_that_no_file_can_have_is_a_missing_file(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    written(ltf, rag_lambda="A" * 5000)
    ltf.commit_more()
    assert main(["check", str(ltf.directory)], {}) == 1
    said = printed(capsys)
    assert "[file-missing] rag_lambda" in said
    assert max(map(len, said.splitlines())) < 2100
