"""`ltf-ci dashboard` over the files of a languages repository and a real registry."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from ltf_ci.images.cached_registry import SIZES
from ltf_ci.images.labels import ImageLabels
from tests.support.dashboards import HOSTILE, table_of
from tests.support.listing import LIST, LOCK
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import RunCommand
from tests.support.result import Result
from tests.support.watched import DEPENDENTS, ENVIRON, WatchedFleet

pytestmark = pytest.mark.machine
LANGUAGE, FRAMEWORK, VERSION, STATE, IMAGE, SIZE, MADE, BASE = range(8)


class Dashboard:
    """A fleet's page, written by the command line."""

    def __init__(self, fleet: WatchedFleet) -> None:
        self.fleet = fleet
        self.site = fleet.place / "new" / "site"
        self.watched = fleet.place / "watched.json"

    def write(self, *words: str) -> Result:
        directory = str(self.fleet.directory)
        return self.fleet.run("dashboard", directory, "--out", str(self.site), *words, environ=ENVIRON)

    def rows(self, *words: str) -> list[list[str]]:
        """Write the page after a day's watch, and return its rows."""
        self.watched.write_text(json.dumps(self.fleet.watch()[1]))
        result = self.write("--watched", str(self.watched), *words)
        assert result.ended == (0, "done"), result
        return table_of(self.text)

    @property
    def text(self) -> str:
        return (self.site / "index.html").read_text()


@pytest.fixture
def dashboard(watched: WatchedFleet) -> Dashboard:
    return Dashboard(watched)


def test_of_a_healthy_fleet_all_is_known_and_fine(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    ltf, base = dashboard.rows()
    assert base[:STATE] == ["python", "base image", "3.7.4-1"]
    assert ltf[:STATE] == ["python-unittest", "test", "3.7.4-1"]
    assert [base[STATE], ltf[STATE]] == ["fine", "fine"]
    assert [base[BASE], ltf[BASE]] == [str(fleet.upstream), str(fleet.base)]
    digest = fleet.registry.manifest(fleet.ltf).digest
    name = f"{fleet.ltf}@{digest}"
    shown = [f"pull {str(digest)[:19]}", f"docker pull {name}", f"docker run --rm -it {name} bash"]
    assert ltf[IMAGE] == " | ".join([str(fleet.ltf), *shown])
    size = fleet.registry.size(fleet.ltf)
    assert ltf[SIZE] == f"{size} bytes"
    assert ltf[MADE] == "not known"  # its labels do not say it


def test_what_waits_stands_at_each_row_that_it_reaches_and_once_in_full(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    fleet.push(fleet.upstream, "security fix")
    fleet.point_latest(fleet.upstream)
    assert [row[STATE] for row in dashboard.rows()] == ["waits | base moved"] * 2
    assert dashboard.text.count("made of what it was") == 1


def test_what_is_broken_looks_broken(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    fleet.push_release("python-unittest", fleet.ltf, fleet.base, "other content")
    fleet.point_latest(fleet.ltf)
    assert [row[STATE] for row in dashboard.rows()] == ["broken | image overwritten", "fine"]


def test_a_dependent_behind_its_base_waits_without_a_watch_too(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    fleet.push_release("python", fleet.base, fleet.upstream, "other content")
    result = dashboard.write()
    assert result.ended == (0, "done")
    assert [row[STATE] for row in table_of(dashboard.text)] == ["waits | made of an older base", "not known"]


def test_the_day_is_the_commits(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    fleet.push(fleet.base, labels=ImageLabels(created="2026-01-02T01:30:00+02:00"))
    assert dashboard.rows()[1][MADE] == "2026-01-01"
    assert '<time datetime="2026-01-01T23:30:00Z">2026-01-01</time>' in dashboard.text


def test_a_second_run_changes_nothing_and_leaves_other_files_alone(dashboard: Dashboard) -> None:
    dashboard.rows()
    (dashboard.site / "CNAME").write_text("example.org")
    before = (dashboard.site / "index.html").stat()
    result = dashboard.write("--watched", str(dashboard.watched))
    assert result.ended == (0, "nothing-to-do")
    after = (dashboard.site / "index.html").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(file.name for file in dashboard.site.iterdir()) == ["CNAME", "index.html"]


def test_a_release_that_the_lock_does_not_know_is_known_by_its_dependents_entry_alone(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    (fleet.directory / LOCK).write_text("{}")
    row = dashboard.rows()[0]
    assert row[:IMAGE] == ["python-unittest", "", "3.7.4-1", "fine"]
    assert row[IMAGE].startswith(str(fleet.ltf))
    (fleet.directory / DEPENDENTS).write_text("{}")
    (row,) = dashboard.rows()
    assert row == ["python-unittest", "", "3.7.4-1", "not known", "not in the lock", *["not known"] * 3]


@pytest.mark.parametrize(
    ("gone", "languages"),
    [
        (DEPENDENTS, ["python-unittest"]),
        (LIST, ["python-unittest", "python"]),
        (LOCK, ["python-unittest", "python"]),
    ],
)
def test_a_file_that_is_missing_is_said_to_be(dashboard: Dashboard, gone: str, languages: list[str]) -> None:
    (dashboard.fleet.directory / gone).unlink()
    assert [row[LANGUAGE] for row in dashboard.rows()] == languages
    assert f"There is no {'lock' if gone == LOCK else gone}" in dashboard.text


def test_an_empty_list_has_a_page_too(dashboard: Dashboard) -> None:
    for name, text in ((LIST, ""), (LOCK, "{}"), (DEPENDENTS, "{}")):
        (dashboard.fleet.directory / name).write_text(text)
    assert dashboard.write().ended == (0, "did-nothing")
    assert table_of(dashboard.text) == [["Nothing is listed yet."]]


def test_without_any_file_there_is_no_page(tmp_path: Path, run: RunCommand) -> None:
    result = run("dashboard", str(tmp_path), "--out", str(tmp_path / "site"), environ=ENVIRON)
    assert result.failure == (3, "BadInput")
    assert not (tmp_path / "site").exists()


def test_lines_and_entries_that_cannot_be_read_are_counted(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    (fleet.directory / LIST).write_text("two words\nhttps://example.org/x?tag=\n")
    fleet.entries["no key ("] = {}
    (fleet.directory / DEPENDENTS).write_text(json.dumps(fleet.entries))
    dashboard.write("--no-images")
    assert f"Lines of {LIST} that cannot be read: 2." in dashboard.text
    assert f"Entries of {DEPENDENTS} that cannot be read: " in dashboard.text


def test_what_others_wrote_is_text(dashboard: Dashboard) -> None:
    fleet = dashboard.fleet
    for said in fleet.locked.values():
        said["display_name"] = HOSTILE
    fleet.push(
        fleet.base, labels=ImageLabels(created=HOSTILE, base_name=HOSTILE, source="javascript:alert(1)", title=HOSTILE)
    )
    fleet.write()
    rows = dashboard.rows()
    assert rows[0][LANGUAGE] == HOSTILE.replace("\u202e", "\\u202e")
    assert rows[1][MADE:] == ["not known", str(fleet.upstream)]
    assert dashboard.text.count("<script>") == 1
    assert "<img" not in dashboard.text
    assert "javascript:" not in dashboard.text


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"command": "check", "findings": []}',
        '{"command": "watch", "conclusion": "failed", "error": {}}',
        '{"command": "watch", "findings": [{"rule": "x"}]}',
        None,
    ],
)
def test_what_no_watch_wrote_is_refused(dashboard: Dashboard, text: str | None) -> None:
    if text is not None:
        dashboard.watched.write_text(text)
    result = dashboard.write("--watched", str(dashboard.watched))
    assert result.failure == (3, "BadInput")
    assert not dashboard.site.exists()


def test_the_name_of_a_page_is_no_folder(dashboard: Dashboard, run: RunCommand) -> None:
    result = run(
        "dashboard", str(dashboard.fleet.directory), "--out", str(dashboard.site / "Page.HTML"), environ=ENVIRON
    )
    assert result.failure == (2, "UsageError")
    assert result.error.expected == "a folder, such as _site: the page is index.html in it"
    assert not dashboard.site.exists()


def test_a_folder_that_is_none_is_refused(dashboard: Dashboard) -> None:
    dashboard.site.parent.mkdir()
    dashboard.site.write_text("a file")
    result = dashboard.write("--no-images")
    assert result.failure == (3, "BadInput")
    dashboard.site.unlink()
    (dashboard.site / "index.html").mkdir(parents=True)
    assert dashboard.write("--no-images").code == 3


def test_a_digest_is_asked_for_once_and_for_all(tmp_path: Path, open_registry: str, run: RunCommand) -> None:
    cache = str(tmp_path / "cache")
    with proxy_before(open_registry) as proxy:
        dashboard = Dashboard(WatchedFleet(tmp_path, proxy.host, run))
        proxy.asked.clear()
        dashboard.write("--cache", cache)
        first, before = Counter((each.method, each.path) for each in proxy.asked), dashboard.text
        proxy.asked.clear()
        dashboard.write("--cache", cache)
        assert [(each.method, each.path.rpartition("/")[2]) for each in proxy.asked] == [("HEAD", "3.7.4-1")]
    assert max(first.values()) == 1
    assert len(first) == 5  # two images: each a manifest and a config, and the base's tag
    assert dashboard.text == before


def test_no_registry_is_asked_where_that_is_not_wanted(tmp_path: Path, open_registry: str, run: RunCommand) -> None:
    with proxy_before(open_registry) as proxy:
        dashboard = Dashboard(WatchedFleet(tmp_path, proxy.host, run))
        proxy.asked.clear()
        dashboard.write("--no-images")
        assert proxy.asked == []
    assert [row[SIZE] for row in table_of(dashboard.text)] == ["not known"] * 2


def test_a_registry_that_does_not_answer_leaves_only_what_it_knows_unknown(
    tmp_path: Path, open_registry: str, run: RunCommand
) -> None:
    def fails(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(503) if broken and "/unittest/" in asked.path else pass_on(asked)

    broken = False
    with proxy_before(open_registry, fails) as proxy:
        dashboard = Dashboard(WatchedFleet(tmp_path, proxy.host, run))
        broken = True
        result = dashboard.write("--cache", str(tmp_path / "cache"))
        assert result.code == 0
        assert "answered 503" in result.step("unknown").detail
        ltf, base = table_of(dashboard.text)
        assert (base[SIZE] == "not known", ltf[SIZE]) == (False, "not known")
        assert "answered 503" not in dashboard.text
        broken = False
        dashboard.write("--cache", str(tmp_path / "cache"))
        assert table_of(dashboard.text)[0][SIZE] != "not known"


def test_a_size_that_could_not_be_had_is_asked_for_again(tmp_path: Path, open_registry: str, run: RunCommand) -> None:
    def fails(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(503) if broken and asked.method == "GET" else pass_on(asked)

    broken = False
    cache = tmp_path / "cache"
    with proxy_before(open_registry, fails) as proxy:
        dashboard = Dashboard(WatchedFleet(tmp_path, proxy.host, run))
        dashboard.write("--cache", str(cache))
        shutil.rmtree(cache / SIZES)
        broken = True
        dashboard.write("--cache", str(cache))
        assert [row[SIZE] for row in table_of(dashboard.text)] == ["not known"] * 2
        broken = False
        dashboard.write("--cache", str(cache))
        assert "not known" not in [row[SIZE] for row in table_of(dashboard.text)]
