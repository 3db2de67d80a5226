"""`ltf-ci next` in real git repositories, with and without a remote."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from signal import SIGINT
from time import sleep

import pytest

from embedded.base_image import push_base_image
from ltf_ci.cli import main
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName
from tests.support.printing import printed
from tests.support.program import Program
from tests.support.repositories import LtfRepository, add_origin, git, manifest_text, write_hook


def next_of(ltf: LtfRepository, *words: str) -> int:
    return main(["next", str(ltf.directory), *words], {"LTF_CI_RETRY_PAUSE": "0"})


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
        '\r\n {"language" : ["Pyth\\u006fn","3.7.4"],\t"image_name":"a\\/b:3.7.4-18",\r\n"test_framework": ["x", ""],'
        '"visible_filenames": ["cyber-dojo.sh","hiker.sh"],  "filename_extension":".sh",\n\n'
        '"progress_regexs":  ["3.7.4-18", "y"], "display_name":"Python (3.7.4), unittest" }  '
    )
    ltf.manifest.write_bytes(raw.encode())
    ltf.commit("Odd, and valid")
    assert next_of(ltf, "--language-version", "3.7.5") == 0
    expected = (
        raw.replace('"3.7.4"]', '"3.7.5"]').replace('"a\\/b:3.7.4-18"', '"a/b:3.7.5-1"').replace("(3.7.4)", "(3.7.5)")
    )
    assert ltf.manifest.read_bytes() == expected.encode()


@pytest.mark.parametrize("is_written", [True, False])
def test_what_takes_it_back_is_named_and_keeps_what_a_person_did(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str], *, is_written: bool
) -> None:
    ltf.tag("3.7.4-18")
    if not is_written:
        ltf.manifest.write_text(ltf.manifest.read_text().replace("3.7.4-18", "3.7.4-19"))
    own = ltf.commit_more()
    assert next_of(ltf) == 0
    _, commands = printed(capsys).split("to take it back: ")
    subprocess.run(commands.splitlines()[0], shell=True, cwd=ltf.directory, check=True)
    assert git(ltf.directory, "rev-parse", "HEAD") == own
    assert git(ltf.directory, "tag") == "3.7.4-18"
    assert git(ltf.directory, "status", "--porcelain") == ""


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
    assert next_of(ltf, "--push", "--dry-run") == 0
    assert "tag: 3.7.4-18\n" in printed(capsys)
    assert git(origin, "tag") == ""
    assert next_of(ltf, "--push") == 0
    assert git(origin, "rev-parse", "3.7.4-18^{commit}") == git(origin, "rev-parse", "main") == head
    assert next_of(ltf, "--push") == 0
    assert git(ltf.directory, "tag", "--list") == "3.7.4-18"


def test_a_push_that_is_left_begins_with_the_origin_that_it_lacks(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert next_of(ltf) == 0
    assert "is not pushed yet: git remote add origin URL, then git push --atomic" in capsys.readouterr().err


def test_another_version_begins_where_head_has_a_release(ltf: LtfRepository, origin: Path) -> None:
    assert next_of(ltf, "--push") == 0
    assert next_of(ltf, "--language-version", "3.7.5", "--push") == 0
    assert git(origin, "tag", "--list").split() == ["3.7.4-18", "3.7.5-1"]


def refuse_pushes(origin: Path, script: str = "echo not today >&2; exit 1") -> Path:
    return write_hook(origin, "pre-receive", script)


def test_a_push_that_is_refused_leaves_neither_commit_nor_tag(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    ltf.write("start_point/untracked", "mine")
    hook, before = refuse_pushes(origin), git(ltf.directory, "for-each-ref")
    assert next_of(ltf, "--push") == 8
    said = printed(capsys)
    assert "not today" in said
    assert "the commit and the tag are removed again: see" in said
    assert git(ltf.directory, "for-each-ref") == before
    assert git(ltf.directory, "status", "--porcelain") == "?? start_point/untracked"
    hook.unlink()
    assert next_of(ltf, "--push") == 0
    assert git(origin, "tag", "--list") == "3.7.4-19"


def test_a_refused_push_of_an_earlier_run_s_tag_leaves_it(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert next_of(ltf) == 0
    hook, before = refuse_pushes(origin), git(ltf.directory, "for-each-ref")
    assert next_of(ltf, "--push") == 8
    assert "the tag 3.7.4-18 stays here, and `ltf-ci next --push` pushes it" in printed(capsys)
    assert git(ltf.directory, "for-each-ref") == before
    hook.unlink()
    assert next_of(ltf, "--push") == 0
    assert git(origin, "tag", "--list") == "3.7.4-18"


def test_where_it_is_not_known_whether_a_push_arrived_what_is_left_is_said(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse_pushes(origin, f"mv {origin} {origin}.away; exit 1")
    assert next_of(ltf, "--push") == 8
    said = printed(capsys)
    assert "whether it arrived could not be asked" in said
    assert "the commit and the tag 3.7.4-18 are here: `ltf-ci next --push` pushes them; or remove" in said
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.4-18"


def test_a_push_that_arrived_although_git_failed_is_done(ltf: LtfRepository, origin: Path) -> None:
    write_hook(origin, "post-receive", "kill -9 $PPID")  # the connection ends before git is told
    assert next_of(ltf, "--push") == 0
    assert git(origin, "tag", "--list") == "3.7.4-18"
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.4-18"


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
    assert ("git add its files, and git commit" if begun else "git init") in printed(capsys)


@pytest.mark.parametrize("damage", ["HEAD", "objects", "alternates", "a work tree's place"])
def test_a_repository_that_git_cannot_read_is_not_to_be_begun_anew(
    ltf: LtfRepository, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`git init` and a commit, the cure for a folder without a repository, would do away with its history."""
    place = ltf.directory / ".git"
    if damage == "HEAD":
        (place / "HEAD").write_text("garbage\n")
    elif damage == "a work tree's place":
        shutil.rmtree(place)
        place.write_text("gitdir: /nowhere/.git/worktrees/one\n")
    else:
        shutil.rmtree(place / "objects")
        (place / "objects/info").mkdir(parents=True)
        (place / "objects/info/alternates").write_text("/nowhere/.git/objects\n" if damage == "alternates" else "")
    for command in ("next", "status"):
        assert main([command, str(ltf.directory)], {}) == 8
        said = printed(capsys)
        assert ("git worktree repair" if damage == "a work tree's place" else "git fsck") in said
        assert "git init" not in said


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


def test_a_dry_run_refuses_what_git_would_refuse(
    ltf: LtfRepository, origin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = git(ltf.directory, "for-each-ref"), git(origin, "for-each-ref")
    git(ltf.directory, "remote", "set-url", "--push", "origin", "/nowhere")
    for words in (["--push", "--dry-run"], ["--push"]):
        assert next_of(ltf, *words) == 8
        assert "'/nowhere' does not appear to be a git repository" in capsys.readouterr().err
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)
    git(ltf.directory, "config", "user.useConfigOnly", "true")
    for key in ("user.name", "user.email"):
        subprocess.run(["git", "config", "--global", "--unset-all", key], check=False)
    for words in (["--dry-run"], []):
        assert next_of(ltf, *words) == 8
        assert "git config user.name NAME" in capsys.readouterr().err
    assert (git(ltf.directory, "for-each-ref"), git(origin, "for-each-ref")) == before


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


def test_a_tag_that_git_refuses_leaves_no_commit_either(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    before = git(ltf.directory, "for-each-ref")
    git(ltf.directory, "config", "tag.gpgSign", "true")
    git(ltf.directory, "config", "gpg.program", "false")
    assert next_of(ltf, "--language-version", "3.8") == 8
    assert "no commit and no tag is left of it" in printed(capsys)
    git(ltf.directory, "config", "tag.gpgSign", "false")
    git(ltf.directory, "tag", "3.8-1/of-another-kind")  # a folder in which no tag 3.8-1 can be
    assert next_of(ltf, "--language-version", "3.8") == 8
    assert "no commit and no tag is left of it" in printed(capsys)
    git(ltf.directory, "tag", "--delete", "3.8-1/of-another-kind")
    assert (git(ltf.directory, "for-each-ref"), git(ltf.directory, "status", "--porcelain")) == (before, "")
    assert next_of(ltf, "--language-version", "3.8") == 0


def test_a_hook_that_says_no_leaves_the_folder_as_it_was(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    hook = write_hook(ltf.directory / ".git", "pre-commit", "exit 1")
    assert next_of(ltf) == 8
    assert git(ltf.directory, "status", "--porcelain") == ""
    hook.unlink()
    assert next_of(ltf) == 0


def test_check_as_a_hook_lets_the_next_revision_be_committed(ltf: LtfRepository) -> None:
    ltf.tag("3.7.4-18")
    ltf.manifest.write_text(ltf.manifest.read_text().replace("3.7.4-18", "3.7.4-19"))
    git(ltf.directory, "add", "--all")
    assert main(["check", str(ltf.directory)], {}) == 0


def test_a_tag_that_only_looks_like_a_release_is_named(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.tag("v3.7.4-18")
    ltf.tag("python-3.7.4-18")
    assert next_of(ltf) == 0
    said = printed(capsys)
    assert "warning [tag-at-head] the tag v3.7.4-18 at HEAD is not a release tag" in said
    assert "git tag -d python-3.7.4-18" in said
    assert "3.7.4-18" in git(ltf.directory, "tag", "--points-at", "HEAD").split()


def test_check_and_release_name_it_too(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.tag("v3.7.4-18")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "no release tag at HEAD (v3.7.4-18 is no release tag)" in printed(capsys)
    assert main(["release", str(ltf.directory), "--no-test"], {}) == 2
    assert "the tag at HEAD is v3.7.4-18" in printed(capsys)


def test_a_tag_that_was_made_by_hand_is_told_as_that(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.tag("3.7.4-20")
    assert next_of(ltf) == 4
    said = printed(capsys)
    assert "HEAD was tagged 3.7.4-20 by hand, and image_name has 3.7.4-18" in said
    assert "git tag -d 3.7.4-20" in said
    assert git(ltf.directory, "tag", "--list") == "3.7.4-20"


def test_a_tag_made_by_hand_that_is_pushed_counts_as_taken(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.tag("3.7.4-20")
    git(ltf.directory, "push", "--quiet", "origin", "3.7.4-20")
    assert next_of(ltf, "--push") == 0
    assert "the tag 3.7.4-20 at HEAD cannot be released: it was made by hand" in printed(capsys)
    assert git(origin, "tag", "--list").split() == ["3.7.4-20", "3.7.4-21"]


def test_a_tag_that_origin_has_at_another_commit_is_not_pushed(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = git(origin, "commit-tree", "-m", "Other", git(origin, "rev-parse", "main^{tree}"))
    git(origin, "tag", "3.7.4-18", other)
    ltf.tag("3.7.4-18")
    assert next_of(ltf, "--push") == 0
    assert f"at origin it is at another commit, {other[:7]}" in printed(capsys)
    assert git(origin, "rev-parse", "3.7.4-19^{commit}") == git(ltf.directory, "rev-parse", "HEAD")
    assert git(origin, "rev-parse", "3.7.4-18") == other


def test_a_registry_that_cannot_be_asked_is_named(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", "127.0.0.1:1/o/python:3.7.4-1"))
    ltf.commit("A registry that is off")
    assert next_of(ltf) == 0
    said = printed(capsys)
    assert "registry    skipped" in said
    assert "only git's tags were counted: the registry may have more revisions" in said


@pytest.mark.machine
def test_what_the_other_repository_of_the_image_released_is_counted(
    ltf: LtfRepository, open_registry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    image = ImageName.parse(f"{open_registry}/next/python")
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", f"{image}:3.7.4-1"))
    ltf.commit("The image of two repositories")
    push_base_image(Registry(), image.tagged("3.7.4-1"))  # as its image repository released it
    push_base_image(Registry(), image.tagged("latest"))
    assert main(["next", str(ltf.directory)], {}) == 0
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.4-2"
    assert f"{image} has 1 release tag\n" in printed(capsys)
    push_base_image(Registry(), image.tagged("3.7.4-2"))  # by then it has made that one too
    assert main(["next", str(ltf.directory)], {}) == 0
    assert "the tag 3.7.4-2 at HEAD cannot be released: the registry has an image of this tag" in printed(capsys)
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.4-3"


def test_what_the_readme_repeats_of_the_names_goes_with_them(ltf: LtfRepository) -> None:
    readme = ltf.directory / "README.md"
    readme.write_text('# display_name="Python (3.7.4), unittest"\nPython (3.7.4), unittest, and more\n')
    ltf.commit("Add a page")
    assert next_of(ltf, "--language-version", "3.7.5") == 0
    assert readme.read_text() == '# display_name="Python (3.7.5), unittest"\nPython (3.7.4), unittest, and more\n'
    assert git(ltf.directory, "status", "--porcelain") == ""
    assert git(ltf.directory, "describe", "--exact-match") == "3.7.5-1"
    readme.write_text('# display_name="Python, unittest"\n')  # a slip of theirs, which check names
    ltf.commit("Shorten it")
    assert next_of(ltf) == 0
    assert readme.read_text() == '# display_name="Python, unittest"\n'


def image_repository(folder: Path, readme: str = "", script: str = "") -> Path:
    (folder / "docker").mkdir()
    (folder / "docker/Dockerfile.base").write_text("FROM debian\n")
    (folder / "docker/image_name.json").write_text('{"image_name": "127.0.0.1:1/o/python"}')
    (folder / "README.md").write_text(readme)
    (folder / "check_version.sh").write_text(script)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


def next_image(folder: Path, *words: str) -> str:
    """Tag the next revision of an image's own repository, of a new commit, and return the tag."""
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "More")
    assert main(["next", str(folder), *words], {"LTF_CI_RETRY_PAUSE": "0"}) == 0
    return git(folder, "describe", "--exact-match")


def test_an_image_s_version_is_read_from_its_files_and_then_from_its_tags(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "EXPECTED=3.14.3\nACTUAL=$(docker run --rm $IMAGE sh -c 'python --version')\n"
    image_repository(folder, '## display_name="Python 3.14.3, unittest"\n', script)
    assert main(["check", str(folder)], {}) == 0
    assert "the next one would be 3.14.3-1; the version is 3.14.3 (from check_version.sh and" in printed(capsys)
    assert next_image(folder) == "3.14.3-1"
    assert "version     done       3.14.3 (from check_version.sh and README.md)\n" in printed(capsys)
    assert next_image(folder, "--language-version", "3.14.4") == "3.14.4-1"
    assert next_image(folder) == "3.14.4-2"  # older files are overtaken by the tags


def test_an_image_s_version_is_asked_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image_repository(folder)
    assert main(["next", str(folder)], {"LTF_CI_RETRY_PAUSE": "0"}) == 2
    assert "once with --language-version" in printed(capsys)
    assert next_image(folder, "--language-version", "21") == "21-1"
    assert next_image(folder) == "21-2"
    assert main(["next", str(folder)], {"LTF_CI_RETRY_PAUSE": "0"}) == 0
    assert "HEAD is 21-2 already" in capsys.readouterr().err


class AtGithub:
    """A start point whose origin has an address at GitHub, which git finds on this machine."""

    def __init__(self, folder: Path, bare: Path, image: str) -> None:
        self.folder, self.bare = folder, bare
        git(bare.parent, "init", "--quiet", "--bare", str(bare))
        git(folder, "init", "--quiet")
        git(folder, "remote", "add", "origin", "https://github.com/cyber-dojo-start-points/python")
        git(folder, "config", f"url.{bare}.insteadOf", "https://github.com/cyber-dojo-start-points/python")
        (folder / "manifest.json").write_text(manifest_text("Python (3.7.4), unittest", image))
        (folder / "hiker.sh").write_text("echo $((6 * 9))\n")
        (folder / "cyber-dojo.sh").write_text("bash hiker.sh\n")
        self.commit()

    def commit(self) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", "More")

    def next(self, *words: str) -> int:
        return main(["next", str(self.folder), *words], {"LTF_CI_RETRY_PAUSE": "0"})


@pytest.fixture
def at_github(folder: Path, tmp_path: Path) -> AtGithub:
    return AtGithub(folder, tmp_path / "bare.git", "127.0.0.1:1/o/python:9e3179c")


def test_a_start_point_that_names_no_image_is_not_tagged(
    at_github: AtGithub, capsys: pytest.CaptureFixture[str]
) -> None:
    before = git(at_github.folder, "rev-parse", "HEAD")
    assert at_github.next("--push") == 1
    said = printed(capsys)
    assert "error [no-image-from]" in said
    assert "expected: image-from: 127.0.0.1:1/o/python:9e3179c" in said
    assert "nothing was tagged" in said
    assert git(at_github.folder, "rev-parse", "HEAD") == before
    assert git(at_github.bare, "for-each-ref") == ""


def test_what_a_release_will_need_is_said_before_the_tag(
    at_github: AtGithub, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--languages", "o/languages", "--no-dry-run"]
    assert main(["init", str(at_github.folder), *words], {}) == 0
    capsys.readouterr()
    assert at_github.next("--dry-run") == 0
    said = printed(capsys)
    assert "warning [not-committed] .github/ltf-ci.yml is not in the commit" in said
    assert "warning [no-workflow]" in said
    at_github.commit()
    assert at_github.next("--push") == 0
    said = printed(capsys)
    assert "warning [no-pull-request] no GitHub App is named that may act in o/languages" in said
    assert "notice [secret-needed] the release needs REGISTRY_USERNAME and REGISTRY_PASSWORD" in said
    assert "[no-workflow]" not in said
    assert "[not-committed]" not in said
    assert git(at_github.bare, "tag", "--list") == "3.7.4-1"


def test_a_manifest_that_a_release_would_refuse_is_not_tagged(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.manifest.write_text(ltf.manifest.read_text().replace('".sh"', '"sh"'))
    ltf.commit("No dot")
    assert next_of(ltf) == 1
    assert "filename-extension-dot" in printed(capsys)
    assert git(ltf.directory, "tag", "--list") == ""


def test_a_name_without_a_version_gets_it_in_the_form_of_its_manifest(ltf: LtfRepository) -> None:
    ltf.manifest.write_text(manifest_text("Zig, test", "a/zig:c538e96", language=["Zig", ""]))
    ltf.commit("As today's fleet has it")
    assert next_of(ltf, "--language-version", "0.9.1") == 0
    text = ltf.manifest.read_text()
    assert '"Zig 0.9.1, test"' in text
    assert '[\n    "Zig",\n    "0.9.1"\n  ]' in text


def test_a_version_in_place_of_a_folder_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["next", "5.3"], {}) == 2
    assert "ltf-ci next --language-version 5.3" in printed(capsys)


def test_a_start_file_that_is_not_committed_is_found_before_the_tag(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    ltf.manifest.write_text(ltf.manifest.read_text().replace('"hiker.sh"', '"hiker.sh", "more.txt"'))
    git(ltf.directory, "commit", "--quiet", "--all", "--message", "Name one more")
    ltf.write("start_point/more.txt", "more")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert "warning [start-file-not-committed] start_point/more.txt is a start file" in printed(capsys)
    assert next_of(ltf) == 1
    assert "git add --force start_point/more.txt" in printed(capsys)
    assert git(ltf.directory, "tag", "--list") == ""
    ltf.commit("With it")
    assert next_of(ltf) == 0


@pytest.mark.parametrize(
    ("hook", "script", "told"),
    [
        ("reference-transaction", '[ "$1" = prepared ] && grep -q refs/tags/ || exit 0', {"write"}),
        ("pre-push", ":", {"write", "tag"}),
    ],
)
def test_what_was_made_until_an_interrupt_is_told(
    ltf: LtfRepository, tmp_path: Path, hook: str, script: str, told: set[str]
) -> None:
    add_origin(ltf.directory)
    ltf.tag("3.7.4-18")
    ltf.commit_more()
    begun = tmp_path / "begun"
    write_hook(ltf.directory / ".git", hook, f"{script}\ntouch {begun}\nexec sleep 60")
    environ = {"LTF_CI_RETRY_PAUSE": "0", "LTF_CI_FORMAT": "json"}
    running = Program("next", str(ltf.directory), "--push", environ=environ)
    while not begun.exists() and running.poll() is None:
        sleep(0.05)
    running.send_signal(SIGINT)
    code, (said, _) = running.wait(60), running.communicate()
    steps = {step["name"] for step in json.loads(said)["steps"] if step["state"] == "done"}
    assert (code, steps & {"write", "tag", "push"}) == (130, told), said
