"""The one door to git: what it is run with, and what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ltf_ci.clients import process
from ltf_ci.errors import AccessDenied, GitFailed, LtfError, NoRepository

if TYPE_CHECKING:
    from ltf_ci.model.secret import Secret

_NO_PROMPT_NO_HELPER = ("-c", "protocol.ext.allow=never", "-c", "core.askPass=", "-c", "credential.interactive=false")
_DEFAULTS = ("-c", "clone.defaultRemoteName=origin", "-c", "log.showSignature=false")  # whatever the user configured
_TIME_LIMIT = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=120")  # bytes a second, for so many seconds
_OPTIONS = (*_NO_PROMPT_NO_HELPER, *_DEFAULTS, *_TIME_LIMIT)
_CREDENTIALS_IN_ADDRESS = r"(?<=//)[^/\s]*@"  # git hides a password, but not the rest of one that has an @ in it
_DENIED = ("Authentication failed", "could not read Username", "Permission denied", "error: 403")
_NO_REPOSITORY = (
    "not a git repository",
    "malformed object name HEAD",
    "malformed object name 'HEAD'",
    "bad revision 'HEAD'",
    "ambiguous argument 'HEAD'",
)


def login_of(server: str, token: Secret) -> Mapping[str, str]:
    """Return the environment in which git logs in at a GitHub by a token, which it sends to no other server."""
    from ltf_ci.model.access import Credentials  # seldom needed

    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server.rstrip('/')}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {Credentials('x-access-token', token).basic()}",
    }


class GitProgram:
    """The git program, run in one folder. A text of a file or server is never passed where git reads options."""

    def __init__(self, directory: Path, login: Mapping[str, str] | None = None) -> None:
        """`login` is the environment by which git logs in at origin."""
        self.directory = directory
        self.login = login or {}

    def run(self, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> str:
        """Run git and return what it prints; raise AccessDenied, NoRepository or GitFailed."""
        ended = self.attempt(*words, env=env, stdin=stdin)
        if ended.status != 0:
            raise self.failure(words, ended)
        return ended.text

    def lines(self, *words: str) -> tuple[str, ...]:
        """Run git and return the lines that it prints; raise as `run` does."""
        return tuple(filter(None, self.run(*words).split("\n")))  # a ref's name may have what splitlines() splits at

    def attempt(self, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> process.Finished:
        """Run git and return how it ended."""
        more_env = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **self.login, **(env or {})}
        return process.run(["git", *_OPTIONS, *words], cwd=self.directory, more_env=more_env, stdin=stdin)

    def failure(self, words: Sequence[str], ended: process.Finished) -> LtfError:
        """Return the error that a failed call means."""
        printed = ended.complaint
        kinds = {AccessDenied: _DENIED, NoRepository: _NO_REPOSITORY}
        kind = next((kind for kind, texts in kinds.items() if any(text in printed for text in texts)), GitFailed)
        message = re.sub(_CREDENTIALS_IN_ADDRESS, "***@", printed or ended.text.strip())
        return kind(f"git {words[0]} failed in {self.directory}: {message}")
