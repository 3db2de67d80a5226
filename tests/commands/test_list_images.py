"""`ltf-ci list images` over real git repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, manifest_text

pytestmark = pytest.mark.machine


@pytest.fixture
def lists(tmp_path: Path) -> tuple[str, str]:
    """Return a list of languages, and one of custom start points whose repository has two manifests."""
    for name, image in {"b": "x/b:1-1", "a": "x/a:2-1", "c": "x/b:1-1"}.items():
        LtfRepository(tmp_path / name, f"{name} (1), x", image).tag("1-1")
    custom = LtfRepository(tmp_path / "custom", "Custom", "x/a:2-1")
    for name in ("more", ".hidden"):
        (custom.directory / name).mkdir()
        custom.write(f"{name}/manifest.json", manifest_text(name, f"localhost:5000/x/{name.strip('.')}"))
    custom.commit("More")
    custom.tag("1-1")
    (tmp_path / "languages").write_text("b?tag=1-1\na?tag=1-1\nc?tag=1-1\n")
    (tmp_path / "customs").write_text("custom?tag=1-1\n")
    return str(tmp_path / "languages"), str(tmp_path / "customs")


def test_one_a_line_sorted_and_once(lists: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "images", *lists, "--allow-local"], {}) == 0
    assert capsys.readouterr().out == "localhost:5000/x/more\nx/a:2-1\nx/b:1-1\n"
    assert main(["list", "images", lists[0], "--allow-local", "--with-latest"], {}) == 0
    assert capsys.readouterr().out == "x/a:2-1\nx/a:latest\nx/b:1-1\nx/b:latest\n"


def test_as_data_and_by_the_environment(lists: tuple[str, str], run: RunCommand) -> None:
    environ = {"LTF_CI_LIST": "\n".join(lists), "LTF_CI_ALLOW_LOCAL": "true", "LTF_CI_FORMAT": "json"}
    result = run("list images", environ={**environ, "LTF_CI_WITH_LATEST": "true", "LTF_CI_LATEST": "never"})
    assert result.code == 0
    latest = ["localhost:5000/x/more", "localhost:5000/x/more:latest", "x/a:2-1", "x/a:latest"]
    assert result.plan == {"images": [*latest, "x/b:1-1", "x/b:latest"]}


@pytest.mark.parametrize("line", ["nowhere?tag=1-1", "a?tag=9-9", "two words", "https://example.org/a?tag=1-1"])
def test_where_an_image_is_not_known_none_is_named(
    lists: tuple[str, str], capsys: pytest.CaptureFixture[str], line: str
) -> None:
    with Path(lists[0]).open("a") as file:
        file.write(f"{line}\n")
    assert main(["list", "images", *lists, "--allow-local"], {}) == 1
    out, err = capsys.readouterr()
    assert f"{lists[0]}:4:1: error" in err
    assert out == ""


def test_an_image_name_that_cannot_be_read(tmp_path: Path, run: RunCommand) -> None:
    LtfRepository(tmp_path / "a", "A (1), x", "No Name").tag("1-1")
    (tmp_path / "list").write_text("a?tag=1-1\n")
    result = run("list", "images", str(tmp_path / "list"), "--allow-local", environ={"LTF_CI_FORMAT": "json"})
    assert (result.code, result.plan) == (1, {})
    assert "start_point/manifest.json: image_name: 'No Name'" in result.findings[0].found
