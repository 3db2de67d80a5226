"""A full disk, a folder that may only be read, a lost home, a full output: told as what they are, in each command."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ltf_ci.errors import MachineFailed
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import LtfRepository, git

pytestmark = pytest.mark.machine  # a file system of its own needs the rights of the machine
FULL = "dd if=/dev/zero of={room}/filler bs=1k 2>/dev/null; dd if=/dev/zero of={room}/filler2 bs=1 2>/dev/null; "
READ_ONLY = "mount -o remount,ro {room}; "
STATES = {
    "full": (FULL, r"no space left on device|out of disk ?space"),
    "read-only": (READ_ONLY, "read-only file system"),
}
NEARLY_FULL = FULL + "truncate --size=-16K {room}/filler; "  # what is made there must fail after it was begun
GRAPH = {"repository (3.7.4)": {"from": "a/b:3.7.4", "image_name": "a/c:3.7.4-1", "test_framework": True}}
WRITES = {
    "next": "next {room}/ltf",
    "init": "init {room}/ltf",
    "list convert": "list convert {room}/languages/older.txt --write --allow-local",
    "list lock": "list lock {room}/languages/git_repo_urls.tagged --write --allow-local",
    "dependents scan": "-C {room}/languages dependents scan --write --allow-local",
    "dashboard": "dashboard {room}/languages --no-images --out {room}/site",
    "start-point create": "start-point create a/b --list {room}/languages/git_repo_urls.tagged --allow-local "
    "--out {room}/start-point",
    "a report": "check {room}/ltf --report {room}/report.json",
    "a cache": "list check {room}/languages/git_repo_urls.tagged --allow-local --no-images --cache {room}/cache",
}
MAKES_FILES = {
    "list check": "list check {room}/languages/git_repo_urls.tagged --allow-local --no-images",
    "list lock": "list lock {room}/languages/git_repo_urls.tagged --write --allow-local",
    "start-point create": "start-point create a/b --list {room}/languages/git_repo_urls.tagged --allow-local --out x",
}
READS = ("check {room}/ltf", "next {room}/ltf --dry-run", MAKES_FILES["list check"], WRITES["dashboard"])


@pytest.fixture
def place(tmp_path: Path, ltf: LtfRepository) -> Path:
    """Return a folder with an LTF repository and a languages repository, as a folder and as a server has it."""
    place = tmp_path / "place"
    ltf.tag("3.7.4-18")
    git(ltf.directory, "remote", "add", "origin", str(place / "origin.git"))
    shutil.copytree(ltf.directory, place / "ltf")
    git(place, "clone", "--quiet", "--bare", str(ltf.directory), "origin.git")
    (place / "ltf/start_point/hiker.sh").write_text("echo $((6 * 9)) more\n")
    git(place / "ltf", "commit", "--quiet", "--all", "--message", "More")
    (place / "languages").mkdir()
    (place / "languages/git_repo_urls.tagged").write_text(f"{ltf.directory}?tag=3.7.4-18\n")
    (place / "languages/dependents.json").write_text(json.dumps(GRAPH))
    (place / "languages/older.txt").write_text(f"{git(ltf.directory, 'rev-parse', 'HEAD')[:7]}@{ltf.directory}\n")
    git(place / "languages", "init", "--quiet")
    git(place / "languages", "add", "--all")
    git(place / "languages", "commit", "--quiet", "--message", "Begin")
    git(place, "clone", "--quiet", "--bare", "languages", "languages.git")
    (tmp_path / "room").mkdir()
    (tmp_path / "gone").mkdir()
    return place


def run(place: Path, words: str, before: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run ltf-ci with `{room}` on a file system of its own, a copy of the place, in the state that `before` makes."""
    room = place.with_name("room")
    script = f"mount -t tmpfs -o size=4m room {room} && cp -r {place}/. {room} && {before.format(room=room)} exec "
    known = {**os.environ, "GIT_CONFIG_PARAMETERS": "'safe.directory=*'", **environ}
    program = f"{sys.executable} -m ltf_ci {words.format(room=room)}"
    line = ["unshare", "--mount", "sh", "-c", script + program]
    return subprocess.run(line, env=known, cwd=place, capture_output=True, text=True, check=False, timeout=120)


def expect(ended: subprocess.CompletedProcess[str], why: str) -> None:
    said = ended.stdout + ended.stderr
    assert ended.returncode not in (0, 70), said
    assert "Traceback" not in said
    assert re.search(why, said, re.IGNORECASE), said


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", WRITES)
def test_a_folder_that_takes_nothing(place: Path, command: str, state: str) -> None:
    before, why = STATES[state]
    expect(run(place, WRITES[command], before), why)


@pytest.mark.parametrize("command", MAKES_FILES)
def test_a_folder_of_temporary_files_that_is_full(place: Path, command: str) -> None:
    words = MAKES_FILES[command].replace("{room}", str(place))
    expect(run(place, words, NEARLY_FULL, TMPDIR=f"{place.parent}/room"), STATES["full"][1])


def test_a_bump_and_a_release_without_room_make_nothing_and_are_finished(tmp_path: Path, publisher: Publisher) -> None:
    """The folder of temporary files is full, then there is room: image and branch come then alone."""
    commit = publisher.tagged("3.7.4-1", content="x" * 100_000)
    publisher.named("https://github.com/a/python-unittest.git")
    place, languages = tmp_path / "place", tmp_path / "languages.git"
    for folder in (place, tmp_path / "room", tmp_path / "work"):
        folder.mkdir()
    (tmp_path / "work/git_repo_urls.tagged").write_text("")
    git(tmp_path / "work", "init", "--quiet")
    git(tmp_path / "work", "add", "--all")
    git(tmp_path / "work", "commit", "--quiet", "--message", "Begin")
    git(tmp_path, "clone", "--quiet", "--bare", "work", "languages.git")
    words = f"{publisher.ltf.directory} --languages {languages} --format text"
    environ = {**environ_of(publisher.host), "TMPDIR": f"{tmp_path}/room"}
    expect(run(place, f"release {words}", NEARLY_FULL, **environ), "no space left on device")
    assert (publisher.digest("3.7.4-1"), branches(languages)) == (None, ["main"])
    assert publisher.publish()[0] == 0
    expect(run(place, f"bump {words}", NEARLY_FULL, **environ), "no space left on device")
    assert branches(languages) == ["main"]
    assert run(place, f"release {words}", "", **environ).returncode == 0
    assert publisher.labels("3.7.4-1")["org.opencontainers.image.revision"] == commit
    assert branches(languages) == ["ltf-ci/python-unittest-3.7.4", "main"]


def branches(repository: Path) -> list[str]:
    return git(repository, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split()


@pytest.mark.parametrize("words", READS)
@pytest.mark.parametrize("home", ["gone/home", "room", "place/languages.git/HEAD"])
def test_a_home_that_is_lost_or_takes_nothing_is_not_missed(place: Path, words: str, home: str) -> None:
    ended = run(place, words.replace("{room}", str(place)), READ_ONLY, HOME=f"{place.parent}/{home}")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "words",
    ["completion bash", "list images {room}/languages/git_repo_urls.tagged --allow-local", MAKES_FILES["list check"]]
    + [
        "check {room}/ltf --format json",
        "next {room}/ltf --dry-run --format json",
        "dependents graph {room}/languages/dependents.json",
    ],
)
def test_an_output_that_is_full(place: Path, words: str) -> None:
    ended = run(place, f"{words} > /dev/full", "")
    expect(ended, "the outcome cannot be written: No space left on device")
    assert ended.returncode == MachineFailed.exit_code
