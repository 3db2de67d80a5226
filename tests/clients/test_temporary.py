"""What runs that were killed have left is removed by the next one of the same user, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ltf_ci.clients.own_names import LONGEST_RUN, Maker, is_left_over
from ltf_ci.clients.temporary import temporary_folder

HOLD = "from ltf_ci.clients.temporary import temporary_folder as made\nwith made('docker'): print(flush=True); input()"


@pytest.fixture
def killed() -> int:
    """Return the number of a process that has ended."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    return ended.pid


@pytest.fixture
def running(scratch: Path) -> Iterator[subprocess.Popen[str]]:
    """Return a process that has a temporary folder."""
    environ = {**os.environ, "TMPDIR": str(scratch)}
    words, pipe = [sys.executable, "-c", HOLD], subprocess.PIPE
    with subprocess.Popen(words, env=environ, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def purposes(folder: Path) -> list[str]:
    """Return what the folders in a folder are for."""
    return sorted(found.name.split("-")[3] for found in folder.iterdir())


def test_a_folder_is_its_users_alone_and_gone_afterwards(scratch: Path) -> None:
    with temporary_folder("commit") as folder:
        assert folder.parent == scratch
        assert folder.stat().st_mode & 0o777 == 0o700
        assert purposes(scratch) == ["commit"]
    assert list(scratch.iterdir()) == []


def test_what_a_killed_run_left_is_removed(scratch: Path, running: subprocess.Popen[str]) -> None:
    assert purposes(scratch) == ["docker"]
    running.send_signal(signal.SIGKILL)
    running.wait()
    with temporary_folder("commit"):
        assert purposes(scratch) == ["commit"]


def test_what_a_run_still_uses_is_kept(scratch: Path, running: subprocess.Popen[str]) -> None:
    with temporary_folder("commit"):
        assert purposes(scratch) == ["commit", "docker"]


def test_it_is_removed_from_a_folder_of_the_users_choice_too(tmp_path: Path, killed: int) -> None:
    left = tmp_path / f".{replace(Maker.this(), process=killed).name()}-new-x"
    left.mkdir()
    with temporary_folder("new", tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]
        assert folder.name.startswith(".")


def test_no_link_and_no_file_and_nothing_of_others_is_removed(scratch: Path, tmp_path: Path, killed: int) -> None:
    maker = replace(Maker.this(), process=killed)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (scratch / f"{maker.name()}-docker-link").symlink_to(kept)
    (scratch / f"{maker.name()}-docker-file").touch()
    (scratch / f"ltf-ci-docker-{killed}").mkdir()
    (scratch / f"{maker.name()}0-docker-x").mkdir()
    before = sorted(scratch.iterdir())
    with temporary_folder("commit") as folder:
        assert sorted(scratch.iterdir()) == sorted([*before, folder])
    assert (kept / "file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_nothing_of_another_user_is_removed(scratch: Path, killed: int) -> None:
    left = scratch / f"{replace(Maker.this(), process=killed).name()}-docker-x"
    left.mkdir()
    os.chown(left, 65534, 65534)
    with temporary_folder("commit"):
        assert left.is_dir()


@pytest.mark.parametrize(
    ("machine", "seconds_ago", "is_left"),
    [("", 10 * LONGEST_RUN, False), ("00000000", 60, False), ("00000000", LONGEST_RUN + 60, True)],
)
def test_a_run_of_another_machine_is_known_by_its_age_alone(machine: str, seconds_ago: int, is_left: object) -> None:
    this = Maker.this()
    maker = replace(this, machine=machine or this.machine, seconds=this.seconds - seconds_ago)
    assert is_left_over(maker.name()) is is_left


@pytest.mark.parametrize("seconds", [-1.5, 0.0, 2.0**32 + 1, 2.0**36])
def test_a_clock_far_off_makes_a_name_all_the_same(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(time, "time", lambda: seconds)
    assert Maker.of(this := Maker.this().name()) is not None, this
