"""What every test has: git with an identity of its own, and no other protocol than local files."""

from __future__ import annotations

import gc
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

# Bytecode is kept, whatever the machine says: else each process that a test starts compiles all of it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Thousands of tests are collected without looking for garbage: there is none.
gc.disable()

# Daemons and registries may take more memory for less work: they are written in Go, and die young.
os.environ["GOGC"] = "400"

# Folders are in memory where the machine has room for them, and runs programs there: a third of the time went into
# waiting for a disk.
MEMORY, ROOM = Path("/dev/shm"), 6 * 1024**3
if "TMPDIR" not in os.environ and MEMORY.is_dir():
    room = os.statvfs(MEMORY)
    if room.f_bavail * room.f_frsize >= ROOM and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None

# No sample hooks in each of thousands of repositories, nothing that waits for a disk, and no look after each commit and
# push whether there is anything to tidy up.
GIT_CONFIG = """\
[user]
name = A Maintainer
email = maintainer@example.org
[init]
defaultBranch = main
templateDir =
[core]
fsync = none
[maintenance]
auto = false
[gc]
auto = 0
[receive]
autoGC = false
"""

MACHINE_ALONE = re.compile(r"^pytestmark = .*\bpytest\.mark\.machine\b", re.MULTILINE)

pytest_plugins = [
    "tests.support.act",
    "tests.support.actions_cache",
    "tests.support.browser",
    "tests.support.docker",
    "tests.support.github",
    "tests.support.platforms",
    "tests.support.registries",
    "tests.support.other_registries",
    "tests.support.scripted",
    "tests.support.repositories",
    "tests.support.runnable",
    "tests.support.publishing",
    "tests.support.kept",
    "tests.support.retagging",
    "tests.support.listing",
    "tests.support.fleet",
    "tests.support.gits",
    "tests.support.watched",
    "tests.support.world",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole-fleet", action="store_true", help="adopt 40 repositories, not 4: it takes minutes")
    parser.addoption("--trees", default="300", help="how many random work trees are released: 10000 take minutes")
    parser.addoption("--pictures", action="store_true", help="draw the pictures in docs/ again")
    parser.addoption("--rounds", default="1", help="how often each kind of bad luck is tried: 100 take minutes")
    parser.addoption("--seed", default="1", help="which chances the chaos takes")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no file of machine tests alone where these are not asked for: it is a quarter of the way to the first."""
    is_left_out = config.option.markexpr == "not machine" and collection_path.suffix == ".py"
    return True if is_left_out and MACHINE_ALONE.search(collection_path.read_text()) else None


def pytest_collection_finish() -> None:
    """Look for garbage again; nothing is frozen: Hypothesis asks the collector who holds its source of chance."""
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the pure tests first: they take seconds, and say most."""
    items.sort(key=lambda item: item.get_closest_marker("machine") is not None)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a new folder for each test: for one of its own, pytest looks through all that were made before."""
    place = tmp_path_factory.mktemp("homes")
    return (place / str(number) for number in count())


@pytest.fixture(autouse=True)
def git_of_the_tests(monkeypatch: pytest.MonkeyPatch, homes: Iterator[Path]) -> None:
    home = next(homes)
    home.mkdir(parents=True)
    config = home / ".gitconfig"  # where git before 2.32 looks too
    config.write_text(GIT_CONFIG)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file")
    monkeypatch.setenv("TZ", "UTC0")
    monkeypatch.setenv("DOCKER_CONFIG", str(home / "docker"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "repository"
    found.mkdir()
    return found


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that temporary files are made in."""
    found = tmp_path / "scratch"
    found.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(found))
    return found
