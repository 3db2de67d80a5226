"""`--report FILE`: what a command said, as JSON, beside what people see."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ltf_ci.cli import main
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.output import Format
from ltf_ci.report import Report
from ltf_ci.report_forms import summary_of
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository


def test_the_file_has_what_the_json_form_says(ltf: LtfRepository, tmp_path: Path, run: RunCommand) -> None:
    file, words = tmp_path / "report.json", ("check", str(ltf.directory), "--tag", "3.7.5-1")
    _, said = run(*words, environ={"LTF_CI_FORMAT": "json"})
    assert main([*words, "--report", str(file)], {}) == 1
    assert json.loads(file.read_text()) == said
    assert said["findings"]


def test_an_error_is_there_too_and_no_earlier_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    for environ, kind in (({"LTF_CI_FORMAT": "x"}, "UsageError"), ({}, "BadInput")):
        main(["check", str(tmp_path / "nowhere")], {**environ, "LTF_CI_REPORT": str(file)})
        assert json.loads(file.read_text())["error"]["kind"] == kind


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(
    ltf: LtfRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ltf.manifest.read_bytes()
    assert main(["next", str(ltf.directory), "--report", str(tmp_path)], {}) == 3
    assert f"{tmp_path} cannot be written: Is a directory" in capsys.readouterr().out
    assert ltf.manifest.read_bytes() == before


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_of_github_s_that_cannot_be_written_is_told_before_anything_is_done(
    ltf: LtfRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = ltf.manifest.read_bytes()
    assert main(["next", str(ltf.directory)], {name: str(tmp_path / "nowhere/x")}) == 3
    assert capsys.readouterr().out.startswith(f"error: {tmp_path}/nowhere/x cannot be written: No such file")
    assert ltf.manifest.read_bytes() == before


def test_a_step_that_somebody_s_branch_names_is_shown_as_text() -> None:
    step = Step("ltf-ci/<b>|x\u202e", StepState.SKIPPED, "why")
    outcome = Outcome(conclusion=Conclusion.DONE, steps=(step,))
    stream = io.StringIO()
    Report(Format.TEXT, stream).outcome("bump", outcome)
    assert stream.getvalue().startswith("ltf-ci/<b>|x\\u202e")
    assert "| ltf-ci/&lt;b&gt;\\|x\\\\u202e | skipped | why |" in summary_of("bump", outcome)
