"""A bare git repository, written to by git's own plumbing: no working tree, no configuration of the machine."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support.github.hermetic import git_output
from tests.support.github.objects import Objects, commit_text

ABSENT = "0" * 40
HEADS = "refs/heads/"
_OF_OBJECT = re.compile("[0-9a-f]{40}")
_PLAIN_REF = re.compile(r"refs/[A-Za-z0-9][\w-]*(?:[./][A-Za-z0-9_][\w-]*)*", re.ASCII)
_IN_COMMIT = re.compile("([0-9a-f]{40}):(.*)", re.DOTALL)
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"


class Person(NamedTuple):
    """Who a commit is by."""

    name: str
    email: str


@dataclass(frozen=True)
class Commit:
    """A commit that is to be made."""

    parents: tuple[str, ...]
    message: str
    author: Person
    committer: Person


@dataclass(frozen=True)
class RefUpdate:
    """A ref's new value; `before` is what it must have had: None for anything, `ABSENT` for nothing."""

    name: str
    after: str
    before: str | None = None
    force: bool = False


class Bare:
    """A bare repository in `directory`: objects and refs in their files, git for all that takes more."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.always = cache(self.git)  # what git says of objects by their names, which never changes
        self.objects = Objects(directory)
        self._known: dict[str, str] = {}  # what expressions name that begin with an object's name

    @classmethod
    def create(cls, directory: Path, default_branch: str) -> Bare:
        for folder in ("objects", "refs/heads", "refs/tags"):
            (directory / folder).mkdir(parents=True)
        (directory / "config").write_text(_CONFIG)
        (directory / "HEAD").write_text(f"ref: {HEADS}{default_branch}\n")
        return cls(directory)

    def git(self, *words: str, data: bytes = b"", **environ: str) -> str:
        return self.raw(*words, data=data, **environ).decode().strip()

    def raw(self, *words: str, data: bytes = b"", **environ: str) -> bytes:
        return git_output(self.directory, *words, data=data, **environ)

    def asked(self, *words: str) -> str | None:
        """Return what git says, or None where git says no."""
        try:
            return self.git(*words)
        except subprocess.CalledProcessError:
            return None

    def resolve(self, expression: str) -> str | None:
        """Return the oid that an expression names."""
        if place := _IN_COMMIT.fullmatch(expression):
            return self.objects.at(*place.groups())
        if expression in self._known:
            return self._known[expression]
        found = self.asked("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
        if found and _OF_OBJECT.match(expression):
            self._known[expression] = found
        return found

    def resolve_ref(self, name: str) -> str | None:
        """Return the oid that a ref names; where git has a file for each ref, that is read: most calls ask for one."""
        if (self.directory / "packed-refs").exists() or not _PLAIN_REF.fullmatch(name):
            return self.asked("show-ref", "--verify", "--hash", "--", name)
        try:
            return (self.directory / name).read_text().strip()
        except OSError:
            return None

    def refs(self, prefix: str) -> dict[str, str]:
        """Return each ref below a prefix, such as `refs/heads`, with the oid that it names."""
        if (self.directory / "packed-refs").exists():
            lines = self.git("for-each-ref", "--format=%(refname) %(objectname)", prefix).splitlines()
            return {name: oid for name, _, oid in (line.rpartition(" ") for line in lines)}
        files = (self.directory / prefix).rglob("*")
        names = sorted(str(file.relative_to(self.directory)) for file in files if file.is_file())
        found = {name: self.resolve_ref(name) for name in names if not name.endswith(".lock")}
        return {name: oid for name, oid in found.items() if oid}

    def kind(self, oid: str) -> str | None:
        try:
            return self.objects.read(oid)[0]
        except LookupError:
            return None

    def blob(self, oid: str) -> bytes:
        return self.objects.read(oid)[1]

    def is_ancestor(self, older: str, newer: str) -> bool:
        return older in self.objects.history(newer)

    def commits(self, base: str, head: str) -> list[str]:
        """Return the commits that are in `head` and not in `base`, the oldest first."""
        found: list[str] = []
        before, each = self.objects.history(base), head
        while each not in before:
            found.append(each)
            if len(parents := self.objects.parents(each)) != 1:  # git's own order of what was merged
                return self.always("rev-list", "--reverse", f"{base}..{head}").split()
            each = parents[0]
        return found[::-1]

    def legal(self, name: str) -> bool:
        return self.asked("check-ref-format", name) is not None

    def update_refs(self, updates: Iterable[RefUpdate]) -> None:
        """Move all of the refs, or none."""
        updates = tuple(updates)
        if len(updates) == 1 and self._moved(updates[0]):
            return
        lines = [f"update {update.name} {update.after} {update.before or ''}".rstrip() for update in updates]
        self.git("update-ref", "--stdin", data="\n".join([*lines, ""]).encode())

    def _moved(self, update: RefUpdate) -> bool:
        """Move one ref as git does, if that is plain: a lock beside its file, which becomes the file."""
        file = self.directory / update.name
        is_plain = _PLAIN_REF.fullmatch(update.name) and not (self.directory / "packed-refs").exists()
        is_there = update.before in (None, self.resolve_ref(update.name) or ABSENT)
        if not is_plain or not is_there or update.after == ABSENT or file.is_dir():
            return False
        lock = file.with_name(f"{file.name}.lock")
        with suppress(OSError):  # somebody else's lock, or a file in the folder's place: git says so
            file.parent.mkdir(parents=True, exist_ok=True)
            with lock.open("x") as written:
                written.write(f"{update.after}\n")
            lock.rename(file)
            return True
        return False

    def tree(self, parent: str | None, additions: Mapping[str, bytes], deletions: Iterable[str] = ()) -> str:
        """Return the tree of `parent` with files added and deleted: a file that was there keeps its mode."""
        return self.objects.changed(parent, {**dict.fromkeys(deletions), **additions})

    def commit(self, tree: str, commit: Commit) -> str:
        now = f"{int(time.time())} +0000"
        author, committer = (f"{each.name} <{each.email}> {now}" for each in (commit.author, commit.committer))
        text = commit_text(tree, commit.parents, author, committer, commit.message)
        return self.objects.write("commit", text)

    def message(self, oid: str) -> str:
        """Return a commit's message, without white space at its ends."""
        return self.objects.read(oid)[1].partition(b"\n\n")[2].decode(errors="replace").strip()

    def merged_tree(self, base: str, head: str) -> str | None:
        """Return the tree of a merge, or None where the two conflict."""
        return self.asked("merge-tree", "--write-tree", base, head)
