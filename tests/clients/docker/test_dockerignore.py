"""What a .dockerignore leaves out; that BuildKit does the same is shown in tests/commands/test_reuse.py."""

from __future__ import annotations

import re
from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltf_ci.clients.docker.dockerignore import _WORD, Dockerignore, Wildcards, _expression, _letters
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


@pytest.mark.filterwarnings("error")  # a pattern of others may not write into the log, or mean something else one day
@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("[[q]", "[q"),
        ("*[[]*[[]*[[]*", ""),
        ("[a[]", "[a"),
        ("[+--]", "+,-"),
        ("[--2]", "-./012"),
        ("[]-a]", "]^a"),
        ("[^]-a]", "[qbc+,-.012&~|"),
        ("[a&&b]", "ab&"),
        ("[~~|||]", "~|"),
        ("[a-c-]", "abc-"),
    ],
)
def test_a_set_has_the_letters_that_it_names(pattern: str, left_out: str) -> None:
    names = "[]^qabc+,-.012&~|"
    assert set(filter(Dockerignore.parse(pattern).leaves_out, names)) == set(left_out) & set(names)


def test_what_docker_cannot_read_is_said() -> None:
    with pytest.raises(BadInput, match=r"^docker/\.dockerignore:3: '\[a' is no pattern"):
        Dockerignore.parse("# [b\n\n[a", "docker/.dockerignore")


@pytest.mark.parametrize(
    ("pattern", "path", "is_out"),
    [
        ("**/a" * 30, "/".join(["b"] * 400), False),
        ("**/a/" * 30 + "z", "/".join(["a"] * 400), False),
        ("[a" * 9000 + "]*" * 3, "z" * 400, False),
        ("[" + "ab" * 50_000 + "]*" * 3, "a]" * 200, True),
        ("[[]" * 9000 + "*" * 3, "[" * 9001, True),
        ("*[]b]*[^]c]*x", "]bax", True),
        ("*[]b]*[^]c]*x", "]]]x", False),
        ("*a" * 30, "a" * 400, True),
        ("*a" * 30 + "b", "a" * 4000, False),
        ("**/*/**/x[0-9]*?.t\\*", "a/b/c/x5yz.t*", True),
        ("**/*/**/x[0-9]*?.t\\*", "a/b/c/x5.t*", False),
        ("*/*/**/c", "a/b/c", True),
        ("*/*/**/c", "a/c", False),
        ("a*b*c*[^d-f]", "aXbYcZg", True),
        ("a*b*c*[^d-f]", "aXbYcZe", False),
    ],
)
def test_many_wildcards_take_no_time_without_end(pattern: str, path: str, *, is_out: bool) -> None:
    assert Dockerignore.parse(pattern).leaves_out(path) is is_out


@given(
    st.lists(st.sampled_from(["*", "**/", "**", "?", "a", "b", "/", "[ab]", "[^b]", "\\*"]), max_size=9).map("".join),
    st.lists(st.sampled_from(["a", "b", "*", "/"]), min_size=1, max_size=9).map("".join),
)
def test_many_wildcards_mean_what_few_do(pattern: str, path: str) -> None:
    path = normpath(path).lstrip("/")
    expressions = [_expression(word) for word in _WORD.finditer(normpath(pattern).lstrip("/"))]
    parts = path.split("/")
    names = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    matches = any(re.fullmatch("".join(expressions), name) for name in names)
    assert Wildcards(_letters(expressions)).match(path) == matches
