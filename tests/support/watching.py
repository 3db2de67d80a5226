"""Sees the words of every process that starts while it looks: as anybody on the machine could."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def watched_processes() -> Iterator[set[bytes]]:
    """Return the command lines that were there at some moment of the block: its set grows as it goes."""
    seen: set[bytes] = set()
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(seen, ended), daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def _watch(seen: set[bytes], ended: threading.Event) -> None:
    known: set[str] = {file.name for file in Path("/proc").iterdir()}
    while not ended.wait(0.001):
        there = {file.name for file in Path("/proc").iterdir() if file.name.isdigit()}
        for number in there - known:
            with suppress(OSError):  # it has ended
                seen.add(Path("/proc", number, "cmdline").read_bytes().replace(b"\0", b" "))
