"""Sparse checkouts: a work tree in which files of the commit are missing on purpose."""

from __future__ import annotations

from ltf_ci.clients.git.repository import Git


def is_left_out(git: Git, folder: str) -> bool:
    """Return whether files of a folder are left out of the work tree."""
    return "\0S " in f"\0{git.run('ls-files', '-z', '-t', '--', folder)}"
