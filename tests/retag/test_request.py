"""What a re-tag is told."""

from __future__ import annotations

import pytest

from ltf_ci.errors import BadInput, LtfError
from ltf_ci.options.shared import reason
from ltf_ci.retag import request
from ltf_ci.retag.request import Lines


def test_lines_are_named_once_or_all() -> None:
    assert Lines.parse("all") == Lines()
    assert [str(version) for version in Lines.parse("3.7.4, 3.7.5,3.7.4").versions] == ["3.7.4", "3.7.5"]


@pytest.mark.parametrize("text", ["", "3.7.4,", "ALL", "3.7.4-1", "--all", "3.7.4 3.7.5"])
def test_lines_that_are_none(text: str) -> None:
    with pytest.raises(BadInput, match="lines") as told:
        Lines.parse(text)
    assert told.value.expected.endswith("or all")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("  CVE-2026-1:\n\n openssl ", "CVE-2026-1: openssl"),
        ("a\u2028b\x85c\x1cd\fe", "a b c d e"),
        ("a\x1b[31mb\u202ec", "a\\x1b[31mb\\u202ec"),
    ],
)
def test_a_reason_is_one_line_of_plain_text(text: str, line: str) -> None:
    assert reason(text) == line


@pytest.mark.parametrize("text", ["", "-x", "a b", "a\n", "x" * 101, "a,b", "ä"])
def test_a_request_is_a_word(text: str) -> None:
    with pytest.raises(LtfError):
        request.request(text)


@pytest.mark.parametrize("text", ["a/b", "a/b@sha256:" + "0" * 64, "A/b:1", ""])
def test_a_base_has_a_tag(text: str) -> None:
    with pytest.raises(LtfError):
        request.base(text)
