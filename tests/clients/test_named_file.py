"""What stands where a manifest names a file: real folders, links and pipes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ltf_ci.clients.named_file import named_file
from ltf_ci.model.named_file import LARGEST_LAMBDA, FileKind, NamedFile


@pytest.fixture
def start_point(folder: Path) -> Path:
    """Return the manifest's folder in a repository; outside of it there is a secret."""
    found = folder / "start_point"
    (found / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text("token")
    (folder / "shared.py").write_text("é")
    (folder.parent / "secret").write_text("secret")
    (found / "sub/hiker.py").write_text("x")
    (found / "full").write_bytes(b"x" * LARGEST_LAMBDA)
    (found / "over").write_bytes(b"x" * (LARGEST_LAMBDA + 1))
    (found / "latin-1").write_bytes(b"\xe9")
    (found / "nul").write_bytes(b"a\0b")
    os.mkfifo(found / "fifo")
    links: dict[str, str | Path] = {
        "link": "../shared.py",
        "absolute": folder / "shared.py",
        "out": "../../secret",
        "away": "/etc/passwd",
        "to-git": "../.git/config",
        "out-folder": "../..",
        "circle": "circle",
        "dangling": "nothing",
        "device": "/dev/zero",
    }
    for name, target in links.items():
        (found / name).symlink_to(target)
    return found


CASES = {
    "sub/hiker.py": NamedFile(FileKind.FILE, 1, "x"),
    "./sub//hiker.py": NamedFile(FileKind.FILE, 1, "x"),
    "/sub/hiker.py": NamedFile(FileKind.FILE, 1, "x"),
    "full": NamedFile(FileKind.FILE, LARGEST_LAMBDA, "x" * LARGEST_LAMBDA),
    "over": NamedFile(FileKind.FILE, LARGEST_LAMBDA + 1),
    "latin-1": NamedFile(FileKind.FILE, 1),
    "nul": NamedFile(FileKind.FILE, 3),
    "link": NamedFile(FileKind.FILE, 2, "é"),
    "absolute": NamedFile(FileKind.FILE, 2, "é"),
    "out": NamedFile(FileKind.OUTSIDE),
    "away": NamedFile(FileKind.OUTSIDE),
    "device": NamedFile(FileKind.OUTSIDE),
    "to-git": NamedFile(FileKind.OUTSIDE),
    "out-folder/secret": NamedFile(FileKind.OUTSIDE),
    "../shared.py": NamedFile(FileKind.OUTSIDE),
    "sub/../sub/hiker.py": NamedFile(FileKind.OUTSIDE),
    "/etc/passwd": NamedFile(FileKind.ABSENT),
    "circle": NamedFile(FileKind.ABSENT),
    "dangling": NamedFile(FileKind.ABSENT),
    "a\0b": NamedFile(FileKind.ABSENT),
    "x" * 300: NamedFile(FileKind.ABSENT),
    "sub/hiker.py/x": NamedFile(FileKind.ABSENT),
    "sub/hiker.py/": NamedFile(FileKind.ABSENT),
    "sub/hiker.py/.": NamedFile(FileKind.ABSENT),
    "sub": NamedFile(FileKind.FOLDER),
    "sub/": NamedFile(FileKind.FOLDER),
    ".": NamedFile(FileKind.FOLDER),
    "fifo": NamedFile(FileKind.OTHER),
}


@pytest.mark.parametrize("name", CASES)
def test_what_stands_there(start_point: Path, name: str) -> None:
    assert named_file(start_point.parent, "start_point", name) == CASES[name]


@pytest.mark.parametrize("name", [".git/config", "x"])
def test_gits_own_files_are_outside(start_point: Path, name: str) -> None:
    kind = named_file(start_point.parent, ".", name).kind
    assert kind is (FileKind.OUTSIDE if name.startswith(".git") else FileKind.ABSENT)


def test_a_repository_that_is_reached_by_a_link(start_point: Path, tmp_path: Path) -> None:
    (tmp_path / "by-link").symlink_to(start_point.parent)
    assert named_file(tmp_path / "by-link", "start_point", "link").kind is FileKind.FILE
    assert named_file(tmp_path / "by-link", "start_point", "out").kind is FileKind.OUTSIDE
