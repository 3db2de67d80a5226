"""Real LTF repositories in git, made by the tests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

MANIFEST = "start_point/manifest.json"


def git(directory: Path, *words: str) -> str:
    ended = subprocess.run(["git", *words], cwd=directory, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def manifest_text(display_name: str, image_name: str, **more: Any) -> str:
    """Return a manifest that cyber-dojo takes, if the names do: what was not given stands at its end."""
    members = {"display_name": display_name, "image_name": image_name, **more}
    pair = {"test_framework": ["unittest", ""]} if "language" in more else {}
    rest = {**pair, "visible_filenames": ["hiker.sh", "cyber-dojo.sh"], "filename_extension": ".sh"}
    members |= {key: value for key, value in rest.items() if key not in more}
    return json.dumps(members, indent=2, ensure_ascii=False) + "\n"


class LtfRepository:
    """A whole LTF repository, as in the notes: docker/ and start_point/, with one commit."""

    def __init__(self, directory: Path, display_name: str, image_name: str, **more: Any) -> None:
        self.directory = directory
        (directory / "start_point").mkdir(parents=True)
        (directory / "docker").mkdir()
        (directory / "docker/Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
        (directory / "start_point/hiker.sh").write_text("echo $((6 * 9))\n")
        (directory / "start_point/cyber-dojo.sh").write_text("bash hiker.sh\n")
        (directory / MANIFEST).write_text(manifest_text(display_name, image_name, **more))
        git(directory, "init", "--quiet")
        self.commit("Begin")

    def commit(self, message: str) -> str:
        git(self.directory, "add", "--all")
        git(self.directory, "commit", "--quiet", "--message", message)
        return git(self.directory, "rev-parse", "HEAD")

    def commit_more(self) -> str:
        self.write("start_point/hiker", "more")
        return self.commit("More")

    def write(self, path: str, text: str) -> None:
        (self.directory / path).write_text(text)

    def tag(self, name: str) -> None:
        git(self.directory, "tag", "--annotate", "--message", name, name)

    @property
    def manifest(self) -> Path:
        return self.directory / MANIFEST


def write_hook(repository: Path, name: str, script: str) -> Path:
    """Have git run a shell script at this point: `repository` is a bare one, or a .git folder."""
    hook = repository / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/bash\n{script}\n")
    hook.chmod(0o755)
    return hook


def add_origin(directory: Path, url: str = "") -> Path:
    """Give a repository an origin, a bare one on this machine; it is reached under an address where one is given."""
    bare = directory.parent / f"{directory.name}-origin.git"
    git(directory.parent, "init", "--quiet", "--bare", str(bare))
    git(directory, "remote", "add", "origin", str(bare))
    name_origin(directory, url)
    return bare


def name_origin(directory: Path, url: str) -> None:
    """Give origin an address in place of its path; git reaches it all the same."""
    if url:
        git(directory, "config", "--global", f"url.{git(directory, 'remote', 'get-url', 'origin')}.insteadOf", url)
        git(directory, "remote", "set-url", "origin", url)


@pytest.fixture
def ltf(folder: Path) -> LtfRepository:
    """Return a repository whose texts all agree on 3.7.4-18, which no tag names yet."""
    return LtfRepository(folder, "Python (3.7.4), unittest", "cyberdojofoundation/python_unittest:3.7.4-18")


@pytest.fixture
def origin(ltf: LtfRepository, tmp_path: Path) -> Path:
    """Return the bare repository that `ltf` is pushed to."""
    bare = tmp_path / "origin.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    git(ltf.directory, "remote", "add", "origin", str(bare))
    git(ltf.directory, "push", "--quiet", "origin", "main")
    return bare
