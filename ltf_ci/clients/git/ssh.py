"""What ssh's own configuration makes of a host's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool

if TYPE_CHECKING:
    from ltf_ci.model.repository_url import RepositoryUrl

# What git runs in place of ssh, found as git finds it, and by a shell as git runs it: the first of these that is set.
_AS_GIT = """if [ -n "$GIT_SSH_COMMAND" ]; then command="$GIT_SSH_COMMAND"; elif [ -n "$1" ]; then command="$1"
else command='"${GIT_SSH:-ssh}"'; fi; shift; eval "exec $command" '"$@"'"""


def without_alias(url: RepositoryUrl, command: str) -> RepositoryUrl:
    """Return an ssh address with the host and port that its host is an alias of; other addresses as they are.

    `command` is git's core.sshCommand, if there is one. It, GIT_SSH_COMMAND or GIT_SSH may name another configuration.
    """
    try:  # reads the configuration, and connects to nothing
        asked = process.run(["sh", "-c", _AS_GIT, "sh", command, "-G", "--", url.ssh_host])
    except MissingTool:
        return url
    found = dict(line.partition(" ")[::2] for line in asked.text.splitlines())
    host, port = found.get("hostname", url.ssh_host), found.get("port", "22")
    return url if host.lower() == url.ssh_host.lower() else url.at_ssh_host(host, port)
