"""An option is declared once: its names, its help, and what is read of words and environment."""

from __future__ import annotations

import argparse
from dataclasses import replace
from enum import StrEnum

import pytest

from ltf_ci.command_line import help_of, parse
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.given import Given
from ltf_ci.options.option import Options, choice, many, options_of, switch, value, variable
from ltf_ci.verbs import COMMANDS
from tests.support.settled import Settled


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Shared(Options):
    """What is shared."""

    no_wait: bool = switch("wait for nothing")


class Request(Shared):
    """What is asked."""

    size: Size = choice("how large", Size, default=Size.SMALL)
    number: int = value("how many", int, "NUMBER", default=3)
    part: tuple[str, ...] = many("a part", str, "PART")
    word: tuple[str, ...] = many("a word", str, "WORD", by_blanks=True, default=("x",))
    on: bool = switch("whether it is on", default=True)
    key: str = variable("a key", str.strip, default="")


def given(environ: dict[str, str], settled: dict[str, object] | None = None, **words: object) -> Request:
    return Given(argparse.Namespace(**words), environ, Settled(settled)).request(Request)


def test_an_option_is_named_by_its_field_and_stands_under_its_class_s_words() -> None:
    found = {option.name: (option.variable, option.heading) for option in options_of(Request)}
    assert [*found] == ["size", "number", "part", "word", "on", "key", "no-wait"]
    assert found["no-wait"] == ("LTF_CI_NO_WAIT", "What is shared")
    assert found["size"] == ("LTF_CI_SIZE", "What is asked")


def test_what_is_not_given_is_the_default() -> None:
    assert vars(given({})) == vars(Request())
    assert (Request().size, Request().number, Request().word, Request().on) == (Size.SMALL, 3, ("x",), True)


def test_the_environment_is_read_as_each_option_is_written() -> None:
    environ = {"SIZE": "large", "NUMBER": "7", "PART": "a b\n\nc\n", "WORD": "a b", "ON": "False", "KEY": "k\n"}
    environ = {f"LTF_CI_{name}": text for name, text in environ.items()}
    assert vars(given(environ)) == vars(
        Request(size=Size.LARGE, number=7, part=("a b", "c"), word=("a", "b"), on=False, key="k")
    )


def test_words_go_before_the_environment() -> None:
    found = given({"LTF_CI_SIZE": "large", "LTF_CI_ON": "true"}, size="small", on=False, part=["a"])
    assert vars(found) == vars(Request(size=Size.SMALL, on=False, part=("a",)))


@pytest.mark.parametrize(("name", "text"), [("SIZE", "huge"), ("SIZE", "SMALL"), ("ON", "yes"), ("NO_WAIT", "1")])
def test_other_words_are_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        given({f"LTF_CI_{name}": text})
    assert text in refused.value.found
    assert refused.value.expected in ("small or large", "true or false")


def test_the_help_has_choices_defaults_and_variables() -> None:
    found = {option.name: help_of(option) for option in options_of(Request)}
    assert found["number"] == "how many [default 3; $LTF_CI_NUMBER]"
    assert found["part"] == "a part [several: repeat it; $LTF_CI_PART]"
    assert found["on"] == "whether it is on [on; --no-on turns it off; $LTF_CI_ON]"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_fits_into_80_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([*name.split(), "--help"])
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if len(line) > 80] == []
    for option in options_of(COMMANDS[name].verb.Request):
        assert f"${option.variable}" in shown


def test_a_choice_is_no_other_error() -> None:
    (size,) = (option for option in options_of(Request) if option.name == "size")
    with pytest.raises(LtfError):
        size.read("x" * 1000)


def test_values_do_not_change_and_what_is_no_option_is_refused() -> None:
    asked = Request(number=7)
    with pytest.raises(AttributeError):
        asked.number = 8  # type: ignore[misc]
    with pytest.raises(TypeError, match="numbers"):
        replace(asked, numbers=8)  # type: ignore[call-arg]
    assert (replace(asked, size=Size.LARGE).number, asked.number, asked.size) == (7, 7, Size.SMALL)
