"""The one door to git."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ltf_ci.clients import process
from ltf_ci.errors import AccessDenied, GitFailed, LtfError, NoRepository
from ltf_ci.model.commit import Commit
from ltf_ci.model.file_text import text_of

if TYPE_CHECKING:
    from ltf_ci.model.repository_url import RepositoryUrl
    from ltf_ci.model.secret import Secret

_SAFE = ("-c", "protocol.ext.allow=never", "-c", "core.askPass=", "-c", "credential.interactive=false")
_USUAL = ("-c", "clone.defaultRemoteName=origin", "-c", "log.showSignature=false")  # whatever is the user's own
_DEAD = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=120")  # seconds without a byte: nobody is there
_FLEETING = ("--template=", "--config=core.fsync=none")  # .git is thrown away: no hooks, and no wait for the disk
_CREDENTIALS = r"(?i)^(https?://)[^/]*@"
_IN_ADDRESS = r"(?<=//)[^/\s]*@"  # git hides a password, but not what stands behind an @ in it
_DENIED = ("Authentication failed", "could not read Username", "Permission denied", "error: 403")
_NO_REPOSITORY = (
    "not a git repository",
    "malformed object name HEAD",
    "malformed object name 'HEAD'",
    "bad revision 'HEAD'",
    "ambiguous argument 'HEAD'",
)


def login_of(server: str, token: Secret) -> Mapping[str, str]:
    """Return the environment in which git is let in at a GitHub by a token, and shows it to no other server."""
    from ltf_ci.model.access import Credentials  # seldom needed

    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server.rstrip('/')}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {Credentials('x-access-token', token).basic()}",
    }


class Git:
    """Git in one folder. What comes from a file or a server never stands where git looks for options."""

    def __init__(self, directory: Path, login: Mapping[str, str] | None = None) -> None:
        """Work in a folder; `login` is the environment by which git is let in at origin."""
        self.directory = directory
        self._login = login or {}

    def head(self) -> Commit:
        """Return the commit at HEAD."""
        return Commit.parse(self.ask("rev-parse", "--verify", "HEAD^{commit}").strip())

    def commit_of(self, tag: str) -> Commit | None:
        """Return the commit that a tag names here, or None where there is no such tag."""
        return self.commit_of_ref(f"refs/tags/{tag}")

    def commit_of_ref(self, ref: str) -> Commit | None:
        """Return the commit that a ref names here, by its full name, or None where there is no such ref."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        found = self._try(*words)
        if found.status not in (0, 1):
            raise self._failed(words, found)
        return Commit.parse(found.text.strip()) if found.status == 0 else None

    def text_at(self, commit: Commit, path: str) -> str | None:
        """Return a file's text at a commit, or None where it is not there."""
        found = self._try("cat-file", "blob", f"{commit}:{path}")
        return text_of(found.output, path) if found.status == 0 else None

    def tags_at_head(self) -> tuple[str, ...]:
        """Return the tags at HEAD."""
        return self._lines("for-each-ref", "--points-at=HEAD", "--format=%(refname:lstrip=2)", "refs/tags")

    def tags(self) -> tuple[str, ...]:
        """Return all tags that are here."""
        return self._lines("for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags")

    def tags_with(self, commit: Commit) -> tuple[str, ...]:
        """Return the tags that name a commit, or one after it."""
        return self._lines("for-each-ref", f"--contains={commit}", "--format=%(refname:lstrip=2)", "refs/tags")

    def remote_tags(self, url: RepositoryUrl | str) -> Mapping[str, Commit]:
        """Ask a repository, or the remote of this name, which commit each of its tags names."""
        return {name.removeprefix("refs/tags/"): commit for name, commit in self._remote(url, "--tags").items()}

    def remote_refs(self, url: RepositoryUrl) -> Mapping[str, Commit]:
        """Ask a repository which commit each of its tags and branches names, by its full name."""
        return self._remote(url, "--tags", "--heads")

    def _remote(self, url: RepositoryUrl | str, *kinds: str) -> Mapping[str, Commit]:
        found: dict[str, Commit] = {}
        for line in self._lines("ls-remote", *kinds, "--", str(url)):
            sha, _, name = line.partition("\t")
            found[name.removesuffix("^{}")] = Commit.parse(sha)  # ^{} comes last
        return found

    def is_clean(self) -> bool:
        """Whether nothing is changed, added or removed since HEAD, but for files that git does not know."""
        return not self.ask("status", "--porcelain", "--untracked-files=no").strip()

    def unknown(self, folder: str) -> frozenset[str]:
        """Return the files of a folder that git does not know, those that it ignores too."""
        return frozenset(self.ask("ls-files", "-z", "--others", "--", folder).split("\0"))

    def is_as_committed(self, path: str) -> bool:
        """Whether a file is as HEAD has it."""
        return not self.ask("status", "--porcelain", "--", path).strip()

    def branch(self) -> str | None:
        """Return the branch that is checked out, or None where HEAD is detached."""
        found = self._try("symbolic-ref", "--quiet", "HEAD")  # --short would say `heads/x` where there is a tag `x`
        return found.text.strip().removeprefix("refs/heads/") if found.status == 0 else None

    def has_remote(self, name: str = "origin") -> bool:
        """Whether there is a remote of this name."""
        return name in self._lines("remote")

    def origin(self) -> RepositoryUrl | None:
        """Return origin's address as seen from everywhere, without credentials; None where there is no origin."""
        from ltf_ci.model.repository_url import RepositoryUrl

        found = self._try("remote", "get-url", "origin")
        if found.status != 0:
            return None
        return RepositoryUrl.parse(re.sub(_CREDENTIALS, r"\1", found.text.strip())).absolute(self.directory)

    def commit_time(self, commit: Commit) -> str:
        """Return a commit's time in UTC, as RFC 3339 writes it."""
        env = {"TZ": "UTC0"}
        form = "--date=format-local:%Y-%m-%dT%H:%M:%SZ"
        return self.ask("show", "--no-patch", "--format=%cd", form, str(commit), env=env).strip()

    def previous(self, path: str) -> bytes | None:
        """Return a file's content at the commit before the last one that changed it; None where there is none."""
        commits = self._lines("log", "--max-count=2", "--format=%H", "HEAD", "--", path)
        if len(commits) < 2:  # noqa: PLR2004 - the last one and the one before
            return None
        found = self._try("cat-file", "blob", f"{commits[1]}:./{path}")
        return found.output if found.status == 0 else None

    def default_branch(self) -> str | None:
        """Return the branch that a clone's origin has checked out; None where it has no commit yet."""
        found = self._try("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        return found.text.strip().removeprefix("refs/remotes/origin/") if found.status == 0 else None

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether a commit is in another one's history, or is that one."""
        return self._try("merge-base", "--is-ancestor", older, newer).status == 0

    def remote_head(self, ref: str) -> str:
        """Ask origin where a ref is now; nothing where it is not there."""
        return self.ask("ls-remote", "origin", ref).partition("\t")[0]

    def clone_at(self, url: RepositoryUrl, ref: str) -> None:
        """Clone one tag or branch of a repository into the folder, without its history."""
        words = ("--quiet", "--depth=1", f"--branch={ref}", "--single-branch", *_FLEETING)
        self.ask("clone", *words, "--", str(url), ".")

    def clone_commit(self, url: RepositoryUrl, commit: str) -> None:
        """Clone a commit that no tag or branch names into the folder; it may be a short one, of hexadecimal digits."""
        self.ask("clone", "--quiet", "--no-checkout", "--filter=blob:none", "--", str(url), ".")
        self.ask("checkout", "--quiet", "--detach", commit)

    def clone_of_origin(self, folder: Path) -> Git:
        """Clone origin into a folder, and give git there; what is here already is not fetched again.

        A partial clone has commits without their files, and git would take both for being here.
        """
        url = self.ask("remote", "get-url", "origin").strip()
        here = self.ask("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
        is_partial = self._try("config", "--get-regexp", r"^remote\..*\.promisor$").status == 0
        reference = () if is_partial else (f"--reference-if-able={here}",)
        Git(self._top(), self._login).ask("clone", "--quiet", "--no-checkout", *reference, "--", url, str(folder))
        return Git(folder, self._login)

    def prefix(self) -> str:
        """Return the folder's path inside its repository: nothing at its top, else with a `/` at the end."""
        return self.ask("rev-parse", "--show-prefix").strip()

    def branch_at_origin(self, name: str) -> Commit | None:
        """Return where a branch was at origin when it was last fetched, or None where it was not there."""
        return self.commit_of_ref(f"refs/remotes/origin/{name}")

    def heads_at_origin(self) -> tuple[str, ...]:
        """Return the commit of each branch that origin had when it was last fetched."""
        return self._lines("for-each-ref", "--format=%(objectname)", "refs/remotes/origin")

    def files_at(self, commit: str, folder: str) -> frozenset[str]:
        """Return what a folder of the repository holds at a commit: a text for each file's path, mode and content."""
        listed = self.ask("ls-tree", "-r", "-z", "--full-tree", commit, "--", folder)
        return frozenset(filter(None, listed.split("\0")))

    def take(self, folder: str, commit: str) -> None:
        """Make a folder as it is at another commit: its files are added, changed and removed."""
        self.ask("restore", f"--source={commit}", "--staged", "--worktree", "--", folder)

    def tag_trailers(self, key: str) -> Mapping[str, str]:
        """Return what each tag's own message says in the trailer of this key: nothing where it has none.

        Git's own `contents:trailers` finds none where a signature stands behind it.
        """
        body = "%(contents:body)"  # a lightweight tag's would be its commit's
        form = f"%(refname:lstrip=2)%00%(if:equals=tag)%(objecttype)%(then){body}%(end)%00"
        texts = self.ask("for-each-ref", f"--format={form}", "refs/tags").split("\0")
        return {name.lstrip("\n"): _trailer(body, key) for name, body in zip(texts[::2], texts[1::2], strict=False)}

    def switch(self, commit: Commit) -> None:
        """Check a commit out."""
        self.ask("checkout", "--quiet", "--force", "--detach", str(commit))

    def commit(self, message: str, *paths: str) -> Commit:
        """Commit changed files."""
        self.ask("commit", "--quiet", "--only", "--message", message, "--", *paths)
        return self.head()

    def tag(self, name: str, message: str) -> None:
        """Make an annotated tag at HEAD."""
        self.ask("tag", "--annotate", "--message", message, "--end-of-options", name)

    def push(self, branch: str, tag: str) -> None:
        """Push a tag to origin, and HEAD's commit to the branch where one is named: both or neither."""
        branches = [f"HEAD:refs/heads/{branch}"] if branch else []
        self.ask("push", "--quiet", "--atomic", "origin", *branches, f"refs/tags/{tag}")

    def _top(self) -> Path:
        return Path(self.ask("rev-parse", "--show-toplevel").strip())

    def _lines(self, *words: str) -> tuple[str, ...]:
        return tuple(filter(None, self.ask(*words).split("\n")))  # a ref's name may have what splitlines() splits at

    def _try(self, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> process.Finished:
        more_env = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **self._login, **(env or {})}
        return process.run(["git", *_SAFE, *_USUAL, *_DEAD, *words], cwd=self.directory, more_env=more_env, stdin=stdin)

    def ask(self, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> str:
        """Run git and give what it prints; raise AccessDenied, NoRepository or GitFailed."""
        ended = self._try(*words, env=env, stdin=stdin)
        if ended.status != 0:
            raise self._failed(words, ended)
        return ended.text

    def _failed(self, words: Sequence[str], ended: process.Finished) -> LtfError:
        said = ended.complaint
        kinds = {AccessDenied: _DENIED, NoRepository: _NO_REPOSITORY}
        kind = next((kind for kind, texts in kinds.items() if any(text in said for text in texts)), GitFailed)
        return kind(
            f"git {words[0]} failed in {self.directory}: {re.sub(_IN_ADDRESS, '***@', said or ended.text.strip())}"
        )


def _trailer(message: str, key: str) -> str:
    """Return what a message's last paragraph says on the line of this key."""
    lines = message.strip().rpartition("\n\n")[2].split("\n")
    return next((line.partition(": ")[2].strip() for line in lines if line.startswith(f"{key}: ")), "")
