"""The machine that this runs on."""

from __future__ import annotations

import os

_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


def architecture() -> str:
    """Return the machine's architecture, as images name it."""
    machine = os.uname().machine
    return _NAMES.get(machine, machine)
