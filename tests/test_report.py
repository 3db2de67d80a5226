"""`--report FILE`: what a command said, as JSON, beside what people see."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest

from ltf_ci.cli import _interrupted, main
from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.output import Format
from ltf_ci.report import Report
from ltf_ci.report_forms import VERSION
from ltf_ci.summary import summary_of
from ltf_ci.terminal import Style
from ltf_ci.verbs import COMMANDS
from tests.support import ROOT
from tests.support.printing import printed
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository


def test_the_file_has_what_the_json_form_says(ltf: LtfRepository, tmp_path: Path, run: RunCommand) -> None:
    file, words = tmp_path / "report.json", ("check", str(ltf.directory), "--tag", "3.7.5-1")
    result = run(*words, environ={"LTF_CI_FORMAT": "json"})
    assert main([*words, "--report", str(file)], {}) == 1
    assert json.loads(file.read_text()) == result.said
    assert result.findings


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
    assert f"{tmp_path} cannot be written: Is a directory" in printed(capsys)
    assert ltf.manifest.read_bytes() == before


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_of_github_s_that_cannot_be_written_is_told_before_anything_is_done(
    ltf: LtfRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = ltf.manifest.read_bytes()
    assert main(["next", str(ltf.directory)], {name: str(tmp_path / "nowhere/x")}) == 3
    assert printed(capsys).startswith(f"error: {tmp_path}/nowhere/x cannot be written: No such file")
    assert ltf.manifest.read_bytes() == before


def test_a_step_that_somebody_s_branch_names_is_shown_as_text() -> None:
    step = Step("ltf-ci/<b>|x\u202e", StepState.SKIPPED, "why")
    outcome = Outcome(conclusion=Conclusion.DONE, steps=(step,))
    stream = io.StringIO()
    Report(Format.TEXT, stream, stream).outcome("bump", outcome)
    assert stream.getvalue().startswith("ltf-ci/<b>|x\\u202e")
    assert "| ltf-ci/&lt;b&gt;\\|x\\\\u202e | skipped | why |" in summary_of("bump", outcome)


def test_a_run_that_is_interrupted_has_released_nothing(tmp_path: Path) -> None:
    report, outputs = Report(Format.TEXT, io.StringIO(), io.StringIO()), tmp_path / "outputs"
    report.write_for_github(outputs, None)
    report.show(Step("check", StepState.DONE, ""))
    _interrupted(COMMANDS["release"], KeyboardInterrupt(), report)
    assert "\nfalse\n" in outputs.read_text().partition("released<<")[2]


class Screen(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


FOUND = Finding(rule="readme-copy", place=Place("README.md", 3), found="it differs")
PUSHED = Step("push", StepState.DONE, "a/b:1-1")


def shown(
    outcome: Outcome,
    form: Format = Format.TEXT,
    *,
    is_data: bool = False,
    has_rows: bool = False,
    is_quiet: bool = False,
) -> tuple[str, str]:
    """Return what goes to where answers go, and to where what happens goes."""
    answers, happenings = io.StringIO(), io.StringIO()
    report = Report(form, answers, happenings)
    report.use(None, is_data=is_data, has_rows=has_rows, is_quiet=is_quiet)
    report.log("a line of docker")
    report.outcome("release", outcome)
    return answers.getvalue(), happenings.getvalue()


def test_findings_are_asked_for_and_steps_happen() -> None:
    answers, happenings = shown(Outcome(conclusion=Conclusion.DONE, steps=(PUSHED,), findings=(FOUND,)))
    assert answers == "README.md:3: warning [readme-copy] it differs\n"
    assert happenings == "a line of docker\npush        done       a/b:1-1\ndone: 1 warning\n"


def test_a_command_that_prints_data_prints_nothing_else_there() -> None:
    text = Outcome(conclusion=Conclusion.DONE, findings=(FOUND,), text="a/b:1-1\n", is_text=True)
    answers, happenings = shown(text, is_data=True)
    assert (answers, "it differs" in happenings) == ("a/b:1-1\n", True)
    failed = Outcome(conclusion=Conclusion.FAILED, findings=(FOUND,), error=LtfError("broken"))
    answers, happenings = shown(failed, is_data=True)
    assert (answers, "error: broken\n" in happenings) == ("", True)


def test_steps_that_were_asked_for_are_the_answer() -> None:
    outcome = Outcome(conclusion=Conclusion.DONE, steps=(PUSHED,))
    assert shown(outcome, has_rows=True) == ("push        done       a/b:1-1\n", "a line of docker\ndone\n")


def test_what_answers_in_steps_prints_them_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {name for name, command in COMMANDS.items() if command.prints_rows} == {"status", "doctor", "changed"}
    assert main(["doctor", str(tmp_path)], {}) == 1
    out, err = capsys.readouterr()
    assert (out[:4], err[:17]) == ("git ", "error: not ready:")


def test_all_of_it_is_one_log_in_a_workflow() -> None:
    answers, happenings = shown(Outcome(conclusion=Conclusion.DONE, steps=(PUSHED,), findings=(FOUND,)), Format.GITHUB)
    assert happenings == ""
    assert "::warning file=README.md,line=3" in answers
    assert "push        done" in answers


def test_who_wants_quiet_is_shown_findings_and_errors_alone() -> None:
    outcome = Outcome(conclusion=Conclusion.FAILED, steps=(PUSHED,), findings=(FOUND,), error=LtfError("broken"))
    answers, happenings = shown(outcome, is_quiet=True)
    assert answers.count("\n") == 1
    assert happenings == "error: broken\n"


def test_an_error_is_printed_once() -> None:
    outcome = Outcome(conclusion=Conclusion.FAILED, reason="broken", error=LtfError("broken"))
    assert shown(outcome)[1].count("broken") == 1


def test_a_step_is_shown_when_it_is_done_and_not_again() -> None:
    stream = io.StringIO()
    report = Report(Format.TEXT, stream, stream)
    with report.part("3.7.4"):
        report.show(PUSHED)
    assert stream.getvalue() == "3.7.4 push        done       a/b:1-1\n"
    named = Step("3.7.4 push", StepState.DONE, "a/b:1-1")
    report.outcome("retag", Outcome(conclusion=Conclusion.DONE, steps=(named, named)))  # two releases, one line each
    assert stream.getvalue().count("3.7.4 push        done") == 2


@pytest.mark.parametrize(
    ("names", "wide"),
    [(["a"], 11), (["a", "x" * 12], 12), (["x" * 20, "a"], 20), (["x" * 99, "a"], 40), (["list unchanged"], 14)],
)
def test_a_table_is_as_wide_as_its_longest_name(names: list[str], wide: int) -> None:
    steps = tuple(Step(name, StepState.DONE, "detail") for name in names)
    rows = shown(Outcome(conclusion=Conclusion.DONE, steps=steps))[1].splitlines()[1:-1]
    assert {row.index(" done ") for row, name in zip(rows, names, strict=True) if len(name) <= wide} == {wide}


def test_a_row_is_not_narrower_than_those_before_it() -> None:
    stream = io.StringIO()
    report = Report(Format.TEXT, stream, stream)
    with report.part("3.14.3"):
        for name in ("tag", "test amber", "push"):
            report.show(PUSHED._replace(name=name))
    report.show(PUSHED._replace(name="list"))
    assert [row.index(" done") for row in stream.getvalue().splitlines()] == [18, 18, 18, 18]


@pytest.mark.parametrize("name", ["push", "3.7.4 latest", "cyber-dojo-languages/python", "x" * 11, "x" * 12])
@pytest.mark.parametrize("state", StepState)
def test_the_columns_of_a_step_never_touch(name: str, state: StepState) -> None:
    for style in (Style(), Style(has_marks=True)):
        assert f" {name} ".strip() in style.step(Step(name, state, "detail")).split(str(state))[0]
        assert style.step(Step(name, state, "detail")).replace("✓", "").split()[-2:] == [str(state), "detail"]


@pytest.mark.parametrize(
    ("environ", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"CI": "1"}, False)],
)
def test_a_terminal_has_marks_and_colours_unless_they_are_not_wanted(
    environ: dict[str, str],
    is_coloured: bool,  # noqa: FBT001
) -> None:
    screen = Screen()
    report = Report(Format.TEXT, screen, screen, environ)
    report.show(PUSHED)
    assert ("\x1b[32m" in screen.getvalue()) is is_coloured
    assert ("✓" in screen.getvalue()) is ("CI" not in environ)


def test_a_plan_is_lines_of_text() -> None:
    plan = {"tag": "1-1", "push": False, "files": ["a", "b"], "lines": [{"line": "1", "empty": ""}]}
    answers, _ = shown(Outcome(conclusion=Conclusion.PLANNED, plan=plan))
    assert answers == "tag: 1-1\npush: false\nfiles: a\nfiles: b\nlines:\n  line: 1\n"


SCHEMA = json.loads((ROOT / "ltf_ci/outcome.schema.json").read_text())


@pytest.mark.parametrize(
    "words", [["check", "--tag", "3.7.5-1"], ["check"], ["check", "--tag", "x"], ["next", "--dry-run"], ["release"]]
)
def test_the_json_is_as_its_schema_says(
    ltf: LtfRepository, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([*words, str(ltf.directory), "--format", "json"], {})
    said = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(said)
    assert said["version"] == VERSION == SCHEMA["properties"]["version"]["const"]


@pytest.mark.parametrize(
    ("path", "text", "line", "column"),
    [("start_point/manifest.json", '{"a": 1,\n }', 1, 8), (".github/ltf-ci.yml", "latest: auto\nlatst: x\n", 2, 1)],
)
def test_a_file_that_cannot_be_read_is_an_annotation_at_its_line(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str], path: str, text: str, line: int, column: int
) -> None:
    (ltf.directory / path).parent.mkdir(exist_ok=True)
    ltf.write(path, text)
    assert main(["check", str(ltf.directory)], {"GITHUB_ACTIONS": "true"}) == 3
    assert f"::error file={path},line={line},col={column},title=unreadable::" in capsys.readouterr().out
    main(["check", str(ltf.directory), "--format", "json"], {})
    said = json.loads(capsys.readouterr().out)
    for each in (said["error"], *said["findings"]):
        assert (each["file"], each["line"], each["column"]) == (path, line, column)


@pytest.mark.parametrize("form", ["text", "github"])
def test_what_has_a_finding_for_each_of_its_bytes_floods_nobody(
    ltf: LtfRepository, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = json.dumps([f"missing-{number}" for number in range(1_500)])
    text = ltf.manifest.read_text()
    ltf.manifest.write_text(text.replace('"visible_filenames": [', f'"visible_filenames": [{names[1:-1]}, ', 1))
    file = tmp_path / "report.json"
    main(["check", str(ltf.directory), "--report", str(file)], {"LTF_CI_FORMAT": form})
    every = len(json.loads(file.read_text())["findings"])
    shown = printed(capsys)
    assert every > 1_500
    assert shown.count("missing-") < 4_000
    assert f"and {every - 1_000} more, which are not shown" in shown
