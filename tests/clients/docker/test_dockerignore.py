"""What a .dockerignore leaves out; that BuildKit does the same is shown in tests/commands/test_reuse.py."""

from __future__ import annotations

import pytest

from ltf_ci.clients.docker.dockerignore import Dockerignore
from ltf_ci.errors import BadInput

FILES = ["a", "b", "c.txt", "Big/x.sh", "x/y", "x/y.sh", "x/deep/y", "#h", "^k", "[q", "*s", "$"]
LEFT_OUT = {
    "": [],
    "# a\n\n  \n": [],
    "a": ["a"],
    "/a/\r": ["a"],
    "./x/../a": ["a"],
    ".": [],
    "a\nb\n!a": ["b"],
    "!a\na": ["a"],
    "x": ["x/y", "x/y.sh", "x/deep/y"],
    "x\n!x/deep": ["x/y", "x/y.sh"],
    "big": [],  # a file system knows capitals
    "*\n!**/*.sh": ["a", "b", "c.txt", "x/y", "x/deep/y", "#h", "^k", "[q", "*s", "$"],
    "**/y": ["x/y", "x/deep/y"],
    "*/y": ["x/y"],
    "x/**": ["x/y", "x/y.sh", "x/deep/y"],
    "**/deep/**": ["x/deep/y"],
    "**": FILES,
    "?": ["a", "b", "x/y", "x/y.sh", "x/deep/y", "$"],
    "[^b]": ["a", "x/y", "x/y.sh", "x/deep/y", "$"],
    "[!b]": ["b"],
    "[a-c]*": ["a", "b", "c.txt"],
    "\\*s\n\\[q\n$": ["[q", "*s", "$"],
    " #h": ["#h"],
    "\N{BYTE ORDER MARK}a": ["a"],
}


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_is_left_out(text: str) -> None:
    ignore = Dockerignore.parse(text)
    assert [path for path in FILES if ignore.leaves_out(path)] == LEFT_OUT[text]


def test_what_docker_cannot_read_is_said() -> None:
    with pytest.raises(BadInput, match=r"\.dockerignore has '\[a'"):
        Dockerignore.parse("[a")
