"""A git repository's address: an https, ssh or file URL, or a path on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.errors import BadInput

_URL = re.compile(r"(?P<scheme>https?|ssh|git|file)://(?P<rest>[^\s?#\x00-\x1f\x7f-\x9f\ud800-\udfff]+)")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:(?![/:])[^\s:?#\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_PATH = re.compile(r"(?:[A-Za-z0-9_.~/][^\s:?#\x00-\x1f\x7f-\x9f\ud800-\udfff]*)")
_CREDENTIALS = re.compile(r"(?!(?:ssh://)?[^/:@]+@)(?:[^/]*://)?[^/]*@")  # a user of ssh is none
GITHUB = "github.com"
_EXPECTED = "https://HOST/OWNER/NAME (`.git` optional), an ssh address, or a path on this machine"


@dataclass(frozen=True, slots=True)
class RepositoryUrl:
    """A git repository's address; `text` has the original spelling."""

    text: str

    @classmethod
    def parse(cls, text: str) -> RepositoryUrl:
        """Read an address; options (`--upload-pack=x`), helpers (`ext::sh`) and credentials raise BadInput."""
        if _CREDENTIALS.match(text):
            raise BadInput("a repository's address with credentials in it", expected=_EXPECTED)
        if not (_URL.fullmatch(text) or _SCP.fullmatch(text) or _PATH.fullmatch(text)):
            raise BadInput(f"{text[:200]!r} is not a git repository's address", expected=_EXPECTED)
        return cls(text)

    def __str__(self) -> str:
        return self.text

    @property
    def is_local(self) -> bool:
        """Whether it is a path or file URL on this machine."""
        return self.text.startswith("file://") or not (_URL.fullmatch(self.text) or _SCP.fullmatch(self.text))

    def absolute(self, folder: Path) -> RepositoryUrl:
        """Return a path as an absolute one, relative to `folder`; a URL is returned unchanged."""
        is_path = self.is_local and not self.text.startswith("file://")
        return RepositoryUrl(str((folder / self.text).resolve())) if is_path else self

    @property
    def key(self) -> str:
        """The same text for all spellings of one repository: without scheme, user, `.git` and last slashes."""
        text = self.text.rstrip("/").removesuffix(".git").rstrip("/")
        host, path = _host_and_path(text)
        if not host:
            return text
        return f"{host}/{path.lower() if host == GITHUB else path}"

    @property
    def host(self) -> str:
        """The host; `this machine` for a path."""
        return _host_and_path(self.text)[0] or "this machine"

    @property
    def github(self) -> str:
        """OWNER/NAME of a repository at github.com; empty elsewhere."""
        host, path = _host_and_path(self.text.rstrip("/").removesuffix(".git"))
        return path if host == GITHUB and path.count("/") == 1 else ""

    @property
    def name(self) -> str:
        """The repository's short name: the last part of its path."""
        return re.split(r"[/:]", self.key)[-1]

    @property
    def public(self) -> RepositoryUrl:
        """The address without `.git` that needs no ssh key: https for an ssh address at github.com."""
        host, path = _host_and_path(self.text)
        if host == GITHUB and not self.text.startswith("http"):
            return RepositoryUrl(f"https://{GITHUB}/{path.removesuffix('.git')}")
        return self if self.is_local else RepositoryUrl(self.text.removesuffix(".git"))


def _host_and_path(text: str) -> tuple[str, str]:
    """Split an address, without a user; a path on this machine has no host."""
    match = _URL.fullmatch(text)
    if not match and not _SCP.fullmatch(text):
        return "", text
    rest = match["rest"] if match else text.replace(":", "/", 1)
    host, _, path = rest.partition("/")
    return host.rpartition("@")[2].lower(), path
