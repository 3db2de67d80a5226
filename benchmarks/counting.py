"""Stands before a registry, passes on what comes as it comes, and counts requests and the bytes of both directions."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PIECE = 1 << 18
_TLS = b"\x16"  # how a handshake begins
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)


@dataclass
class Traffic:
    """What went through: requests, and bytes to the registry and from it, heads included."""

    requests: int = 0
    up: int = 0
    down: int = 0


@dataclass
class Counting:
    """The place to send requests to, and what was counted since the last `taken`."""

    host: str
    traffic: Traffic

    def taken(self) -> Traffic:
        """Return what was counted, and begin again."""
        counted = Traffic(self.traffic.requests, self.traffic.up, self.traffic.down)
        self.traffic.requests = self.traffic.up = self.traffic.down = 0
        return counted


@contextmanager
def counting(target: str) -> Iterator[Counting]:
    """Count what goes to HOST:PORT; a thread passes it on."""
    traffic, loop = Traffic(), asyncio.new_event_loop()
    server = loop.run_until_complete(_serve(target, traffic))
    port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Counting(f"127.0.0.1:{port}", traffic)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _serve(target: str, traffic: Traffic) -> asyncio.Server:
    host, _, port = target.partition(":")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        if first == _TLS:  # docker tries it first, and waits for an answer
            writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            writer.close()
            return
        there, back = await asyncio.open_connection(host, int(port), limit=_PIECE)
        with suppress(OSError, asyncio.IncompleteReadError):
            await asyncio.gather(_up(first, reader, back, traffic), _down(there, writer, traffic))
        for each in (writer, back):
            each.close()

    return await asyncio.start_server(connected, "127.0.0.1", 0, limit=_PIECE)


async def _down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, traffic: Traffic) -> None:
    while piece := await reader.read(_PIECE):
        traffic.down += len(piece)
        writer.write(piece)
        await writer.drain()
    writer.close()


async def _up(first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, traffic: Traffic) -> None:
    """Pass requests on, one after another, as long as the connection lasts."""

    async def passed_on(piece: bytes) -> None:
        traffic.up += len(piece)
        writer.write(piece)
        await writer.drain()

    with suppress(asyncio.IncompleteReadError):
        while True:
            head, first = first + await reader.readuntil(b"\r\n\r\n"), b""
            traffic.requests += 1
            await passed_on(head)
            length = _LENGTH.search(head)
            left = int(length[1]) if length else 0
            if _CHUNKED.search(head):
                await _chunks(reader, passed_on)
            while left:
                piece = await reader.read(min(left, _PIECE))
                if not piece:
                    break
                left -= len(piece)
                await passed_on(piece)
    writer.close()


async def _chunks(reader: asyncio.StreamReader, passed_on: Callable[[bytes], Awaitable[None]]) -> None:
    size = -1
    while size:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        await passed_on(line)
        left = size + 2
        while left:
            piece = await reader.read(min(left, _PIECE))
            left -= len(piece)
            await passed_on(piece)
