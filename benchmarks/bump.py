"""The decision of a bump, in a list of 1,000 and of 10,000 lines with a lock of that size."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Run, interleaved
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import Lock, LockEntry, lock_path
from ltf_ci.languages.rules.bumping import decide
from ltf_ci.languages.rules.list_files import lock_of, paths
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.languages.rules.wanted_changes import Bump
from ltf_ci.model.remote_repository import Branch, RepositoryState, UpsertPullRequest

TIMES = 9
LINES = (1_000, 10_000)
LIST = "git_repo_urls.tagged"


def rows(_: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    return [*_rows("with a lock", with_lock=True), *_rows("without a lock", with_lock=False)]


def _rows(what: str, *, with_lock: bool) -> list[list[str]]:
    few, many = (_state(lines, with_lock=with_lock) for lines in LINES)
    of_few, of_many = interleaved(TIMES, lambda: _decided(few), lambda: _decided(many))
    ratio = of_many.seconds / LINES[1] / (of_few.seconds / LINES[0])
    return [
        [f"a bump in {LINES[0]:,} lines, {what}", f"{of_few.seconds * 1000:.1f} ms", "", ""],
        [f"a bump in {LINES[1]:,} lines, {what}", f"{of_many.seconds:.2f} s", "", f"{ratio:.2f} x as much a line"],
    ]


def _decided(state: RepositoryState) -> Run:
    entry = _entry(len((state.base.files[LIST] or "").splitlines()) // 2, "3.7.4-2")
    bump = Bump(changes=(ListChange(entry=entry, locked=_locked(entry)),), branch="ltf-ci/x", list_path=LIST)
    lock_of.cache_clear()  # as in a process of its own
    begin = time.perf_counter()
    decision = decide(state, bump)
    seconds = time.perf_counter() - begin
    if not isinstance(decision, UpsertPullRequest):
        raise TypeError(f"nothing was decided: {decision}")
    return Run(seconds, megabytes=0)


def _state(lines: int, *, with_lock: bool) -> RepositoryState:
    """Return a languages repository in which every line is another repository's."""
    entries = [_entry(number, "3.7.4-1") for number in range(lines)]
    lock = Lock({str(entry): asdict(_locked(entry)) for entry in entries})
    listed = "".join(f"{entry}\n" for entry in entries)
    files = {**dict.fromkeys(paths(LIST)), LIST: listed, **({lock_path(LIST): str(lock)} if with_lock else {})}
    return RepositoryState(name="ltf-ci/x", base=Branch(name="main", head="a" * 40, message="", files=files))


def _entry(number: int, tag: str) -> ListEntry:
    return ListEntry.parse(f"https://github.com/cyber-dojo-start-points/ltf-{number:06}-unittest?tag={tag}")


def _locked(entry: ListEntry) -> LockEntry:
    image = f"ghcr.io/cyber-dojo/{entry.url.name}:{entry.ref}"
    return LockEntry("c" * 40, image, f"sha256:{'d' * 64}", f"{entry.url.name} (3.7.4), unittest")
