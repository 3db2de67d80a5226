"""What git keeps of a commit's files: paths, modes and objects; its submodules; pointers of Git LFS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ltf_ci.errors import BadInput

FILE, PROGRAM, LINK, SUBMODULE = "100644", "100755", "120000", "160000"
RIGHTS = {FILE: 0o644, PROGRAM: 0o755}
FOLDER_RIGHTS = 0o755
LONGEST_POINTER = 1024  # bytes, as Git LFS itself has it
_ENTRY = re.compile(rb"(\d{6}) (?:blob|commit) ([0-9a-f]+)\t(.*)", re.DOTALL)
_POINTER = re.compile(  # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, with the versions that came before
    rb"""version[ ](?:https://(?:git-lfs|hawser)\.github\.com/spec/v1|http://git-media\.io/v/2)[\r\n]+
    (?:ext-[0-9]-\w+[ ]sha256:[0-9a-f]{64}[\r\n]+)*
    oid[ ]sha256:([0-9a-f]{64})[\r\n]+
    size[ ][0-9]+\s*""",
    re.VERBOSE,
)
_NO_NAMES = ("", ".", "..", ".git")


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file, link or submodule of a commit: its path, its mode as git writes it, the name of its object."""

    path: str
    mode: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Submodule:
    """A submodule as .gitmodules has it."""

    name: str
    path: str
    url: str


def read_entries(listed: bytes) -> tuple[TreeEntry, ...]:
    """Read what `git ls-tree -r -z` prints; raise BadInput for a path that git would not check out.

    Bytes of a path that are not UTF-8 are kept as Python keeps those of file names.
    """
    entries = tuple(map(_entry, filter(None, listed.split(b"\0"))))
    paths: set[str] = set()
    for entry in entries:
        if entry.path in paths:
            raise _not_checked_out(entry.path)
        paths.add(entry.path)
    for entry in entries:  # nothing is below a file or a link: what is written there would go where the link leads
        if any(str(parent) in paths for parent in PurePosixPath(entry.path).parents):
            raise _not_checked_out(entry.path)
    return entries


def _entry(line: bytes) -> TreeEntry:
    match = _ENTRY.fullmatch(line)
    if match is None:
        raise BadInput(
            f"git lists {line[:200]!r}", expected="MODE KIND OBJECT PATH", cure="git --version: is it 2.30 or newer?"
        )
    mode, object_id, path = match[1].decode(), match[2].decode(), match[3].decode("utf-8", "surrogateescape")
    if any(part.lower() in _NO_NAMES for part in path.split("/")):
        raise _not_checked_out(path)
    return TreeEntry(path, mode if mode in (PROGRAM, LINK, SUBMODULE) else FILE, object_id)


def _not_checked_out(path: str) -> BadInput:
    return BadInput(
        f"the commit has the path {path!r}",
        expected="paths that git checks out, each of them once",
        cure="git mv it to another name, and commit",
    )


def read_submodules(listed: str) -> Iterator[Submodule]:
    """Read what `git config --null --get-regexp` prints of the paths and addresses in a .gitmodules."""
    members = dict(line.partition("\n")[::2] for line in listed.split("\0") if line)
    for key, path in members.items():
        name = key.removeprefix("submodule.").removesuffix(".path")
        if key.endswith(".path") and not {"", ".."} & set(name.split("/")):
            yield Submodule(name, path, members.get(f"submodule.{name}.url", ""))


def submodule_url(url: str, origin: str) -> str:
    """Return a submodule's address; one that begins with `./` or `../` is relative to its repository's origin."""
    if not url.startswith(("./", "../")):
        return url
    base = origin.rstrip("/")
    while url.startswith(("./", "../")):
        if url.startswith("../"):
            cut = max(base.rfind("/"), base.rfind(":") + 1)
            base = base[:cut]
        url = url.partition("/")[2]
    return f"{base}{'' if base.endswith(':') else '/'}{url}"


def lfs_pointer(content: bytes) -> str:
    """Return the SHA-256, in hexadecimal, of the file that a pointer of Git LFS names.

    Empty for other content, which Git LFS leaves as it is: also where a line is too much.
    """
    match = _POINTER.fullmatch(content) if len(content) < LONGEST_POINTER else None
    return match[1].decode() if match else ""
