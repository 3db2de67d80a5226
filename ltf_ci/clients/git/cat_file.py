"""Reads git's objects by `git cat-file`: their sizes first, where they may be too large to be held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ltf_ci.errors import GitFailed

if TYPE_CHECKING:
    from ltf_ci.clients.git.program import GitProgram

_CHECKED = re.compile(rb"(?:(?P<id>[0-9a-f]+) (?P<kind>[a-z]+)|dangling|symlink|loop|notdir) (?P<size>[0-9]+)")


class BlobSize(NamedTuple):
    """A file's object: its name, and its size in bytes."""

    name: str
    size: int


def sizes(git: GitProgram, names: Sequence[str], *options: str) -> Iterator[BlobSize | None]:
    """Return the objects of files by their names for git, COMMIT:PATH; None where the commit has no such file."""
    checked = _printed(git, names, "--batch-check", *options)
    for _ in names:
        head, _, checked = checked.partition(b"\n")
        found = _CHECKED.fullmatch(head)
        if found and not found["id"]:  # where the link leads follows
            checked = checked[int(found["size"]) + 1 :]
        yield BlobSize(found["id"].decode(), int(found["size"])) if found and found["kind"] == b"blob" else None


def blobs(git: GitProgram, asked: Sequence[BlobSize]) -> Iterator[bytes]:
    """Return the contents of files."""
    return blobs_in(_printed(git, [blob.name for blob in asked], "--batch"))


def _printed(git: GitProgram, names: Sequence[str], *options: str) -> bytes:
    if not names:
        return b""
    words = ("cat-file", *options)
    ended = git.attempt(*words, stdin="".join(f"{name}\n" for name in names).encode())
    if ended.status != 0:
        raise git.failure(words, ended)
    return ended.output


def blobs_in(output: bytes) -> Iterator[bytes]:
    """Read what `--batch` prints: of each object a line with its size, then its content and a newline."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        head = output[at:end].split(b" ")
        if len(head) != 3:  # noqa: PLR2004 - NAME KIND SIZE; of an object that is not there: NAME missing
            raise GitFailed(
                f"the git object {head[0].decode()} is not here",
                expected="a clone that has all of its history's files",
                cure="git fsck, or clone it again",
            )
        at = end + 1 + int(head[2]) + 1
        yield output[end + 1 : at - 1]
