"""What a full disk, a lost file, a closed terminal and a mistake of our own end in: told as what they are."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.cli import main
from ltf_ci.clients import process
from ltf_ci.clients.docker.containers import _uninterrupted
from ltf_ci.model.access import CREDENTIALS
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.options.output import Format
from ltf_ci.report import Report
from tests.support.repositories import LtfRepository, git

SECRET = "ghs_of-the-tests"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
def test_a_full_file_of_outputs_hides_nothing_of_what_was_done(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", str(ltf.directory)], {"GITHUB_OUTPUT": "/dev/full", "GITHUB_STEP_SUMMARY": "/dev/full"})
    said = "".join(capsys.readouterr())
    assert code == 12
    assert "error: /dev/full cannot be written: No space left on device" in said
    assert "against the tag" in said or "without a tag" in said


def test_the_outputs_are_written_before_what_may_fail(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"

    class Full:
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

        flush = write

        def isatty(self) -> bool:
            return False

    report = Report(Format.TEXT, Full(), happenings=Full())  # type: ignore[arg-type]
    report.write_for_github(outputs, None)
    with pytest.raises(OSError, match="No space left"):
        report.outcome("publish", Outcome(conclusion=Conclusion.DONE, outputs={"released": "true"}))
    assert "released<<" in outputs.read_text()


def test_what_the_system_refuses_is_no_mistake_of_our_own(ltf: LtfRepository) -> None:
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    ltf.tag("3.7.4-18")
    git(ltf.directory, "remote", "add", "origin", str(ltf.directory))
    words = [sys.executable, "-m", "ltf_ci", "retag", str(ltf.directory), "--lines", "all", "--dry-run"]
    ended = subprocess.run(words, preexec_fn=no_room, capture_output=True, text=True, check=False)
    assert ended.returncode == 12
    assert "error: No usable temporary directory found" in ended.stdout + ended.stderr


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", SIGNALS)
def test_every_signal_that_ends_a_run_ends_it_in_order(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a second one that comes while the first is reported."""
    script = "import os; from ltf_ci import __main__, cli; cli.main = lambda: os.kill(os.getpid(), %d); __main__.run()"
    ended = subprocess.run([sys.executable, "-c", script % number], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout + ended.stderr) == (128 + number, b"")


def test_what_is_interrupted_before_it_has_begun_shows_no_traceback() -> None:
    """Ctrl-C while modules are imported: that is most of a short run."""
    script = (
        "import os, signal, sys\nfrom ltf_ci import __main__\n"
        "class Interrupting:\n    find_spec = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n__main__.run()"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout + ended.stderr) == (-signal.SIGINT, b"")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_waits_until_a_container_is_made_or_removed(number: signal.Signals) -> None:
    before, done = signal.signal(number, signal.default_int_handler), list[str]()

    def make() -> None:
        with _uninterrupted():
            os.kill(os.getpid(), number)
            done.append("all")

    try:
        with pytest.raises(KeyboardInterrupt):
            make()
    finally:
        signal.signal(number, before)
    assert done == ["all"]


def test_no_credential_is_left_for_programs_of_others() -> None:
    code = (
        "import ctypes, os\nfrom ltf_ci.clients import process\nprocess.forget_credentials()\n"
        "print(sorted(name for name in os.environ if name.startswith(('LTF_CI', 'DOCKER_AUTH'))))\n"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    given = {**dict.fromkeys(CREDENTIALS, SECRET), "LTF_CI_FORMAT": "text"}
    environ = {**os.environ, **given}
    ended = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert ended.stdout == "['LTF_CI_FORMAT']\n0\n"  # not dumpable: its memory is root's alone


def test_no_program_gets_what_github_gave_the_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in process.RUNNER_TOKENS:
        monkeypatch.setenv(name, SECRET)
    assert SECRET not in process.run(["env"]).text
    lines: list[str] = []
    process.stream(["env"], lines.append, more_env={}, keeps=("ACTIONS_RUNTIME_TOKEN",))
    assert [line for line in lines if SECRET in line] == [f"ACTIONS_RUNTIME_TOKEN={SECRET}"]


def test_a_mistake_of_our_own_shows_no_value(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    class Mistaken(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            if name == "GITHUB_SERVER_URL":
                raise ValueError(self["value"])
            return super().get(name, default)

    assert main(["check", str(ltf.directory)], Mistaken(value=SECRET)) == 70
    said = "".join(capsys.readouterr())
    assert "ltf-ci made a mistake of its own: ValueError" in said
    assert "in _github" in said
    assert SECRET not in said
