"""`ltf-ci start-point create` over real git repositories, on this machine and over HTTP."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from resource import RLIMIT_FSIZE, setrlimit
from typing import Any

import pytest

from embedded.git_http import git_over_http
from ltf_ci.model.registry import Present
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import Publisher, RunCommand, environ_of
from tests.support.repositories import LtfRepository, git
from tests.support.result import Result

pytestmark = pytest.mark.machine
ENVIRON = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}
TAG = "3.7.4-1"


class Fleet:
    """Repositories on this machine, served over HTTP too, and a folder that start points are made in."""

    def __init__(self, place: Path, run: RunCommand) -> None:
        self.place = place
        self.made = place / "made"
        self.made.mkdir()
        self.run = run
        self.host = ""

    def repository(self, name: str, tag: str = TAG, **more: Any) -> LtfRepository:
        ltf = LtfRepository(self.place / "git" / name, f"{name} (3.7.4), unittest", f"a/{name.lower()}:{tag}", **more)
        ltf.tag(TAG)
        return ltf

    def url(self, name: str, tag: str = TAG, host: str = "") -> str:
        return f"http://{host or self.host}/{name}/.git?tag={tag}"

    def create(self, *words: str, environ: dict[str, str] | None = None) -> Result:
        return self.run("start-point", "create", *words, environ=environ or ENVIRON)

    def languages(self, *words: str) -> Result:
        return self.create("a/pp", "--out", str(self.made / "pp"), "--repository", *words)

    def started(self, *words: str, **more: Any) -> subprocess.Popen[bytes]:
        told = [sys.executable, "-m", "ltf_ci", "start-point", "create", *words]
        return subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


@dataclass
class Killer:
    """Kills a process as soon as its request number `at` is answered; counts requests."""

    at: int = 0
    asked: int = 0
    running: subprocess.Popen[bytes] | None = None

    def hook(self, request: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(request)
        self.asked += 1
        if self.asked == self.at and self.running:
            self.running.kill()
            self.running.wait()
        return answered

    def kills(self, running: subprocess.Popen[bytes], at: int) -> None:
        self.at, self.asked, self.running = at, 0, running
        running.communicate(timeout=60)
        self.running = None
        assert running.returncode == -signal.SIGKILL


def rules(result: Result, severity: str = "error") -> list[tuple[str, int]]:
    return [(found.rule, found.line) for found in result.findings if found.severity == severity]


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file's mode and content, and every link's and empty folder's, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = os.fsencode(path.readlink()) if path.is_symlink() else b"" if path.is_dir() else path.read_bytes()
        found[str(path.relative_to(folder))] = path.lstat().st_mode, content
    return found


@pytest.fixture
def fleet(tmp_path: Path, run: RunCommand, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http")
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setenv("CI", "true")
    fleet = Fleet(tmp_path, run)
    with git_over_http(tmp_path / "git") as server:
        fleet.host = server.host
        yield fleet


def test_five_of_eighty_are_broken_and_all_five_are_told(fleet: Fleet, scratch: Path) -> None:
    more: dict[int, dict[str, Any]] = {30: {"tab_size": "four"}, 50: {"tag": "3.7.4-2"}}
    for number in range(80):
        if number != 20:
            fleet.repository(f"L{number}", **more.get(number, {}))
    same = fleet.place / "git/L40/start_point/manifest.json"
    same.write_text(same.read_text().replace("L40 (", "L39 ("))
    git(fleet.place / "git/L40", "commit", "--quiet", "--all", "--message", "Same")
    git(fleet.place / "git/L40", "tag", "--force", TAG)
    words = [fleet.url(f"L{number}", "3.7.4-9" if number == 10 else TAG) for number in range(80)]
    result = fleet.languages(*words)
    assert result.ended == (1, "failed")
    assert rules(result) == [
        ("list-tag", 11),
        ("list-unreachable", 21),
        ("tab-size", 31),
        ("list-display-name", 41),
        ("image-name-tag", 51),
    ]
    assert {found.file for found in result.findings} == {"--repository"}
    assert [*fleet.made.iterdir(), *scratch.iterdir()] == []


def test_the_folder_is_as_the_base_image_reads_it(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    tagged = fleet.repository("Tagged")
    branch = fleet.repository("Branch")
    git(branch.directory, "branch", "topic")
    older = fleet.repository("Older")
    first = git(older.directory, "rev-parse", "HEAD")
    older.commit_more()
    git(older.directory, "tag", "--delete", TAG)
    monkeypatch.chdir(fleet.place)
    words = [fleet.url("Tagged"), "git/Branch?tag=topic", f"{first[:7]}@git/Older"]
    result = fleet.languages(*words)
    assert result.ended == (0, "done"), result
    made = fleet.made / "pp"
    heads = [git(ltf.directory, "rev-parse", "HEAD") for ltf in (tagged, branch)] + [first]
    lines = [f"{number} \t {heads[number]} \t {words[number]}\n" for number in range(3)]
    assert (made / "shas.txt").read_text() == "".join(lines)
    assert (made / "image.type").read_text() == "languages\n"
    assert (made / ".dockerignore").read_text() == "Dockerfile\n"
    assert sorted(path.name for path in made.iterdir()) == [".dockerignore", "0", "1", "2", "image.type", "shas.txt"]
    git(older.directory, "checkout", "--quiet", first)
    for number, ltf in enumerate((tagged, branch, older)):
        there = {path: of for path, of in tree(ltf.directory).items() if path.partition("/")[0] != ".git"}
        assert tree(made / str(number)) == there
    assert made.stat().st_mode & 0o777 == (made / "0").stat().st_mode & 0o777
    assert [path.name for path in fleet.made.iterdir()] == ["pp"]


def test_what_is_there_already_stays(fleet: Fleet) -> None:
    fleet.repository("One")
    fleet.repository("Two")
    assert fleet.languages(fleet.url("One")).code == 0
    before = tree(fleet.made)
    for words in (["--dry-run"], []):  # a dry run says, and refuses, what the run does
        result = fleet.languages(fleet.url("One"), *words)
        assert result.ended == (0, "nothing-to-do")
        result = fleet.languages(fleet.url("Two"), *words)
        assert (result.code, result.error.kind, "--out" in result.error.cure) == (4, "Refused", True)
    assert tree(fleet.made) == before
    (fleet.made / "pp/shas.txt").unlink()
    assert fleet.languages("nowhere").error.kind == "Refused"  # before anything is fetched


def test_a_place_that_cannot_be_written_is_told(fleet: Fleet) -> None:
    fleet.repository("One")
    for words in (["--dry-run"], []):
        result = fleet.create("a/pp", "--out", "/proc/pp", "--repository", fleet.url("One"), *words)
        assert result.failure == (3, "BadInput")
        assert "/proc" in result.error.found


def test_a_place_whose_name_is_too_long_is_told(fleet: Fleet) -> None:
    result = fleet.create("a/pp", "--out", str(fleet.made / ("p" * 300)), "--repository", "nowhere")
    assert result.failure == (3, "BadInput")


def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left(fleet: Fleet, scratch: Path) -> None:
    ltf = fleet.repository("Large")
    ltf.write("large", "x" * 99_999)
    git(ltf.directory, "add", "large")
    git(ltf.directory, "commit", "--quiet", "--message", "Large")
    git(ltf.directory, "tag", "--force", TAG)
    words = [
        "pp",
        "--out",
        str(fleet.made / "pp"),
        "--cache",
        str(fleet.place / "cache"),
        "--repository",
        fleet.url("Large"),
    ]
    assert fleet.create(*words, "--dry-run").code == 0
    limited = fleet.started(*words, preexec_fn=lambda: setrlimit(RLIMIT_FSIZE, (9_999, 9_999)))
    said, _ = limited.communicate(timeout=60)
    assert (limited.returncode, b"cannot take the files: [Errno 27] File too large\n" in said) == (3, True), said
    assert [*fleet.made.iterdir(), *scratch.iterdir()] == []


def test_a_repository_that_means_harm_is_a_folder_like_any_other(fleet: Fleet) -> None:
    ltf = fleet.repository("Odd")
    (ltf.directory / "shas.txt").symlink_to("start_point/hiker.sh")
    (ltf.directory / "round").symlink_to("round")
    ltf.write(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c false\n')
    ltf.write(".dockerignore", "**\n")
    (ltf.directory / "start_point/hiker.sh").chmod(0o755)
    git(ltf.directory, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},x")
    git(ltf.directory, "add", ".gitmodules", ".dockerignore", "shas.txt", "start_point")
    git(ltf.directory, "commit", "--quiet", "--message", "Odd")
    git(ltf.directory, "tag", "--force", TAG)
    assert fleet.languages(fleet.url("Odd")).code == 0
    made = fleet.made / "pp"
    assert (made / "0/shas.txt").is_symlink()
    assert not (made / "shas.txt").is_symlink()
    assert [*(made / "0/x").iterdir()] == []
    assert (made / "0/start_point/hiker.sh").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("target", ["/etc/passwd", "../../shas.txt", "out", "start_point/../../x"])
def test_a_link_that_leads_out_is_told(fleet: Fleet, target: str) -> None:
    ltf = fleet.repository("Link")
    (ltf.directory / "out").symlink_to(target)
    ltf.commit("Link")
    git(ltf.directory, "tag", "--force", TAG)
    result = fleet.languages(fleet.url("Link"))
    assert (result.code, rules(result)) == (1, [("list-clone", 1)])
    assert "out leads out of the repository" in result.findings[0].found
    assert [*fleet.made.iterdir()] == []


def test_every_manifest_that_is_served_is_checked(fleet: Fleet) -> None:
    ltf = fleet.repository("Many")
    (ltf.directory / "more").mkdir()
    (ltf.directory / "more/manifest.json").write_text(ltf.manifest.read_text().replace("hiker.sh", "nobody.sh"))
    ltf.commit("More")
    git(ltf.directory, "tag", "--force", TAG)
    result = fleet.languages(fleet.url("Many"))
    assert result.code == 1
    assert rules(result) == [("file-missing", 1), ("file-missing", 1), ("list-display-name", 1)]


def test_two_tags_of_a_repository_are_two_and_one_twice_is_told(fleet: Fleet) -> None:
    ltf = fleet.repository("Twice")
    ltf.manifest.write_text(ltf.manifest.read_text().replace("3.7.4", "3.7.5"))
    ltf.commit("Next")
    ltf.tag("3.7.5-1")
    assert fleet.languages(fleet.url("Twice"), fleet.url("Twice", "3.7.5-1")).code == 0
    result = fleet.languages(fleet.url("Twice"), "two words", fleet.url("Twice"))
    assert result.code == 1
    assert rules(result)[:2] == [("list-line", 2), ("list-repeated", 3)]


def test_a_list_is_held_to_what_a_list_may_have(fleet: Fleet) -> None:
    fleet.repository("One")
    listed = fleet.place / "list"
    listed.write_text("# the first\ngit/One?tag=3.7.4-1\n")
    words = ["pp", "--out", str(fleet.made / "pp"), "--list", str(listed)]
    assert rules(fleet.create(*words)) == [("list-address", 2)]
    cache = fleet.place / "cache"
    assert fleet.create(*words, "--allow-local", "--cache", str(cache)).code == 0
    assert (fleet.made / "pp/shas.txt").read_text().endswith(" \t git/One?tag=3.7.4-1\n")
    assert len([*cache.iterdir()]) == 1


def test_the_folder_is_named_by_the_image(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.repository("One")
    monkeypatch.chdir(fleet.made)
    assert fleet.create("ghcr.io/a/pp:2", "--repository", "../git/One?tag=3.7.4-1").code == 0
    assert [path.name for path in fleet.made.iterdir()] == ["pp"]


def test_a_dry_run_makes_nothing(fleet: Fleet, scratch: Path) -> None:
    ltf = fleet.repository("One")
    result = fleet.languages(fleet.url("One"), "--dry-run")
    commit = git(ltf.directory, "rev-parse", "HEAD")
    assert result.ended == (0, "planned")
    assert result.plan == {
        "name": "a/pp",
        "repositories": [{"index": 0, "url": fleet.url("One"), "commit": commit}],
        "folder": str(fleet.made / "pp"),
        "base": "",
    }
    assert [*fleet.made.iterdir(), *scratch.iterdir()] == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["PP", "--repository", "x"], "UsageError"),
        (["pp@sha256:" + "a" * 64, "--repository", "x"], "UsageError"),
        (["pp"], "UsageError"),
        (["pp", "--repository", "x", "--list", "x"], "UsageError"),
        (["pp", "--repository", "# x"], "UsageError"),
        ([], "UsageError"),
        (["pp", "--repository", "x", "--out", "nowhere/pp"], "BadInput"),
    ],
)
def test_words_that_do_not_say_what_is_wanted(fleet: Fleet, words: list[str], kind: str) -> None:
    assert fleet.create(*words).error.kind == kind


def test_a_run_that_is_killed_at_any_request_leaves_no_folder_and_runs_again(fleet: Fleet) -> None:
    names = ["One", "Two", "Three"]
    for name in names:
        fleet.repository(name)
    killer = Killer()
    with proxy_before(fleet.host, killer.hook) as proxy:
        words = ["pp", "--out", str(fleet.made / "pp"), "--repository", *(fleet.url(n, host=proxy.host) for n in names)]
        assert fleet.create(*words).code == 0
        undisturbed, requests = tree(fleet.made / "pp"), killer.asked
        assert requests >= 3 * 4
        for at in range(1, requests + 1, 2):
            (fleet.made / "pp").rename(fleet.place / f"kept-{at}")
            killer.kills(fleet.started(*words), at)
            assert [*fleet.made.iterdir()] == []
            assert fleet.create(*words).code == 0
            assert tree(fleet.made / "pp") == undisturbed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_cancelled_leaves_nothing(fleet: Fleet, scratch: Path, number: signal.Signals) -> None:
    fleet.repository("One")
    running: list[subprocess.Popen[bytes]] = []

    def hook(request: Asked, pass_on: Pass) -> Answered:
        if request.method == "POST":
            running[0].send_signal(number)
        return pass_on(request)

    with proxy_before(fleet.host, hook) as proxy:
        words = ["pp", "--out", str(fleet.made / "pp"), "--repository", fleet.url("One", host=proxy.host)]
        running.append(fleet.started(*words))
        said, _ = running[0].communicate(timeout=60)
    assert (running[0].returncode, b"interrupted" in said) == (128 + number, True)
    assert [*fleet.made.iterdir(), *scratch.iterdir()] == []


@pytest.mark.parametrize(("more", "shown"), [({}, True), ({"CI": "true"}, False)])
def test_a_terminal_sees_how_far_it_is(fleet: Fleet, more: dict[str, str], *, shown: bool) -> None:
    for name in ("One", "Two"):
        fleet.repository(name)
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "CI"} | more
    words = [sys.executable, "-m", "ltf_ci", "start-point", "create", "pp", "--out", str(fleet.made / "pp")]
    told = [*words, "--repository", fleet.url("One"), fleet.url("Two")]
    subprocess.run(told, env=environ, stdout=subprocess.DEVNULL, stderr=theirs, check=True)
    os.write(theirs, b".")
    said = b""
    while not said.endswith(b"."):
        said += os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
    assert (b"\r\x1b[K1 of 2 repositories fetched\r\x1b[K" in said) is shown
    assert (b"repositories fetched" in said) is shown


@pytest.fixture
def served(fleet: Fleet, publisher: Publisher) -> list[str]:
    """Return the words that build an image of a repository, from a base in a registry, under a name of its own."""
    fleet.repository("One")
    return [str(publisher.image.tagged("1")), "--base-image", str(publisher.base), "--repository", fleet.url("One")]


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True).stdout


@pytest.mark.both_daemons
def test_the_image_is_built_from_the_base_by_its_digest(
    fleet: Fleet, publisher: Publisher, served: list[str], scratch: Path
) -> None:
    environ = environ_of(publisher.host)
    result = fleet.create(*served, environ=environ)
    assert result.code == 0, result
    name, base = served[0], publisher.base
    standing = publisher.registry.resolve(base)
    assert isinstance(standing, Present)
    digest = str(standing.digest)
    (found,) = json.loads(docker("image", "inspect", name))
    labels, config = found["Config"]["Labels"], found["Config"]
    assert labels["org.cyber-dojo.start-point"] == "languages"
    assert labels["org.opencontainers.image.base.name"] == str(base)
    assert labels["org.opencontainers.image.base.digest"] == digest
    named = f"CYBER_DOJO_START_POINTS_BASE_DIGEST={digest.removeprefix('sha256:')}"
    assert {"IMAGE_TYPE=languages", "PORT=4524", named} <= set(config["Env"])
    assert (config["Entrypoint"], config["Cmd"]) == (["/sbin/tini", "-g", "--"], ["./up.sh"])
    shown = docker("run", "--rm", "--entrypoint", "/bin/cat", name, "/app/repos/shas.txt")
    assert shown.endswith(f" \t {fleet.url('One')}\n")
    files = docker("run", "--rm", "--entrypoint", "/bin/ls", name, "-A", "/app/repos", "/app/repos/0/start_point")
    assert {".dockerignore", "0", "image.type", "shas.txt", "manifest.json", "hiker.sh"} <= set(files.split())
    tags = docker("image", "ls", "--format", "{{.Tag}}", name.rpartition(":")[0]).split()
    assert tags == ["1"]
    assert result.plan["base"] == f"{base}@{digest}"
    assert [*fleet.made.iterdir(), *scratch.iterdir()] == []


@pytest.mark.both_daemons
def test_a_base_that_was_made_in_the_daemon_goes_by_its_name(
    fleet: Fleet, publisher: Publisher, served: list[str]
) -> None:
    subprocess.run(
        ["docker", "build", "--tag", "ours:1", "-"], input=b"FROM scratch\nLABEL a=b\nENV SHA=df28e04\n", check=True
    )
    result = fleet.create(*served, "--base-image", "ours:1", "--out", str(fleet.made / "pp"))
    assert (result.code, result.plan["base"]) == (0, "ours:1"), result
    (found,) = json.loads(docker("image", "inspect", served[0]))
    assert found["Config"]["Labels"]["a"] == "b"
    assert "CYBER_DOJO_START_POINTS_BASE_SHA=df28e04" in found["Config"]["Env"]
    assert (fleet.made / "pp/shas.txt").is_file()


def test_an_image_that_cannot_be_built_leaves_no_folder(
    fleet: Fleet, publisher: Publisher, served: list[str], scratch: Path
) -> None:
    words = [*served, "--base-image", f"{publisher.image.untagged}:nowhere", "--out", str(fleet.made / "pp")]
    result = fleet.create(*words, environ=environ_of(publisher.host))
    assert result.failure == (3, "BadInput"), result
    assert [*fleet.made.iterdir(), *scratch.iterdir()] == []


def test_a_build_that_is_killed_gives_no_image_its_name_and_runs_again(
    fleet: Fleet, publisher: Publisher, served: list[str]
) -> None:
    killer = Killer()
    with publisher.watched(killer.hook) as proxy:
        base = str(publisher.base.under(proxy.host))
        words = [*served, "--base-image", base, "--out", str(fleet.made / "pp")]
        environ = {**os.environ, **environ_of(publisher.host), "LTF_CI_REGISTRY": proxy.host}
        for at in (1, 3):
            killer.kills(fleet.started(*words, env=environ), at)
            assert docker("image", "ls", "--quiet", served[0]) == ""
            assert not (fleet.made / "pp").exists()
        again = fleet.started(*words, env=environ)
        output, _ = again.communicate(timeout=60)
    assert again.returncode == 0, output.decode()
    assert docker("image", "ls", "--quiet", served[0]) != ""
