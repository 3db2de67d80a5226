"""A base image of a real distribution, whose packages are fetched and not installed yet: no build asks a network."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from embedded.programs import BIN, program

PACKAGES = "python3 file"
INSTALL = f"apt-get install --yes --no-download --no-install-recommends {PACKAGES}"


def push_debian(image: str, environ: Mapping[str, str]) -> None:
    """Push this machine's Debian, as small as it goes, under a name."""
    docker = program("docker")
    _run(["/bin/sh", "-ec", f"{docker} import {_kept()} {image}"], environ)
    _run([docker, "push", image], environ)


def _kept() -> Path:
    """Return the archive of the distribution: made by debootstrap once, which takes minutes, and kept."""
    archive = BIN.parent / f"debian-{_codename()}.tar"
    if not archive.exists():
        with TemporaryDirectory(prefix="ltf-debian-") as folder:
            _make(Path(folder) / "root", made := Path(folder) / "debian.tar")
            shutil.move(made, archive)
    return archive


def _make(root: Path, archive: Path) -> None:
    fetch = ["apt-get", "install", "--download-only", "--yes", "--no-install-recommends", *PACKAGES.split()]
    _run([program("debootstrap"), "--variant=minbase", _codename(), str(root), _mirror()])
    _run([program("chroot"), str(root), "apt-get", "update"])
    _run([program("chroot"), str(root), *fetch])
    _run(["tar", "--create", f"--file={archive}", f"--directory={root}", "."])


def _codename() -> str:
    return platform.freedesktop_os_release()["VERSION_CODENAME"]


def _mirror() -> str:
    """Return the mirror that this machine's packages are from."""
    return _run(["apt-get", "indextargets", "--format", "$(SITE)"]).split()[0]


def _run(words: list[str], environ: Mapping[str, str] | None = None) -> str:
    return subprocess.run(words, env=environ, check=True, capture_output=True, text=True).stdout
