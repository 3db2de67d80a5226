"""`ltf-ci check` as people call it: by its command line, in real git repositories."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.printing import printed
from tests.support.repositories import LtfRepository, git, manifest_text


def test_a_repository_that_agrees_with_its_tag(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.tag("3.7.4-18")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "against the tag 3.7.4-18" in printed(capsys)


def test_all_disagreements_are_told_at_once_as_annotations(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", "a/b:3.7.4-18", language=["Python", "3.7.3"]))
    assert main(["check", str(ltf.directory), "--tag", "3.7.5-1", "--format", "github"], {}) == 1
    errors = [line for line in printed(capsys).splitlines() if line.startswith("::error ")]
    assert [line.split(",title=")[0] for line in errors] == [
        "::error file=start_point/manifest.json,line=2,col=19",
        "::error file=start_point/manifest.json,line=6,col=5",
        "::error file=start_point/manifest.json,line=3,col=17",
    ]


def test_without_a_tag_the_next_one_is_named(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ltf.directory), "--format", "json"], {}) == 0
    (notice,) = json.loads(printed(capsys))["findings"]
    assert (notice["severity"], notice["rule"]) == ("notice", "no-tag")
    assert "3.7.4-18" in notice["found"]


def test_of_several_tags_at_head_the_manifests_is_taken(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-17")
    ltf.tag("3.7.4-18")
    assert main(["check", str(ltf.directory)], {}) == 0


def test_several_tags_at_head_that_are_not_the_manifests(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.tag("3.7.4-16")
    ltf.tag("3.7.4-17")
    assert main(["check", str(ltf.directory)], {}) == 2
    assert "3.7.4-16, 3.7.4-17" in printed(capsys)


def test_an_image_under_another_version_than_before(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    for version in ("15.3.0", "15.2.0"):
        ltf.manifest.write_text(manifest_text(f"C++ (g++ {version}), Catch", "a/gpp_catch:e20ac01"))
        ltf.commit(version)
    assert main(["check", str(ltf.directory)], {}) == 1
    assert "image-under-two-versions" in printed(capsys)


def test_a_committed_dockerfile_next_to_the_source_is_a_warning(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.write("docker/Dockerfile.base", "FROM python:3.7.4\n")
    ltf.commit("The source")
    for committed, found in ((True, ["docker/Dockerfile"]), (False, [])):
        if not committed:
            git(ltf.directory, "rm", "--cached", "--quiet", "docker/Dockerfile")
            ltf.write(".gitignore", "docker/Dockerfile\n")
            ltf.commit("Generated")
        assert main(["check", str(ltf.directory), "--tag", "3.7.4-18", "--format", "json"], {}) == 0
        findings = json.loads(printed(capsys))["findings"]
        assert [each["file"] for each in findings if each["rule"] == "dockerfile-not-built"] == found


@pytest.mark.parametrize(
    ("text", "settings", "found"),
    [
        ("FROM python:$V\n", "", ["docker/Dockerfile:1 dockerfile"]),
        ("ARG V\nFROM python:$V\n", "", ["docker/Dockerfile:2 dockerfile"]),
        ("ARG V\nFROM python:$V\n", "build-arg: V=3.7.4\n", []),
        ("ARG V=3.7.4\nFROM python:$V\n", "build-arg: V=3.7.5\n", ["docker/Dockerfile:0 from-version"]),
        ("FROM Python:3.7.4\n", "", ["docker/Dockerfile:1 dockerfile"]),
        ("FROM a AS for-arm64\nFROM b AS for-amd64\nFROM for-$TARGETARCH\n", "", []),
        ("FROM a-$TARGETARCH:3\n", "platform: [linux/amd64, linux/arm64]\n", ["docker/Dockerfile:0 dockerfile"]),
        (None, "", ["docker:0 no-dockerfile"]),
    ],
)
def test_what_a_build_would_be_refused_for_is_seen_before_the_tag(
    text: str | None, settings: str, found: list[str], ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `check`, by `next` and by a release alike, with the build arguments and platforms of the settings."""
    (ltf.directory / "docker/Dockerfile").unlink()
    if text:
        ltf.write("docker/Dockerfile", text)
    ltf.write("docker/red_amber_green.rb", "lambda { |o, e, s| :red }\n")
    if settings:
        (ltf.directory / ".github").mkdir()
        ltf.write(".github/ltf-ci.yml", settings)
    ltf.commit("A Dockerfile")
    fails = any("dockerfile" in each for each in found)
    for words in (["check"], ["next", "--dry-run"], *([["release", "--dry-run"]] if fails else [])):
        code = main([*words, str(ltf.directory), "--format", "json"], {})
        findings = json.loads(printed(capsys))["findings"]
        shown = [f"{each['file']}:{each.get('line')} {each['rule']}" for each in findings if "ocker" in each["file"]]
        assert [each for each in shown if "version-unchecked" not in each] == found, words
        assert code == fails, words


def test_an_image_repository_needs_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/image_name.json").write_text('{"image_name": "ghcr.io/a/b"}')
    assert main(["check", str(tmp_path), "--tag", "3.7.4-1"], {}) == 1  # it has no Dockerfile
    (tmp_path / "docker/Dockerfile").write_text("FROM scratch\n")
    assert main(["check", str(tmp_path), "--tag", "3.7.4-1"], {}) == 0


@pytest.mark.parametrize("name", ["start_point", "docker"])
@pytest.mark.parametrize("command", ["check", "next", "test", "build", "status"])
def test_a_part_of_an_ltf_is_not_the_repository(
    ltf: LtfRepository, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (ltf.directory / "docker/image_name.json").write_text('{"image_name": "ghcr.io/a/b"}')
    (ltf.directory / "docker/manifest.json").write_text("{}")
    assert main([command, str(ltf.directory / name)], {}) == 3
    assert f"is a part of the LTF repository {ltf.directory}" in printed(capsys)


def test_a_repository_may_have_the_name_of_a_part(tmp_path: Path) -> None:
    ltf = LtfRepository(tmp_path / "made", "Python (3.7.4), unittest", "a/python:3.7.4-1")
    (ltf.directory / "start_point").rename(tmp_path / "start_point")
    git(tmp_path / "start_point", "init", "--quiet")
    (tmp_path / "docker").mkdir()
    assert main(["check", str(tmp_path / "start_point"), "--only", "manifest"], {}) == 0


@pytest.mark.parametrize("begun", [True, False])
def test_a_folder_without_a_commit_can_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, begun: bool
) -> None:
    ltf = LtfRepository(tmp_path, "Python (3.7.4), unittest", "a/python:3.7.4-1")
    shutil.rmtree(ltf.directory / ".git")
    if begun:
        git(ltf.directory, "init", "--quiet")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "the next one would be 3.7.4-1" in printed(capsys)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\x00", "is not JSON"),
        (b"\xff", "not UTF-8"),
        (b" " * 2_000_000, "2000000 bytes"),
        (b"[" * 100_000, "nested"),
    ],
    ids=["empty", "BOM", "NUL", "no UTF-8", "large", "nested"],
)
def test_a_manifest_that_cannot_be_read(
    ltf: LtfRepository, raw: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.manifest.write_bytes(raw)
    assert main(["check", str(ltf.directory)], {}) == 3
    shown = printed(capsys)
    assert says in shown
    assert "Traceback" not in shown


def test_a_manifest_that_leads_out_of_the_repository(ltf: LtfRepository, tmp_path: Path) -> None:
    run = tmp_path / "secret.json"
    run.write_text("{}")
    ltf.manifest.unlink()
    ltf.manifest.symlink_to(run)
    assert main(["check", str(ltf.directory)], {}) == 3


_OWN = [f"{severity} file=start_point/manifest.json" for severity in ("error", "warning")]


@pytest.mark.parametrize(
    "text", ["x\n::error::y", "::stop-commands::z", "%0A::error::", "$(id)", "a\r::set-output name=tag::1", "\u202ex"]
)
def test_hostile_text_never_becomes_a_workflow_command(
    ltf: LtfRepository, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.manifest.write_text(manifest_text(text, "a/b:3.7.4-18"))
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(tmp_path / "o"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "s"),
    }
    assert main(["check", str(ltf.directory), "--tag", "3.7.4-18"], environ) == 1
    commands = {line.partition(",")[0] for line in printed(capsys).splitlines() if line.startswith("::")}
    assert {"::error file=start_point/manifest.json"} <= commands <= {f"::{each}" for each in _OWN}
    assert "\u202e" not in (tmp_path / "s").read_text()


def test_outputs_and_summary_are_written(ltf: LtfRepository, tmp_path: Path) -> None:
    ltf.tag("3.7.4-18")
    output, summary = tmp_path / "output", tmp_path / "summary"
    assert main(["check", str(ltf.directory)], {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}) == 0
    lines = output.read_text().splitlines()
    assert lines[0].startswith("tag<<")
    assert lines[1] == "3.7.4-18"
    assert "| check | done | against the tag 3.7.4-18 |" in summary.read_text()


@pytest.mark.parametrize(("variable", "code"), [("3.7.4-18", 0), ("3.7.4-19", 1), ("", 0), ("-x", 2)])
def test_the_tag_may_come_from_the_environment(ltf: LtfRepository, variable: str, code: int) -> None:
    assert main(["check", str(ltf.directory)], {"LTF_CI_TAG": variable}) == code


def test_a_flag_goes_before_the_environment(ltf: LtfRepository) -> None:
    assert main(["check", str(ltf.directory), "--tag", "3.7.4-18"], {"LTF_CI_TAG": "3.7.4-19"}) == 0


def test_an_unknown_format_is_said(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ltf.directory)], {"LTF_CI_FORMAT": "xml"}) == 2
    assert "text, github or json" in printed(capsys)


def test_a_git_that_cannot_be_run_is_said(
    ltf: LtfRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "git").write_bytes(b"\0")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["check", str(ltf.directory)], {}) == 10
    assert "git cannot be run" in printed(capsys)


def test_an_image_s_own_repository_says_what_was_looked_at(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "docker").mkdir()
    (folder / "docker/Dockerfile.base").write_text("FROM python:slim-bookworm\n")
    (folder / "docker/image_name.json").write_text('{"image_name": "ghcr.io/o/python"}')
    (folder / "README.md").write_text('## display_name="Python 3.14.3, unittest"\n## image_name="ghcr.io/o/pithon"\n')
    assert main(["check", str(folder)], {}) == 0
    said = printed(capsys)
    assert "check       done       docker/image_name.json, its Dockerfile and README.md, without a tag\n" in said
    assert "the next one would be 3.14.3-1; the version is 3.14.3 (from README.md)" in said
    assert "docker/Dockerfile.base: warning [version-unchecked] nothing shows that version 3.14.3 is in" in said
    assert "README.md:2:16: warning [readme-copy] image_name is 'ghcr.io/o/pithon' here" in said
    assert "'ghcr.io/o/python', as docker/image_name.json has it" in said


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("cyberdojofoundation/python_unittest", ""),
        ("docker.io/cyberdojofoundation/python_unittest", ""),
        ("cyberdojofoundation/python_pytest", "warning [image-name-json]"),
        ("ghcr.io/cyber-dojo-languages/python_unittest", "warning [image-name-json]"),
    ],
)
def test_an_image_name_json_that_names_another_image_than_the_manifest(
    ltf: LtfRepository, named: str, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.write("docker/image_name.json", json.dumps({"image_name": named}))
    assert main(["check", str(ltf.directory)], {}) == 0
    said = printed(capsys)
    assert ("[image-name-json]" in said) == bool(found)
    assert found in said


def test_an_older_workflow_that_publishes_is_named_where_github_releases(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    git(ltf.directory, "remote", "add", "origin", "https://github.com/o/python")
    for path in (".github/workflows/main.yml", ".circleci/config.yml"):
        (ltf.directory / path).parent.mkdir(parents=True)
        ltf.write(path, "jobs:\n  a:\n    run: ./pipe_build_up_test.sh\n")
    ltf.commit("As the fleet has it")
    assert main(["check", str(ltf.directory)], {}) == 0
    said = printed(capsys)
    assert ".github/workflows/main.yml:3: warning [workflow-publishes-too]" in said
    assert ".circleci/config.yml:3: warning [workflow-publishes-too]" in said


def test_a_workflow_that_is_a_link_releases_nothing(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    git(ltf.directory, "remote", "add", "origin", "https://github.com/o/python")
    ltf.write("release.yml", "uses: cyber-dojo-tools/ltf-ci/.github/workflows/release.yml@v1\n")
    (ltf.directory / ".github/workflows").mkdir(parents=True)
    (ltf.directory / ".github/workflows/release.yml").symlink_to("../../release.yml")
    ltf.commit("A link")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "warning [no-workflow]" in printed(capsys)


def test_the_manifests_image_needs_no_name_wherever_one_is(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ltf.directory)
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert main(["check", "--image"], {}) != 2
    assert "was read as the image's name" not in printed(capsys)


@pytest.mark.parametrize("command", ["check", "test"])
def test_a_folder_is_not_taken_for_an_image_s_name(
    ltf: LtfRepository, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--image", str(ltf.directory)], {}) == 2
    said = printed(capsys)
    assert "is a folder, and was read as the image's name" in said
    assert f"write {ltf.directory} --image" in said


def test_a_tag_at_head_is_not_denied_where_the_folder_is_another(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.tag("3.7.4-18")
    ltf.manifest.write_text(ltf.manifest.read_text().replace(":3.7.4-18", ":latest"))
    main(["check", str(ltf.directory)], {})
    assert "HEAD is 3.7.4-18, and this file has other content: the next one would be 3.7.4-19" in printed(capsys)


def rules_of(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """Return place and rule of each error."""
    main(["check", str(ltf.directory), "--format", "json"], {})
    found = json.loads(printed(capsys))["findings"]
    return [(each["file"], each["rule"]) for each in found if each["severity"] == "error"]


def test_what_a_release_will_refuse_of_dockers_context_is_told(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.write("docker/Dockerfile.dockerignore", "kept\n[a\n")
    ltf.write(".gitattributes", "docker/*.txt filter=crypt\nREADME filter=crypt\n*.ps1 working-tree-encoding=UTF-16\n")
    ltf.write("docker/a.txt", "a")
    (ltf.directory / "docker/b.ps1").write_bytes("b".encode("utf-16"))
    ltf.commit("More")
    expected = [("docker/Dockerfile.dockerignore", "dockerfile")]
    assert rules_of(ltf, capsys) == [*expected, *((f"docker/{name}", "converted-file") for name in ("a.txt", "b.ps1"))]


@pytest.mark.parametrize("words", [("--no-cone", "/*", "!/docker/"), ("--cone", "--sparse-index", "start_point")])
def test_a_sparse_checkout_is_checked_as_its_commit(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    ltf.write("docker/.dockerignore", "[a\n")
    ltf.commit("More")
    git(ltf.directory, "sparse-checkout", "set", *words)
    assert not (ltf.directory / "docker").exists()
    assert rules_of(ltf, capsys) == [("docker/.dockerignore", "dockerfile")]


def test_a_tag_that_names_no_commit_is_told(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    git(ltf.directory, "tag", "3.7.4-18", "HEAD^{tree}")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "the git tag 3.7.4-18 names no commit: the next one would be 3.7.4-19" in printed(capsys)
    assert main(["publish", str(ltf.directory), "--tag", "3.7.4-18", "--dry-run"], {}) != 0
    assert "the git tag 3.7.4-18 is at no commit" in printed(capsys)


HIKER = "start_point/hiker.sh"
IN_LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 5\n"


def _drop(ltf: LtfRepository) -> None:
    git(ltf.directory, "rm", "--quiet", "--cached", HIKER)
    git(ltf.directory, "commit", "--quiet", "--message", "Without it")


def _ignore(ltf: LtfRepository) -> None:
    ltf.write(".gitignore", "hiker.sh\n")
    git(ltf.directory, "add", ".gitignore")
    _drop(ltf)


def _change_unseen(ltf: LtfRepository, bit: str) -> None:
    git(ltf.directory, "update-index", bit, HIKER)
    ltf.write(HIKER, "echo $((6 * 9)) # other\n")


def _link(ltf: LtfRepository, *, with_target: bool) -> None:
    (ltf.directory / HIKER).rename(ltf.directory / "real.sh")
    (ltf.directory / HIKER).symlink_to("../real.sh")
    git(ltf.directory, "add", HIKER, *(["real.sh"] if with_target else []))
    git(ltf.directory, "commit", "--quiet", "--message", "A link")


def _in_lfs(ltf: LtfRepository) -> None:
    ltf.write(HIKER, IN_LFS)
    ltf.commit("As git-lfs keeps it")


def _rewrite_lines(ltf: LtfRepository) -> None:
    text = (ltf.directory / HIKER).read_text()
    ltf.write(HIKER, text.replace("\n", "\r\n"))
    git(ltf.directory, "update-index", "--assume-unchanged", HIKER)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_drop, "is a start file, and is not in the commit"),
        (_ignore, "git add --force start_point/hiker.sh"),
        (lambda ltf: _change_unseen(ltf, "--skip-worktree"), "git was told to pass over that"),
        (lambda ltf: _change_unseen(ltf, "--assume-unchanged"), "git was told to pass over that"),
        (lambda ltf: _link(ltf, with_target=False), "of a link the file that it leads to"),
        (lambda ltf: _link(ltf, with_target=True), ""),
        (_in_lfs, "is in Git LFS: the commit has a pointer to it"),
        (lambda ltf: ltf.write(HIKER, "changed, as git shows\n6 * 9\n"), ""),
        (_rewrite_lines, ""),
    ],
)
def test_a_start_file_that_the_commit_has_not_as_it_is_here(
    ltf: LtfRepository, change: Callable[[LtfRepository], object], found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(ltf)
    main(["check", str(ltf.directory)], {})
    said = printed(capsys)
    assert ("[start-file-not-committed]" in said) == bool(found)
    assert found in said


@pytest.mark.parametrize(
    ("begun", "cure"),
    [
        (True, "git add its files, and git commit; then ltf-ci next"),
        (False, "for a new one: git init; then ltf-ci next"),
    ],
)
def test_a_missing_commit_is_one_finding(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str], cure: str, *, begun: bool
) -> None:
    shutil.rmtree(ltf.directory / ".git")
    if begun:
        git(ltf.directory, "init", "--quiet")
    assert main(["check", str(ltf.directory)], {}) == 0
    said = printed(capsys)
    assert (said.count("what to do: "), cure in said) == (1, True)


@pytest.mark.parametrize("cure", ["git sparse-checkout disable", "git update-index --no-skip-worktree"])
def test_a_start_file_that_is_not_checked_out_is_not_called_missing_from_the_repository(
    ltf: LtfRepository, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    git(ltf.directory, "sparse-checkout", "set", "--no-cone", "/*", f"!/{HIKER}")
    assert main(["check", str(ltf.directory)], {}) == 1
    said = printed(capsys)
    assert "there is no such file here, though the commit has it" in said
    assert cure in said


def _autocrlf(ltf: LtfRepository) -> None:
    git(ltf.directory, "config", "core.autocrlf", "true")


def _attributes(ltf: LtfRepository) -> None:
    ltf.write(".gitattributes", "*.sh text eol=lf\n")


@pytest.mark.parametrize(
    ("committed", "here", "settle", "is_found"),
    [
        ("\n", "\r\n", None, True),  # not committed yet
        ("\n", "\r\n", _autocrlf, False),
        ("\r\n", "\r\n", None, True),
        ("\r\n", "\r\n", _autocrlf, True),  # the commit has them
        ("\n", "more\r\n", None, True),
        ("\n", "more\r\n", _autocrlf, False),
        ("\n", "more\r\n", _attributes, False),
    ],
)
def test_line_ends_are_those_that_git_keeps(
    ltf: LtfRepository,
    committed: str,
    here: str,
    settle: Callable[[LtfRepository], None] | None,
    is_found: bool,  # noqa: FBT001
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = ltf.directory / "start_point/cyber-dojo.sh"
    script.write_bytes(f"bash hiker.sh # x{committed}".encode())
    ltf.commit("A script")
    script.write_bytes(f"bash hiker.sh # x{here}".encode())
    if settle:
        settle(ltf)
    main(["check", str(ltf.directory)], {})
    assert ("cyber-dojo-sh-line-ends" in printed(capsys)) is is_found
