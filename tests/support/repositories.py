"""Real LTF repositories in git, made by the tests."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

MANIFEST = "start_point/manifest.json"


_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = {bare}\n\tlogallrefupdates = {logs}\n"
_REMOTE = '[remote "origin"]\n\turl = {url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'


def git(directory: Path, *words: str) -> str:
    ended = subprocess.run(["git", *words], cwd=directory, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def init(directory: Path, *, bare: bool = False) -> None:
    """Make a repository, as `git init` does with the tests' settings."""
    own = directory if bare else directory / ".git"
    for folder in ("objects", "refs/heads", "refs/tags"):
        (own / folder).mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/main\n")
    (own / "config").write_text(_CONFIG.format(bare=str(bare).lower(), logs=str(not bare).lower()))


def head_of(directory: Path) -> str:
    """Return the commit at HEAD."""
    head = directory / ".git/HEAD"
    at = head.parent / head.read_text().strip().removeprefix("ref: ") if head.is_file() else head
    return at.read_text().strip() if at.is_file() else git(directory, "rev-parse", "HEAD")


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
        init(directory)
        self.commit("Begin")

    def commit(self, message: str) -> str:
        git(self.directory, "add", "--all")
        git(self.directory, "commit", "--quiet", "--message", message)
        return head_of(self.directory)

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
    init(bare, bare=True)
    with (directory / ".git/config").open("a") as config:
        config.write(_REMOTE.format(url=bare))
    name_origin(directory, url)
    return bare


def bring_tags(directory: Path, origin: Path) -> None:
    """Bring all tags to a bare repository, whatever it has of them: as a push with --force does, without a process."""
    own = directory / ".git"
    for kind in ("objects", "refs/tags"):
        for file in (each for each in (own / kind).rglob("*") if each.is_file()):
            there = origin / file.relative_to(own)
            if kind == "refs/tags" or not there.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, there)


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
    init(bare, bare=True)
    git(ltf.directory, "remote", "add", "origin", str(bare))
    git(ltf.directory, "push", "--quiet", "origin", "main")
    return bare
