"""The one door to git: what it is run with, and what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

from ltf_ci.clients import process
from ltf_ci.clients.git import refusals, settings
from ltf_ci.errors import AccessDenied, GitFailed, LtfError, MissingTool, NoRepository
from ltf_ci.model.github_host import AT_GITHUB, GithubHost

if TYPE_CHECKING:
    from ltf_ci.clients.git.login import Login
    from ltf_ci.clients.limits import Limits

OLDEST = (2, 30)  # the first that knows all options that are used
PATIENCE = 180  # seconds
_ASK_A_SERVER = frozenset({"clone", "fetch", "ls-remote", "push", "checkout", "restore"})  # a partial clone fetches
_CURE = "see that `git ls-remote origin` answers here: its address is what `git remote get-url origin` shows"
_NO_QUESTIONS = {"GIT_ASKPASS": ""}
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # no other clone has what `git replace` shows here
    "GIT_TRACE_REDACT": "1",  # no token in a trace
    "LC_ALL": "C",
}
_WORTH_A_LINE = ("warning: ", "remote: ")
_NOT_WORTH_A_LINE = "is ignored in local clones"  # git's word about our own option
_OF_ANY_FAILURE = (  # lines that git prints whatever it was
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
)
_CREDENTIALS_IN_ADDRESS = r"(?<=//)[^/\s]*@"  # git hides a password, but not the rest of one that has an @ in it
_NO_MEMORY = "Out of memory"
_TRACE = rb"(?m)^(?:remote: )?[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} .*\n?"  # what GIT_TRACE and its like print


class GitProgram:
    """The git program, run in one folder. A text of a file or server is never passed where git reads options."""

    def __init__(
        self,
        directory: Path,
        login: Login | None = None,
        log: Callable[[str], None] = lambda _line: None,
        seconds: float = PATIENCE,
        limits: Limits | None = None,
        github: GithubHost = AT_GITHUB,
    ) -> None:
        """`login` and `limits` are for the calls that ask a server; `log` is called with git's own warnings.

        `seconds` is how long one call about another repository may take. `github` is the one whose repositories are
        known by several addresses.
        """
        self.directory = directory
        self.login = login
        self.log = log
        self.seconds = seconds
        self.limits = limits
        self.github = github

    def run(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        limits: Limits | None = None,
        is_plain: bool = False,
    ) -> str:
        """Run git and return what it prints; raise AccessDenied, NoRepository, GitFailed or MissingTool.

        `is_plain` is of an address of plain http: only then may git be redirected to another.
        """
        ended = self.attempt(*words, env=env, stdin=stdin, limits=limits, is_plain=is_plain)
        if ended.status != 0:
            raise self.failure(words, ended)
        return ended.text

    def lines(self, *words: str) -> tuple[str, ...]:
        """Run git and return the lines that it prints; raise as `run` does."""
        return lines_of(self.run(*words))

    def attempt(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        limits: Limits | None = None,
        is_plain: bool = False,
        config: Path | None = None,
    ) -> process.Finished:
        """Run git and return how it ended; `config` is a file of settings that count besides the user's."""
        asks = current_thread() is main_thread()  # many would ask for a password at once
        more_env = {**_ENVIRONMENT, **({} if asks else _NO_QUESTIONS), **(env or {})}
        options = settings.every_call(asks=asks, is_plain=is_plain)
        options += ["-c", f"include.path={config}"] if config else []
        asks_a_server = words[0] in _ASK_A_SERVER
        limits = limits or (self.limits if asks_a_server else None)
        options += settings.unbound_helpers(self._configured(options, settings.HELPERS)) if limits else []
        logs_in = self.login.given(self._headers) if self.login and asks_a_server else nullcontext(((), ()))
        with logs_in as (more_options, fds):
            command = ["git", *options, *more_options, *words]
            ended = process.run(command, cwd=self.directory, more_env=more_env, stdin=stdin, limits=limits, fds=fds)
        if ended.errors:
            ended = ended._replace(errors=re.sub(_TRACE, b"", ended.errors))
        for line in ended.complaint.split("\n") if ended.status == 0 else ():
            if line.startswith(_WORTH_A_LINE) and _NOT_WORTH_A_LINE not in line:
                self.log(_without_credentials(line))
        return ended

    def answer(self, *words: str) -> str | None:
        """Return what git prints, or None where it ends with status 1: its own word for "no"; else raise as `run`."""
        ended = self.attempt(*words)
        if ended.status == 1:
            return None
        if ended.status != 0:
            raise self.failure(words, ended)
        return ended.text

    def top(self) -> Path:
        """Return the top folder of the repository's work tree."""
        return Path(self._place[0])

    def common_folder(self) -> Path:
        """Return git's own folder, which all work trees of the repository share."""
        return (self.directory / self._place[2]).resolve()

    def prefix(self) -> str:
        """Return the folder's path inside its repository: empty at its top, else with a `/` at its end."""
        return self._place[1]

    @cached_property
    def _place(self) -> tuple[str, ...]:
        """What the three above say, which does not change: by one call, if no name has a line's end in it."""
        words = ("--show-toplevel", "--show-prefix", "--git-common-dir")
        found = self.run("rev-parse", *words).removesuffix("\n").split("\n")
        if len(found) != len(words):
            found = [self.run("rev-parse", word).removesuffix("\n") for word in words]
        return tuple(found)

    def failure(self, words: Sequence[str], ended: process.Finished) -> LtfError:
        """Return the error that a failed call means."""
        if (version := self.version()) < OLDEST:
            return _too_old(version)
        if ended.status in (process.TIMED_OUT, process.TOO_LARGE) or _NO_MEMORY in ended.complaint:
            return _beyond_limits(words, ended)
        printed = _without_credentials(ended.complaint or ended.text.strip()).replace("\r", "")
        found = f"git {words[0]} failed{_where(self.directory)}: {printed}"
        if unsafe := refusals.safe_directory(printed):
            shown = found.partition("\nTo add an exception")[0]
            return GitFailed(shown, expected="a repository that git trusts", cure=unsafe)
        kinds = {AccessDenied: refusals.DENIED, NoRepository: refusals.NO_REPOSITORY}
        kind = next((kind for kind, texts in kinds.items() if refusals.is_any(texts, printed)), GitFailed)
        if kind is NoRepository and (there := self._led_nowhere()):
            cure = f"`git worktree repair` in the repository of {there}, if that was moved; else clone it again"
            return GitFailed(found, expected="a repository where the file .git leads to", cure=cure)
        if refusals.is_any(refusals.DAMAGED, printed) or (kind is NoRepository and self._is_damaged()):
            expected = "a repository that git can read"
            return GitFailed(found, expected=expected, cure="`git fsck` shows what is wrong; else clone it again")
        return (
            _no_repository(self.directory, printed) if kind is NoRepository else _refusal(kind, words, printed, found)
        )

    @cached_property
    def _headers(self) -> tuple[str, ...]:
        """The keys by which the user's configuration has headers for addresses of their own."""
        listed = self._configured([], "--name-only", r"^http\..*\.extraheader$")
        return tuple(dict.fromkeys(filter(None, listed.split("\0"))))

    def _configured(self, options: Sequence[str], *keys: str) -> str:
        words = ["git", *options, "config", "--null", "--get-regexp", *keys]
        return process.run(words, cwd=self.directory, more_env=_ENVIRONMENT).text

    def _is_damaged(self) -> bool:
        """Whether there is a repository, and git cannot read it, or not the commit that HEAD names."""
        if self.attempt("rev-parse", "--git-dir").status == 0:
            return self.attempt("rev-parse", "--quiet", "--verify", "HEAD").status == 0
        return self._own_place() is not None

    def _own_place(self) -> Path | None:
        """Return what is called .git in the folder, or in the nearest above it on its file system, as git looks."""
        folder = self.directory.resolve()
        device = folder.stat().st_dev
        places = (each / ".git" for each in (folder, *folder.parents) if each.stat().st_dev == device)
        return next((each for each in places if each.exists() or each.is_symlink()), None)

    def _led_nowhere(self) -> str:
        """Return the folder that a file .git, of a worktree or a submodule, leads to, where that does not exist."""
        place = self._own_place()
        if place is None or not place.is_file():
            return ""
        there = place.read_text("utf-8", "replace").partition("gitdir:")[2].strip()
        return "" if (place.parent / there).exists() else there

    def version(self) -> tuple[int, ...]:
        """Return git's own version: major and minor number; nothing of it where it cannot be read."""
        found = re.match(r"git version (\d+)\.(\d+)", process.run(["git", "version"]).text)
        return tuple(map(int, found.groups())) if found else OLDEST


def lines_of(printed: str) -> tuple[str, ...]:
    """Return the lines that git printed: a ref's name may have what splitlines() splits at."""
    return tuple(filter(None, printed.split("\n")))


def _without_credentials(text: str) -> str:
    return re.sub(_CREDENTIALS_IN_ADDRESS, "***@", text)


def _refusal(kind: type[LtfError], words: Sequence[str], printed: str, found: str) -> LtfError:
    asks_origin = words[0] in _ASK_A_SERVER and "origin" in words
    expected = "an origin that answers" if asks_origin else ""
    cure = refusals.cure_for(printed) or (_CURE if asks_origin else "")
    return kind(_short(found), expected=expected, cure=cure)


def _no_repository(directory: Path, printed: str) -> NoRepository:
    """Return that a folder is no repository, or one without a commit, in words that git has not for it."""
    folder = directory.absolute()
    if "not a git repository" in printed:
        cure = "go to the clone, or name it: ltf-ci -C FOLDER; for a new one: git init"
        return NoRepository(f"{folder} is no git repository", expected="a clone, or what `git init` made", cure=cure)
    cure = "git add its files, and git commit"
    return NoRepository(f"{folder} has no commit yet", expected="a git repository with a commit", cure=cure)


def _where(directory: Path) -> str:
    """Return where git ran, if that is a folder that its user knows."""
    from ltf_ci.clients.own_names import Maker  # for what failed alone

    is_ours = any(Maker.of(part.lstrip(".")) for part in directory.parts)
    return "" if is_ours or directory == Path() else f" in {directory}"


def _short(text: str) -> str:
    """Return what git printed without the lines that it prints whatever failed."""
    return "\n".join(line for line in text.split("\n") if line.strip() and line.strip() not in _OF_ANY_FAILURE)


def _too_old(version: tuple[int, ...]) -> MissingTool:
    needed = ".".join(map(str, OLDEST))
    return MissingTool(f"git is of version {'.'.join(map(str, version))}", expected=needed, cure="install a newer git")


def _beyond_limits(words: Sequence[str], ended: process.Finished) -> GitFailed:
    if ended.status == process.TIMED_OUT:
        found, expected = f"git {words[0]} was ended: it took too long", "an answer in time"
        return GitFailed(found, expected=expected, cure="check that the server is well; run it again")
    found, expected = f"git {words[0]} was ended: it received too much", "a repository of a usual size"
    return GitFailed(found, expected=expected, cure="check that it is the repository that you meant")
