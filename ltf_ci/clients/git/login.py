"""A token for the git repositories of one server, and git's credential helper that hands it to git.

    python -IS login.py FD get

prints what file descriptor FD holds. Git asks a helper for the server of its address alone, so that a redirect gets
nothing; and the token is in no environment, on no command line, and in no file that has a name.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ltf_ci.model.secret import Secret

_USER = "x-access-token"
_LARGEST = 64 * 1024  # bytes
_NETRC = Path("~/.netrc")  # whose logins curl uses before git asks for one
_BEFORE_NETRC = ("proactiveAuth=basic", "emptyAuth=true")  # of git 2.46 and newer; of older ones: who has no name yet


@dataclass(frozen=True, slots=True)
class Login:
    """A token for the repositories of a GitHub, whose address `server` is: `https://github.com`."""

    server: str
    token: Secret

    @contextmanager
    def given(self, headers: Sequence[str] = ()) -> Iterator[tuple[Sequence[str], Sequence[int]]]:
        """Yield git's options by which it logs in with the token alone, and the file descriptors that they need.

        `headers` are the keys of the user's own headers: of those for one address git takes the most exact one's alone.
        """
        from tempfile import TemporaryFile  # slow to import, and seldom needed

        with TemporaryFile() as file:
            file.write(f"username={_USER}\npassword={self.token.reveal()}\n".encode())
            file.flush()
            program = shlex.join([sys.executable, "-IS", __file__, str(file.fileno())])
            server = self.server.rstrip("/")
            settings = (  # an empty value drops what the user's own configuration has for this server
                f"http.{server}/.extraHeader=",
                *(f"{key}=" for key in headers if _is_of(server, key) and "=" not in key),
                *(f"http.{server}/.{each}" for each in _BEFORE_NETRC if _NETRC.expanduser().exists()),
                f"credential.{server}.helper=",
                f"credential.{server}.helper=!{program}",
            )
            yield [word for setting in settings for word in ("-c", setting)], [file.fileno()]


def _is_of(server: str, key: str) -> bool:
    """Whether a key, http.ADDRESS.extraheader, is of an address at a server."""
    from urllib.parse import urlsplit

    address, server_url = urlsplit(key[len("http.") : -len(".extraheader")]), urlsplit(server)
    return address.netloc.rpartition("@")[2].lower() == server_url.netloc.lower()


if __name__ == "__main__" and sys.argv[2:] == ["get"]:  # noqa: TID251 - a program of its own
    sys.stdout.buffer.write(os.pread(int(sys.argv[1]), _LARGEST, 0))  # noqa: TID251 - a program of its own
