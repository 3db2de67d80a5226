"""A socket of this run's own that leads to a program: to the daemon, over the connection of docker's own command."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

from ltf_ci.clients import process
from ltf_ci.clients.program_group import Running
from ltf_ci.clients.temporary import temporary_folder


@contextmanager
def relayed(words: Sequence[str]) -> Iterator[str]:
    """Yield the address of a socket, each connection of which is the standard input and output of a program."""
    begun: list[Running] = []
    with temporary_folder("daemon") as folder, socket.socket(socket.AF_UNIX) as server:
        path = folder / "docker.sock"  # in a folder that no other user may enter
        server.bind(str(path))
        server.listen()
        Thread(target=_serve, args=(server, words, begun), daemon=True).start()
        try:
            yield f"unix://{path}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for running in begun:
                running.kill()  # asked to end, docker waits for its other end first: for minutes
                running.wait()


def _serve(server: socket.socket, words: Sequence[str], begun: list[Running]) -> None:
    while True:
        try:
            connection = server.accept()[0]
        except OSError:  # closed: that is all
            return
        with connection:
            begun[:] = [running for running in begun if running.poll() is None]
            begun.append(process.connected(words, connection))
