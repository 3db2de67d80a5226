"""May an image be run by a daemon of another platform?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

_NATIVE = {"amd64": {"386"}, "arm64": {"arm"}}  # what processors of the one run of the other
_QEMU = {"arm64": "aarch64", "amd64": "x86_64", "386": "i386"}  # by whose names the kernel knows them


def runs(wanted: str, offered: Sequence[str], emulated: Collection[str] | None) -> bool:
    """Whether a builder that offers these platforms, on a kernel that emulates these processors, runs one's programs.

    Variants of a processor are left to the build.
    """
    return any(may_run([wanted], "/".join(each.split("/")[:2]), emulated) for each in offered)


def may_run(wanted: Sequence[str], here: str, emulated: Collection[str] | None) -> bool:
    """Whether a daemon of the platform `here` may run one of the wanted; where none is wanted it is its own.

    `emulated` are the processors for which its kernel has QEMU, by QEMU's names; None where that is not known.
    """
    system, _, processor = here.partition("/")
    if not wanted or emulated is None:
        return True
    runs = {processor, *_NATIVE.get(processor, ())}
    of_system = [each.split("/")[1] for each in wanted if each.startswith(f"{system}/")]
    return any(each in runs or _QEMU.get(each, each) in emulated for each in of_system)
