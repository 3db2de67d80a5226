"""The pictures in the docs: what a real release writes, as GitHub shows it.

`uv run --group pictures pytest tests/commands/test_pictures.py -m machine --pictures` draws them again. Without it the
texts that they were drawn from are compared with what a release writes now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.browser import Browser
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK, NAME, list_text
from tests.support.publishing import Publisher

pytestmark = pytest.mark.machine
PICTURES = ROOT / "docs/pictures"

WIDTH = 860  # of a picture, as wide as a page of GitHub
MARK = '<span class="mark">✔</span>'  # a font for the one that GitHub shows is not everywhere
PAGE = (PICTURES / "page.html").read_text()


def written(publisher: Publisher, github: GithubServer, folder: Path) -> Mapping[str, str]:
    """Release 3.7.4-2 after 3.7.4-1; return the markdown of its summary and of its pull request."""
    hosted = github.create_repository(NAME, {LIST: list_text(), LOCK: "{}\n"})
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
    return {name: _as_everywhere(text, publisher) for name, text in texts.items()}


def _as_everywhere(text: str, publisher: Publisher) -> str:
    """Return a text with the names that it would have at GitHub, and not those of this test's registry and clock."""
    prefix = publisher.image.path.partition("/")[0]
    text = text.replace(publisher.host, "ghcr.io").replace(prefix, "cyber-dojo-languages")
    text = re.sub(r"https?://(?:127\.0\.0\.1|localhost):\d+", "https://github.com", text)
    text = re.sub(r"sha256:[0-9a-f]{12}", "sha256:4f0c9a1e77d2", text)
    text = re.sub(r"(sha256:[0-9a-f]{12})[0-9a-f]+", r"\g<1>" + "5b" * 26, text)
    text = re.sub(r"\b[0-9a-f]{40}\b", "8f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c", text)
    return re.sub(r"in \d+\.\d s", "in 0.5 s", re.sub(r"`[0-9a-f]{7}`", "`8f1a2b3`", text))


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
    gated: Publisher, github: GithubServer, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for name, markdown in written(gated, github, tmp_path).items():
        file = PICTURES / f"{name}.md"
        if request.config.getoption("--pictures"):
            file.write_text(markdown)
            drawn(browser, markdown, tmp_path, file.with_suffix(".png"))
        assert markdown == file.read_text(), "draw it again: --pictures"
        assert file.with_suffix(".png").stat().st_size < 100_000
