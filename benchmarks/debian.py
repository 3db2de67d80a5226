"""A base image of a real distribution, whose packages are fetched and not installed yet: no build asks a network."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

from embedded.programs import program

PACKAGES = "gcc libc6-dev python3"
INSTALL = f"apt-get install --yes --no-download --no-install-recommends {PACKAGES}"


def push_debian(image: str, folder: Path, environ: Mapping[str, str]) -> None:
    """Make this machine's Debian anew by debootstrap, as small as it goes, and push it under a name."""
    root = folder / "debian"
    fetch = ["apt-get", "install", "--download-only", "--yes", "--no-install-recommends", *PACKAGES.split()]
    codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
    _run([program("debootstrap"), "--variant=minbase", codename, str(root), _mirror()])
    _run([program("chroot"), str(root), "apt-get", "update"])
    _run([program("chroot"), str(root), *fetch])
    docker = program("docker")
    _run(["/bin/sh", "-ec", f"tar --create --directory={root} . | {docker} import - {image}"], environ)
    _run([docker, "push", image], environ)


def _mirror() -> str:
    """Return the mirror that this machine's packages are from."""
    return _run(["apt-get", "indextargets", "--format", "$(SITE)"]).split()[0]


def _run(words: list[str], environ: Mapping[str, str] | None = None) -> str:
    return subprocess.run(words, env=environ, check=True, capture_output=True, text=True).stdout
