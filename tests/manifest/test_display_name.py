from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltf_ci.errors import BadInput
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.model.release_tag import LanguageVersion
from tests.support import ROOT

FLEET = json.loads((ROOT / "tests/data/fleet.json").read_text())["states"]
NAMES = sorted({state[3] for state in FLEET if state[3]})


@pytest.mark.parametrize("text", NAMES)
def test_every_name_that_the_fleet_ever_had_is_read(text: str) -> None:
    assert str(DisplayName.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "language", "version", "framework", "with_another"),
    [
        ("Python (3.7.4), unittest", "Python", "3.7.4", "unittest", "Python (9.1), unittest"),
        ("Python 3.14.3, unittest", "Python", "3.14.3", "unittest", "Python 9.1, unittest"),
        ("C++ (clang++ 18.1.3), assert", "C++ (clang++)", "18.1.3", "assert", "C++ (clang++ 9.1), assert"),
        ("C (gcc), assert", "C (gcc)", None, "assert", "C (gcc 9.1), assert"),
        ("Elm2, test", "Elm2", None, "test", "Elm2 (9.1), test"),
        ("Python (v3.7.4), unittest", "Python (v3.7.4)", None, "unittest", "Python (9.1), unittest"),
        ("Python (3.7.4\u200b), unittest", "Python (3.7.4\u200b)", None, "unittest", "Python (9.1), unittest"),
        ("Python (\u0663.\u0667), unittest", "Python (\u0663.\u0667)", None, "unittest", "Python (9.1), unittest"),
        ("C (gcc-9), assert", "C (gcc-9)", None, "assert", "C (gcc-9 9.1), assert"),
        ("Asm 2.16.01, assert", "Asm", "2.16.01", "assert", "Asm 9.1, assert"),
        ("C# 10.0.103, NUnit 4.3.2", "C#", "10.0.103", "NUnit 4.3.2", "C# 9.1, NUnit 4.3.2"),
        ("Java 21, Approval 24.9 with JUnit 5", "Java", "21", "Approval 24.9 with JUnit 5", None),
        ("Go 1.18, testify (a.k.a. x, y)", "Go", "1.18", "testify (a.k.a. x, y)", None),
        ("Python 3.15.0-rc1, pytest", "Python", "3.15.0-rc1", "pytest", None),
    ],
)
def test_a_name_has_parts(
    text: str, language: str, version: str | None, framework: str, with_another: str | None
) -> None:
    name = DisplayName.parse(text)
    expected = (language, version, framework)
    assert (name.language, str(name.version) if name.version else None, name.framework) == expected
    if with_another:
        changed = name.with_version(LanguageVersion.parse("9.1"))
        assert str(changed) == with_another
        assert DisplayName.parse(with_another) == changed


@pytest.mark.parametrize(
    "text",
    ["", "Python", "Python,unittest", "Python , unittest", " Python, unittest", "Python, ", "Python 3.7.4 , unittest"]
    + ["Python\n, unittest", "Python, unit\ntest", "Python  3.7.4, unittest", "Python (3.7.4, unittest"],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        DisplayName.parse(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert str(DisplayName.parse(text)) == text
    except BadInput:
        return
