"""A git repository's address: an https, ssh or file URL, or a path on this machine."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import NamedTuple

from ltf_ci.errors import BadInput

_SIGNS = r"!$%&'*+,\-./0-9;=@A-Z\[\]_a-z~"  # ASCII, but for a colon and what markdown, HTML or a URL would read
_SIGN = rf"[:{_SIGNS}]"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?"
# Patterns are texts: `re` compiles and keeps each when it is first used, and `check` does not wait for all of them.
_URL = (
    rf"(?P<scheme>https?|ssh|git\+ssh|ssh\+git|git)://(?:(?P<user>[A-Za-z0-9_.-]+)@)?"
    rf"(?P<host>{_HOST}|\[[0-9A-Fa-f:.]+\])(?::0*(?P<port>[0-9]{{0,5}}))?(?P<path>/{_SIGN}*)?"
)
_FILE_URL = "file://"
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
GHE = "ghe.com"  # GitHub's own, below which are its companies'
_FORGES = (GITHUB, "gitlab.com", "bitbucket.org", "codeberg.org")
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
        """The same text for all spellings of one repository, by which it is looked for.

        It is without scheme, user, usual port, ssh's port and `.git`, and in small letters: forges read the path so. A
        plain git server may have two repositories of one key: `key_at` tells them apart. A path on this machine keeps
        its letters.
        """
        return self._written if self.is_local else self._written.lower()

    def key_at(self, github: str) -> str:
        """Return the key, with its capitals but at known forges and the run's GitHub, which read them as small."""
        there, site = _remote(self.text), _remote(github)
        forges = (*_FORGES, site.known_name) if site else _FORGES
        is_forge = there and (there.known_name in forges or there.known_name.endswith(f".{GHE}"))
        return self.key if is_forge else self._written

    @property
    def _written(self) -> str:
        """The key, with the capitals of the path."""
        there = _remote(self.text)
        return f"{there.host}/{there.stem}" if there else _stem(_local(self.text))

    @property
    def host(self) -> str:
        """The host, with a port that is not the usual one and not ssh's; `this machine` for a path."""
        there = _remote(self.text)
        return there.host if there else "this machine"

    @property
    def normal(self) -> str:
        """The address as it is, but for what a client reads as the same: letters of the host, usual port, end."""
        there = _remote(self.text)
        return f"{there.scheme}://{there.host}/{there.path}".rstrip("/") if there else self.text

    @property
    def is_punycode(self) -> bool:
        """Whether the host's name is written for letters beyond ASCII, which may look like others."""
        there = _remote(self.text)
        return bool(there and re.search(_PUNYCODE, there.host))

    def name_at(self, github: str) -> str:
        """Return OWNER/NAME of a repository at the GitHub of this address, by https or ssh; empty elsewhere."""
        there, site = _remote(self.text), _remote(github)
        if there is None or site is None:
            return ""
        by_ssh = there.scheme == "ssh"  # whose port, and path, are not those of the pages
        is_there = there.known_name == site.known_name if by_ssh else there.host == site.host
        above, stem = "" if by_ssh or not site.path else f"{site.stem}/", there.stem
        name = stem[len(above) :] if is_there and stem.lower().startswith(above.lower()) else ""
        return name if name.count("/") == 1 else ""

    @property
    def name(self) -> str:
        """The repository's short name: the last part of its path, as it is written; at github.com in small letters."""
        return re.split(r"[/:]", self.key if self.host == GITHUB else self._written)[-1]

    @property
    def owner_and_name(self) -> str:
        """OWNER/NAME: the last two parts of its path, as they are written."""
        there = _remote(self.text)
        return "/".join((there.stem if there else _stem(_local(self.text))).split("/")[-2:])

    @property
    def public(self) -> RepositoryUrl:
        """The address that needs no ssh key, without `.git`: https, unless ssh has a port, or an alias, of its own."""
        there = _remote(self.text)
        if there is None:
            return self
        by_ssh = there.scheme == "ssh" and not there.port and re.fullmatch(_NAME, there.host)
        if there.host == GITHUB or by_ssh:
            return RepositoryUrl(f"https://{there.host}/{there.stem}")
        return RepositoryUrl(_stem(self.text))

    @property
    def ssh_host(self) -> str:
        """The host that ssh is called with, which its configuration may have as an alias; empty of other addresses."""
        there = _remote(self.text)
        return there.name if there and there.scheme == "ssh" else ""

    def at_ssh_host(self, host: str, port: str) -> RepositoryUrl:
        """Return the ssh address of the same repository at the host that an alias means."""
        there = _remote(self.text)
        return RepositoryUrl.parse(f"ssh://git@{host}:{port}/{there.path}") if there else self


class _Remote(NamedTuple):
    """An address of another machine; `port` is empty where it is the usual one."""

    scheme: str
    name: str
    port: str
    path: str

    @property
    def known_name(self) -> str:
        """The host's name as it is compared."""
        name = self.name.lower().rstrip(".")
        return _ALIASES.get(name, name)

    @property
    def host(self) -> str:
        """The host as it is compared; ssh's port is how it is reached, and not another host."""
        return f"{self.known_name}:{self.port}" if self.port and self.scheme != "ssh" else self.known_name

    @property
    def stem(self) -> str:
        """The path as it is compared, but for its letters."""
        return _stem(_plain(self.path))


def _remote(text: str) -> _Remote | None:
    """Return an address of another machine; None of one on this machine."""
    if match := re.fullmatch(_URL, text):
        scheme = "ssh" if "ssh" in match["scheme"] else match["scheme"]  # git's older names of it
        return _Remote(scheme, match["host"], _port(scheme, match), (match["path"] or "").lstrip("/"))
    match = re.fullmatch(_SCP, text)
    if match and (match["host"] or "." in match["named"]):  # without a user `x:y` is more likely a mistake
        return _Remote("ssh", match["host"] or match["named"], "", match["path"].lstrip("/"))
    return None


def _port(scheme: str, match: re.Match[str]) -> str:
    """Return the port of an address, empty where it is the usual one."""
    is_by_443 = scheme == "ssh" and match["host"].lower().rstrip(".") in _BY_443
    usual = (_PORTS[scheme], "443") if is_by_443 else (_PORTS[scheme],)
    return "" if match["port"] in usual else match["port"] or ""


def repository_in(text: str) -> RepositoryUrl | None:
    """Return the address that a text is, such as a label's; None where it is none."""
    try:
        return RepositoryUrl.parse(text)
    except BadInput:
        return None


def likely_name(address: str) -> str:
    """Return what all spellings of a repository share, and few others, at a fraction of the cost of their keys."""
    if "%" in address or "/." in address:
        return RepositoryUrl(address).name.lower()
    return _stem(address.lower()).replace(":", "/").rpartition("/")[2]


def _local(text: str) -> str:
    """Return a path on this machine as it is compared, which no host begins; git reads a URL's as a server does."""
    is_url = text.startswith(_FILE_URL)
    path = posixpath.normpath(_decoded(text[len(_FILE_URL) :]) if is_url else text)
    if path.startswith(("/", ".", "~")):
        return path
    return f"//{path}" if is_url else f"./{path}"


def _plain(path: str) -> str:
    """Return a server's path as it is compared: without `%62` for `b`, `//` for `/`, `.` and `..`."""
    if not re.search(r"%|//|(?:^|/)\.\.?(?:/|$)", path):
        return path
    parts: list[str] = []
    for part in _decoded(path).split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _decoded(path: str) -> str:
    """Return a path with what needs no code in a URL; all else keeps it, so that no two paths become one."""
    return re.sub(r"%([2-7][0-9A-Fa-f])", lambda found: _sign(found[0], chr(int(found[1], 16))), path)


def _sign(coded: str, sign: str) -> str:
    return sign if re.fullmatch(_SIGN, sign) and sign not in "%/" else coded


def _stem(path: str) -> str:
    return path.rstrip("/").removesuffix(".git").rstrip("/")
