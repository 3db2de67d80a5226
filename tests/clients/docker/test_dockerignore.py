"""What a .dockerignore leaves out; that BuildKit does the same is shown in tests/commands/test_reuse.py."""

from __future__ import annotations

import re
from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltf_ci.clients.docker.dockerignore import Dockerignore
from ltf_ci.clients.docker.ignore_pattern import _WORD, Pattern, Wildcards, _letters, _meaning
from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place
from tests.support.build_contexts import with_folders

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
    "/ #h": ["#h"],
    "\N{BYTE ORDER MARK}a": ["a"],
    "**y": ["x/y", "x/deep/y"],
    "**p\nb**": ["b", "x/deep/y"],
    "^k": ["^k"],
    "*/y.sh\n!^k": ["x/y.sh"],
    "a\n./!a": [],  # what docker cleans is read again
    "*\n!**/y\n!x": ["a", "b", "c.txt", "Big/x.sh", "#h", "^k", "[q", "*s", "$"],
    "x/deep\n**/x\n!deep": ["x/y", "x/y.sh", "x/deep/y"],
}


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_is_left_out(text: str) -> None:
    sent = Dockerignore.parse(text).sent(with_folders(FILES))
    assert [path for path in FILES if path not in sent] == LEFT_OUT[text]


def test_a_folder_that_is_left_out_is_sent_with_what_is_let_in() -> None:
    paths = ["x/", "y/", "x/deep/", "x/a", "x/deep/b", "y/c"]
    assert Dockerignore.parse("x\ny\n!x/deep").sent(paths) == {"x/", "x/deep/", "x/deep/b"}


@pytest.mark.filterwarnings("error")  # a pattern of others may not write into the log, or mean something else one day
@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("[[q]", "[q"),
        ("*[[]*[[]*[[]*", ""),
        ("[a[]", "[a"),
        ("[a&&b]", "ab&"),
        ("[+-\\-]", "+,-"),
        ("[\\]-a]", "]^a"),
        ("[^\\]-a]", "[qbc+,-.012&~|"),
        ("[~~|||]", "~|"),
    ],
)
def test_a_set_has_the_letters_that_it_names(pattern: str, left_out: str) -> None:
    names = "[]^qabc+,-.012&~|"
    assert set(filter(parsed(pattern).matches, names)) == set(left_out) & set(names)


@pytest.mark.parametrize(
    "line", ["[a", "[]", "[^]", "[]a]", "[a-]", "[-a]", "[+--]", "a\\", "*/\\/", "!", "! ", "!/", "./!", "[b-a]", "\\1"]
)
def test_what_docker_cannot_read_is_said(line: str) -> None:
    with pytest.raises(BadInput, match=rf"^docker/\.dockerignore:3: {re.escape(repr(line.strip()))} is no pattern"):
        Dockerignore.parse(f"# [b\n\n{line}", "docker/.dockerignore")


def parsed(line: str) -> Pattern:
    return Pattern.parse(line, Place(".dockerignore", 1))


@pytest.mark.parametrize(
    ("pattern", "path", "is_out"),
    [
        ("**/a" * 30, "/".join(["b"] * 400), False),
        ("**/a/" * 30 + "z", "/".join(["a"] * 400), False),
        ("[a" * 9000 + "]*" * 3, "z" * 400, False),
        ("[" + "ab" * 50_000 + "]*" * 3, "a]" * 200, True),
        ("[[]" * 9000 + "*" * 3, "[" * 9001, True),
        ("*[\\]b]*[^\\]c]*x", "]bax", True),
        ("*[\\]b]*[^\\]c]*x", "]]]x", False),
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
    assert parsed(pattern).matches(path) is is_out


@given(
    st.lists(st.sampled_from(["*", "**/", "**", "?", "a", "b", "/", "[ab]", "[^b]", "\\*"]), max_size=9).map("".join),
    st.lists(st.sampled_from(["a", "b", "*", "/"]), min_size=1, max_size=9).map("".join),
)
def test_many_wildcards_mean_what_few_do(pattern: str, path: str) -> None:
    path = normpath(path).lstrip("/")
    expressions = [_meaning(word) for word in _WORD.finditer(normpath(pattern).lstrip("/"))]
    matches = re.fullmatch("".join(expressions), path) is not None
    assert Wildcards(_letters(expressions)).fullmatch(path) == matches
