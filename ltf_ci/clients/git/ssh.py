"""What ssh's own configuration makes of a host's name."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool

if TYPE_CHECKING:
    from ltf_ci.model.repository_url import RepositoryUrl


def without_alias(url: RepositoryUrl, command: str) -> RepositoryUrl:
    """Return an ssh address with the host and port that its host is an alias of; other addresses as they are.

    `command` is what git runs in place of ssh, by its core.sshCommand: it may name another configuration.
    """
    try:
        words = [str(Path(word).expanduser()) if word[:1] == "~" else word for word in shlex.split(command)] or ["ssh"]
        asked = process.run([*words, "-G", "--", url.ssh_host])  # reads the configuration, and connects to nothing
    except (MissingTool, ValueError):  # a command that no shell would take either
        return url
    found = dict(line.partition(" ")[::2] for line in asked.text.splitlines())
    host, port = found.get("hostname", url.ssh_host), found.get("port", "22")
    return url if host.lower() == url.ssh_host.lower() else url.at_ssh_host(host, port)
