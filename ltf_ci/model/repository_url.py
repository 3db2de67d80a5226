"""A git repository's address: an https, ssh or file URL, or a path on this machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from ltf_ci.errors import BadInput

_SIGNS = r"!$%&'*+,\-./0-9;=@A-Z\[\]_a-z~"  # ASCII, but for a colon and what markdown, HTML or a URL would read
_SIGN = rf"[:{_SIGNS}]"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?"
# Patterns are texts: `re` compiles and keeps each when it is first used, and `check` does not wait for all of them.
_URL = (
    rf"(?P<scheme>https?|ssh|git\+ssh|ssh\+git|git)://(?:(?P<user>[A-Za-z0-9_.-]+)@)?"
    rf"(?P<host>{_HOST}|\[[0-9A-Fa-f:.]+\])(?::0*(?P<port>[0-9]{{0,5}}))?(?P<path>/{_SIGN}*)?"
)
_FILE = r"file://[^\s?#\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_SCP = rf"(?:[A-Za-z0-9_.-]+@(?P<host>{_HOST})|(?P<named>{_HOST})):(?!//|/?:)(?P<path>[{_SIGNS}]+)"
_PATH = r"(?:[A-Za-z0-9_.~/][^\s:?#\x00-\x1f\x7f-\x9f\ud800-\udfff]*)"
_CREDENTIALS = r"(?!(?:(?:git\+)?ssh(?:\+git)?://)?[^/:@]+@)(?:[^/]*://)?[^/]*@"  # a user of ssh is none
_NAME = r"(?:[a-z0-9-]+\.)+[a-z]{2,}"  # of a host that more machines know than one
_PUNYCODE = r"(?i:(?:^|\.)xn--)"
_LONGEST = 4_096  # characters, as of a path: the patterns' time grows with the square
GITHUB = "github.com"
_BY_443 = {  # ssh of these hosts, where a firewall lets no port 22 out
    f"ssh.{GITHUB}": GITHUB,
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
_ALIASES = {f"www.{GITHUB}": GITHUB, **_BY_443}
_PORTS = {"https": "443", "http": "80", "ssh": "22", "git": "9418"}
_EXPECTED = "https://HOST/OWNER/NAME (`.git` optional), an ssh address, or a path on this machine"


class RepositoryUrl(NamedTuple):
    """A git repository's address; `text` has the original spelling."""

    text: str

    @classmethod
    def parse(cls, text: str) -> RepositoryUrl:
        """Read an address; options (`--upload-pack=x`), helpers (`ext::sh`) and credentials raise BadInput."""
        if len(text) > _LONGEST:
            raise BadInput(
                f"a repository's address of {len(text):,} characters: {text[:60]!a}…",
                expected=f"at most {_LONGEST:,}",
                cure="correct the address",
            )
        if re.match(_CREDENTIALS, text):
            raise BadInput(
                "a repository's address with credentials in it",
                expected=_EXPECTED,
                cure="remove the credentials: git asks its own helpers for them",
            )
        if not (_remote(text) or re.fullmatch(_FILE, text) or re.fullmatch(_PATH, text)):
            strange = dict.fromkeys(sign for sign in text if not sign.isascii()) if "://" in text else ()
            letters = f", with {', '.join(f'U+{ord(sign):04X}' for sign in list(strange)[:8])}" if strange else ""
            raise BadInput(
                f"{text[:200]!a} is not a git repository's address{letters}",
                expected=_EXPECTED,
                cure="correct the address",
            )
        return cls(text)

    def __str__(self) -> str:
        return self.text

    @property
    def is_local(self) -> bool:
        """Whether it is a path or file URL on this machine."""
        return not _remote(self.text)

    def absolute(self, folder: Path) -> RepositoryUrl:
        """Return a path as an absolute one, relative to `folder`; a URL is returned unchanged."""
        is_path = self.is_local and not self.text.startswith("file://")
        return RepositoryUrl(str((folder / self.text).resolve())) if is_path else self

    @property
    def key(self) -> str:
        """The same text for all spellings of one repository: without scheme, user, usual port and `.git`."""
        host, path = _host_and_path(self.text)
        stem = _stem(_plain(path) if host else path)
        return f"{host}/{stem.lower() if host == GITHUB else stem}" if host else stem

    @property
    def host(self) -> str:
        """The host, with a port that is not the usual one; `this machine` for a path."""
        return _host_and_path(self.text)[0] or "this machine"

    @property
    def is_punycode(self) -> bool:
        """Whether the host's name is written for letters beyond ASCII, which may look like others."""
        return bool(re.search(_PUNYCODE, _host_and_path(self.text)[0]))

    def name_at(self, github: str) -> str:
        """Return OWNER/NAME of a repository at this host, which is a GitHub; empty elsewhere."""
        host, path = _host_and_path(self.text)
        stem = _stem(_plain(path))
        return stem if host == github and stem.count("/") == 1 else ""

    @property
    def name(self) -> str:
        """The repository's short name: the last part of its path."""
        return re.split(r"[/:]", self.key)[-1]

    @property
    def owner_and_name(self) -> str:
        """OWNER/NAME: the last two parts of its path, as they are written."""
        path = _host_and_path(self.text.rstrip("/").removesuffix(".git").rstrip("/"))[1]
        return "/".join(path.split("/")[-2:])

    @property
    def public(self) -> RepositoryUrl:
        """The address that needs no ssh key, without `.git`: https, unless ssh has a port, or an alias, of its own."""
        host, path = _host_and_path(self.text)
        if self.is_local:
            return self
        if host == GITHUB or (self.ssh_host and re.fullmatch(_NAME, host)):
            return RepositoryUrl(f"https://{host}/{_stem(path)}")
        return RepositoryUrl(self.text.removesuffix(".git"))

    @property
    def ssh_host(self) -> str:
        """The host that ssh is called with, which its configuration may have as an alias; empty of other addresses."""
        found = _remote(self.text)
        return found[1] if found and found[0] == "ssh" else ""

    def at_ssh_host(self, host: str, port: str) -> RepositoryUrl:
        """Return the ssh address of the same repository at the host that an alias means."""
        return RepositoryUrl.parse(f"ssh://git@{host}:{port}/{_host_and_path(self.text)[1]}")


def _remote(text: str) -> tuple[str, str, str, str] | None:
    """Return scheme, host, port and path of an address of another machine; None of one on this machine."""
    if match := re.fullmatch(_URL, text):
        scheme = "ssh" if "ssh" in match["scheme"] else match["scheme"]  # git's older names of it
        return scheme, match["host"], match["port"] or "", (match["path"] or "").lstrip("/")
    match = re.fullmatch(_SCP, text)
    if match and (match["host"] or "." in match["named"]):  # without a user `x:y` is more likely a mistake
        return "ssh", match["host"] or match["named"], "", match["path"].lstrip("/")
    return None


def repository_in(text: str) -> RepositoryUrl | None:
    """Return the address that a text is, such as a label's; None where it is none."""
    try:
        return RepositoryUrl.parse(text)
    except BadInput:
        return None


def _host_and_path(text: str) -> tuple[str, str]:
    """Split an address: the host as it is compared, without a user; a path on this machine has none."""
    found = _remote(text)
    if found is None:
        return "", text
    scheme, named, port, path = found
    name = named.lower().rstrip(".")
    host = _ALIASES.get(name, name)
    is_usual = port in ("", _PORTS[scheme]) or (scheme == "ssh" and name in _BY_443 and port == "443")
    return host if is_usual else f"{host}:{port}", path


def _plain(path: str) -> str:
    """Return a server's path as it is compared: without `%62` for `b`, `//` for `/`, `.` and `..`."""
    if not re.search(r"%|//|(?:^|/)\.\.?(?:/|$)", path):
        return path
    parts: list[str] = []
    for part in unquote(path).split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _stem(path: str) -> str:
    return path.rstrip("/").removesuffix(".git").rstrip("/")
