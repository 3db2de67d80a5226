"""A docker/ without a Dockerfile, which may have a file of nearly its name."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import PurePosixPath

from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILES


def almost(names: Iterable[str]) -> str:
    """Return the path of the file of docker/ whose name is Dockerfile's but for its case; empty where none is."""
    there = {name.lower(): name for name in names}
    wanted = (PurePosixPath(path).name.lower() for path in DOCKERFILES)
    return next((f"{DOCKER_FOLDER}/{there[name]}" for name in wanted if name in there), "")


def cure(almost: str) -> str:
    """Return what to do where docker/ has no Dockerfile, but perhaps a file that is `almost` called so."""
    if not almost:
        return "write one, and commit it"
    right = next(path for path in DOCKERFILES if path.lower() == almost.lower())
    return f"git mv {shlex.quote(almost)} {right}, and commit it"


def finding(almost: str) -> Finding:
    """Return the finding that no image can be built."""
    return Finding(
        rule="no-dockerfile",
        place=Place(DOCKER_FOLDER),
        found=f"{DOCKER_FOLDER}/ has no Dockerfile, so that no image can be built",
        expected=" or ".join(DOCKERFILES),
        cure=cure(almost),
    )
