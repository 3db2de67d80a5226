"""`ltf-ci list check` over real git repositories and a real registry."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ltf_ci.cli import main
from ltf_ci.clients.concurrency import MOST_AT_ONCE
from ltf_ci.errors import RegistryUnavailable
from ltf_ci.model.image import ImageName
from tests.support.listing import LIST, LOCK, push
from tests.support.printing import printed
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, git
from tests.support.result import Result

Trace = Callable[[], tuple[int, int]]
pytestmark = pytest.mark.machine
ENVIRON = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}
PAIRS = {"language": ["Python", ""], "test_framework": ["unittest", ""]}


class Fleet:
    """Repositories on this machine, and a list that names them."""

    def __init__(self, place: Path, run: RunCommand) -> None:
        self.place = place
        self.run = run
        (place / "list").mkdir()
        self.list = place / "list" / LIST
        self.list.write_text("")

    def repository(self, name: str, display_name: str, image: str, *tags: str, **more: Any) -> LtfRepository:
        ltf = LtfRepository(self.place / name, display_name, image, **more)
        for tag in tags:
            ltf.tag(tag)
        return ltf

    def line(self, entry: str) -> None:
        self.list.write_text(f"{self.list.read_text()}{entry}\n")

    def tagged(self, name: str, tag: str) -> None:
        self.line(f"../{name}?tag={tag}")

    def check(self, *words: str, environ: dict[str, str] | None = None) -> Result:
        return self.run("list", "check", str(self.list), "--allow-local", *words, environ=environ or ENVIRON)


def rules(result: Result, severity: str = "error") -> list[tuple[str, int]]:
    return [(found.rule, found.line) for found in result.findings if found.severity == severity]


@pytest.fixture
def fleet(tmp_path: Path, run: RunCommand, scratch: Path) -> Fleet:
    return Fleet(tmp_path, run)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trace:
    """Count what git was asked since the last time: ls-remote, and clone."""
    file = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE", str(file))

    def counted() -> tuple[int, int]:
        said = file.read_text()
        file.write_text("")
        return said.count("built-in: git ls-remote"), said.count("built-in: git clone")

    return counted


def test_all_broken_lines_are_told_at_once_and_nothing_is_left(fleet: Fleet, scratch: Path) -> None:
    fleet.repository("good", "Python (3.7.4), unittest", "a/good:3.7.4-1", "3.7.4-1")
    fleet.repository("other", "Ruby (2.7), unittest", "a/other:2.7-3", "2.7-1")
    fleet.repository("twin", "Python (3.7.4), unittest", "a/twin:3.7.4-1", "3.7.4-1")
    (fleet.place / "empty").mkdir()
    git(fleet.place / "empty", "init", "--quiet")
    git(fleet.place / "empty", "commit", "--allow-empty", "--quiet", "--message", "Begin")
    git(fleet.place / "empty", "tag", "1-1")
    for line in ["# all of them", "two words", "../nowhere?tag=1-1"]:
        fleet.line(line)
    fleet.tagged("good", "3.7.4-9")
    fleet.tagged("other", "2.7-1")
    fleet.tagged("good", "3.7.4-1")
    fleet.tagged("twin", "3.7.4-1")
    fleet.tagged("empty", "1-1")
    fleet.line("https://example.org/a/b?tag=1-1")  # which no test may reach
    result = fleet.check("--no-images")
    assert result.code == 1
    assert rules(result) == [
        ("list-line", 2),
        ("list-unreachable", 3),
        ("list-tag", 4),
        ("image-name-tag", 5),
        ("list-repeated", 6),
        ("list-display-name", 7),
        ("list-clone", 8),
        ("list-unreachable", 9),
    ]
    assert {found.file for found in result.findings} == {str(fleet.list)}
    assert str(scratch) not in result.findings[-2].found
    assert [*scratch.iterdir()] == []


def test_the_findings_are_annotations_at_the_lists_lines(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.tagged("nowhere", "1-1")
    environ = {"GITHUB_ACTIONS": "true", "LTF_CI_LIST": str(fleet.list), "LTF_CI_ALLOW_LOCAL": "true"}
    assert main(["list check"], environ) == 1  # as the action gives it: one word
    assert f"::error file={fleet.list},line=1,col=1,title=list-unreachable::" in printed(capsys)


def test_without_leave_no_repository_on_this_machine_is_asked(fleet: Fleet) -> None:
    fleet.repository("good", "Python (3.7.4), unittest", "a/good:3.7.4-1", "3.7.4-1")
    fleet.tagged("good", "3.7.4-1")
    result = fleet.run("list", "check", str(fleet.list), "--no-images", environ=ENVIRON)
    assert (result.code, rules(result)) == (1, [("list-address", 1)])


def test_a_branch_and_the_older_form_are_followed_too(fleet: Fleet) -> None:
    ltf = fleet.repository("branch", "Python (3.7.4), unittest", "a/branch:9f53889")
    git(ltf.directory, "branch", "master")
    older = fleet.repository("older", "Ruby, unittest", "a/older:9f53889", tab_size="first")
    first = git(older.directory, "rev-parse", "HEAD")
    older.manifest.write_text(older.manifest.read_text().replace("first", "second"))
    older.commit("No tag and no branch names the first one now")
    fleet.line("../branch")
    fleet.line(f"{first[:7]}@../older")
    fleet.line("0123456@../older")
    result = fleet.check("--no-images")
    assert result.code == 1
    assert rules(result) == [("tab-size", 2), ("list-clone", 3)]
    assert "'first'" in next(found.found for found in result.findings if found.rule == "tab-size")
    assert rules(result, "notice") == [("list-older-form", 2), ("list-older-form", 3)]
    assert rules(result, "warning") == [("list-no-pair", 1), ("list-no-pair", 2)]


def test_what_shows_raw_names_is_a_warning(fleet: Fleet) -> None:
    for number in (1, 2):
        fleet.repository(f"p{number}", f"Python ({number}), unittest", f"a/p:{number}-1", f"{number}-1", **PAIRS)
        fleet.tagged(f"p{number}", f"{number}-1")
    result = fleet.check("--no-images")
    assert (result.code, rules(result, "warning")) == (0, [("list-same-pair", 1), ("list-same-pair", 2)]), result


def test_a_further_manifest_is_told_at_the_list_s_line(fleet: Fleet) -> None:
    ltf = fleet.repository("py", "Python (3.7.4), unittest", "x/py:3.7.4-1", **PAIRS)
    ltf.write("docker/manifest.json", "{}")
    ltf.commit("Further")
    ltf.tag("3.7.4-1")
    fleet.tagged("py", "3.7.4-1")
    result = fleet.check("--no-images")
    assert rules(result) == [("further-manifest", 1)]
    assert "py, docker/manifest.json: docker/manifest.json is a further manifest" in result.findings[0].found
    assert fleet.check("--no-images", "--allow", "further-manifest").code == 0


def test_a_tag_is_not_taken_for_the_branch_of_its_name(fleet: Fleet) -> None:
    ltf = fleet.repository("both", "Python (3.7.4), unittest", "a/both:3.7.4-1", "3.7.4-1")
    ltf.commit_more()
    git(ltf.directory, "branch", "3.7.4-1")
    fleet.tagged("both", "3.7.4-1")
    result = fleet.check("--no-images")
    assert (result.code, rules(result)) == (1, [("list-clone", 1)])


def test_a_repository_is_asked_once_for_all_its_lines_and_cloned_once_for_each(fleet: Fleet, trace: Trace) -> None:
    ltf = fleet.repository("good", "Python (3.7.4), unittest", "a/good:3.7.4-1", "3.7.4-1")
    ltf.commit_more()
    ltf.tag("3.7.5-1")
    for line in ("../good?tag=3.7.4-1", "../good.git/../good?tag=3.7.4-1", "../good/?tag=3.7.5-1"):
        fleet.line(line)
    fleet.check("--no-images")
    assert trace() == (1, 2)


def test_a_cache_is_cloned_into_only_what_moved(fleet: Fleet, trace: Trace, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    ltf = fleet.repository("good", "Python (3.7.4), unittest", "a/good:3.7.4-1", "3.7.4-1")
    fleet.tagged("good", "3.7.4-1")
    assert fleet.check("--no-images", "--cache", str(cache)).code == 0
    (kept,) = cache.iterdir()
    mark = kept / "start_point/hiker.sh"
    mark.write_text("")  # it would be written anew by a clone
    (kept / "start_point/cyber-dojo.sh").unlink()
    trace()
    result = fleet.check("--no-images", "--cache", str(cache))
    assert (result.code, [*cache.iterdir()]) == (1, [kept]), result
    assert trace() == (1, 0)
    assert mark.read_text() == ""
    ltf.commit_more()
    git(ltf.directory, "tag", "--force", "3.7.4-1", "HEAD")
    assert fleet.check("--no-images", "--cache", str(cache)).code == 0
    assert len([*cache.iterdir()]) == 2


def test_a_cache_that_cannot_be_written_is_told(fleet: Fleet) -> None:
    fleet.line("# nothing")
    result = fleet.check("--no-images", "--cache", str(fleet.list))
    assert (result.code, "can be no cache" in result.error.found) == (3, True)
    fleet.repository("good", "Python (3.7.4), unittest", "a/good:3.7.4-1", "3.7.4-1")
    fleet.tagged("good", "3.7.4-1")
    result = fleet.check("--no-images", "--cache", "/proc")  # which is there, and takes nothing
    assert (result.code, rules(result)) == (1, [("list-clone", 2)])
    assert "/proc cannot take the files: " in result.findings[0].found


def test_a_check_that_is_cancelled_leaves_nothing(fleet: Fleet, scratch: Path, tmp_path: Path) -> None:
    fleet.repository("good", "Python (3.7.4), unittest", "a/good:3.7.4-1", "3.7.4-1")
    fleet.tagged("good", "3.7.4-1")
    begun, goes_on = tmp_path / "begun", tmp_path / "goes-on"
    slow = tmp_path / "bin/git"
    slow.parent.mkdir()
    wait = f'case "$*" in *" clone "*) touch {begun}; until [ -e {goes_on} ]; do sleep 0.01; done;; esac'
    slow.write_text(f'#!/bin/sh\n{wait}\nexec {shutil.which("git")} "$@"\n')
    slow.chmod(0o755)
    environ = {**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}", "TMPDIR": str(scratch)}
    words = [sys.executable, "-m", "ltf_ci", "list", "check", str(fleet.list), "--allow-local", "--no-images"]
    with subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL) as running:
        while not begun.exists():
            assert running.poll() is None
        assert [*scratch.iterdir()] != []
        running.send_signal(signal.SIGTERM)
        goes_on.touch()
    assert running.returncode == 143
    assert [*scratch.iterdir()] == []


@pytest.mark.parametrize("waits_for", ["repositories", "registry"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_check_that_is_cancelled_waits_for_no_server(
    fleet: Fleet, scratch: Path, number: signal.Signals, waits_for: str
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        if waits_for == "registry":
            fleet.repository("good", "Python (3.7.4), unittest", f"{host}/good:3.7.4-1", "3.7.4-1")
            fleet.tagged("good", "3.7.4-1")
        else:
            fleet.list.write_text("".join(f"https://{host}/a/b{each}?tag=1-1\n" for each in range(2 * MOST_AT_ONCE)))
        environ = {name: value for name, value in os.environ.items() if name != "GIT_ALLOW_PROTOCOL"}
        words = [sys.executable, "-m", "ltf_ci", "list", "check", str(fleet.list), "--allow-local"]
        running = subprocess.Popen(
            words, env={**environ, "TMPDIR": str(scratch)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        with running, server.accept()[0]:
            running.send_signal(number)
            said, _ = running.communicate(timeout=30)
            assert left_of(host) == []
    assert (running.returncode, b"interrupted" in said) == (128 + number, True)
    assert [*scratch.iterdir()] == []


def left_of(host: str) -> list[str]:
    """Return the programs at work for a host that do not end; one that is told to needs a moment for it."""
    left: list[str] = []
    for _ in range(100):
        ended = subprocess.run(["ps", "-eo", "stat=,args="], check=True, capture_output=True, text=True)
        left = [line for line in ended.stdout.splitlines() if host in line and not line.startswith("Z")]
        if not left:
            break
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("allow", [[], ["--allow-local"]])
def test_an_address_runs_nothing(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allow: list[str]
) -> None:
    monkeypatch.delenv("GIT_ALLOW_PROTOCOL")  # git itself would run them
    harm = tmp_path / "harm"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {harm}\n")
    script.chmod(0o755)
    for address in (
        "--upload-pack={}",
        "ext::{}",
        "ssh://-oProxyCommand={}/x",
        "-u{}",
        "$({})",
        "`{}`",
        "file:///x;{}",
    ):
        fleet.line(f"{address.format(script)}?tag=1-1")
        fleet.line(f"{address.format(script)}?tag=--exec={script}")
        fleet.line(f"0123456@{address.format(script)}")
    for command in ("check", "images", "convert"):
        result = fleet.run("list", command, str(fleet.list), *allow, environ=ENVIRON)
        assert result.code == 1
        assert len(result.findings) >= 20  # `convert` asks for no tag that is named already
    assert not harm.exists()


def test_a_list_that_is_not_there(fleet: Fleet) -> None:
    fleet.list.unlink()
    result = fleet.check()
    assert result.failure == (3, "BadInput")


class Released:
    """A listed release whose image is in a registry."""

    def __init__(self, fleet: Fleet, host: str) -> None:
        self.fleet = fleet
        self.image = ImageName.parse(f"{host}/{fleet.place.name.lower().replace('_', '-')}/py:3.7.4-1")
        ltf = fleet.repository("py", "Python (3.7.4), unittest", str(self.image), "3.7.4-1", **PAIRS)
        self.commit = git(ltf.directory, "rev-parse", "HEAD")
        fleet.tagged("py", "3.7.4-1")

    def lock(self, **said: str) -> None:
        entry = {"commit": self.commit, "image": str(self.image), "display_name": "Python (3.7.4), unittest"} | said
        (self.fleet.list.parent / LOCK).write_text(json.dumps({"../py?tag=3.7.4-1": entry}))


def test_the_image_and_the_lock_are_held_against_the_registry(fleet: Fleet, open_registry: str) -> None:
    released = Released(fleet, open_registry)
    result = fleet.check()
    assert (result.code, rules(result)) == (1, [("list-image", 1)])
    digest = str(push(released.image, released.commit))
    assert fleet.check().code == 0
    released.lock(digest=digest)
    result = fleet.check()
    assert (result.code, result.findings, result.conclusion) == (0, [], "done")
    released.lock(digest=f"sha256:{'2' * 64}", commit="c" * 40)
    result = fleet.check()
    assert (result.code, rules(result)) == (1, [("lock-commit", 1), ("lock-digest", 1)])
    assert fleet.check("--no-lock").code == 0
    fleet.list.write_text("# none\n")
    result = fleet.check()
    assert (result.code, rules(result)) == (1, [("lock-unlisted", 0)])
    (fleet.list.parent / LOCK).write_text("[")
    assert rules(fleet.check()) == [("lock", 0)]


def test_an_image_of_another_commit(fleet: Fleet, open_registry: str) -> None:
    released = Released(fleet, open_registry)
    push(released.image, "b" * 40)
    result = fleet.check()
    assert (result.code, rules(result)) == (1, [("list-image-commit", 1)])


def test_labels_are_asked_for_once_where_they_are_kept_and_only_of_releases(
    fleet: Fleet, open_registry: str, tmp_path: Path
) -> None:
    with proxy_before(open_registry) as proxy:
        released = Released(fleet, proxy.host)
        branch = fleet.repository("branch", "Ruby (2), unittest", str(released.image.tagged("8f1a2b3")))
        git(branch.directory, "branch", "master")
        fleet.line("../branch")
        push(released.image, released.commit)
        push(released.image.tagged("8f1a2b3"), "b" * 40)
        asked = []
        for _ in range(2):
            proxy.asked.clear()
            assert fleet.check("--cache", str(tmp_path / "cache")).code == 0
            asked.append([each.path.rpartition("/")[2] for each in proxy.asked if each.method == "GET"])
        assert len(asked[0]) == 2  # one manifest and its config
        assert asked[1] == []
        (kept,) = (tmp_path / "cache/labels").iterdir()
        for broken in ("[", "[" * 100_000):
            kept.write_text(broken)
            assert fleet.check("--cache", str(tmp_path / "cache")).code == 0
        push(released.image, "b" * 40)
        assert rules(fleet.check("--cache", str(tmp_path / "cache"))) == [("list-image-commit", 1)]


def test_a_registry_that_does_not_answer_is_never_an_image_that_is_missing(fleet: Fleet, open_registry: str) -> None:
    def fails(_asked: Asked, _pass: Pass) -> Answered:
        return Answered(503)

    with proxy_before(open_registry, fails) as proxy:
        Released(fleet, proxy.host)
        result = fleet.check()
    assert (result.code, rules(result)) == (5, [("list-image-unknown", 1)])
    assert "cannot look up" in result.findings[0].found
    assert "503" in result.findings[0].found


def test_a_lock_is_begun_by_what_git_and_registry_have(fleet: Fleet, open_registry: str) -> None:
    released = Released(fleet, open_registry)
    digest, lock = str(push(released.image, released.commit)), fleet.list.parent / LOCK
    words = ("list", "lock", str(fleet.list), "--allow-local")
    shown = fleet.run(*words, environ=ENVIRON)
    assert (shown.code, shown.conclusion, lock.exists()) == (0, "planned", False)
    written = fleet.run(*words, "--write", environ=ENVIRON)
    assert (written.code, written.conclusion) == (0, "done")
    (entry,) = json.loads(lock.read_text()).values()
    assert (entry["commit"], entry["digest"], entry["image"]) == (released.commit, digest, str(released.image))
    assert fleet.check().findings == []
    before = lock.read_bytes()
    again = fleet.run(*words, "--write", environ=ENVIRON)
    assert (again.code, again.conclusion, lock.read_bytes()) == (0, "nothing-to-do", before)


def test_a_registry_that_does_not_answer_ends_the_lock_as_every_command(fleet: Fleet) -> None:
    Released(fleet, "127.0.0.1:1")
    result = fleet.run("list", "lock", str(fleet.list), "--allow-local", "--write", environ=ENVIRON)
    assert (result.code, rules(result)) == (RegistryUnavailable.exit_code, [("list-image-unknown", 1)])
    assert json.loads((fleet.list.parent / LOCK).read_text()) == {}


def test_an_image_of_another_commit_is_not_locked(fleet: Fleet, open_registry: str) -> None:
    released = Released(fleet, open_registry)
    push(released.image, "b" * 40)
    result = fleet.run("list", "lock", str(fleet.list), "--allow-local", "--write", environ=ENVIRON)
    assert (result.code, rules(result)) == (1, [("list-image-commit", 1)])
    assert json.loads((fleet.list.parent / LOCK).read_text()) == {}
