"""The examples in the README are run, and say what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.repositories import LtfRepository

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_readme_shows_what_check_says(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = re.search(r"\$ ltf-ci (check .*)\n([^`]*)```", README)
    assert example
    monkeypatch.chdir(ltf.directory)
    assert main(example[1].split(), {}) == 1
    assert capsys.readouterr().out == example[2]


def test_the_readme_lists_the_exit_codes_of_errors_that_can_happen() -> None:
    listed = {
        int(number) for number in re.findall(r"(?:^|· )(\d+) ", README.partition("## Exit codes")[2], re.MULTILINE)
    }
    assert {0, 1, 2, 3, 4, 6, 8, 10, 130} <= listed
