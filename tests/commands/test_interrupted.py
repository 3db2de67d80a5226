"""A run that is ended before all have answered reports what it knows; a slow one of many has a deadline of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ltf_ci.clients import process
from ltf_ci.clients.concurrency import Interrupted, concurrently, reported_at_an_interrupt
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.outcome import Step, StepState
from tests.support.listing import LIST, LOCK
from tests.support.repositories import LtfRepository, git, manifest_text
from tests.support.result import Result
from tests.support.scripted import says
from tests.support.watched import DEPENDENTS

NOBODY = says(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@dataclass
class SlowRegistry:
    """A registry that answers at once that it has nothing, but what is called `slow`: that it never answers."""

    host: str = ""
    asked: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if "/slow/" in handler.path:
            self.asked.set()
            self.ended.wait(60)
            return
        NOBODY(handler)


@pytest.fixture
def slow(scripted: Callable[..., str]) -> Iterator[SlowRegistry]:
    registry = SlowRegistry()
    registry.host = scripted(registry.answer)
    yield registry
    registry.ended.set()


@pytest.fixture
def fleet(ltf: LtfRepository, tmp_path: Path, slow: SlowRegistry) -> Path:
    """Return a languages repository: one release whose git tag was moved, one whose image never answers."""
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", f"{slow.host}/gone:3.7.4-1"))
    ltf.commit("Name the registry")
    ltf.tag("3.7.4-1")
    git(ltf.directory, "tag", "9.9.9-9")  # has no image: but that is known only when all have answered
    said = {"commit": "1" * 40, "digest": f"sha256:{'2' * 64}", "display_name": "Python (3.7.4), unittest"}
    locked = {f"{ltf.directory}?tag=3.7.4-1": {**said, "image": f"{slow.host}/gone:3.7.4-1"}}
    entry = {"from": f"{slow.host}/slow:3.7.4", "image_name": f"{slow.host}/gone:3.7.4-1", "test_framework": True}
    folder = tmp_path / "languages"
    folder.mkdir()
    (folder / LIST).write_text(f"{ltf.directory}?tag=3.7.4-1\nnot a line at all\n")
    (folder / LOCK).write_text(json.dumps(locked))
    (folder / DEPENDENTS).write_text(json.dumps({"repository (3.7.4)": entry}))
    return folder


def start(*words: str, **environ: str) -> subprocess.Popen[str]:
    known = {name: value for name, value in os.environ.items() if name != "GIT_ALLOW_PROTOCOL"}
    line = [sys.executable, "-m", "ltf_ci", *words]
    more = {"LTF_CI_FORMAT": "json", **environ}
    return subprocess.Popen(line, env={**known, **more}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(running: subprocess.Popen[str], number: signal.Signals) -> Result:
    with running:
        running.send_signal(number)
        said, _ = running.communicate(timeout=60)
    return Result(running.returncode, json.loads(said))


@pytest.mark.parametrize("number", ENDS)
def test_a_watch_that_is_ended_tells_what_it_knows_and_nothing_that_must_be_known_of_all(
    fleet: Path, slow: SlowRegistry, number: signal.Signals
) -> None:
    report = fleet / "watched.json"
    running = start("watch", str(fleet), "--allow-local", "--report", str(report))
    assert slow.asked.wait(60)
    result = ended(running, number)
    assert (result.code, result.conclusion) == (128 + number, "failed")
    assert result.rules == ["image-gone", "list-line", "tag-moved"]
    with start("dashboard", str(fleet), "--no-images", "--watched", str(report), "--out", str(fleet / "site")) as page:
        page.communicate(timeout=60)
    assert page.returncode == 0
    text = (fleet / "site/index.html").read_text()
    assert "ltf-ci watch ended before it had looked at all" in text
    assert "the git tag 3.7.4-1 of" in text


def test_a_dashboard_that_is_ended_tells_what_it_knows_and_keeps_the_page(fleet: Path, slow: SlowRegistry) -> None:
    (fleet / LOCK).write_text((fleet / LOCK).read_text().replace("/gone", "/slow"))
    (fleet / "site").mkdir()
    (fleet / "site/index.html").write_text("of yesterday")
    running = start("dashboard", str(fleet), "--out", str(fleet / "site"))
    assert slow.asked.wait(60)
    time.sleep(0.5)  # the other image has been answered by then
    result = ended(running, signal.SIGTERM)
    assert result.code == 143
    assert [step.detail for step in result.steps if step.name == "unknown"] == [
        f"{slow.host}/gone:3.7.4-1: it is not in its registry"
    ]
    assert (fleet / "site/index.html").read_text() == "of yesterday"


def test_a_check_that_is_ended_while_images_are_asked_for_tells_of_all_lines(
    ltf: LtfRepository, fleet: Path, slow: SlowRegistry
) -> None:
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", f"{slow.host}/slow:3.7.4-1"))
    ltf.commit("Name another image")
    git(ltf.directory, "tag", "--force", "3.7.4-1")
    running = start("list", "check", str(fleet / LIST), "--allow-local")
    assert slow.asked.wait(60)
    result = ended(running, signal.SIGTERM)
    assert (result.code, sorted(result.rules)) == (143, ["list-line", "lock-commit", "lock-image"])


def test_a_check_that_is_ended_while_a_repository_is_asked_tells_of_the_others(fleet: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with (fleet / LIST).open("a") as file:
            file.write(f"https://127.0.0.1:{silent.getsockname()[1]}/a/b?tag=1-1\n")
        running = start("list", "check", str(fleet / LIST), "--allow-local")
        with silent.accept()[0]:
            result = ended(running, signal.SIGTERM)
    assert (result.code, result.rules) == (143, ["list-line"])


def test_one_slow_line_ends_in_its_deadline_and_hides_no_other(
    ltf: LtfRepository, fleet: Path, slow: SlowRegistry
) -> None:
    """A git server and a registry that never answer are two findings among the others."""
    other = LtfRepository(ltf.directory.parent / "other", "Ruby (3.4), test", f"{slow.host}/slow:3.4-1")
    other.tag("3.4-1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with (fleet / LIST).open("a") as file:
            file.write(f"https://127.0.0.1:{silent.getsockname()[1]}/a/b?tag=1-1\n{other.directory}?tag=3.4-1\n")
        running = start("list", "check", str(fleet / LIST), "--allow-local", LTF_CI_REPOSITORY_SECONDS="2")
        with running:
            said, _ = running.communicate(timeout=60)
    result = Result(running.returncode, json.loads(said))
    assert result.code == 5
    assert {"list-line", "list-image", "list-unreachable", "list-image-unknown"} <= {*result.rules}
    assert "it took too long" in str([found for found in result.findings if found.rule == "list-unreachable"])


def test_answers_that_came_before_an_interrupt_are_known_and_other_programs_start_after_it() -> None:
    waits, heard = threading.Event(), dict[int, int | LtfError]()

    def answer(number: int) -> int:
        if number == 2:
            raise BadInput("two")
        if number == 3:
            waits.wait(60)
        return -number

    def interrupts(done: int, of: int) -> None:
        if done == of - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        concurrently(answer, [1, 2, 3], interrupts, heard=heard)
    waits.set()
    assert (heard[1], str(getattr(heard[2], "found", "")), {*heard} <= {1, 2, 3}) == (-1, "two", True)
    ended = concurrently(lambda word: process.run(["echo", word]), ["again"])["again"]
    assert isinstance(ended, process.Finished)
    assert ended.text == "again\n"


def test_what_is_known_goes_with_an_interrupt_from_the_outer_to_the_inner() -> None:
    found = [Finding(rule="lock", place=Place(name), found=name) for name in ("inner", "outer")]
    step = Step("images", StepState.DONE)

    def interrupted() -> None:
        with reported_at_an_interrupt(lambda: found[1:]), reported_at_an_interrupt(lambda: found[:1], lambda: [step]):
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as told:
        interrupted()
    assert (told.value.findings, told.value.steps) == ((found[1], found[0]), (step,))
