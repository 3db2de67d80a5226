"""Repositories made at random, and what an image may have of each: the tag's tree, less what .dockerignore has."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from tests.support.repositories import git

Files: TypeAlias = Mapping[str, tuple[str, bytes]]  # rights (of a link `link`) and content (its target) by path
KEPT, LOST = b"kept by Git LFS", b"lost"
FOLDERS = ["", "", "", "lib/", "lib/deep/", "x y/", "ü/", "tools/"]
NAMES = ["a", "b", "n.log", "x.bin", "z.f", "y.enc", "run.sh", ".hidden", "-x", "x\ny"]
CONTENTS = [b"", b"text\n", b"crlf\r\n", b"\0\xff\n", b"$Id$\n", b"$Format:%H$\n", b"missing newline"]
ATTRIBUTES = [
    *("* text=auto eol=crlf", "*.sh text eol=lf", "a ident", "b export-ignore", "lib export-ignore"),
    *("* export-subst", "*.bin filter=lfs diff=lfs -text", "*.bin filter=lfs", "*.f filter=own", "*.enc -text"),
    *("*.enc working-tree-encoding=UTF-16LE", "lib/** -filter", "[attr]binary -diff"),
]
PATTERNS = ["*.log", "**/*.log", "lib", "!lib/a", "lib/deep", "!lib/deep/b", "tools/", "# a", "", "*", "!*.sh", "x y"]
IGNORES = [".dockerignore", "Dockerfile.dockerignore"]


@dataclass
class RandomTree:
    """A commit's files, those that lie beside it in the work tree, and those that the work tree has otherwise or lacks.

    Paths are docker/'s. `submodules` are their contents; None of one whose commit nobody has.
    """

    files: dict[str, tuple[str, bytes]]
    attributes: tuple[str, ...] = ()
    submodules: dict[str, bytes | None] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def image(self) -> Files | None:
        """What the image has by `COPY .`; None where the release must be refused."""
        if None in self.submodules.values() or any(map(self._is_filtered, self.files)):
            return None
        if not all(self._is_left_out(path) for path in self.strays):
            return None
        inside = {f"{path}/inside": ("644", content or b"") for path, content in self.submodules.items()}
        whole = {path: self._whole(path, *each) for path, each in self.files.items()} | inside
        return {path: each for path, each in whole.items() if not self._is_left_out(path)}

    def _whole(self, path: str, mode: str, content: bytes) -> tuple[str, bytes]:
        return (mode, KEPT) if content == pointer(KEPT) and self._has("filter=lfs", path) else (mode, content)

    def _is_filtered(self, path: str) -> bool:
        """Whether a checkout has something else than the commit's bytes that is not here."""
        mode, content = self.files[path]
        if mode == "link":
            return False
        is_lost = self._has("filter=lfs", path) and content == pointer(LOST)
        return is_lost or self._has("filter=own", path) or self._has("working-tree-encoding=UTF-16LE", path)

    def _has(self, attribute: str, path: str) -> bool:
        """Whether a path has this attribute: lines that come later count more."""
        has = False
        for line in self.attributes:
            pattern, *words = line.split(" ")
            if pattern == "lib/**":  # of the repository, which has no lib/ at its top
                continue
            name = path.rpartition("/")[2]
            if attribute in words and (name.endswith(pattern[1:]) if pattern[0] == "*" else name == pattern):
                has = True
        return has

    def _is_left_out(self, path: str) -> bool:
        """Whether docker leaves a path out: the last pattern counts that fits it, or a folder that it is in."""
        own, other = (self.files.get(name) for name in reversed(IGNORES))
        is_left_out = False
        for line in (own or other or ("", b""))[1].decode().splitlines():
            pattern, parts = line.lstrip("!").rstrip("/"), path.split("/")
            paths = ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
            if pattern and not pattern.startswith("#") and any(fits(pattern, each) for each in paths):
                is_left_out = not line.startswith("!")
        return is_left_out


def fits(pattern: str, path: str) -> bool:
    words = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(words, path, re.DOTALL) is not None


def pointer(content: bytes) -> bytes:
    name = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {len(content)}\n".encode()


def random_tree(chance: random.Random, dockerfile: bytes = b"FROM x\nCOPY . /context/\n") -> RandomTree:
    """Make one: most can be released, the others have something in them that cannot be had, or that is nobody's."""
    files: dict[str, tuple[str, bytes]] = {}
    chosen = {chance.choice(FOLDERS) + chance.choice(NAMES) for _ in range(chance.randint(1, 8))}
    for path in sorted(chosen):  # a set has another order in each process
        mode = chance.choice(["644", "644", "755", "link"])
        content = chance.choice([b"a", b"../../etc", b"/etc/passwd", b"."] if mode == "link" else CONTENTS)
        if path.endswith(".bin") and mode != "link":
            content = chance.choice([pointer(KEPT), pointer(KEPT), pointer(LOST), b"no pointer"])
        files[path] = (mode, content)
    committed = sorted(files)
    for name in chance.choice([[], [], IGNORES[:1], IGNORES[1:], IGNORES]):
        patterns = chance.sample(PATTERNS, chance.randint(0, 3))
        files[name] = ("644", "".join(f"{pattern}\n" for pattern in patterns).encode())
    files["Dockerfile"] = ("644", dockerfile)
    attributes = tuple(chance.sample(ATTRIBUTES, chance.randint(0, 3))) if chance.random() < 0.4 else ()
    modules = {"sub": b"of the submodule", "lib/sub": b"of another", "gone": None}
    has_modules = chance.random() < 0.1
    submodules = {name: modules[name] for name in chance.sample(sorted(modules), 1)} if has_modules else {}
    strays = [f"{chance.choice(FOLDERS)}{chance.choice(['stray', 's.log', '.git/config'])}"]
    return RandomTree(
        files,
        attributes,
        submodules,
        strays=tuple(each for each in strays if chance.random() < 0.3 and "/.git/" not in f"/{each}"),
        otherwise=tuple(path for path in committed if chance.random() < 0.2),
        lacking=tuple(path for path in committed if chance.random() < 0.1),
    )


def random_trees(chance: random.Random, count: int) -> list[RandomTree]:
    """Make many: some are an earlier one as it lies elsewhere, or with one thing that differs."""
    trees: list[RandomTree] = []
    for _ in range(count):
        trees.append(_varied(chance, chance.choice(trees)) if trees and chance.random() < 0.3 else random_tree(chance))
    return trees


def _varied(chance: random.Random, tree: RandomTree) -> RandomTree:
    path = chance.choice(sorted(tree.files))
    mode, content = tree.files[path]
    others = [{}, {}, {path: ({"644": "755", "755": "644"}.get(mode, mode), content)}]
    others += [{"lib/n.log": ("644", b"more")}] if "lib" not in tree.files else []
    others += [{path: (mode, content + b"#\n")}] if mode != "link" else []
    changed = chance.choice(others) if path != "Dockerfile" else {}
    return replace(tree, files={**tree.files, **changed}, strays=(), otherwise=(), lacking=())


def repository_of(folder: Path, trees: Iterable[RandomTree]) -> Path:
    """Make a repository with a branch for each tree: t0, t1, …; its work tree has none of them."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    kept = folder / ".git/lfs/objects" / _place_of(KEPT)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(KEPT)
    commits = {content: _module(folder, number, content) for number, content in enumerate(_contents(trees))}
    lines = [line for number, tree in enumerate(trees) for line in _lines(number, tree, commits)]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(lines), check=True)
    return folder


def lie_beside(folder: Path, tree: RandomTree) -> None:
    """Let the work tree's docker/ be what somebody made of the commit's: with strays, edits, and not all files."""
    docker = folder / "docker"
    shutil.rmtree(docker, ignore_errors=True)
    for path, (mode, content) in tree.files.items():
        file = docker / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if path in tree.lacking:
            continue
        if mode == "link":
            file.symlink_to(os.fsdecode(content))
        else:
            file.write_bytes(b"edited" if path in tree.otherwise else content)
            file.chmod(0o600 if path in tree.otherwise else int(mode, 8))
    for path in tree.strays:
        (docker / path).parent.mkdir(parents=True, exist_ok=True)
        (docker / path).write_bytes(b"stray")


def _contents(trees: Iterable[RandomTree]) -> list[bytes]:
    return sorted({content for tree in trees for content in tree.submodules.values() if content is not None})


def _place_of(content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    return f"{name[:2]}/{name[2:4]}/{name}"


def _module(folder: Path, number: int, content: bytes) -> bytes:
    """Make a submodule's repository with one file where git keeps it, and return its commit."""
    place = folder / f".git/modules/m{number}"
    git(folder, "init", "--quiet", "--bare", str(place))
    lines = b"commit refs/heads/main\ncommitter A <a@e.org> 1700000000 +0000\ndata 0\nM 100644 inline inside\n"
    said = lines + b"data %d\n%s\n" % (len(content), content)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=place, input=said, check=True)
    return git(place, "rev-parse", "main").encode()


def _lines(number: int, tree: RandomTree, commits: Mapping[bytes, bytes]) -> Iterator[bytes]:
    yield b"commit refs/heads/t%d\ncommitter A <a@e.org> 1700000000 +0000\ndata 0\n" % number
    modes = {"644": b"100644", "755": b"100755", "link": b"120000"}
    named = {f"docker/{path}": each for path, each in tree.files.items()}
    if tree.attributes:
        named[".gitattributes"] = ("644", "\n".join(tree.attributes).encode())
    if tree.submodules:
        places = [*commits.values()]
        text = ""
        for path, content in tree.submodules.items():
            name = f"m{places.index(commits[content])}" if content else "gone"
            text += f'[submodule "{name}"]\n\tpath = docker/{path}\n\turl = /nowhere/{name}\n'
            sha = commits[content] if content else b"f" * 40
            yield b'M 160000 %s "docker/%s"\n' % (sha, path.encode())
        named[".gitmodules"] = ("644", text.encode())
    for path, (mode, content) in named.items():
        quoted = b'"%s"' % os.fsencode(path).replace(b"\n", b"\\n")
        yield b"M %s inline %s\ndata %d\n%s\n" % (modes[mode], quoted, len(content), content)
