"""The demonstration, as a person runs it: what it shows is so, and nothing of it stays."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.example import busybox_version
from tests.support import ROOT

pytestmark = pytest.mark.machine
EXAMPLE = ROOT / "embedded/example/repository"
COLOURS = ("red", "amber", "green")
NOBODY_ANSWERS = "unix:///nonexistent/docker.sock"


@pytest.fixture
def place() -> Iterator[Path]:
    """Return an empty folder for all temporary files; its path is short."""
    folder = Path(tempfile.mkdtemp(prefix="ltf-"))
    yield folder
    shutil.rmtree(folder)


def environ(place: Path, docker_host: str) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(place), "DOCKER_HOST": docker_host}


def started(place: Path, docker_host: str = NOBODY_ANSWERS) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "embedded"]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=ROOT, env=environ(place, docker_host), stdout=pipe, stderr=pipe, text=True)


def left_of(place: Path) -> list[str]:
    """Return what is left: files, and processes whose command line or environment names the folder."""
    ours = {str(os.getpid()), "self", "thread-self"}
    found = [str(file) for file in place.iterdir()]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        found += [str(process)] if f"{place}/".encode() in told and process.name not in ours else []
    return found


def test_it_shows_the_main_job_and_cleans_up(place: Path) -> None:
    said, complaint = started(place).communicate(timeout=120)
    version = busybox_version()
    assert complaint == ""
    assert f"BusyBox ({version}), sh" in said
    assert "a daemon of the demonstration's own" in said
    assert re.findall(r"^  (?:ok|NO)  (latest is \S+|exit code \d+|the next free .*)", said, re.MULTILINE) == [
        f"latest is {version}-1:",
        f"latest is {version}-2:",
        "exit code 4",
        f"the next free revision is named: {version}-3",
        f"latest is {version}-2:",
    ]
    assert "  NO" not in said
    assert "\n== What you saw\n" in said
    assert re.findall(r"^    test (\w+) +done +(\w+) in ", said, re.MULTILINE) == [(c, c) for c in COLOURS] * 3
    assert f"    version     done       {version}, by cat /etc/note\n" in said
    assert len(said.splitlines()) < 160
    assert left_of(place) == []


def test_its_images_leave_the_daemon_of_the_machine(place: Path, docker_host: str) -> None:
    demonstration = started(place, docker_host)
    said, complaint = demonstration.communicate(timeout=120)
    assert (demonstration.returncode, complaint) == (0, "")
    assert "the daemon that runs on this machine" in said
    images = subprocess.run(["docker", "image", "ls"], capture_output=True, text=True, check=True).stdout
    assert "busybox_sh" not in images
    assert left_of(place) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_cleans_up_when_it_is_interrupted(place: Path, number: signal.Signals) -> None:
    demonstration = started(place)
    assert demonstration.stdout
    for line in demonstration.stdout:
        if line.startswith("$ ltf-ci release"):
            break
    demonstration.send_signal(number)
    _, complaint = demonstration.communicate(timeout=120)
    assert complaint == "demonstration: interrupted; all is cleaned up\n"
    # Python ends itself by the signal where that came during an import: a shell sees 130 either way
    assert demonstration.returncode in (130, -signal.SIGINT)
    assert left_of(place) == []


@pytest.mark.parametrize(
    ("product", "light"), [("6 * 9", "FAILED: expected 42, got 54\n"), ("6 * 7", "PASSED\n"), ("6 * 9sdsd", "")]
)
def test_the_start_files_are_what_they_say(tmp_path: Path, product: str, light: str) -> None:
    folder = Path(shutil.copytree(EXAMPLE / "start_point", tmp_path / "files"))
    hiker, library = (folder / "hiker.sh"), "/usr/local/lib/assert.sh"
    hiker.write_text(hiker.read_text().replace("6 * 9", product))
    test = folder / "test_hiker.sh"
    test.write_text(test.read_text().replace(library, str(EXAMPLE / "docker/assert.sh")))
    script = folder / "cyber-dojo.sh"
    script.write_text(script.read_text().replace("sh ./", "busybox sh ./"))
    ended = subprocess.run(["busybox", "sh", str(script)], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.stdout == light
    assert (ended.returncode == 0) == (light == "PASSED\n")
