"""The GitHub that a run works with: github.com, one with a name below ghe.com, or a GitHub Enterprise Server."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from ltf_ci.errors import UsageError
from ltf_ci.model.repository_url import GHE, GITHUB, RepositoryUrl, repository_in

_API = "api."
_SERVERS_API = "/api/v3"


class GithubHost(NamedTuple):
    """A GitHub by its address, `https://github.com`, and its API's."""

    address: str
    api: str

    @classmethod
    def of(cls, address: str, api: str) -> GithubHost:
        """Return the GitHub of an address, or of an API, as far as they are given; github.com where neither is.

        Raise UsageError where one of them is no address.
        """
        address, api = _address("GITHUB_SERVER_URL", address), _address("GITHUB_API_URL", api)
        server = address or _server_of(api)
        return cls(server, api or _api_of(server))

    @property
    def site(self) -> str:
        """Its address without a path: what logins are for."""
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.address))

    def name_of(self, url: RepositoryUrl) -> str:
        """Return OWNER/NAME of a repository here; empty elsewhere."""
        return url.name_at(self.address)

    def key_of(self, url: RepositoryUrl) -> str:
        """Return the key of a repository with the capitals that may tell it from another one."""
        return url.key_at(self.address)

    def public(self, url: RepositoryUrl) -> RepositoryUrl:
        """Return the address of a repository that labels and lists name: here the one of its pages."""
        name = self.name_of(url)
        return self.address_of(name) if name else url.public

    def address_of(self, name: str) -> RepositoryUrl:
        """Return the address of a repository OWNER/NAME, for git."""
        return RepositoryUrl(f"{self.address}/{name}")

    def secrets_page(self, name: str) -> str:
        """Return where a repository's secrets are set."""
        return f"{self.address}/{name}/settings/secrets/actions"


def _address(variable: str, text: str) -> str:
    """Return an address as all spellings of it have it; raise UsageError where it is none."""
    url = repository_in(text) if re.match(r"https?://", text) else None
    if text and url is None:
        expected = "https://HOST, or http://HOST, which may have a port and a path"
        cure = f"correct {variable}; GitHub's own runners set it, elsewhere it can be left out"
        shown = re.sub(r"//[^/]*@", "//***@", text[:200])
        raise UsageError(f"{variable} is {shown!r}", expected=expected, cure=cure)
    return url.normal if url else ""


def _server_of(api: str) -> str:
    """Return the address of the GitHub that an API is of."""
    if api.endswith(_SERVERS_API):
        return api.removesuffix(_SERVERS_API)
    host = urlsplit(api).netloc
    server = host.removeprefix(_API)
    return f"https://{server if host != server and _is_githubs(server) else GITHUB}"


def _api_of(server: str) -> str:
    split = urlsplit(server)
    return f"{split.scheme}://{_API}{split.netloc}" if _is_githubs(split.netloc) else f"{server}{_SERVERS_API}"


def _is_githubs(host: str) -> bool:
    """Whether GitHub itself runs it: then its API is at a host of its own."""
    return host == GITHUB or host.endswith(f".{GHE}")


AT_GITHUB = GithubHost.of("", "")
