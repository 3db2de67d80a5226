"""How servers are reached: through which proxy, by which certificates, and as docker's configuration says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from ltf_ci.errors import BadInput

_PORTS = {"http": 80, "https": 443}


class Network(NamedTuple):
    """Proxies by scheme; the hosts that are reached without; more CAs; docker's folders of configuration.

    CAs are in a file, or a folder of such files, and in more folders.
    """

    http_proxy: str = ""
    https_proxy: str = ""
    no_proxy: tuple[str, ...] = ()
    ca_file: Path | None = None
    ca_folders: tuple[Path, ...] = ()
    docker_folders: tuple[Path, ...] = ()

    @classmethod
    def of_environment(cls, environ: Mapping[str, str], docker_config: Path) -> Network:
        """Return what the usual variables name, in small letters or capitals, as curl, git and docker read them."""

        def value(*names: str) -> str:
            spellings = (spelling for name in names for spelling in (name.lower(), name))
            return next((environ[each].strip() for each in spellings if environ.get(each, "").strip()), "")

        ca_file = value("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        own = Path(environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config")
        return cls(
            http_proxy=value("HTTP_PROXY", "ALL_PROXY"),
            https_proxy=value("HTTPS_PROXY", "ALL_PROXY"),
            no_proxy=tuple(name.strip().lower() for name in value("NO_PROXY").split(",") if name.strip()),
            ca_file=Path(ca_file) if ca_file else None,
            ca_folders=tuple(Path(folder) for folder in value("SSL_CERT_DIR").split(":") if folder),
            docker_folders=(Path("/etc/docker"), own / "docker", docker_config),
        )

    @property
    def every_ca_folder(self) -> tuple[Path, ...]:
        """The folders of CAs; the variables that name a file may name one too."""
        own = self.ca_file
        return (*self.ca_folders, own) if own and own.is_dir() else self.ca_folders

    def proxy_of(self, address: str) -> str:
        """Return the proxy that an address is reached through; empty where it is reached directly, as loopback is."""
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), _port_of(parts)
        proxy = self.https_proxy if parts.scheme == "https" else self.http_proxy
        if not proxy or is_loopback(host) or any(_covers(name, host, port) for name in self.no_proxy):
            return ""
        return _readable(proxy if "://" in proxy else f"http://{proxy}")


def _readable(proxy: str) -> str:
    """Return a proxy's address; raise BadInput, without it, where it is none: it may have a password."""
    try:
        if urlsplit(proxy).hostname and urlsplit(proxy).port != 0:
            return proxy
    except ValueError:
        pass
    raise BadInput("the proxy's address cannot be read", expected="http://HOST:PORT", cure="correct HTTPS_PROXY")


def _port_of(parts: SplitResult) -> int:
    """Return an address's port; 0 for one that is none, which whoever connects complains of."""
    try:
        return parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return 0


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an address, is this machine."""
    return host == "localhost" or _is_in("127.0.0.0/8", host) or _is_in("::1/128", host)


def is_within(names: tuple[str, ...], host: str) -> bool:
    """Whether a host, which may have a port, is one of these hosts or in one of these networks."""
    name = urlsplit(f"//{host}").hostname or ""
    return any(each.lower() in (host.lower(), name) or _is_in(each, name) for each in names)


def _covers(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY means a host: by its name or a domain's, an address or network, perhaps a port."""
    if entry == "*":
        return True
    has_port = entry.count(":") == 1 or "]:" in entry  # an IPv6 address has several, and brackets before a port
    name, _, wanted = entry.rpartition(":") if has_port else (entry, "", "")
    domain = name.removeprefix("*").removeprefix(".")
    is_named = host == domain or host.endswith(f".{domain}") or _is_in(name, host)
    return is_named and wanted in ("", str(port))


def _is_in(network: str, host: str) -> bool:
    from ipaddress import ip_address, ip_network  # `check` must not pay for it

    try:
        return ip_address(host.strip("[]")) in ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False
