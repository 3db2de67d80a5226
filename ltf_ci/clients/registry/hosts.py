"""What is spoken to each registry: https, or where docker may do so plain http."""

from __future__ import annotations

from urllib.parse import urlsplit

from ltf_ci.clients.docker.registry_hosts import DockerRegistries, addresses_of
from ltf_ci.model.network import is_loopback


class Hosts:
    """Knows which schemes a host may be reached by, and remembers the one that was good."""

    def __init__(self, docker: DockerRegistries) -> None:
        self._docker = docker
        self._good: dict[str, str] = {}

    def schemes(self, host: str) -> tuple[str, ...]:
        """Return the schemes to try, the likely one first; https alone where nothing says otherwise."""
        if host in self._good:
            return (self._good[host],)
        if self._docker.certificates(host):
            return ("https",)
        if is_loopback(urlsplit(f"//{host}").hostname or ""):
            return ("http", "https")
        return ("https", "http") if self._docker.is_insecure(host) else ("https",)

    def means_loopback(self, host: str) -> bool:
        """Whether a name without certificates of its own is this machine's, to which docker speaks plain http too."""
        found = () if self._docker.certificates(host) else addresses_of(host)
        return bool(found) and all(map(is_loopback, found))

    @property
    def mirrors(self) -> tuple[str, ...]:
        """The addresses of Docker Hub's mirrors, as docker's configuration names them."""
        return self._docker.mirrors

    def settle(self, host: str, scheme: str) -> None:
        """Remember that a host answered by this scheme."""
        self._good[host] = scheme
