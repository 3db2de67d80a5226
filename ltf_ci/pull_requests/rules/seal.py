"""The trailers by which a commit is known as one that a run of ltf-ci made, and that holds no person's work.

docs/decisions/pull-request-is-ours.md has the reasons.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ltf_ci.model.remote_repository import Branch, Files

SEAL = "Ltf-Ci-Seal: "
CHANGE = "Ltf-Ci-Change: "


def trailers(base: Branch, files: Files, changed: int) -> tuple[str, str]:
    """Return both trailers of a commit on `base` with these files, of which so many are changed."""
    return seal(base.head, files, changed), change(base.files, files, changed)


def seal(parent: str, files: Files, changed: int | None) -> str:
    """Return the trailer of the very commit: it fits its parent, these files, and how many files it changes."""
    present = [f"{path}\0{text}" for path, text in sorted(files.items()) if text is not None]
    return f"{SEAL}{_hash([parent, str(changed), *present])}"


def change(before: Files, after: Files, changed: int) -> str:
    """Return the trailer of the change alone, whichever commit it is on: the lines that it removes and adds."""
    paths = sorted({*before, *after})
    lines = [[path, *_hunks(before.get(path) or "", after.get(path) or "")] for path in paths]
    return f"{CHANGE}{_hash([str(changed), json.dumps(lines)])}"


def is_sealed(branch: Branch) -> bool:
    """Whether a branch's last commit is the very one that a run made."""
    if len(branch.parents) != 1:
        return False
    return seal(branch.parents[0], branch.files, branch.changed) in branch.message.splitlines()


def is_moved(branch: Branch) -> bool:
    """Whether a branch has a run's change alone: it was rebased, or the default branch was merged into it."""
    if branch.difference is None:
        return False
    wanted = change(branch.difference.base, branch.files, branch.difference.changed)
    return wanted in branch.message.splitlines()


def _hash(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _hunks(before: str, after: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Return the lines removed and added at each place, with the line before it; all between where others moved."""
    first, old, new = _between(before.split("\n"), after.split("\n"))
    kept, removed = _without(old, Counter(old) - Counter(new))
    also_kept, added = _without(new, Counter(new) - Counter(old))
    if kept != also_kept:
        yield first, old, new
        return
    for at in sorted({*removed, *added}):
        yield kept[at - 1] if at else first, removed[at], added[at]


def _between(old: list[str], new: list[str]) -> tuple[str, list[str], list[str]]:
    """Return what is between the lines that both begin with and those that both end with; and the last of the first."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    left = shorter - start
    end = next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)
    return old[start - 1] if start else "", old[start : len(old) - end], new[start : len(new) - end]


def _without(lines: Sequence[str], extra: Counter[str]) -> tuple[list[str], defaultdict[int, list[str]]]:
    """Return the lines that are not extra, and the extra ones by how many of the others are before them."""
    kept: list[str] = []
    found: defaultdict[int, list[str]] = defaultdict(list)
    for line in lines:
        if extra[line] > 0:
            extra[line] -= 1
            found[len(kept)].append(line)
        else:
            kept.append(line)
    return kept, found
