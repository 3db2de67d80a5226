"""What `git cat-file --batch` prints of the objects that it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ANSWER = re.compile(rb"(?:[0-9a-f]+ (?P<kind>[a-z]+)|dangling|symlink|loop|notdir) (?P<size>[0-9]+)")


def blobs_in(output: bytes, count: int) -> Iterator[bytes | None]:
    """Return the bytes of each of so many files; None of what is missing, or no file, or a link that leads to none."""
    for _ in range(count):
        head, _, output = output.partition(b"\n")
        found = _ANSWER.fullmatch(head)
        size = int(found["size"]) if found else 0
        yield output[:size] if found and found["kind"] == b"blob" else None
        output = output[size + 1 :] if found else output
