"""Where a registry is asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urldefrag, urljoin, urlsplit

from ltf_ci.model.image import DOCKER_HUB, ImageName

HUB_HOST = "registry-1.docker.io"
_NAT64, _COMPATIBLE = ip_network("64:ff9b::/96"), ip_network("::/96")
_PORTS = {"https": ":443", "http": ":80"}


def host_of(image: ImageName) -> str:
    """Return the host, with its port where it is named, that an image's registry answers at."""
    return HUB_HOST if image.registry == DOCKER_HUB else image.registry


def path_of(image: ImageName, path: str) -> str:
    """Return the path of what is below an image's own."""
    return f"/v2/{image.repository[1]}/{path}"


def joined(address: str, reference: str) -> str:
    """Return the address that a server refers to; empty where that is none."""
    try:
        place, _ = urldefrag(urljoin(address, reference))
        return place if urlsplit(place).hostname else ""
    except ValueError:
        return ""


def query_of(reference: str) -> str:
    """Return the query of a reference; empty where it has none, or is none."""
    try:
        return urlsplit(reference).query
    except ValueError:
        return ""


def is_private(address: str) -> bool:
    """Whether an IP address, or a name, is one that only this machine or its network reaches."""
    try:
        found = ip_address(address.partition("%")[0])
        return not (found.is_global and _embedded(found).is_global)
    except ValueError:
        name = address.rstrip(".")
        return name == "localhost" or name.endswith(".localhost")


def _embedded(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the address of IPv4 that one of IPv6 leads to; another address itself."""
    if found.version == 4:  # noqa: PLR2004 - of IP
        return found
    if found in _NAT64 or found in _COMPATIBLE:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are at one server: scheme, host and port are the same."""
    return _origin(one) == _origin(other)


def _origin(address: str) -> tuple[str, str]:
    """Return an address's scheme, and its host with a port that is not the scheme's own."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ""))
