"""A check that has nothing to look at: it finds nothing to be right, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.publishing import RunCommand

LIST, DEPENDENTS = "git_repo_urls.tagged", "dependents.json"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("list", "check", LIST), f"{LIST} has no line"),
        (("list", "images", LIST), f"{LIST} has no line"),
        (("dependents", "check", DEPENDENTS), f"{DEPENDENTS} has no entry"),
        (("watch",), "neither the list, the lock nor dependents.json names anything"),
        (("watch", "--dry-run"), "neither the list, the lock nor dependents.json names anything"),
    ],
)
def test_of_nothing_nothing_is_done(
    words: tuple[str, ...], why: str, tmp_path: Path, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(LIST).write_text("# none yet\n\n")
    Path(DEPENDENTS).write_text("{}\n")
    result = run(*words, environ={"LTF_CI_FORMAT": "json"})
    assert (result.code, result.conclusion, result.reason) == (0, "did-nothing", why), result
