"""What is hashed of a build's context is what docker would be given."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ltf_ci.clients.docker.build_context import context_files

ALL = ["Dockerfile", "a", "a/b", "a/b/deep", "a/linked", "link", "plain"]
LEFT_IN = {
    "nothing": ("", ALL),
    "comments alone": ("# nothing\n\n  \n", ALL),
    "a pattern that fits nothing": ("none-such\n", ALL),
    "a file": ("plain\n", [path for path in ALL if path != "plain"]),
}


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "a/b").mkdir(parents=True)
    for path in ("Dockerfile", "plain", "a/b/deep"):
        (tmp_path / path).write_text(path)
    (tmp_path / "link").symlink_to("plain")
    (tmp_path / "a/linked").symlink_to("b")  # not followed: docker sends a link
    return tmp_path


@pytest.mark.parametrize("name", LEFT_IN)
def test_what_dockerignore_leaves_in(name: str, context: Path) -> None:
    patterns, left = LEFT_IN[name]
    (context / ".dockerignore").write_text(patterns)
    assert [file.path for file in context_files(context, "Dockerfile")] == sorted([*left, ".dockerignore"])


def test_each_file_has_its_own_hash(context: Path) -> None:
    found = {file.path: file.sha256 for file in context_files(context, "Dockerfile")}
    for path, content in (("plain", "plain"), ("a/b/deep", "a/b/deep"), ("link", "plain"), ("a/linked", "b")):
        assert found[path] == hashlib.sha256(content.encode()).hexdigest()
