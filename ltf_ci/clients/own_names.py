"""Names of folders, containers and images that one run alone uses: they show which process made them, and when."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PREFIX = "ltf-ci-"
_CLOCK = 16**8  # seconds, as eight digits count them: until 2106, and again from 0
LONGEST_RUN = 6 * 60 * 60  # seconds: no job of GitHub's takes longer
_OWN = re.compile(rf"{PREFIX}([0-9a-f]{{8}})([0-9a-f]{{8}})([0-9a-f]{{8}})[0-9a-f]{{8}}(-[a-z].*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Maker:
    """The process that made a name: the seconds of its clock, its machine in eight digits, its number there."""

    seconds: int
    machine: str
    process: int

    @classmethod
    def this(cls) -> Maker:
        """Return this process, now."""
        return cls(int(time.time()) % _CLOCK, _machine(), os.getpid())

    @classmethod
    def of(cls, name: str) -> Maker | None:
        """Return the process that made a name; None for any other name."""
        found = _OWN.fullmatch(name)
        return cls(int(found[1], 16), found[2], int(found[3], 16)) if found else None

    def name(self) -> str:
        """Return a new name: `ltf-ci-`, and 32 hexadecimal digits."""
        return f"{PREFIX}{self.seconds:08x}{self.machine}{self.process:08x}{secrets.token_hex(4)}"


def is_left_over(name: str) -> bool:
    """Whether a name is of a run that has ended: its process is gone, or is elsewhere and older than any run gets.

    A name may have a purpose behind it: `-docker-`, say.
    """
    maker, this = Maker.of(name), Maker.this()
    if maker is None:
        return False
    if maker.machine == this.machine:
        return not _runs(maker.process)
    return this.seconds - maker.seconds > LONGEST_RUN


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


@cache
def _machine() -> str:
    """Return what distinguishes this machine since its start, and this container on it, from others."""
    parts = [platform.node()]
    with suppress(OSError):
        parts += [Path("/proc/sys/kernel/random/boot_id").read_text(), str(Path("/proc/self/ns/pid").readlink())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
