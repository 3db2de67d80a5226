"""Base images that say which distribution they are of; those that lack programs have a packager to ask for them."""

from __future__ import annotations

import io
import tarfile

from embedded.base_image import COMMANDS, runnable_layer

ASKED = "/asked"
_PACKAGER = f"""\
#!/bin/sh
# Notes what it is asked for, and brings all that there is.
echo "${{0##*/}} $*" >>{ASKED}
[ "$1" = update ] || busybox cp -a /packages/bin/. /bin/
"""


def os_release(name: str) -> bytes:
    """Return a layer with an os-release where Debian and Alpine have it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        _add(tar, "usr/lib/os-release", f'PRETTY_NAME="Some {name}"\nID={name}\n'.encode())
        link = tarfile.TarInfo("etc/os-release")
        link.type, link.linkname = tarfile.SYMTYPE, "../usr/lib/os-release"
        tar.addfile(link)
    return raw.getvalue()


def packager(command: str) -> bytes:
    """Return a layer with a packager of this name, its packages, and the users that any distribution has."""
    raw, there = io.BytesIO(), {f"bin/{name}" for name in (*COMMANDS, "busybox")}
    with tarfile.open(fileobj=raw, mode="w") as tar, tarfile.open(fileobj=io.BytesIO(runnable_layer())) as packages:
        _add(tar, f"bin/{command}", _PACKAGER.encode())
        _add(tar, "etc/passwd", b"root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/:/bin/sh\n")
        _add(tar, "etc/group", b"root:x:0:\n")
        for member in packages:
            if member.name.startswith("bin/") and member.name not in there:
                member.name = f"packages/{member.name}"
                tar.addfile(member, packages.extractfile(member) if member.isfile() else None)
    return raw.getvalue()


def _add(tar: tarfile.TarFile, path: str, content: bytes) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(content), 0o755
    tar.addfile(info, io.BytesIO(content))
