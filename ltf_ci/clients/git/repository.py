"""A git repository: what it has, what its remotes have, and the changes that a release makes in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ltf_ci.clients.git import ssh
from ltf_ci.clients.git.cat_file import blobs, sizes
from ltf_ci.clients.git.program import GitProgram, lines_of
from ltf_ci.clients.process import Finished
from ltf_ci.errors import BadInput, GitFailed, Refused
from ltf_ci.model.file_text import text_of
from ltf_ci.model.layout import OTHER_CI, WORKFLOWS, ci_order, is_ci
from ltf_ci.model.repository_url import RepositoryUrl

if TYPE_CHECKING:  # `check` must not pay for them
    from ltf_ci.model.commit import Commit
    from ltf_ci.model.remote_refs import RemoteRefs

MOST_MEMORY = 192 * 1024 * 1024  # bytes
_LARGEST = 1024 * 1024  # bytes of a file that is compared
MOST_LISTED = 16 * 1024 * 1024  # bytes of refs that a server lists: some 200,000
_REDIRECTED = r"(?m)^warning: redirecting to (\S+)"
_LINK = "120000 "  # a mode of git's
_MOST_NAMED = 5  # files in a message
_CREDENTIALS = r"(?i)^(https?://)[^/]*@"


class Git(GitProgram):
    """The repository in a folder."""

    def head(self) -> Commit:
        """Return the commit at HEAD."""
        return _commit(self.run("rev-parse", "--verify", "HEAD^{commit}").strip())

    def commit_of(self, tag: str) -> Commit | None:
        """Return the commit that a tag names here, or None where no such tag exists."""
        return self.commit_of_ref(f"refs/tags/{tag}")

    def commit_of_ref(self, ref: str) -> Commit | None:
        """Return the commit that a ref, by its full name, names here, or None where no such ref exists."""
        sha = self.answer("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        return _commit(sha.strip()) if sha else None

    def text_at(self, commit: Commit, path: str) -> str | None:
        """Return a file's text at a commit, or None where it has no such file; raise BadInput where it is too large."""
        from ltf_ci.model.bounds import expect_bounded

        (blob,) = sizes(self, [f"{commit}:{path}"])
        if blob is None:
            return None
        expect_bounded(path, blob.size)
        return text_of(next(blobs(self, [blob])), path)

    def contents_at(self, commit: str, paths: Iterable[str]) -> Mapping[str, bytes | None]:
        """Return the bytes of files as a commit has them, its links followed; None where it has no such file.

        One that is too large to be compared is left out.
        """
        named = [path for path in paths if "\n" not in path]
        asked = sizes(self, [f"{commit}:{path}" for path in named], "--follow-symlinks")
        found = dict(zip(named, asked, strict=True))
        sane = {path: blob for path, blob in found.items() if blob and blob.size <= _LARGEST}
        missing = (path for path, blob in found.items() if blob is None)
        return {**dict.fromkeys(missing), **dict(zip(sane, blobs(self, [*sane.values()]), strict=True))}

    def tags_at_head(self) -> tuple[str, ...]:
        """Return the tags at HEAD, tags of tags too, which --points-at of an older git does not see."""
        at_head = ("--contains=HEAD", "--merged=HEAD")
        return self.lines("for-each-ref", *at_head, "--format=%(refname:lstrip=2)", "refs/tags")

    def tags(self) -> tuple[str, ...]:
        """Return all tags that this repository has."""
        return self.lines("for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags")

    def tags_in_history(self) -> tuple[str, ...]:
        """Return the tags of HEAD and of the commits before it."""
        return self.lines("for-each-ref", "--merged=HEAD", "--format=%(refname:lstrip=2)", "refs/tags")

    def tags_with(self, commit: Commit) -> tuple[str, ...]:
        """Return the tags whose commits contain a commit."""
        return self.lines("for-each-ref", f"--contains={commit}", "--format=%(refname:lstrip=2)", "refs/tags")

    def remote_tags(self, url: RepositoryUrl | str) -> Mapping[str, Commit]:
        """Return which commit each tag of a repository names; `url` may be a remote's name."""
        listed = self.run("ls-remote", "--tags", "--", str(url), is_plain=_is_plain(url))
        return {name.removeprefix("refs/tags/"): commit for name, commit in _refs(listed).items()}

    def remote_refs(self, url: RepositoryUrl) -> RemoteRefs:
        """Return the tags and branches of another repository, and its address where the server says that it moved.

        Raise GitFailed where it takes too long, lists too much, or is at another host than its address.
        """
        from ltf_ci.clients.limits import Limits
        from ltf_ci.model.remote_refs import RemoteRefs

        limits = Limits(seconds=self.seconds, output=MOST_LISTED, memory=MOST_MEMORY)
        words = ("ls-remote", "--tags", "--heads", "--", str(url))
        ended = self.attempt(*words, limits=limits, is_plain=_is_plain(url))
        if ended.status != 0:
            raise self.failure(words, ended)
        return RemoteRefs(_refs(ended.text), self._redirected(url, ended))

    def _redirected(self, url: RepositoryUrl, ended: Finished) -> RepositoryUrl | None:
        """Return the address that git was redirected to; None where it was not; raise where that is another host's."""
        moved = re.search(_REDIRECTED, ended.complaint)
        if moved is None:
            return None
        asked = self.run("ls-remote", "--get-url", str(url)).strip()  # the user's insteadOf may name another
        if (here := urlsplit(asked).hostname) != (there := urlsplit(moved[1]).hostname):
            cure = f"name its own address, if {there} is to be trusted"
            raise GitFailed(f"{url} is redirected to {there}", expected=f"a repository at {here}", cure=cure)
        from ltf_ci.model.remote_refs import today

        return today(url, asked, moved[1])

    def is_clean(self) -> bool:
        """Return whether the tracked files are as HEAD has them; untracked files do not count."""
        return not self.uncommitted()

    def uncommitted(self) -> tuple[str, ...]:
        """Return the tracked files that are not as HEAD has them, as paths from the repository's top."""
        lines = self.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no").split("\0")
        return tuple(line[3:] for line in lines if line)

    def expect_clean(self) -> None:
        """Raise Refused where tracked files are not as HEAD has them."""
        if changed := self.uncommitted():
            more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
            raise Refused(
                f"uncommitted changes: {', '.join(changed[:_MOST_NAMED])}{more}",
                expected="the files as HEAD has them",
                cure="commit them, or `git stash`",
            )

    def untracked(self, *places: str) -> frozenset[str]:
        """Return the untracked files among these, or in these folders; those that .gitignore names too."""
        return frozenset(self.run("ls-files", "-z", "--others", "--", *places).split("\0"))

    def tracked(self, *paths: str) -> Mapping[str, bool]:
        """Return which of these the index has, and whether git was told to pass over a change of it."""
        lines = self.run("ls-files", "-v", "-z", "--", *paths).split("\0")
        return {line[2:]: line[0] == "S" or line[0].islower() for line in lines if line}

    def is_as_committed(self, path: str) -> bool:
        """Return whether a file is as HEAD has it."""
        return not self.run("status", "--porcelain", "--", path).strip()

    def branch(self) -> str | None:
        """Return the branch that is checked out, or None where HEAD is detached."""
        name = self.answer("symbolic-ref", "--quiet", "HEAD")  # --short is `heads/x` where a tag `x` exists
        return name.strip().removeprefix("refs/heads/") if name else None

    def has_origin(self) -> bool:
        """Return whether there is a remote of the name origin."""
        return "origin" in self.lines("remote")

    def origin(self) -> RepositoryUrl | None:
        """Return origin's address without credentials, a path as an absolute one; None where no origin exists.

        It is the address that was written: not the one that `insteadOf` leads to.
        """
        if (found := self.origin_if_readable()) is None:
            self.run("rev-parse", "--git-dir")  # `git config` answers "no" also where it may not read the repository
        return found

    def public_origin(self) -> RepositoryUrl | None:
        """Return the address by which labels and lists name the repository; None where no origin exists."""
        origin = self.origin()
        return self.github.public(origin) if origin else None

    def origin_if_readable(self) -> RepositoryUrl | None:
        """Return the same; None also where no repository exists, or git may not read it."""
        written = self.answer("config", "--get", "remote.origin.url")  # not where insteadOf leads to
        if not written:
            return None
        try:
            url = RepositoryUrl.parse(re.sub(_CREDENTIALS, r"\1", written.strip()))
        except BadInput:  # a short form: `gh:OWNER/NAME`, which insteadOf makes an address of
            url = RepositoryUrl.parse(re.sub(_CREDENTIALS, r"\1", self.run("remote", "get-url", "origin").strip()))
        if url.ssh_host:
            url = ssh.without_alias(url, (self.answer("config", "--get", "core.sshCommand") or "").strip())
        return url.absolute(self.directory)

    def commit_time(self, commit: Commit) -> str:
        """Return a commit's time in UTC, in the form of RFC 3339."""
        env = {"TZ": "UTC0"}
        form = "--date=format-local:%Y-%m-%dT%H:%M:%SZ"
        return self.run("show", "--no-patch", "--format=%cd", form, str(commit), env=env).strip()

    def seconds_of(self, commit: Commit) -> int:
        """Return a commit's time, in seconds since 1970."""
        return int(self.run("show", "--no-patch", "--format=%ct", str(commit)))

    def content_before_last_change(self, path: str) -> bytes | None:
        """Return a file's content before its last change; None where no commit has that, or it is too large."""
        commits = self.lines("log", "--max-count=2", "--format=%H", "HEAD", "--", path)
        if len(commits) < 2:  # noqa: PLR2004 - the last one and the one before
            return None
        return self.contents_at(commits[1], [f"{self.prefix()}{path}"]).get(f"{self.prefix()}{path}")

    def default_branch(self) -> str | None:
        """Return origin's default branch, as it was at the last clone; None where origin has no commit yet."""
        name = self.answer("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        return name.strip().removeprefix("refs/remotes/origin/") if name else None

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Return whether a commit is in another one's history, or is that one."""
        return self.answer("merge-base", "--is-ancestor", older, newer) is not None

    def commit_at_origin(self, ref: str) -> Commit | None:
        """Return the commit that a ref names at origin now, or None where origin has no such ref."""
        sha = self.run("ls-remote", "origin", ref).partition("\t")[0]
        return _commit(sha) if sha else None

    def branch_at_origin(self, name: str) -> Commit | None:
        """Return the commit of origin's branch at the last fetch, or None where origin had no such branch."""
        return self.commit_of_ref(f"refs/remotes/origin/{name}")

    def heads_at_origin(self) -> tuple[str, ...]:
        """Return the commit of each branch that origin had at the last fetch."""
        return self.lines("for-each-ref", "--format=%(objectname)", "refs/remotes/origin")

    def files_at(self, commit: str, *places: str) -> frozenset[str]:
        """Return what the repository has in folders, or of files, at a commit: path, mode and content of each file."""
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *places)
        return frozenset(filter(None, listed.split("\0")))

    def ci_paths(self, commit: str) -> tuple[str, ...]:
        """Return the paths of a commit's workflows, and of other CIs' files; of links none: GitHub follows none."""
        listed = self.files_at(commit, WORKFLOWS, *OTHER_CI)
        found = (line.partition("\t")[2] for line in listed if not line.startswith(_LINK))
        return tuple(sorted(filter(is_ci, found), key=ci_order))

    def restore(self, folder: str, commit: str) -> None:
        """Restore a folder as it is at another commit: its files are added, changed and removed."""
        self.run("restore", f"--source={commit}", "--staged", "--worktree", "--", folder)

    def tag_trailers(self, key: str) -> Mapping[str, str]:
        """Return the trailer of this key in each tag's own message; empty where the message has none.

        Git's own `contents:trailers` finds none where a signature follows it.
        """
        body = "%(contents:body)"  # a lightweight tag's would be its commit's
        form = f"%(refname:lstrip=2)%00%(if:equals=tag)%(objecttype)%(then){body}%(end)%00"
        texts = self.run("for-each-ref", f"--format={form}", "refs/tags").split("\0")
        return {name.lstrip("\n"): _trailer(body, key) for name, body in zip(texts[::2], texts[1::2], strict=False)}

    def checkout(self, commit: Commit) -> None:
        """Check a commit out, with a detached HEAD."""
        self.run("checkout", "--quiet", "--force", "--detach", str(commit))

    def commit(self, message: str, *paths: str) -> Commit:
        """Commit the changes of these files, and return the new commit."""
        self.run("commit", "--quiet", "--only", "--message", message, "--", *paths)
        return self.head()

    def tag(self, name: str, message: str) -> None:
        """Create an annotated tag at HEAD."""
        self.run("tag", "--annotate", "--message", message, "--end-of-options", name)

    def delete_tag(self, name: str) -> None:
        """Remove a tag here."""
        self.run("tag", "--delete", "--end-of-options", name)

    def go_back(self, commit: Commit) -> None:
        """Let the branch end at an earlier commit again, and the files be as it has them; others are kept."""
        self.run("reset", "--quiet", "--keep", str(commit))

    def push(self, branch: str, tag: str) -> None:
        """Push a tag to origin, and HEAD's commit to the branch where one is named: both or neither."""
        branches = [f"HEAD:refs/heads/{branch}"] if branch else []
        self.run("push", "--quiet", "--atomic", "origin", *branches, f"refs/tags/{tag}")


def _commit(sha: str) -> Commit:
    from ltf_ci.model.commit import Commit  # `check` must not pay for it

    return Commit.parse(sha)


def _refs(listed: str) -> Mapping[str, Commit]:
    found: dict[str, Commit] = {}
    for line in lines_of(listed):
        sha, _, name = line.partition("\t")
        found[name.removesuffix("^{}")] = _commit(sha)  # ^{} comes last
    return found


def _is_plain(url: RepositoryUrl | str) -> bool:
    return str(url).startswith("http://")


def _trailer(message: str, key: str) -> str:
    """Return the value of this key in a message's last paragraph."""
    lines = message.strip().rpartition("\n\n")[2].split("\n")
    return next((line.partition(": ")[2].strip() for line in lines if line.startswith(f"{key}: ")), "")
