"""`ltf-ci watch` over real git repositories and a real registry."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep

import pytest

from ltf_ci.watch.files import Files
from tests.support.killing import Killer
from tests.support.listing import LIST, LOCK
from tests.support.program import Program
from tests.support.proxy import Answered, Asked, Pass, Proxy, proxy_before
from tests.support.publishing import RunCommand
from tests.support.repositories import git
from tests.support.watched import DEPENDENTS, ENVIRON, WatchedFleet

pytestmark = pytest.mark.machine
Change = Callable[[WatchedFleet], object]


def newer_patch(fleet: WatchedFleet) -> None:
    for tag in ("3.7.3", "3.7.5", "3.7.6-alpine", "3.8.0b1"):
        fleet.push(fleet.upstream.tagged(tag))
    fleet.point_latest(fleet.upstream.tagged("3.7.5"))


def newer_version(fleet: WatchedFleet) -> None:
    fleet.push(fleet.upstream.tagged("3.8.1"))
    fleet.point_latest(fleet.upstream.tagged("3.8.1"))


def base_moves(fleet: WatchedFleet) -> None:
    fleet.push(fleet.upstream, "security fix")
    fleet.point_latest(fleet.upstream)


def image_is_overwritten(fleet: WatchedFleet) -> None:
    fleet.push_release("python-unittest", fleet.ltf, fleet.base, "other content")
    fleet.point_latest(fleet.ltf)


def released_without_git_tag(fleet: WatchedFleet) -> None:
    fleet.push_release("python-unittest", fleet.ltf.tagged("3.7.4-2"), fleet.base)
    fleet.point_latest(fleet.ltf.tagged("3.7.4-2"))


def latest_stays_behind(fleet: WatchedFleet) -> None:
    fleet.tag("python-unittest", "3.7.4-2")
    fleet.push_release("python-unittest", fleet.ltf.tagged("3.7.4-2"), fleet.base)


def new_version_is_released(fleet: WatchedFleet) -> None:
    fleet.tag("python-unittest", "3.7.5-1")
    fleet.push_release("python-unittest", fleet.ltf.tagged("3.7.5-1"), fleet.base)
    fleet.point_latest(fleet.ltf.tagged("3.7.5-1"))


def newer_base_has_its_entry(fleet: WatchedFleet) -> None:
    newer_patch(fleet)
    fleet.release("python", fleet.base.tagged("3.7.5-1"), fleet.upstream.tagged("3.7.5"))
    fleet.write()


def repository_is_away(fleet: WatchedFleet) -> None:
    (fleet.place / "python-unittest").rename(fleet.place / "elsewhere")


def interrupted(
    fleet: WatchedFleet, proxy: Proxy, at: int, *words: str, environ: Mapping[str, str] | None = None
) -> tuple[int, list[tuple[str, str]], list[str]]:
    """Interrupt a watch at one of its effects; return its exit code, the steps that it told, and the effects."""
    killer = Killer(at, number=signal.SIGINT)
    proxy.hook = killer.hook
    told = ("watch", str(fleet.directory), "--allow-local", *words)
    killer.process = running = Program(*told, environ={**ENVIRON, **(environ or {})})
    code, (said, _) = running.wait(60), running.communicate()
    return code, [(step["name"], step["state"]) for step in json.loads(said)["steps"]], killer.effects


CHANGES: list[tuple[Change, str, str]] = [
    (newer_patch, "upstream-patch", "python:3.7.4 has a newer one: 3.7.5, which is latest"),
    (newer_version, "upstream-version", "python:3.7.4 has a newer one: 3.8.1, which is latest"),
    (lambda f: f.push(f.upstream.tagged("latest"), "new"), "upstream-latest", "python:latest is not 3.7.4"),
    (base_moves, "base-moved", "a rebuild, in this order: python (3.7.4); then python-unittest (3.7.4)"),
    (lambda f: f.remove(f.upstream), "base-gone", "python:3.7.4 is not in its registry any more"),
    (lambda f: f.tag("python-unittest", "3.7.4-2"), "tag-without-image", "git tags without an image: 3.7.4-2"),
    (lambda f: f.tag("python", "3.7.5-1"), "tag-without-image", "git tags without an image: 3.7.5-1"),
    (released_without_git_tag, "image-without-tag", "releases without a git tag: 3.7.4-2"),
    (lambda f: f.tag("python-unittest", "3.7.4-1", "--force"), "tag-moved", "the git tag 3.7.4-1 of"),
    (image_is_overwritten, "image-overwritten", "has other content"),
    (latest_stays_behind, "latest-behind", "unittest:latest is not 3.7.4-2, the newest release"),
    (
        new_version_is_released,
        "entry-missing",
        'unittest:3.7.5-1 is released, and no entry has its version "python-unittest (3.7.5)"',
    ),
    (newer_base_has_its_entry, "base-version", "py:3.7.5-1 python-unittest (3.7.5)"),
    (repository_is_away, "unknown", "this machine could not be asked for"),
]


def test_of_a_healthy_fleet_nothing_is_found(watched: WatchedFleet) -> None:
    result = watched.watch()
    assert (result.code, result.findings, result.conclusion) == (0, [], "done")
    assert [step.state for step in result.steps] == ["done"] * 5
    assert watched.watch() == result


def versions_for_development(fleet: WatchedFleet) -> None:
    for tag in (f"3.9.{patch}" for patch in range(9)):
        fleet.push(fleet.upstream.tagged(tag), tag)


def a_latest_for_development(fleet: WatchedFleet) -> None:
    versions_for_development(fleet)
    fleet.point(fleet.upstream, "stable")
    fleet.point_latest(fleet.upstream.tagged("3.9.8"))


def no_latest(fleet: WatchedFleet) -> None:
    latest = fleet.ltf.tagged("latest")
    fleet.push(latest, "of no other name")
    fleet.remove(latest)


def released_without_latest(fleet: WatchedFleet) -> None:
    fleet.tag("python-unittest", "3.7.4-2")
    fleet.push_release("python-unittest", fleet.ltf.tagged("3.7.4-2"), fleet.base)
    no_latest(fleet)


@pytest.mark.parametrize(
    "change", [versions_for_development, a_latest_for_development, no_latest, released_without_latest]
)
def test_what_nobody_should_follow_or_nobody_pulls_is_no_finding(watched: WatchedFleet, change: Change) -> None:
    change(watched)
    result = watched.watch("--heal")
    assert (result.code, result.findings, result.plan["heal"]) == (0, [], [])


def test_versions_for_development_are_told_where_latest_is_not_known(watched: WatchedFleet) -> None:
    versions_for_development(watched)
    watched.push(watched.upstream.tagged("latest"), "some other")
    assert "python:3.7.4 has a newer one: 3.9.8" in watched.found()["upstream-version"]


def test_a_base_of_another_flavour_is_held_to_the_plain_latest(watched: WatchedFleet) -> None:
    for tag in ("3.7.4-slim", "3.8.1-slim", "3.9.0-slim"):
        watched.push(watched.upstream.tagged(tag), tag)
    newer_version(watched)
    versions_for_development(watched)
    watched.entries["python (3.7.4)"]["from"] = str(watched.upstream.tagged("3.7.4-slim"))
    watched.write()
    found = watched.found()
    assert [*found] == ["upstream-version"]
    assert "python:3.7.4-slim has a newer one: 3.8.1-slim " in found["upstream-version"]


def test_an_image_in_several_spellings_is_one_of_the_fleet(tmp_path: Path) -> None:
    said = {"commit": "a" * 40, "digest": f"sha256:{'1' * 64}", "display_name": "Python (3.7.4), test"}
    url = "https://github.com/o/python-unittest"
    entry = {"from": "python:3.7.4", "image_name": "o/unittest:3.7.4-1", "test_framework": True}
    lock = {f"{url}?tag={tag}": {**said, "image": f"docker.io/o/unittest:{tag}"} for tag in ("3.7.4-1", "3.7.5-1")}
    (tmp_path / LIST).write_text(f"{url}?tag=3.7.4-1\n{url}.git?tag=3.7.5-1\n")
    (tmp_path / LOCK).write_text(json.dumps(lock))
    (tmp_path / DEPENDENTS).write_text(json.dumps({"python-unittest (3.7.4)": entry}))
    fleet = Files.read(tmp_path, LIST, DEPENDENTS).fleet(tmp_path, local=False)
    (ours,) = fleet.ours
    assert (str(ours.image), ours.tags) == ("docker.io/o/unittest", ("3.7.4-1", "3.7.5-1"))
    assert [each.key for each in ours.urls] == ["github.com/o/python-unittest"]


def test_programs_are_told_what_a_finding_is_about(watched: WatchedFleet) -> None:
    newer_patch(watched)
    watched.push(watched.upstream, "security fix")
    watched.tag("python-unittest", "3.7.4-2")
    watched.tag("python-unittest", "3.7.4-1", "--force")
    image_is_overwritten(watched)
    about = {found.rule: (found.images, found.repositories) for found in watched.watch().findings}
    repository = str(watched.place / "python-unittest")
    assert about == {
        "base-moved": ([str(watched.base), str(watched.ltf)], []),
        "image-overwritten": ([str(watched.ltf)], []),
        "tag-moved": ([str(watched.ltf)], [repository]),
        "tag-without-image": ([str(watched.ltf.untagged)], [repository]),
        "upstream-patch": ([str(watched.upstream)], []),
    }


@pytest.mark.parametrize(
    ("change", "rule", "text"), CHANGES, ids=[f"{rule}-{n}" for n, (_, rule, _) in enumerate(CHANGES)]
)
def test_what_changed_is_found_and_nothing_else(watched: WatchedFleet, change: Change, rule: str, text: str) -> None:
    change(watched)
    found = watched.found()
    assert [*found] == [rule]
    assert text in found[rule]
    assert watched.found() == found


def test_an_image_that_is_gone(watched: WatchedFleet) -> None:
    watched.remove(watched.ltf)
    assert [*watched.found()] == ["image-gone", "tag-without-image"]


def test_a_git_tag_that_is_gone(watched: WatchedFleet) -> None:
    git(watched.place / "python-unittest", "tag", "--delete", "3.7.4-1")
    assert [*watched.found()] == ["image-without-tag", "tag-gone"]


def test_news_and_work_fail_nothing_and_what_was_promised_does(watched: WatchedFleet) -> None:
    base_moves(watched)
    newer_patch(watched)
    result = watched.watch()
    assert result.ended == (0, "done")
    image_is_overwritten(watched)
    result = watched.watch()
    assert result.ended == (1, "failed")
    assert {found.severity for found in result.findings} == {"notice", "warning", "error"}


def test_a_newer_version_that_has_its_entries_is_no_news(watched: WatchedFleet) -> None:
    newer_base_has_its_entry(watched)
    watched.release("python-unittest", watched.ltf.tagged("3.7.5-1"), watched.base.tagged("3.7.5-1"))
    watched.write()
    assert watched.found() == {}


def test_a_version_that_is_released_and_lacks_its_entry_is_told_once(watched: WatchedFleet) -> None:
    newer_base_has_its_entry(watched)
    new_version_is_released(watched)
    assert [*watched.found()] == ["entry-missing"]


@pytest.mark.parametrize("silent", ["/unittest/", "/py/"])
def test_where_a_registry_does_not_answer_no_version_of_a_base_is_told(
    tmp_path: Path, open_registry: str, run: RunCommand, silent: str
) -> None:
    def fails(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(503) if broken and silent in asked.path else pass_on(asked)

    broken = False
    with proxy_before(open_registry, fails) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        newer_base_has_its_entry(fleet)
        assert [*fleet.found()] == ["base-version"]
        broken = True
        assert {found.rule for found in fleet.watch().findings} == {"unknown"}


def test_a_release_on_the_new_base_ends_the_matter(watched: WatchedFleet) -> None:
    base_moves(watched)
    watched.tag("python", "3.7.4-2")
    watched.push_release("python", watched.base.tagged("3.7.4-2"), watched.upstream)
    watched.point_latest(watched.base.tagged("3.7.4-2"))
    assert watched.found() == {}


@pytest.mark.parametrize(
    ("gone", "skipped"),
    [((LIST,), ["list"]), ((LIST, LOCK), ["list", "lock"]), ((DEPENDENTS,), ["dependents"]), ((LOCK,), ["lock"])],
)
def test_a_file_that_is_missing_is_a_skipped_step(
    watched: WatchedFleet, gone: tuple[str, ...], skipped: list[str]
) -> None:
    for name in gone:
        (watched.directory / name).unlink()
    result = watched.watch()
    assert (result.code, result.findings) == (0, [])
    assert [step.name for step in result.steps if step.state == "skipped"] == skipped


def test_the_repository_that_a_label_names_may_be_written_in_other_letters(watched: WatchedFleet) -> None:
    watched.entries = {key.capitalize(): entry for key, entry in watched.entries.items()}
    watched.locked = {}
    watched.write()
    watched.tag("python", "3.7.5-1")
    assert [*watched.found()] == ["tag-without-image"]


def test_without_any_of_them_there_is_nothing_to_watch(tmp_path: Path, run: RunCommand) -> None:
    result = run("watch", str(tmp_path), environ={"LTF_CI_FORMAT": "json"})
    assert result.failure == (3, "BadInput")


def test_other_names_of_the_files(watched: WatchedFleet) -> None:
    (watched.directory / LIST).rename(watched.directory / "mine.txt")
    (watched.directory / DEPENDENTS).rename(watched.directory / "graph.json")
    base_moves(watched)
    assert [*watched.found("--list", "mine.txt", "--dependents", "graph.json")] == ["base-moved"]


def test_without_leave_no_repository_on_this_machine_is_asked(watched: WatchedFleet) -> None:
    watched.tag("python-unittest", "3.7.4-2")
    result = watched.run("watch", str(watched.directory), environ={"LTF_CI_FORMAT": "json"})
    assert (result.code, [(found.rule, found.severity) for found in result.findings]) == (
        0,
        [("list-address", "warning")],
    )


def test_each_image_is_looked_at_once(tmp_path: Path, open_registry: str, run: RunCommand) -> None:
    with proxy_before(open_registry) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        proxy.asked.clear()
        assert fleet.found("--cache", str(tmp_path / "cache")) == {}
        asked = Counter((each.method, each.path) for each in proxy.asked)
        assert max(asked.values()) == 1
        assert {method for method, _ in asked} == {"HEAD", "GET"}
        first = len(proxy.asked)
        proxy.asked.clear()
        assert fleet.found("--cache", str(tmp_path / "cache")) == {}
        manifests = [each for each in proxy.asked if each.method == "GET" and "/tags/list" not in each.path]
        assert (manifests, len(proxy.asked)) == ([], first - 4)  # two images' labels, of a manifest and a config each


def test_a_registry_that_does_not_answer_is_unknown_and_nothing_is_gone(
    tmp_path: Path, open_registry: str, run: RunCommand
) -> None:
    def fails(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(503) if broken and "/unittest/" in asked.path else pass_on(asked)

    broken = False
    with proxy_before(open_registry, fails) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        base_moves(fleet)
        broken = True
        result = fleet.watch()
    assert result.code == 5
    assert result.rules == ["base-moved", "unknown"]
    assert "answered 503" not in str(result.findings)  # why is another thing each day
    assert "answered 503" in result.step("unknown").detail


def test_a_registry_that_is_busy_is_left_alone_as_long_as_it_asks(
    tmp_path: Path, open_registry: str, run: RunCommand
) -> None:
    begun: list[float] = []
    early: list[str] = []

    def busy(asked: Asked, pass_on: Pass) -> Answered:
        if not armed or "/unittest/tags" not in asked.path:
            return pass_on(asked)
        begun.append(monotonic())
        if len(begun) == 1:
            return Answered(429, {"Retry-After": "1"})
        early.extend([asked.path] if begun[-1] - begun[0] < 1 else [])
        return pass_on(asked)

    armed = False
    with proxy_before(open_registry, busy) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        armed = True
        assert fleet.found() == {}
    assert (len(begun), early) == (2, [])


def test_heal_puts_latest_right_and_writes_nothing_else(tmp_path: Path, open_registry: str, run: RunCommand) -> None:
    with proxy_before(open_registry) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        latest_stays_behind(fleet)
        proxy.asked.clear()
        result = fleet.watch("--heal", "--dry-run")
        assert result.ended == (1, "failed")
        assert result.plan["heal"] == [f"heal: {fleet.ltf.untagged}: latest points at 3.7.4-2"]
        assert not any("manifests" in write for write in proxy.writes)
        proxy.asked.clear()
        result = fleet.watch("--heal")
        assert (result.code, result.findings, result.conclusion) == (0, [], "done")
        assert proxy.writes == [f"PUT /v2/{fleet.ltf.path}/manifests/latest"]
        result = fleet.watch("--heal")
        assert (result.code, result.plan["heal"], len(proxy.writes)) == (0, [], 1)


@pytest.mark.parametrize("newer", ["3.7.4-1", "3.7.4-9"])
def test_heal_never_goes_to_an_image_that_is_no_release(watched: WatchedFleet, newer: str) -> None:
    before = watched.registry.resolve(watched.ltf.tagged("latest"))
    watched.push(watched.ltf.tagged(newer), "written by hand, without labels")
    result = watched.watch("--heal")
    assert "latest-behind" not in result.rules
    assert ("image-overwritten" in result.rules) == (newer == watched.ltf.tag)
    assert watched.registry.resolve(watched.ltf.tagged("latest")) == before


def test_heal_never_goes_to_another_image_than_the_lock_has(watched: WatchedFleet) -> None:
    before = watched.registry.resolve(watched.ltf.tagged("latest"))
    watched.push_release("python-unittest", watched.ltf, watched.base, "other content, with the labels of the release")
    result = watched.watch("--heal")
    assert ("image-overwritten" in result.rules, "latest-behind" in result.rules) == (True, False)
    assert watched.registry.resolve(watched.ltf.tagged("latest")) == before


def test_heal_goes_nowhere_while_an_entry_of_the_lock_cannot_be_read(watched: WatchedFleet) -> None:
    latest_stays_behind(watched)
    before = watched.registry.resolve(watched.ltf.tagged("latest"))
    lock = watched.directory / LOCK
    lock.write_text(lock.read_text().replace("sha256:", "sha:"))
    result = watched.watch("--heal")
    assert (result.failure, sorted(set(result.rules))) == ((3, "BadInput"), ["latest-behind", "lock-entry"]), result
    assert watched.registry.resolve(watched.ltf.tagged("latest")) == before


def test_a_latest_that_cannot_be_put_right_stays_a_finding(tmp_path: Path, open_registry: str, run: RunCommand) -> None:
    def denies(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(403) if denied and asked.writes else pass_on(asked)

    denied = False
    with proxy_before(open_registry, denies) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        latest_stays_behind(fleet)
        denied = True
        for words in (["--dry-run"], []):
            result = fleet.watch("--heal", *words)
            assert (result.code, result.rules) == (6, ["latest-behind"])
            assert result.error.kind == "AccessDenied"


def test_heal_that_is_interrupted_tells_which_latest_it_has_moved(
    tmp_path: Path, open_registry: str, run: RunCommand
) -> None:
    with proxy_before(open_registry) as proxy:
        fleet = WatchedFleet(tmp_path, proxy.host, run)
        latest_stays_behind(fleet)
        fleet.tag("python", "3.7.4-2")
        fleet.push_release("python", fleet.base.tagged("3.7.4-2"), fleet.upstream)
        code, steps, moved = interrupted(fleet, proxy, 2, "--heal")
    assert (code, steps[-1:]) == (130, [("heal", "done")])
    assert len(moved) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watch_that_is_cancelled_waits_for_no_server(tmp_path: Path, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/a/b?tag=1-1"
        said = {
            "commit": "1" * 40,
            "image": "127.0.0.1:1/b:1-1",
            "digest": f"sha256:{'2' * 64}",
            "display_name": "B, c",
        }
        (tmp_path / LOCK).write_text(json.dumps({url: said}))
        environ = {name: value for name, value in os.environ.items() if name != "GIT_ALLOW_PROTOCOL"}
        words = [sys.executable, "-m", "ltf_ci", "watch", str(tmp_path)]
        running = subprocess.Popen(
            words, env={**environ, "LTF_CI_RETRY_PAUSE": "0"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        with running, server.accept()[0]:
            sleep(1)  # the registry has refused by then, and git alone is waited for
            running.send_signal(number)
            told, _ = running.communicate(timeout=30)
    assert (running.returncode, b"interrupted" in told) == (128 + number, True)


def test_two_repositories_may_release_one_image(watched: WatchedFleet) -> None:
    """The list has the start point; an image's own repository of the same short name counts on by its own git tags."""
    image = watched.ltf.tagged("3.7.4-2")
    (watched.place / "images").mkdir()
    watched.tag("images/python-unittest", "3.7.4-2")
    watched.push_release("images/python-unittest", image, watched.base)
    watched.point_latest(image)
    assert watched.found() == {}
    watched.tag("images/python-unittest", "3.7.4-3")
    watched.push_release("images/python-unittest", watched.ltf.tagged("3.7.4-3"), watched.base)
    watched.point_latest(watched.ltf.tagged("3.7.4-3"))
    git(watched.place / "images/python-unittest", "tag", "--delete", "3.7.4-3")
    assert [*watched.found()] == ["image-without-tag"]  # which neither of the two has


def test_a_newer_version_behind_a_floating_from_is_found(watched: WatchedFleet) -> None:
    for tag in ("slim", "3.7.4-slim", "3.7.5-slim", "3.7.5", "3.7.6-alpine"):
        watched.push(watched.image(f"python:{tag}"), tag)
    watched.point_latest(watched.image("python:3.7.5"))
    watched.entries["python (3.7.4)"]["from"] = f"{watched.images}/python:slim"
    watched.write()
    assert "python:slim was 3.7.4-slim for ours, and 3.7.5-slim is newer" in watched.found()["upstream-patch"]
