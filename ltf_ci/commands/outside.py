"""What a command was given of the outside: each client is made when it is first asked for."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.git import Git


class Outside:
    """The clients of one run."""

    def git(self, directory: Path) -> Git:
        """Give git in a folder."""
        return Git(directory)
