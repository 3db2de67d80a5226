"""Contexts of builds with a .dockerignore, and which of their files BuildKit's own client sends (bin/buildkit)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from random import Random

from embedded.programs import built

PROGRAM = "context-files"
_NAMES = ("a", "b", "docs", "x", "x.md", "[q", "^k", "*s", "\\w", "a b", "\u00e9", "!b", "#c", "a.b", "x\\")
_PLAIN = (
    "a",
    "b",
    "docs",
    "x",
    "x.md",
    "a b",
    "\u00e9",
    "$",
    "a.b",
    "(",
    "+",
    "{a,b}",
    "-",
    "]",
    "^k",
    "!b",
    "#c",
    ".",
    "..",
)
_WILD = ("*", "**", "?", "*.md", "x*", "**x", "x**", "a?", "[ab]", "[^b]", "[!b]", "[a-c]", "[[a]", "\\*", "\\[q")
_BROKEN = ("[q", "[a", "[]", "[^]", "[]a]", "[^]a]", "[a-]", "[b-a]", "\\")
_WHOLE = (
    "!",
    "! ",
    "!/",
    "!.",
    "/",
    ".",
    "..",
    "!..",
    "!!a",
    "#a",
    " #c",
    "",
    "**",
    "!**",
    "*",
    "!*",
    "/**",
    "**/",
    "./!b",
)
_BLANKS = (" ", "\t", "\r", "\v", "\x1c", "\x85", "\xa0", "\u2003")


@dataclass(frozen=True, slots=True)
class Context:
    """The text of a .dockerignore, and the paths of the files beside it."""

    ignore: str
    paths: tuple[str, ...]


def with_folders(paths: Iterable[str]) -> list[str]:
    """Return paths of files, and of the folders that they are in: these end with `/`, and come first."""
    files = set(paths)
    folders = {file[: place + 1] for file in files for place, letter in enumerate(file) if letter == "/"}
    return sorted(files | folders)


def sent_by_buildkit(contexts: Sequence[Context]) -> list[frozenset[str] | None]:
    """Return the paths that are sent of each, folders without `/` at the end; None where a .dockerignore is refused."""
    asked = json.dumps([asdict(each) for each in contexts])
    ended = subprocess.run([built(PROGRAM)], input=asked.encode(), capture_output=True, check=True)
    return [None if each["error"] else frozenset(each["sent"] or ()) for each in json.loads(ended.stdout)]


def random_context(random: Random) -> Context:
    """Return a context with one to four lines."""
    lines = [_line(random) for _ in range(random.randint(1, 4))]
    files = {_path(random, _NAMES) for _ in range(random.randint(3, 9))}
    paths = (file for file in files if not any(other.startswith(f"{file}/") for other in files))
    return Context("\n".join(lines), tuple(sorted(paths)))


def _path(random: Random, names: Sequence[str]) -> str:
    return "/".join(random.choices(names, k=random.choice((1, 1, 2, 2, 3, 4))))


def _line(random: Random) -> str:
    atoms = (*_PLAIN, *_WILD, *(_BROKEN if random.random() < 0.1 else ()))
    path = random.choice(_WHOLE) if random.random() < 0.05 else _path(random, atoms)
    before = random.choice(("", "", "", "", "/", "./", "!", "!", "! ", "!/"))
    blanks = [random.choice(_BLANKS) if random.random() < 0.1 else "" for _ in range(2)]
    return f"{blanks[0]}{before}{path}{random.choice(('', '', '', '/'))}{blanks[1]}"
