"""Images that cyber-dojo's runner can run, of Debian's own files, in the tests' own daemon."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.base_image import runnable_layer
from embedded.programs import program

SHELLS, PYTHON_IMAGE, C_IMAGE, NO_BASH = "ltf/shells:1", "ltf/python:1", "ltf/c:1", "ltf/no_bash:1"
HEADERS = ("assert.h", "features.h", "features-time64.h", "stdc-predef.h", "stdio.h")
PACKAGES = ("collections", "encodings", "importlib", "re", "unittest")


def docker(host: str, *words: str, stdin: bytes = b"") -> str:
    ended = subprocess.run(["docker", "--host", host, *words], input=stdin, capture_output=True, check=True)
    return ended.stdout.decode().strip()


@pytest.fixture(scope="session")
def runnable(docker_daemon: str) -> str:
    """Have the images in the daemon; return its DOCKER_HOST."""
    layers = {
        SHELLS: runnable_layer(),
        PYTHON_IMAGE: runnable_layer(more=python_files()),
        C_IMAGE: runnable_layer(more=c_files()),
        NO_BASH: runnable_layer(bash=False),
    }
    for name, layer in layers.items():
        docker(docker_daemon, "import", "--change", "ENV PATH=/usr/bin:/bin", "-", name, stdin=layer)
    return docker_daemon


@pytest.fixture
def runner(runnable: str, docker_host: str) -> Iterator[str]:
    """Return the daemon; no container may be left in it."""
    yield runnable
    assert docker(runnable, "ps", "--all", "--quiet") == ""


def python_files() -> list[Path]:
    """Return Debian's python3: itself, what it is linked with, and as much of its library as unittest imports."""
    python = program("python3")
    words = [python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"]
    standard = Path(subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip())
    return [Path(python), *libraries(python), *standard.glob("*.py"), *(standard / name for name in PACKAGES)]


def c_files() -> list[Path]:
    """Return Debian's tcc: itself, and as much of the C library as a program that prints and asserts is made of."""
    compiler = program("tcc")
    linked = libraries(compiler)
    platform = next(library.parent.name for library in linked if library.name == "libc.so.6")
    loader = next(library.name for library in linked if library.name.startswith("ld-"))
    include, objects = Path("/usr/include"), Path("/usr/lib", platform)
    headers = [*(include / name for name in HEADERS), *(include / platform / name for name in ("bits", "gnu", "sys"))]
    names = ("crt1.o", "crti.o", "crtn.o", "libc.so", "libc_nonshared.a", loader, "tcc")
    made_of = [objects / name for name in names]
    return [Path(compiler), *linked, *headers, *made_of]


def libraries(compiled: str) -> list[Path]:
    """Return what a program of this machine is linked with."""
    linked = subprocess.run(["ldd", compiled], capture_output=True, text=True, check=True).stdout
    return [Path(word) for word in linked.split() if word.startswith("/")]
