"""Clones that are thrown away: made as the user is known, while no program of the user's or of theirs runs in them."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.git import settings
from ltf_ci.clients.git.repository import MOST_MEMORY, Git
from ltf_ci.clients.limits import Limits
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import GitFailed
from ltf_ci.model.repository_url import RepositoryUrl

MOST_FILES = 20_000
MOST_BYTES = 256 * 1024 * 1024
_MOST_PRINTED = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Cloner:
    """Clones as `git` would in its folder; `configured` is what `git config --list -z` prints there."""

    git: Git
    configured: str

    @classmethod
    def of(cls, git: Git) -> Cloner:
        """Return what makes clones with the identity, signing and access of a repository, or of a mere folder."""
        return cls(git, git.run("config", "--list", "-z"))

    def clone_origin(self, folder: Path) -> Git:
        """Clone origin into a folder, and return git in it; objects that this repository has are not fetched again.

        A partial clone has commits without their files, and git would take both for being here.
        """
        url = self.git.run("config", "--get", "remote.origin.url").strip()
        here = self.git.common_folder()
        is_partial = self.git.answer("config", "--get-regexp", r"^remote\..*\.promisor$") is not None
        reference = () if is_partial else (f"--reference-if-able={here}",)
        top = self.git.top()  # where a relative path begins
        return self._made(folder, url, "--no-checkout", *reference, cwd=top)

    def clone_ref(self, folder: Path, url: RepositoryUrl, ref: str) -> Git:
        """Clone one tag or branch of another repository into a folder, without its history; raise as `clone`."""
        return self.clone(folder, url, "--depth=1", f"--branch={ref}", "--single-branch")

    def clone_commit(self, folder: Path, url: RepositoryUrl, commit: str) -> Git:
        """Clone a commit that no tag or branch names into a folder; it may be a short one.

        Raise as `clone`, and where no commit of a branch or tag is that one, or several begin so.
        """
        clone = self.clone(folder, url, "--no-checkout", "--filter=blob:none")
        whole = clone.commit_of_ref(commit)
        if whole is None:
            cure = "look at the commit; better, name a release: URL?tag=TAG"
            raise GitFailed(f"no commit is {commit}", expected="a commit of a branch or tag there", cure=cure)
        clone.run("checkout", "--quiet", "--detach", str(whole))
        return _not_full(clone, url)

    def clone(self, folder: Path, url: RepositoryUrl, *words: str) -> Git:
        """Clone another repository into a folder, and return git in it, whose calls have the same bounds.

        Raise GitFailed where it takes too long, or has more files or bytes than any start point.
        """
        limits = Limits(
            seconds=self.git.seconds,
            output=_MOST_PRINTED,
            memory=MOST_MEMORY,
            is_full=lambda: _is_full(folder),
        )
        return _not_full(self._made(folder, str(url), *words, cwd=folder, limits=limits), url)

    def _made(self, folder: Path, url: str, *words: str, cwd: Path, limits: Limits | None = None) -> Git:
        carried = settings.carried(self.configured, self._top)
        here = Git(cwd, self.git.login, self.git.log, self.git.seconds, limits, self.git.github)
        command = ("clone", "--quiet", *settings.throw_away(), *words, "--", url, str(folder))
        # Next to the clone: who removes that after an interruption leaves no copy of git's configuration either.
        with temporary_folder("git", folder.parent) as place:
            config = place / "config"
            config.write_bytes(os.fsencode(carried))
            ended = here.attempt(*command, config=config, is_plain=url.startswith("http://"))
        if ended.status != 0:
            raise here.failure(command, ended)
        with (folder / ".git/config").open("ab") as own_config:
            own_config.write(os.fsencode(carried))
        return Git(folder, self.git.login, self.git.log, self.git.seconds, limits, self.git.github)

    def _top(self) -> Path:
        """Return where a path in the configuration begins: the repository's top, or the mere folder."""
        found = self.git.attempt("rev-parse", "--show-toplevel")
        return Path(found.text.strip()) if found.status == 0 else self.git.directory


def _not_full(clone: Git, url: RepositoryUrl) -> Git:
    """Return a clone, or raise GitFailed where it is larger than any start point: it may have grown too fast to see."""
    if _is_full(clone.directory):
        expected = f"at most {MOST_FILES} files, and {MOST_BYTES} bytes"
        raise GitFailed(
            f"{url} has too many files, or too large ones",
            expected=expected,
            cure="look at the repository: is it the one that you mean?",
        )
    return clone


def _is_full(folder: Path) -> bool:
    files = size = 0
    for place, _, names in os.walk(folder):
        files += len(names)
        for name in names:
            with suppress(OSError):  # gone meanwhile
                size += Path(place, name).lstat().st_size
        if files > MOST_FILES or size > MOST_BYTES:
            return True
    return False
