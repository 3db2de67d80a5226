"""A bare git repository, written to by git's own plumbing: no working tree, no configuration of the machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ABSENT = "0" * 40
HEADS = "refs/heads/"
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
        return self.asked("rev-parse", "--verify", "--quiet", "--end-of-options", expression)

    def resolve_ref(self, name: str) -> str | None:
        return self.asked("show-ref", "--verify", "--hash", "--", name)

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

    def _blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", data=data)

    def _modes(self, commit: str) -> dict[str, str]:
        entries = self.raw("ls-tree", "-r", "-z", commit).decode().split("\0")
        return {path: entry.split()[0] for entry, _, path in (line.partition("\t") for line in entries if line)}
