"""The machine that ltf-ci runs on."""

from __future__ import annotations

import os
from pathlib import Path

_FORMATS = Path("/proc/sys/fs/binfmt_misc")
_QEMU = "qemu-"
_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


def architecture() -> str:
    """Return the machine's architecture by the name that images have for it: `amd64`."""
    machine = os.uname().machine
    return _NAMES.get(machine, machine)


def emulated() -> frozenset[str] | None:
    """Return the processors that Linux runs programs of by QEMU, by its names: `aarch64`; None of another system."""
    if os.uname().sysname != "Linux":
        return None
    try:
        return frozenset(file.name.removeprefix(_QEMU) for file in _FORMATS.iterdir() if file.name.startswith(_QEMU))
    except OSError:  # not mounted: there is none
        return frozenset()
