from __future__ import annotations

import pytest

from ltf_ci.model.printable import escape_markdown, printable


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a/b@sha256:1", "a/b&#64;sha256:1"),
        ("<b>&[x](y)|`z`", "&lt;b&gt;&amp;\\[x\\](y)\\|\\`z\\`"),
        ("one\ntwo", "one<br>two"),
        ("@all, (@one) x@y", "&#64;&#8203;all, (&#64;&#8203;one) x&#64;y"),
        ("fixes #1, a/b#22, gh-3; C# 9", "fixes #&#8203;1, a/b#&#8203;22, gh-&#8203;3; C# 9"),
        ("fixes https://github.com/a/b/issues/1", "fixes https&#58;//github.com/a/b/issues/1"),
        ("see WWW.evil.test, a://b", "see WWW&#46;evil.test, a&#58;//b"),
        ("$\\color{red}x$", "&#36;\\\\color{red}x&#36;"),
        ("_www.a.test", "\\_www&#46;a.test"),
        ("- a", "\\- a"),
        (" === ", " \\=== "),
        ("1. a", "1\\. a"),
        ("1) a", "1\\) a"),
        ("+ a", "\\+ a"),
        ("# a", "\\# a"),
        ("![a](b)", "!\\[a\\](b)"),
        ("C++ (clang++ 18.1.3), python_unittest", "C++ (clang++ 18.1.3), python_unittest"),
        ("_a_ a_ _a __a__ a\\_b", "\\_a\\_ a\\_ \\_a \\_\\_a\\_\\_ a\\\\\\_b"),
        ("3.7.4-1", "3.7.4-1"),
        ("a\n- b", "a<br>- b"),
        ("\x1b[31m\u202e", "\\\\x1b\\[31m\\\\u202e"),
    ],
)
def test_markdown_shows_the_text_and_nothing_else(text: str, written: str) -> None:
    assert escape_markdown(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb\r", "a\\nb\\r"),
        ("a\u2028b", "a\\u2028b"),
        ("C++ (g++)", "C++ (g++)"),
        ("##[error]x", "##\\x5berror]x"),
        ("a\u3164\u2800", "a\\u3164\\u2800"),
    ],
)
def test_control_characters_are_shown_as_escapes(text: str, written: str) -> None:
    assert printable(text) == written
