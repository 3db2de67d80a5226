"""Other people's text in GitHub's workflow commands: one command a line, and what it says is what was meant."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Finding, Place
from ltf_ci.report_forms import annotation, error_annotation, escape_message, escape_property

HARM = [
    "a\nb",
    "a\r\nb",
    "a\rb",
    "100%0Ab",
    "%",
    "a::error::b",
    "\n::set-output name=tag::x",
    "\u2028::error::x",
    "\x1b[2K",
]


@pytest.mark.parametrize(
    ("text", "message", "value"),
    [
        ("a\nb", "a%0Ab", "a%0Ab"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("50 %", "50 %25", "50 %25"),
        ("%0A", "%250A", "%250A"),
        ("a: b, c", "a: b, c", "a%3A b%2C c"),
        ("::", "::", "%3A%3A"),
        ("", "", ""),
    ],
)
def test_what_would_end_a_command_is_escaped(text: str, message: str, value: str) -> None:
    assert (escape_message(text), escape_property(text)) == (message, value)
    assert unquote(value) == text, "the runner reads it back"


@pytest.mark.parametrize("text", HARM)
def test_a_finding_is_one_command_whatever_it_speaks_of(text: str) -> None:
    told = annotation(Finding(rule="no-tag", place=Place(f"x{text}", 1), found=text, expected=text, cure=text))
    assert len(told.splitlines()) == 1
    properties, _, message = told.removeprefix("::notice ").partition("::")
    assert properties.count(",") == 2
    assert ":" not in properties
    assert "\r" not in message


@pytest.mark.parametrize("text", HARM)
def test_an_error_is_one_command_too(text: str) -> None:
    told = error_annotation("check", BadInput.at(Place(f"x{text}", 1, 2), text, expected=text, cure=text))
    assert len(told.splitlines()) == 1
    assert told.removeprefix("::error ").partition("::")[0].count(",") == 3
