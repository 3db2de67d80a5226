"""The files of a commit, from git's objects: as git's own tree has them, whatever lies in the work tree."""

from __future__ import annotations

import hashlib
import os
import random
import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from ltf_ci.clients.git.commit_files import write_files, write_tree
from ltf_ci.clients.git.objects import Objects, Tree
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, Refused
from ltf_ci.model.commit import Commit
from tests.support.repositories import git

TREES = 50
MORE_TREES = 400
SEED = 3074
Files: TypeAlias = Mapping[str, tuple[str, bytes]]  # mode and content (of a link its target) by path
NAMES = [
    "a",
    "b",
    "docker",
    "lib",
    "Dockerfile",
    ".gitignore",
    ".dockerignore",
    "ü",
    "with space",
    "x\ny",
    "-x",
    "\udcff",
]
CONTENTS = [b"", b"text\n", b"crlf\r\n", b"\0\xff\n", b"$Id$\n", b"x" * 3000, b"missing newline"]
ATTRIBUTES = b"* text=auto eol=crlf\n*.sh text\na ident\nb export-ignore\nlib/** -text\n[attr]binary -diff\n"


@pytest.mark.parametrize("number", [TREES, pytest.param(MORE_TREES, marks=pytest.mark.machine)])
def test_random_trees_are_written_as_git_has_them(tmp_path: Path, number: int) -> None:
    made = [*random_trees(random.Random(SEED), number)]
    repository = imported(tmp_path / "repository", made)
    objects = Objects(Git(repository), tmp_path)
    for index, files in enumerate(made):
        folder = tmp_path / f"written-{index}"
        folder.mkdir()
        lacking = write_tree(objects, Tree(f"t{index}", "", None, ()), folder)
        assert (lacking, dict(found_in(folder))) == ({}, as_written(files)), f"tree {index} of seed {SEED}"


def random_trees(chance: random.Random, number: int) -> Iterator[Files]:
    for _ in range(number):
        files: dict[str, tuple[str, bytes]] = {}
        for _ in range(chance.randint(1, 9)):
            path = "/".join(chance.choices(NAMES, k=chance.randint(1, 3)))
            if not any(
                known == path or known.startswith(f"{path}/") or path.startswith(f"{known}/") for known in files
            ):
                mode = chance.choice(["100644", "100644", "100755", "120000"])
                content = chance.choice([b"a", b"../../etc", b"/etc/passwd", b"."] if mode == "120000" else CONTENTS)
                files[path] = (mode, content)
        if chance.random() < 0.5:
            files[".gitattributes"] = ("100644", ATTRIBUTES)
        yield files


def imported(folder: Path, trees: list[Files]) -> Path:
    """Make a repository with a branch for each tree, whose work tree is another one."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    lines: list[bytes] = []
    for number, files in enumerate(trees):
        lines += [b"commit refs/heads/t%d\ncommitter A <a@e.org> 1700000000 +0000\ndata 0\n" % number]
        for path, (mode, content) in files.items():
            name = b'"%s"' % os.fsencode(path).replace(b"\n", b"\\n")
            lines += [b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), name, len(content), content)]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(lines), check=True)
    (folder / "docker").mkdir()
    (folder / "docker/stray").write_text("stray")
    return folder


def as_written(files: Files) -> dict[str, tuple[str, bytes]]:
    return {
        path: ({"100644": "644", "100755": "755"}.get(mode, "link"), content) for path, (mode, content) in files.items()
    }


def found_in(folder: Path) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for at, folders, names in os.walk(folder):
        for name in (*folders, *names):
            file = Path(at, name)
            status = file.lstat()
            path = str(file.relative_to(folder))
            if stat.S_ISLNK(status.st_mode):
                yield path, ("link", os.fsencode(file.readlink()))
            elif name in names:
                yield path, (f"{status.st_mode & 0o777:o}", file.read_bytes())
            else:
                assert status.st_mode & 0o777 == 0o755, path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with one file in docker/."""
    folder = tmp_path / "repository"
    (folder / "docker").mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / "docker/file").write_text("committed")
    committed(folder)
    return folder


def committed(folder: Path) -> Commit:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    return Commit.parse(git(folder, "rev-parse", "HEAD"))


def written(repository: Path, folder: Path, commit: Commit | None = None) -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    write_files(Git(repository), commit or Git(repository).head(), folder, lambda _path: True)
    return {path: content for path, (_, content) in found_in(folder)}


def submodule(folder: Path, at: str, tmp_path: Path, name: str = "module") -> Path:
    """Add a repository with the file `inside` as a submodule."""
    module = tmp_path / name
    module.mkdir()
    git(module, "init", "--quiet")
    (module / "inside").write_text(name)
    committed(module)
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(module), at)
    return module


def test_umask_and_the_work_trees_own_rights_do_not_matter(repository: Path, tmp_path: Path) -> None:
    (repository / "docker/file").chmod(0o600)
    before = os.umask(0o077)
    try:
        written(repository, tmp_path / "written")
    finally:
        os.umask(before)
    assert dict(found_in(tmp_path / "written"))["docker/file"] == ("644", b"committed")


def test_times_are_the_commits(repository: Path, tmp_path: Path) -> None:
    written(repository, tmp_path / "written")
    seconds = int(git(repository, "show", "-s", "--format=%ct"))
    assert {each.stat().st_mtime for each in (tmp_path / "written").rglob("*")} == {seconds}


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_a_change_that_git_was_told_to_overlook_is_not_written(repository: Path, tmp_path: Path, flag: str) -> None:
    git(repository, "update-index", flag, "docker/file")
    (repository / "docker/file").write_text("other")
    assert written(repository, tmp_path / "written") == {"docker/file": b"committed"}


def test_a_sparse_checkout_is_written_whole(repository: Path, tmp_path: Path) -> None:
    git(repository, "sparse-checkout", "set", "--no-cone", "/*", "!/docker/")
    assert not (repository / "docker").exists()
    assert written(repository, tmp_path / "written") == {"docker/file": b"committed"}


def test_only_the_folder_is_written_where_that_is_below_the_top(repository: Path, tmp_path: Path) -> None:
    submodule(repository, "docker/module", tmp_path)
    committed(repository)
    assert written(repository / "docker", tmp_path / "written") == {"file": b"committed", "module/inside": b"module"}


@pytest.mark.parametrize(
    "how",
    ["checked out", "not checked out", "with bare ones forbidden", "with changes of its own", "of an older layout"],
)
def test_a_submodule_is_written_at_its_commit(repository: Path, tmp_path: Path, how: str) -> None:
    module = submodule(repository, "docker/module", tmp_path)
    committed(repository)
    if how in ("not checked out", "with bare ones forbidden"):
        git(tmp_path, "clone", "--quiet", str(repository), "clone")
        repository = tmp_path / "clone"
    if how == "with bare ones forbidden":
        git(tmp_path, "config", "--global", "safe.bareRepository", "explicit")
    if how == "with changes of its own":
        (repository / "docker/module/inside").write_text("changed")
        (repository / "docker/module/stray").write_text("stray")
    if how == "of an older layout":
        (repository / "docker/module/.git").unlink()
        (repository / ".git/modules/docker/module").rename(repository / "docker/module/.git")
        module.rename(tmp_path / "gone")
    found = written(repository, tmp_path / "written")
    assert {path: content for path, content in found.items() if "module" in path.split("/")} == {
        "docker/module/inside": b"module"
    }


def test_a_submodule_of_a_submodule_is_written(repository: Path, tmp_path: Path) -> None:
    module = submodule(repository, "docker/module", tmp_path)
    submodule(module, "deep", tmp_path, "deeper")
    git(repository / "docker/module", "pull", "--quiet", str(module), git(module, "branch", "--show-current"))
    last = committed(module)
    git(repository / "docker/module", "fetch", "--quiet", str(module), str(last))
    git(repository / "docker/module", "checkout", "--quiet", str(last))
    committed(repository)
    assert written(repository, tmp_path / "written")["docker/module/deep/inside"] == b"deeper"


def refusal(repository: Path, tmp_path: Path) -> str:
    with pytest.raises(Refused) as caught:
        written(repository, tmp_path / "written")
    return str(caught.value)


def test_a_submodule_that_is_gone_is_refused_by_its_path(repository: Path, tmp_path: Path) -> None:
    module = submodule(repository, "docker/module", tmp_path)
    committed(repository)
    git(tmp_path, "clone", "--quiet", str(repository), "clone")
    module.rename(tmp_path / "gone")
    said = refusal(tmp_path / "clone", tmp_path)
    assert "docker/module is a submodule" in said
    assert "git submodule update" in said


def test_a_submodule_on_this_machine_is_none_of_a_repository_elsewhere(repository: Path, tmp_path: Path) -> None:
    submodule(repository, "docker/module", tmp_path)
    committed(repository)
    git(tmp_path, "clone", "--quiet", str(repository), "clone")
    git(tmp_path / "clone", "remote", "set-url", "origin", "https://example.org/owner/name")
    assert "on this machine" in refusal(tmp_path / "clone", tmp_path)


def test_what_is_not_needed_may_be_lacking(repository: Path, tmp_path: Path) -> None:
    module = submodule(repository, "docs", tmp_path)
    committed(repository)
    git(tmp_path, "clone", "--quiet", str(repository), "clone")
    module.rename(tmp_path / "gone")
    (tmp_path / "written").mkdir()
    clone = Git(tmp_path / "clone")
    write_files(clone, clone.head(), tmp_path / "written", lambda path: path.startswith("docker/"))
    assert (tmp_path / "written/docker/file").read_text() == "committed"


KEPT = b"large content"


def with_pointer(repository: Path, attributes: str = "*.jar filter=lfs diff=lfs -text\n") -> str:
    name = hashlib.sha256(KEPT).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {len(KEPT)}\n"
    (repository / ".gitattributes").write_text(attributes)
    (repository / "docker/f.jar").write_text(pointer)
    git(repository, "-c", "filter.lfs.required=false", "add", "--all")
    committed(repository)
    return name


def test_a_file_of_git_lfs_is_written_where_its_content_is_kept(repository: Path, tmp_path: Path) -> None:
    name = with_pointer(repository)
    kept = repository / ".git/lfs/objects" / name[:2] / name[2:4] / name
    kept.parent.mkdir(parents=True)
    kept.write_bytes(KEPT)
    assert written(repository, tmp_path / "written")["docker/f.jar"] == KEPT


@pytest.mark.parametrize("damaged", [False, True])
def test_a_pointer_of_git_lfs_is_refused(repository: Path, tmp_path: Path, *, damaged: bool) -> None:
    name = with_pointer(repository)
    if damaged:
        kept = repository / ".git/lfs/objects" / name[:2] / name[2:4] / name
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"other")
    said = refusal(repository, tmp_path)
    assert "docker/f.jar is a pointer of Git LFS" in said
    assert "git lfs pull" in said


def test_a_pointer_without_the_attribute_is_a_file_as_any(repository: Path, tmp_path: Path) -> None:
    with_pointer(repository, attributes="\n")
    assert written(repository, tmp_path / "written")["docker/f.jar"].startswith(b"version https://git-lfs")


@pytest.mark.parametrize(
    ("attributes", "why"),
    [("* filter=git-crypt\n", "the filter git-crypt"), ("docker/* working-tree-encoding=UTF-16LE\n", "UTF-16LE")],
)
def test_what_a_checkout_would_make_of_a_file_is_refused(
    repository: Path, tmp_path: Path, attributes: str, why: str
) -> None:
    (repository / "docker/file").write_bytes("committed".encode("utf-16-le"))
    (repository / ".gitattributes").write_text(attributes)
    committed(repository)
    assert "docker/file" in (said := refusal(repository, tmp_path))
    assert why in said


def hostile_tree(repository: Path, *entries: tuple[str, str, str]) -> str:
    """Make a tree of entries (mode, name, object) that git itself would not make."""
    content = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(named) for mode, name, named in entries)
    words = ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
    return subprocess.run(words, cwd=repository, input=content, capture_output=True, check=True).stdout.decode().strip()


def commit_of(repository: Path, tree: str) -> Commit:
    return Commit.parse(git(repository, "commit-tree", "-m", "x", tree))


@pytest.mark.parametrize("name", ["..", ".git", ".GIT"])
def test_a_path_that_git_would_not_check_out_is_refused(repository: Path, tmp_path: Path, name: str) -> None:
    blob = git(repository, "hash-object", "-w", "docker/file")
    commit = commit_of(repository, hostile_tree(repository, ("100644", name, blob)))
    with pytest.raises(BadInput):
        written(repository, tmp_path / "written", commit)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("is_below", [True, False])
def test_nothing_is_written_through_a_link_of_the_commit(repository: Path, tmp_path: Path, *, is_below: bool) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = tmp_path / "target"
    target.write_text(str(outside if is_below else outside / "x"))
    link, blob = git(repository, "hash-object", "-w", str(target)), git(repository, "hash-object", "-w", "docker/file")
    other = ("40000", "a", hostile_tree(repository, ("100644", "x", blob))) if is_below else ("100644", "a", blob)
    commit = commit_of(repository, hostile_tree(repository, ("120000", "a", link), other))
    with pytest.raises(BadInput):
        written(repository, tmp_path / "written", commit)
    assert list(outside.iterdir()) == []


def test_what_this_clone_alone_replaces_is_not_written(repository: Path, tmp_path: Path) -> None:
    """`git replace` shows other content here than anybody has who fetches the commit."""
    other = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=repository, input=b"other", capture_output=True, check=True
    )
    git(repository, "replace", git(repository, "rev-parse", "HEAD:docker/file"), other.stdout.decode().strip())
    assert git(repository, "show", "HEAD:docker/file") == "other"
    assert written(repository, tmp_path / "written") == {"docker/file": b"committed"}


def test_attributes_of_this_clone_alone_hide_no_pointer(repository: Path, tmp_path: Path) -> None:
    with_pointer(repository)
    (repository / ".git/info").mkdir(exist_ok=True)
    (repository / ".git/info/attributes").write_text("*.jar -filter\nfile filter=own\n")
    said = refusal(repository, tmp_path)
    assert ("docker/f.jar is a pointer of Git LFS" in said, "docker/file" in said) == (True, False)


def test_a_folder_that_is_a_submodule_itself_is_written(repository: Path, tmp_path: Path) -> None:
    git(repository, "rm", "--quiet", "-r", "docker")
    submodule(repository, "docker", tmp_path)
    committed(repository)
    (repository / "docker/inside").write_text("changed")
    assert written(repository, tmp_path / "written")["docker/inside"] == b"module"
