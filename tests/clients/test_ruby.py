"""Ruby judges regular expressions and sources in its own dialect; what means harm only harms ruby."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ltf_ci.clients import ruby
from ltf_ci.errors import MissingTool

RUBY_ALONE = [
    *(r"(?<n>a)", r"(?<n>a)\k<n>", r"\p{Alpha}", r"a\z", r"\Ga", r"\R", r"a\Kb", r"\X", r"\u{41}", r"\cA", r"\y"),
    *("a**", "a(?i)b", "(?<=a|bc)", r"(?<x>a\g<x>?)", "(?~x)", r"\h+\z"),
]
PYTHON_ALONE = [r"(?P<n>a)", r"(?P<n>a)(?P=n)", "(?s:a)", "[[:alpa:]]"]
NEITHER = ["(", "[", ")", "*a", "+a", "a\\", "[z-a]", "[]", "a{3,2}", r"\xg", r"\u12", r"(?<n>a)\1\k<m>", "(?<=a*)b"]
BOTH = ["{", "]", "a{,3}", "(?>a)", "a++", "(?i)a", "(?#c)", "[a&&b]", "", " ", "é", "\0", "[[:alpha:]]"]
HOSTILE = [
    "#{system('touch harm')}",
    "`touch harm`",
    "'; touch harm;'",
    "\n__END__\n",
    '"]}',
    "-e",
    "(?{system('touch harm')})",
]


def is_pythons(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def complaint(regex: str) -> str:
    return ruby.complaints([regex], [])[0][0]


def test_regular_expressions_are_judged_in_rubys_dialect() -> None:
    every = [*RUBY_ALONE, *PYTHON_ALONE, *NEITHER, *BOTH]
    complaints, _ = ruby.complaints(every, [])
    assert [text for text, said in zip(every, complaints, strict=True) if not said] == [*RUBY_ALONE, *BOTH]


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_dialect_is_not_pythons() -> None:
    assert [text for text in (*PYTHON_ALONE, *BOTH) if not is_pythons(text)] == []
    assert [text for text in NEITHER if is_pythons(text)] == []


def test_a_complaint_is_one_line_and_short() -> None:
    assert complaint("(") == "end pattern with unmatched parenthesis: /(/"
    assert complaint("(\n" * 999).startswith("end pattern with unmatched parenthesis: /( ( (")
    assert len(complaint("(" * 9999)) == 200


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    source = f"BEGIN {{ system('touch harm') }}\nsystem('touch harm')\n{text}\nraise 'x'\n"
    complaints, _ = ruby.complaints([text, "("], [text, source])
    assert complaints[1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("lambda { |stdout, stderr, status| :red }\n", ""),
        ("lambda { |stdout, stderr, status| :rot }\nraise 'only said when it is run'\n", ""),
        ("", ""),
        ("# é\n:amber\n__END__\n(((", ""),
        ("lambda { |stdout", "line:1: syntax error"),
        ("\ndef x\n", "line:"),
        ("(" * 60_000, "line:"),
    ],
)
def test_sources_are_read_and_not_run(source: str, says: str) -> None:
    _, (said,) = ruby.complaints([], [source])
    assert said.startswith(says)
    assert bool(said) == bool(says)


@pytest.mark.parametrize("variable", ["RUBYOPT", "RUBYLIB"])
def test_the_environment_does_not_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    (tmp_path / "json.rb").write_text("exit 1\n")
    (tmp_path / "mine.rb").write_text("exit 1\n")
    monkeypatch.setenv(variable, f"-r{tmp_path}/mine" if variable == "RUBYOPT" else str(tmp_path))
    assert ruby.complaints(["a", ")"], [])[0][0] == ""


@pytest.mark.parametrize("script", [None, "exit 127", "echo 'rbenv: ruby: command not found' >&2; exit 127"])
def test_a_ruby_that_cannot_be_run_is_a_missing_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    if script is not None:
        (tmp_path / "ruby").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "ruby").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="ruby cannot be"):
        ruby.complaints(["a"], [])


@pytest.mark.parametrize("end", ["exec sleep 99", "kill -9 $$"])
def test_where_ruby_stops_what_was_judged_before_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    (tmp_path / "ruby").write_text(f"#!/bin/sh\necho '[\"ready\"]'\necho '[\"\"]'\nprintf '[\"ha'\n{end}\n")
    (tmp_path / "ruby").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(ruby, "SECONDS", 0.5)
    too_much = "it takes too much time or memory"
    assert ruby.complaints(["a", "b"], ["c"]) == (("", too_much), (too_much,))
