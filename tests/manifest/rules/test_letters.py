"""Which letters a person takes for others, or does not see."""

from __future__ import annotations

import pytest

from ltf_ci.manifest.rules.letters import strange_letters


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("Pyth\u043en (3.7.4), unittest", "\u043e"),
        ("Clojure 1.11, clojure.t\u0435st", "\u0435"),
        ("\u039dode 20, jest", "\u039d"),
        ("\uff30ython 3, x", "\uff30"),
        ("\U0001d40fython 3, x", "\U0001d40f"),
        ("K\u212aotlin 1, x", "\u212a"),
        ("\u054dwift \u0578im, x", "\u0578"),
        ("Py\u200bthon 3, x", "\u200b"),
        ("Java\ufe0f 21, x", "\ufe0f"),
        ("x\u3164 1, x", "\u3164"),
        ("J\u0430v\u0430 21, \u0455\u0440ock\u2062", "\u0430\u0455\u0440\u2062"),
    ],
)
def test_a_letter_that_looks_like_another_or_like_nothing(text: str, strange: str) -> None:
    assert "".join(strange_letters(text)) == strange


@pytest.mark.parametrize(
    "text",
    [
        "C++ (g++), assert",
        "C#, NUnit",
        "F# 9, x",
        "\u65e5\u672c\u8a9e (1), \u8a66\u9a13",
        "Python 3.1, \u30e6\u30cb\u30c3\u30c8test",
        "\u041f\u0430\u0439\u0442\u043e\u043d 3, \u0442\u0435\u0441\u0442",
        "\u03bbProlog 1, x",
        "\u03bcKanren 2, x",
        "\uff23\uff0b\uff0b 1, x",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 1, x",
        "\xdcn\xef Stra\xdfe cafe\u0301 1, x",
        "1\ufe0f\u20e3 2, x",
        "Brainfuck\u2122 1, x",
    ],
)
def test_a_word_of_one_script_is_what_it_is(text: str) -> None:
    assert strange_letters(text) == ()
