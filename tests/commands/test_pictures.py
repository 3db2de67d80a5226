"""The pictures in the docs: what a real release writes, as GitHub shows it.

`uv run --group pictures pytest tests/commands/test_pictures.py -m machine --pictures` draws them again. Without it the
texts that they were drawn from are compared with what a release writes now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pytest

from ltf_ci.languages.lock import LockEntry
from tests.support import ROOT
from tests.support.browser import Browser
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK, NAME, URL, list_text
from tests.support.publishing import Publisher, is_tested

pytestmark = pytest.mark.machine
PICTURES = ROOT / "docs/pictures"

NAMED = "Python (3.7.4), unittest"
WIDTH = 860  # of a picture, as wide as a page of GitHub
MARK = '<span class="mark">✔</span>'  # a font for the one that GitHub shows is not everywhere
PAGE = (PICTURES / "page.html").read_text()


def written(publisher: Publisher, github: GithubServer, folder: Path) -> Mapping[str, str]:
    """Release 3.7.4-2 after 3.7.4-1, which the lock has; return the markdown of its summary and of its pull request."""
    hosted = github.create_repository(NAME, {LIST: list_text(), LOCK: json.dumps(released_before(publisher))})
    summary = folder / "summary"
    result = publisher.run_release(
        "--languages",
        NAME,
        LTF_CI_TOKEN=github.token,
        GITHUB_API_URL=f"http://{github.host}",
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_REPOSITORY="cyber-dojo-start-points/python-unittest",
        GITHUB_RUN_ID="4711",
    )
    assert result.code == 0, result
    (pull,) = hosted.pulls
    texts = {"summary": summary.read_text(), "pull-request": f"# {pull.title}\n\n{pull.body}"}
    everywhere = _as_everywhere("\0".join(texts.values()), publisher).split("\0")
    return dict(zip(texts, everywhere, strict=True))


def released_before(publisher: Publisher) -> Mapping[str, Mapping[str, str]]:
    """Release 3.7.4-1, go on to 3.7.4-2; return the lock."""
    commit = publisher.tagged("3.7.4-1", "before")
    assert publisher.publish().code == 0
    digest = publisher.digest("3.7.4-1")
    entry = LockEntry(commit, str(publisher.image.tagged("3.7.4-1")), str(digest), NAMED, "red, amber, green")
    publisher.tagged("3.7.4-2", "after")
    return {f"{URL}?tag=3.7.4-1": entry.as_data()}


def _as_everywhere(text: str, publisher: Publisher) -> str:
    """Return a text with the names that it would have at GitHub, and not those of this test's registry and clock."""
    prefix = publisher.image.path.partition("/")[0]
    text = text.replace(publisher.host, "ghcr.io").replace(prefix, "cyber-dojo-languages")
    text = re.sub(r" at (?:127\.0\.0\.1|localhost):\d+(?=\])", "", text)
    text = re.sub(r"https?://(?:127\.0\.0\.1|localhost):\d+", "https://github.com", text)
    text = _renamed(text, r"(?<=sha256:)[0-9a-f]{12}(?:[0-9a-f]{52})?", 12)
    text = _renamed(text, r"\b[0-9a-f]{40}\b|(?<=`)[0-9a-f]{7}(?=`)", 7)
    return re.sub(r"in \d+\.\d s", "in 0.5 s", text)


def _renamed(text: str, hashes: str, length: int) -> str:
    """Return a text with hashes that are always the same, short ones as their long ones, different ones different."""
    found = dict.fromkeys(each[:length] for each in re.findall(hashes, text))
    names = {each: sha256(f"{length} {number}".encode()).hexdigest() for number, each in enumerate(found)}
    return re.sub(hashes, lambda each: names[each[0][:length]][: len(each[0])], text)


def drawn(browser: Browser, markdown: str, folder: Path, picture: Path) -> None:
    """Draw markdown as GitHub does."""
    cmark = import_module("cmarkgfm")  # of the group `pictures`: no other test needs it
    body = cmark.github_flavored_markdown_to_html(markdown, options=cmark.cmark.Options.CMARK_OPT_UNSAFE)
    page = folder / "page.html"
    page.write_text(PAGE.replace("BODY", body.replace("✅", MARK)))
    browser.look(width=WIDTH, height=100)
    browser.open(page)
    browser.look(width=WIDTH, height=int(browser.of("document.documentElement.scrollHeight")))
    browser.picture(picture)


def test_the_pictures_show_what_a_release_writes(
    publisher: Publisher, github: GithubServer, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_tested(publisher)
    publisher.named(URL)
    for name, markdown in written(publisher, github, tmp_path).items():
        file = PICTURES / f"{name}.md"
        if request.config.getoption("--pictures"):
            file.write_text(markdown)
            drawn(browser, markdown, tmp_path, file.with_suffix(".png"))
        assert markdown == file.read_text(), "draw it again: --pictures"
        assert file.with_suffix(".png").stat().st_size < 100_000
