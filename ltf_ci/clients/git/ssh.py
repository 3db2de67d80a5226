"""What ssh's own configuration makes of a host's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool

if TYPE_CHECKING:
    from ltf_ci.model.repository_url import RepositoryUrl


def without_alias(url: RepositoryUrl) -> RepositoryUrl:
    """Return an ssh address with the host and port that its host is an alias of; other addresses as they are."""
    if not url.ssh_host:
        return url
    try:
        asked = process.run(["ssh", "-G", "--", url.ssh_host])  # reads the configuration, and connects to nothing
    except MissingTool:
        return url
    found = dict(line.partition(" ")[::2] for line in asked.text.splitlines())
    host, port = found.get("hostname", url.ssh_host), found.get("port", "22")
    return url if host.lower() == url.ssh_host.lower() else url.at_ssh_host(host, port)
