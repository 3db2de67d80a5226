"""Platforms, by the names that docker has for them: OS/ARCH or OS/ARCH/VARIANT."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PART = re.compile(r"[a-z0-9_.-]+")
_LINUX = "linux"
_SYSTEMS = {"macos": "darwin"}
_MOST = 3  # parts
_OTHER_NAMES = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "i386": ("386", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_USUAL: Mapping[str, str] = {"amd64": "v1", "arm64": "v8"}  # variants that no name has
_ALONE = {"amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64", *_OTHER_NAMES}  # names without a system


def normalized(text: str) -> str:
    """Return a platform's name as docker has it: `linux/arm64` for `aarch64` and `linux/arm64/v8`; empty for no name.

    A processor alone is Linux's.
    """
    parts = text.lower().split("/")
    if parts[0] in _ALONE and len(parts) == 1:
        parts = [_LINUX, *parts]
    if not 1 < len(parts) <= _MOST or not all(map(_PART.fullmatch, parts)):
        return ""
    system, processor, variant = (*parts, "")[:_MOST]
    processor, variant = _processor(processor, variant)
    return "/".join(filter(None, (_SYSTEMS.get(system, system), processor, variant)))


def _processor(name: str, variant: str) -> tuple[str, str]:
    """Return a processor's own name, and its variant where it is not the usual one; ARM's is always named."""
    own, usual = _OTHER_NAMES.get(name, (name, ""))
    variant = usual or (f"v{variant}" if variant.isdigit() else variant)
    if own == "arm":
        return own, variant or "v7"
    return own, "" if variant == _USUAL.get(own) else variant
