"""The LTF repository that is measured."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path


def git(directory: Path, *words: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=directory, check=True, capture_output=True)


def begin(directory: Path) -> None:
    """Make an LTF repository with nothing in it yet."""
    for name in ("docker", "start_point"):
        (directory / name).mkdir(parents=True)
    git(directory, "init", "--quiet")
    git(directory, "config", "core.compression", "0")  # random bytes do not shrink
    git(directory, "config", "core.bigFileThreshold", "1m")
    git(directory, "config", "gc.auto", "0")


def tag(directory: Path, image: str, revision: int, language: str = "Python") -> str:
    """Commit all that is there as the next release, and tag it; return the image's name with its tag."""
    name = f"3.7.4-{revision}"
    names = {"display_name": f"{language} (3.7.4), unittest", "image_name": f"{image}:{name}"}
    files = {"visible_filenames": ["cyber-dojo.sh", "hiker.py"], "filename_extension": [".py"]}
    (directory / "start_point/cyber-dojo.sh").write_text("python3 -m unittest\n")
    (directory / "start_point/hiker.py").write_text("def answer():\n    return 6 * 9\n")
    (directory / "start_point/manifest.json").write_text(json.dumps({**names, **files}, indent=2) + "\n")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message", name)
    git(directory, "tag", "--annotate", "--message", name, name)
    return names["image_name"]
