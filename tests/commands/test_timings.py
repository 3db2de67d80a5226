"""`--timings`: where the time of a run went."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.stopwatch import WHOLE, Stopwatch
from tests.support.printing import printed
from tests.support.publishing import Publisher, RunCommand
from tests.support.repositories import LtfRepository, git
from tests.support.result import Result

MOSTLY = ["check", "plan", "login", "build", "test", "upload", "push", "read back", "latest", WHOLE]


def names(result: Result) -> list[str]:
    return [part.name for part in result.timings]


def fits(result: Result) -> bool:
    """Whether the parts are not more than the whole, and no part less than those within it."""
    *parts, whole = result.timings
    return bool(sum(part.seconds for part in parts if part.depth == 0) <= whole.seconds + 0.001 * len(parts))


def test_parts_stand_in_the_order_in_which_they_began_and_a_part_that_fails_is_one() -> None:
    watch = Stopwatch()
    with pytest.raises(ValueError, match="full"), watch.timed("push"), watch.timed("read back"):
        raise ValueError("full")
    with watch.timed("latest"):
        pass
    assert [(part.name, part.depth) for part in watch.timings] == [
        ("push", 0),
        ("read back", 1),
        ("latest", 0),
        (WHOLE, 0),
    ]
    assert watch.timings[0].seconds >= watch.timings[1].seconds


def test_without_the_switch_nothing_is_said_of_time(ltf: LtfRepository, run: RunCommand) -> None:
    result = run("check", str(ltf.directory), environ={"LTF_CI_FORMAT": "json"})
    assert "timings" not in result.said


def test_the_environment_can_ask_for_it_too(ltf: LtfRepository, run: RunCommand) -> None:
    result = run("check", str(ltf.directory), environ={"LTF_CI_FORMAT": "json", "LTF_CI_TIMINGS": "true"})
    assert names(result) == ["check", WHOLE]


def test_the_login_at_github_is_a_part(ltf: LtfRepository, run: RunCommand) -> None:
    git(ltf.directory, "remote", "add", "origin", "https://github.com/o/ltf")
    result = run("release", str(ltf.directory), "--languages", "o/r", "--timings", environ={"LTF_CI_FORMAT": "json"})
    assert (result.error.kind, names(result)) == ("AccessDenied", ["login", WHOLE])


def test_it_is_shown_as_text_and_in_the_summary(
    ltf: LtfRepository, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ltf_ci.cli import main

    summary = folder.with_name("summary.md")
    main(["check", str(ltf.directory), "--timings"], {"GITHUB_STEP_SUMMARY": str(summary)})
    shown = [line.split() for line in printed(capsys).splitlines()]
    assert [words[2] for words in shown if words[1:2] == ["s"]] == ["check", WHOLE]
    assert "| seconds | part |\n|---:|---|\n" in summary.read_text()


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_command_that_fails_says_it_as_well(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ltf_ci.cli import main

    summary = folder.with_name("summary.md")
    environ = {"GITHUB_STEP_SUMMARY": str(summary), "LTF_CI_FORMAT": form}
    assert main(["check", str(folder / "nowhere"), "--timings"], environ) != 0
    shown = printed(capsys)
    assert "check" in shown
    assert WHOLE in shown
    assert "| check |" in summary.read_text()


@pytest.mark.machine
def test_a_release_says_where_its_time_went(publisher: Publisher) -> None:
    result = publisher.release("3.7.4-1", "--timings")
    assert result.code == 0
    assert names(result) == MOSTLY
    assert fits(result)


@pytest.mark.machine
def test_a_build_that_fails_is_timed(publisher: Publisher) -> None:
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY nothing /\n")
    result = publisher.release("3.7.4-1", "--timings")
    assert names(result) == ["check", "plan", "login", "build", WHOLE]
    assert result.conclusion == "failed"
