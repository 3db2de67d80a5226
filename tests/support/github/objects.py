"""Git's objects, read and written in their files as git has them: without a process for each."""

from __future__ import annotations

import hashlib
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.support.github.hermetic import git_output

FOLDER = "40000"
FILE = "100644"


class Entry(NamedTuple):
    """What a tree has under a name."""

    mode: str
    oid: str


@dataclass
class Objects:
    """The objects of the bare repository in `directory`: what was packed, git itself is asked for."""

    directory: Path
    _known: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    _parents: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, oid: str) -> tuple[str, bytes]:
        """Return an object's kind and content, or raise LookupError."""
        if oid not in self._known:
            self._known[oid] = self._loose(oid) or self._packed(oid)
        return self._known[oid]

    def write(self, kind: str, content: bytes) -> str:
        raw = f"{kind} {len(content)}\0".encode() + content
        oid = hashlib.sha1(raw).hexdigest()
        file = self._file(oid)
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            new = file.with_name(f"{file.name}.new")
            new.write_bytes(zlib.compress(raw, 1))
            new.rename(file)
        self._known[oid] = kind, content
        return oid

    def tree(self, oid: str) -> dict[str, Entry]:
        """Return what a commit's tree, or a tree, has under each name."""
        kind, content = self.read(oid)
        if kind == "commit":
            return self.tree(content[5:45].decode())
        found = re.findall(rb"([0-7]+) ([^\0]+)\0(.{20})", content, re.DOTALL)
        return {name.decode(): Entry(mode.decode(), sha.hex()) for mode, name, sha in found}

    def write_tree(self, entries: Mapping[str, Entry]) -> str:
        ordered = sorted(entries.items(), key=lambda entry: entry[0].encode() + b"/" * (entry[1].mode == FOLDER))
        lines = [f"{each.mode} {name}".encode() + b"\0" + bytes.fromhex(each.oid) for name, each in ordered]
        return self.write("tree", b"".join(lines))

    def changed(self, tree: str | None, files: Mapping[str, bytes | None]) -> str:
        """Return a tree with files written, or removed where they are None: one that was there keeps its mode."""
        removed = {path for path, content in files.items() if content is None}
        entries = {name: entry for name, entry in self.tree(tree).items() if name not in removed} if tree else {}
        for name, inside in _folders(files).items():
            before = entries.pop(name, None)
            after = self.changed(before.oid if before and before.mode == FOLDER else None, inside)
            entries |= {name: Entry(FOLDER, after)} if self.tree(after) else {}
        for name, content in files.items():
            if "/" not in name and content is not None:
                mode = entries[name].mode if name in entries and entries[name].mode != FOLDER else FILE
                entries[name] = Entry(mode, self.write("blob", content))
        return self.write_tree(entries)

    def at(self, oid: str, path: str) -> str | None:
        """Return what a commit, or a tree, has at a path."""
        try:
            for name in filter(None, path.split("/")):
                oid = self.tree(oid)[name].oid
        except LookupError:
            return None
        return oid

    def parents(self, commit: str) -> tuple[str, ...]:
        if commit not in self._parents:
            header = self.read(commit)[1].partition(b"\n\n")[0].decode(errors="replace")
            self._parents[commit] = tuple(re.findall(r"^parent ([0-9a-f]{40})$", header, re.MULTILINE))
        return self._parents[commit]

    def history(self, commit: str) -> set[str]:
        """Return a commit and all those before it."""
        found, left = set[str](), [commit]
        while left:
            if (each := left.pop()) not in found:
                found.add(each)
                left += self.parents(each)
        return found

    def differing(self, one: str | None, other: str | None) -> Iterator[str]:
        """Return the paths of the files that two trees have, or lack, otherwise."""
        trees = [self.tree(each) if each else {} for each in (one, other)]
        for name in {**trees[0], **trees[1]}:
            before, after = (tree.get(name) for tree in trees)
            if before == after:
                continue
            folders = [each.oid if each and each.mode == FOLDER else None for each in (before, after)]
            if any(each and each.mode != FOLDER for each in (before, after)):
                yield name
            if any(folders):
                yield from (f"{name}/{path}" for path in self.differing(*folders))

    def _file(self, oid: str) -> Path:
        return self.directory / "objects" / oid[:2] / oid[2:]

    def _loose(self, oid: str) -> tuple[str, bytes] | None:
        try:
            head, _, content = zlib.decompress(self._file(oid).read_bytes()).partition(b"\0")
        except OSError:
            return None
        return head.decode().partition(" ")[0], content

    def _packed(self, oid: str) -> tuple[str, bytes]:
        try:
            kind = git_output(self.directory, "cat-file", "-t", oid).decode().strip()
            return kind, git_output(self.directory, "cat-file", kind, oid)
        except subprocess.CalledProcessError as error:
            raise LookupError(oid) from error


def _folders(files: Mapping[str, bytes | None]) -> dict[str, dict[str, bytes | None]]:
    """Return what is to be written or removed in each folder, by its path there."""
    found: dict[str, dict[str, bytes | None]] = {}
    for path, content in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            found.setdefault(name, {})[rest] = content
    return found


def commit_text(tree: str, parents: Iterable[str], author: str, committer: str, message: str) -> bytes:
    """Return a commit's content: `author` and `committer` as NAME <EMAIL> SECONDS ZONE."""
    heads = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {author}", f"committer {committer}"]
    end = "" if message.endswith("\n") or not message else "\n"
    return "\n".join([*heads, "", f"{message}{end}"]).encode()
