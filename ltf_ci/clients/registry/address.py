"""Where a registry is asked."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ltf_ci.clients.registry.auth import LOOPBACK
from ltf_ci.model.image import DOCKER_HUB, ImageName

_NEXT = re.compile(r"""\brel=(["']?)next\1""")
_PORTS = {"https": ":443", "http": ":80"}


def address_of(image: ImageName, path: str) -> str:
    """Return the address of a path below an image's own; an address is that already."""
    if path.startswith(("http://", "https://")):
        return path
    host = "registry-1.docker.io" if image.registry == DOCKER_HUB else image.registry
    scheme = "http" if LOOPBACK.fullmatch(host) else "https"
    return f"{scheme}://{host}/v2/{image.repository[1]}/{path}"


def is_at(image: ImageName, address: str) -> bool:
    """Whether an address is at an image's own registry: scheme, host and port are the same."""
    return _origin(address) == _origin(address_of(image, ""))


def next_page(link: str) -> str | None:
    """Return the path of the next page of tags that a `Link` names; None where there is none."""
    target, _, relation = link.partition(";")
    query = urlsplit(target.strip().strip("<>")).query
    return f"tags/list?{query}" if _NEXT.search(relation) and query else None


def _origin(address: str) -> tuple[str, str]:
    """Return an address's scheme, and its host with a port that is not the scheme's own."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, ""))
