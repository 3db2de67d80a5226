"""The seal: a trailer by which a commit is known as one that a run of ltf-ci made, and nobody changed since.

docs/decisions/pull-request-is-ours.md has the reasons.
"""

from __future__ import annotations

import hashlib

from ltf_ci.model.remote_repository import Branch, Files

TRAILER = "Ltf-Ci-Seal: "


def seal(parent: str, files: Files, changed: int | None) -> str:
    """Return the trailer of a commit on `parent` with these files, which changes so many; an amended commit breaks it.

    Another file that was added to the commit shows in how many are `changed`.
    """
    present = [f"{path}\0{text}" for path, text in sorted(files.items()) if text is not None]
    content = "\0".join([parent, str(changed), *present])
    return f"{TRAILER}{hashlib.sha256(content.encode()).hexdigest()}"


def is_sealed(branch: Branch) -> bool:
    """Whether a branch's last commit is as a run of ltf-ci made it."""
    if len(branch.parents) != 1:
        return False
    return seal(branch.parents[0], branch.files, branch.changed) in branch.message.splitlines()
