"""The machine that ltf-ci runs on."""

from __future__ import annotations

import os

_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


def architecture() -> str:
    """Return the machine's architecture by the name that images have for it: `amd64`."""
    machine = os.uname().machine
    return _NAMES.get(machine, machine)
