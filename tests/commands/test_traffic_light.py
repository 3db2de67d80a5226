"""`ltf-ci test` with a real daemon and real languages: all is held within its limits, and no container is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.docker import hesitant_daemon
from tests.support.example_ltfs import ASH, AWK, BASH, PYTHON, C, ExampleLtf
from tests.support.printing import printed
from tests.support.publishing import RunCommand
from tests.support.result import Result
from tests.support.runnable import C_IMAGE, NO_BASH, PYTHON_IMAGE, SHELLS, docker

pytestmark = pytest.mark.machine
COLOURS = ("red", "amber", "green")
ENVIRON = {"LTF_CI_FORMAT": "json"}


class Bench:
    """Tests an example in an image, in the tests' own daemon."""

    def __init__(self, folder: Path, run: RunCommand) -> None:
        self._folder, self._run = folder, run

    def __call__(self, example: ExampleLtf, image: str, *words: str) -> Result:
        return self._run("test", str(example.write(self._folder, image)), *words, environ=ENVIRON)


@pytest.fixture
def bench(folder: Path, run: RunCommand, runner: str) -> Bench:
    return Bench(folder, run)


def outcomes(result: Result) -> dict[str, str]:
    """Return what each colour came back as."""
    details = {step.name.removeprefix("test "): step.detail for step in result.steps}
    return {colour: details[colour].partition(" ")[0] for colour in COLOURS}


def rules(result: Result) -> list[str]:
    return [finding.rule.removeprefix("traffic-light-") for finding in result.findings]


@pytest.mark.parametrize(
    ("example", "image"),
    [(BASH, SHELLS), (ASH, SHELLS), (AWK, SHELLS), (PYTHON, PYTHON_IMAGE), (C, C_IMAGE)],
    ids=["bash", "ash", "awk", "python", "c"],
)
def test_start_files_are_red_and_their_edits_green_and_amber(bench: Bench, example: ExampleLtf, image: str) -> None:
    result = bench(example, image)
    assert (result.code, result.conclusion, rules(result)) == (0, "done", []), result
    assert outcomes(result) == {colour: colour for colour in COLOURS}
    skipped = [step for step in result.steps if step.state == "skipped"]
    assert [(step.name, step.detail) for step in skipped] == [("version", "no --version-command is given")]


@pytest.mark.parametrize(
    ("script", "outcome", "says"),
    [
        ("sleep 60\n", "timed_out", "stopped after 1 s"),
        ("while true; do :; done\n", "timed_out", "stopped after 1 s"),
        ("yes cyber-dojo\n", "timed_out", "stopped after 1 s"),
        ("cat /dev/zero\n", "amber", ""),  # till /tmp is full
        ("yes >/proc/$PPID/fd/1\n", "faulty", "did not answer"),  # where the answer itself should go
        ("rm -rf /tmp/std* /tmp/status; kill -9 $PPID\n", "faulty", "did not answer"),
        ("busybox ln -sf /etc/passwd /tmp/stdout; echo FAIL\n", "green", ""),
    ],
    ids=["sleeps", "spins", "floods", "fills", "floods-the-answer", "kills-its-parent", "links"],
)
def test_what_means_harm_is_held(bench: Bench, script: str, outcome: str, says: str) -> None:
    seconds = 1 if outcome == "timed_out" else 15
    result = bench(ASH.script(script, max_seconds=seconds), SHELLS)
    assert result.ended == (1, "failed")
    assert outcomes(result) == dict.fromkeys(COLOURS, outcome), result
    assert rules(result) == [colour for colour in COLOURS if colour != outcome]
    assert all(says in finding.found for finding in result.findings)


def test_a_fork_bomb_is_held(bench: Bench, runner: str) -> None:
    result = bench(BASH.script("bomb() { bomb | bomb & }; bomb; wait; bomb\n", max_seconds=2), SHELLS)
    assert result.code == 1
    assert {"red", "green"} <= set(rules(result))
    assert docker(runner, "run", "--rm", SHELLS, "echo", "alive") == "alive"


def test_output_is_cut_and_the_lambda_gets_all_three(bench: Bench) -> None:
    example = ASH.script("yes 1 | awk 'NR > 99999 { exit } { print }'; printf 'e\\377f' >&2; exit 7\n")
    wanted = "lambda { |o, e, s| [o.size, o[0, 2], e, s] == [51_200, \"1\\n\", 'ef', 7] ? :green : :red }"
    result = bench(replace(example, rag_lambda=wanted), SHELLS)
    assert outcomes(result) == dict.fromkeys(COLOURS, "green")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("lambda { |*| raise 'no idea' }", "raises RuntimeError: no idea"),
        ("lambda { |*| exit 3 }", "raises SystemExit: exit"),
        ("lambda { |a, b| :red }", "raises ArgumentError"),
        ("lambda { |*| 'blue' }", "answers 'blue', which is no colour"),
        ("nil", "raises NoMethodError"),
        ("lambda { |*|", "raises SyntaxError"),
        ("lambda { |*| puts 'red'; ENV['SECRET_OF_OURS'] || ENV['HOME'] }", "answers '', which is no colour"),
    ],
)
def test_a_lambda_that_gives_no_colour_is_faulty(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, source: str, says: str
) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "red")
    result = bench(replace(BASH, rag_lambda=source), SHELLS)
    assert (result.code, outcomes(result)) == (1, dict.fromkeys(COLOURS, "faulty"))
    assert all(says in finding.found for finding in result.findings), result.findings


def test_without_ruby_it_is_said_that_it_is_missing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as narrow:
        narrow.setenv("PATH", "/nowhere")
        result = bench(BASH, SHELLS)
    assert result.failure == (10, "MissingTool")


def test_an_image_that_is_in_no_daemon_and_no_registry_is_told(bench: Bench, basic_registry: str) -> None:
    result = bench(BASH, f"{basic_registry}/no/image:1")
    assert (result.code, result.error.kind) in [(5, "RegistryUnavailable"), (6, "AccessDenied")]


def test_an_image_without_bash_is_said_to_be_one(bench: Bench) -> None:
    result = bench(BASH, NO_BASH)
    assert (result.code, rules(result)) == (1, ["image-lacks"])
    assert result.findings[0].found == "the image has no bash"


def test_an_image_that_lacks_the_user_and_commands_is_told_all_of_it(bench: Bench, runner: str, folder: Path) -> None:
    (folder / "Dockerfile").write_text(f"FROM {SHELLS}\nRUN rm /bin/file /bin/stat /etc/passwd\nUSER 0\n")
    docker(runner, "build", "--network", "none", "--tag", "ltf/bare:1", str(folder))
    result = bench(BASH, "ltf/bare:1")
    assert (result.code, set(rules(result))) == (1, {"image-lacks"})
    found = [finding.found for finding in result.findings]
    assert found == [
        "the image has no file",
        "the image has no stat",
        "the image has no user sandbox, 41966:51966, at home in /home/sandbox",
    ]


def test_without_a_lambda_anywhere_it_fails(bench: Bench) -> None:
    result = bench(replace(BASH, rag_lambda=""), SHELLS)
    assert (result.code, rules(result)) == (1, ["lambda"])


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("echo BusyBox v1.35.0", []),
        ("echo 1.35.0 >&2; exit 3", []),
        ("echo 1.35.0.1", []),  # whole parts agree: a tag may have fewer
        ("echo 1.35.01", ["version"]),
        ("echo 11.35.0", ["version"]),
        ("cat /proc/net/dev; [ -e /sys/class/net/eth0 ] && echo 1.35.0", ["version"]),
        ("exit 1", ["version"]),
    ],
)
def test_the_version_in_the_image_must_be_the_tags(bench: Bench, command: str, found: list[str]) -> None:
    words = ("--tag", "1.35.0-4", "--image", SHELLS, "--version-command", command)
    result = bench(ASH, "elsewhere/x:1.35.0-3", *words)
    assert (result.code, rules(result)) == (len(found), found)


@pytest.mark.parametrize(("said", "found"), [("1.35.0", []), ("1.36.0", ["version"])])
def test_without_a_tag_it_must_be_the_display_name_s(bench: Bench, said: str, found: list[str]) -> None:
    result = bench(ASH, "elsewhere/x:5f3d03f", "--image", SHELLS, "--version-command", f"echo {said}")
    assert (result.code, rules(result)) == (len(found), found), result


def test_what_failed_is_shown(folder: Path, runner: str, capsys: pytest.CaptureFixture[str]) -> None:
    example = BASH.script("for i in {1..99}; do echo line $i; done; echo '::error::x' >&2; exit 4\n")
    code = main(["test", str(example.write(folder, SHELLS))], {})
    said = printed(capsys)
    assert code == 1
    assert "red: hiker.sh unchanged is amber, with status 4" in said
    assert "stdout, the last 40 of 99 lines:\n  line 60\n" in said
    assert "\n  ::error::x\n" in said


def test_an_interrupted_test_leaves_no_container(folder: Path, runner: str) -> None:
    example = BASH.script("sleep 60\n", max_seconds=15).write(folder, SHELLS)
    words = [sys.executable, "-m", "ltf_ci", "test", str(example)]
    running = subprocess.Popen(words, env={**os.environ, "DOCKER_HOST": runner}, stdout=subprocess.PIPE)
    asked = ("ps", "--all", "--quiet", "--filter", "status=running")
    while not docker(runner, *asked) and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == 130, said


def test_a_container_that_is_just_being_removed_is_removed(folder: Path, runner: str) -> None:
    example = BASH.write(folder, SHELLS)
    with hesitant_daemon(runner, "DELETE /", drops=True) as (host, relay):
        words = [sys.executable, "-m", "ltf_ci", "test", str(example)]
        running = subprocess.Popen(words, env={**os.environ, "DOCKER_HOST": host}, stdout=subprocess.PIPE)
        assert relay.asked.wait(30)
        running.send_signal(signal.SIGINT)
        time.sleep(0.5)  # what does not wait for the daemon has gone
        relay.go.set()
        said, _ = running.communicate(timeout=30)
        assert running.returncode == 130, said


def test_a_container_that_is_just_being_made_is_removed_too(folder: Path, runner: str) -> None:
    example = BASH.write(folder, SHELLS)
    with hesitant_daemon(runner, "/containers/create") as (host, relay):
        words = [sys.executable, "-m", "ltf_ci", "test", str(example)]
        running = subprocess.Popen(words, env={**os.environ, "DOCKER_HOST": host}, stdout=subprocess.PIPE)
        assert relay.asked.wait(30)
        running.send_signal(signal.SIGINT)
        time.sleep(0.5)  # what does not wait for the daemon has gone
        relay.go.set()
        said, _ = running.communicate(timeout=30)
        assert running.returncode == 130, said
        assert relay.answered.wait(30)
