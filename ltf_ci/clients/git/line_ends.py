"""Which line ends git keeps of a file: a checkout may write others than the commit has."""

from __future__ import annotations

from contextlib import suppress

from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import GitFailed


def as_kept(git: Git, path: str, content: bytes, committed: bytes | None) -> bytes:
    """Return a file of the work tree with the line ends that git would commit, by its settings and attributes.

    What is there as it is committed stays so: git changes no line ends of such a file.
    """
    if content == committed:
        return content
    with_lf = content.replace(b"\r\n", b"\n")
    with suppress(GitFailed):  # a filter that fails, say: then git commits nothing
        kept = git.run("hash-object", "--stdin", f"--path={path}", stdin=content)
        return with_lf if kept == git.run("hash-object", "--stdin", "--no-filters", stdin=with_lf) else content
    return content
