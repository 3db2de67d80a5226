"""A bare git repository, written to by git's own plumbing: no working tree, no configuration of the machine."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ABSENT = "0" * 40
HEADS = "refs/heads/"
_OF_OBJECT = re.compile("[0-9a-f]{40}")
_PLAIN_REF = re.compile(r"refs/[A-Za-z0-9][\w-]*(?:[./][A-Za-z0-9_][\w-]*)*", re.ASCII)
HERMETIC = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


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
    """Git commands on a bare repository in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.always = cache(self.git)  # what git says of objects by their names, which never changes
        self.blob = cache(self._content)
        self._known: dict[str, str] = {}  # what expressions name that begin with an object's name

    @classmethod
    def create(cls, directory: Path, default_branch: str) -> Bare:
        directory.mkdir(parents=True)
        bare = cls(directory)
        bare.git("init", "--quiet", "--bare", f"--initial-branch={default_branch}")
        return bare

    def git(self, *words: str, data: bytes = b"", **environ: str) -> str:
        return self.raw(*words, data=data, **environ).decode().strip()

    def raw(self, *words: str, data: bytes = b"", **environ: str) -> bytes:
        told = {**os.environ, **HERMETIC, **environ}
        ended = subprocess.run(
            ["git", *words], cwd=self.directory, input=data, capture_output=True, check=True, env=told
        )
        return ended.stdout

    def asked(self, *words: str) -> str | None:
        """Return what git says, or None where git says no."""
        try:
            return self.git(*words)
        except subprocess.CalledProcessError:
            return None

    def resolve(self, expression: str) -> str | None:
        """Return the oid that an expression names."""
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
            return self.always("cat-file", "-t", oid)
        except subprocess.CalledProcessError:
            return None

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self.asked("merge-base", "--is-ancestor", older, newer) is not None

    def commits(self, base: str, head: str) -> list[str]:
        """Return the commits that are in `head` and not in `base`, the oldest first."""
        return self.always("rev-list", "--reverse", f"{base}..{head}").split()

    def legal(self, name: str) -> bool:
        return self.asked("check-ref-format", name) is not None

    def update_refs(self, updates: Iterable[RefUpdate]) -> None:
        """Move all of the refs, or none."""
        lines = [f"update {update.name} {update.after} {update.before or ''}".rstrip() for update in updates]
        self.git("update-ref", "--stdin", data="\n".join([*lines, ""]).encode())

    def tree(self, parent: str | None, additions: Mapping[str, bytes], deletions: Iterable[str] = ()) -> str:
        """Return the tree of `parent` with files added and deleted: a file that was there keeps its mode."""
        modes = self._modes(parent) if parent else {}
        lines = [f"0 {ABSENT}\t{path}" for path in deletions]
        lines += [f"{modes.get(path, '100644')} {self._blob(data)}\t{path}" for path, data in additions.items()]
        with tempfile.TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            if parent:
                self.git("read-tree", parent, GIT_INDEX_FILE=index)
            self.git("update-index", "-z", "--index-info", data="\0".join([*lines, ""]).encode(), GIT_INDEX_FILE=index)
            return self.git("write-tree", GIT_INDEX_FILE=index)

    def commit(self, tree: str, commit: Commit) -> str:
        parents = [word for parent in commit.parents for word in ("-p", parent)]
        return self.git(
            "commit-tree",
            tree,
            *parents,
            data=commit.message.encode(),
            GIT_AUTHOR_NAME=commit.author.name,
            GIT_AUTHOR_EMAIL=commit.author.email,
            GIT_COMMITTER_NAME=commit.committer.name,
            GIT_COMMITTER_EMAIL=commit.committer.email,
        )

    def merged_tree(self, base: str, head: str) -> str | None:
        """Return the tree of a merge, or None where the two conflict."""
        return self.asked("merge-tree", "--write-tree", base, head)

    def _content(self, oid: str) -> bytes:
        return self.raw("cat-file", "blob", oid)

    def _blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", data=data)

    def _modes(self, commit: str) -> dict[str, str]:
        entries = self.raw("ls-tree", "-r", "-z", commit).decode().split("\0")
        return {path: entry.split()[0] for entry, _, path in (line.partition("\t") for line in entries if line)}
