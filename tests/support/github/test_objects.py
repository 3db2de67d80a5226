"""The stand-in's own reading and writing of git's objects, beside git's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.github.bare import ABSENT, HEADS, Bare, Commit, Person, RefUpdate

SOMEBODY = Person("A Böttcher", "a@example.org")
MAIN = f"{HEADS}main"
BEGIN = {"a": b"1\n", "a.b": b"2\n", "a-b/c": b"3\n", "d/e/f": b"4\n", "d/e/g": b"\xff\0"}


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    """Return a repository with one commit."""
    made = Bare.create(tmp_path / "bare.git", "main")
    committed(made, BEGIN, None)
    return made


def committed(bare: Bare, files: dict[str, bytes], parent: str | None, *deletions: str, ref: str = MAIN) -> str:
    commit = Commit((parent,) if parent else (), "Subject\n\nBody", SOMEBODY, SOMEBODY)
    oid = bare.commit(bare.tree(parent, files, deletions), commit)
    bare.update_refs([RefUpdate(ref, oid)])
    return oid


def test_git_finds_no_fault_and_the_same_tree(bare: Bare) -> None:
    head = bare.git("rev-parse", "main")
    committed(bare, {"d": b"a file now\n", "new/x": b""}, head, "d/e/f", "d/e/g", "a-b/c")
    assert bare.git("fsck", "--strict", "--no-dangling") == ""
    assert bare.git("ls-tree", "-r", "--name-only", "main").split() == ["a", "a.b", "d", "new/x"]
    assert bare.git("show", "-s", "--format=%an <%ae>%n%B", "main") == "A Böttcher <a@example.org>\nSubject\n\nBody"


def test_what_it_reads_is_what_git_says(bare: Bare) -> None:
    first = bare.git("rev-parse", "main")
    second = committed(bare, {"a": b"other\n", "d/e/h": b""}, first, "a.b")
    side = committed(bare, {"side": b""}, first, ref=f"{HEADS}side")
    bare.git("gc", "--quiet")  # all of it is packed now
    again = Bare(bare.directory)
    for path in ("a", "a.b", "d/e", "d/e/h", "none", "a/none"):
        assert again.resolve(f"{second}:{path}") == again.asked("rev-parse", "--verify", "--quiet", f"main:{path}")
    names = again.git("diff-tree", "--no-commit-id", "--name-only", "-r", first, second).split()
    assert sorted(again.objects.differing(first, second)) == names
    assert again.commits(first, second) == again.git("rev-list", "--reverse", f"{first}..{second}").split()
    for older, newer in ((first, second), (second, first), (second, side), (side, side)):
        is_ancestor = again.asked("merge-base", "--is-ancestor", older, newer) is not None
        assert again.is_ancestor(older, newer) == is_ancestor
    assert (again.kind(first), again.kind("1" * 40), again.message(second)) == ("commit", None, "Subject\n\nBody")


def test_a_ref_is_moved_as_git_moves_it(bare: Bare) -> None:
    first = bare.git("rev-parse", "main")
    second = committed(bare, {"a": b"other\n"}, first)
    bare.update_refs([RefUpdate(f"{HEADS}deep/er", first, ABSENT)])
    for name, before in ((MAIN, first), (f"{HEADS}deep", None), (f"{HEADS}main/x", None)):
        with pytest.raises(subprocess.CalledProcessError):
            bare.update_refs([RefUpdate(name, first, before)])
    assert bare.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines() == [
        f"{HEADS}deep/er {first}",
        f"{MAIN} {second}",
    ]
