"""How other programs are found."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ltf_ci.clients import process
from ltf_ci.clients.limits import Limits
from ltf_ci.errors import LtfError, MachineFailed, MissingTool


def test_programs_come_in_the_order_of_path_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [tmp_path / name for name in ("first", "second", "alias")]
    for place in places[:2]:
        place.mkdir()
        (place / "tool").write_text(place.name)
        (place / "tool").chmod(0o755)
    places[2].symlink_to("second")  # as /bin is of /usr/bin
    monkeypatch.setenv("PATH", ":".join(map(str, [places[2], *places[:2]])))
    assert process.programs("tool") == (places[2] / "tool", places[0] / "tool")


@pytest.mark.parametrize("limits", [None, Limits(seconds=9, output=9, memory=99_000_000)])
@pytest.mark.parametrize(
    ("program", "folder", "means"),
    [
        ("no-such-program", ".", MissingTool),
        ("true", "gone", MachineFailed),
        ("no-such-program", "gone", MachineFailed),
    ],
)
def test_a_folder_that_is_gone_is_no_missing_program(
    tmp_path: Path, program: str, folder: str, means: type[LtfError], limits: Limits | None
) -> None:
    if limits and means is MissingTool:
        assert process.run([program], cwd=tmp_path, limits=limits).status != 0  # prlimit is there, and says it
        return
    with pytest.raises(means, match="cannot be run"):
        process.run([program], cwd=tmp_path / folder, limits=limits)


def test_a_line_without_an_end_comes_in_pieces() -> None:
    pieces: list[str] = []
    shout = "print('x' * 300_000); print('end')"
    assert process.stream([sys.executable, "-c", shout], pieces.append, more_env={}) == 0
    assert ("".join(pieces), pieces[-1], max(map(len, pieces))) == ("x" * 300_000 + "end", "end", 64 * 1024)


AT_A_TERMINAL = """\
from ltf_ci.clients import process
from ltf_ci.clients.limits import Limits
words = ["sh", "-c", "read -r answer </dev/tty; echo $answer; exec sleep 60"]
ended = process.run(words, limits=Limits(seconds=1, output=99, memory=99_000_000))
print(ended.status == process.TIMED_OUT, ended.text)
"""


def test_a_program_with_limits_may_ask_at_a_terminal_and_is_ended_there_too() -> None:
    keys, line_end = pty.openpty()
    words = ["setsid", "--ctty", "--wait", sys.executable, "-c", AT_A_TERMINAL]
    with subprocess.Popen(words, stdin=line_end, stdout=subprocess.PIPE, start_new_session=True) as running:
        os.write(keys, b"passphrase\n")
        assert running.communicate(timeout=30)[0].decode().split() == ["True", "passphrase"]
    os.close(keys)
    os.close(line_end)
