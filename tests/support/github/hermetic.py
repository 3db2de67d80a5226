"""Git without any configuration of the machine or of the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

HERMETIC = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git_output(directory: Path, *words: str, data: bytes = b"", **environ: str) -> bytes:
    """Return what git prints, or raise CalledProcessError."""
    told = {**os.environ, **HERMETIC, **environ}
    return subprocess.run(["git", *words], cwd=directory, input=data, capture_output=True, check=True, env=told).stdout
