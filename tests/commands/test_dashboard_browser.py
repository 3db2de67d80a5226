"""The dashboard's page in a real browser: with mouse and keyboard, in both themes, on a phone, without script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from tests.support.browser import Browser
from tests.support.dashboards import HOSTILE, fleet_page

pytestmark = pytest.mark.machine
AXE = ROOT / ".cache/axe/axe.min.js"
SEEN = "Array.from(document.querySelectorAll('tbody tr')).filter((row) => row.checkVisibility())"
NAMES = f"{SEEN}.map((row) => row.cells[1].textContent)"
SIZES = f"{SEEN}.map((row) => Number(row.cells[5].dataset.sort ?? -1))"
SORTED = "Array.from(document.querySelectorAll('thead th[aria-sort]'), (h) => h.textContent + ' ' + h.ariaSort)"
VERSION, STATE, SIZE = 2, 3, 5
NARROW = 1024  # pixels: there a row is a card, and what sorts them is one list to choose from


def opened(browser: Browser, folder: Path, text: str, **look: Any) -> Browser:
    file = folder / "index.html"
    file.write_text(text)
    browser.look(**look)
    browser.open(file)
    return browser


@pytest.fixture
def fleet(browser: Browser, tmp_path: Path) -> Browser:
    """Return the page of a fleet: 12 releases, their base, and one that no lock knows."""
    return opened(browser, tmp_path, fleet_page(12))


def test_it_asks_for_nothing_and_complains_of_nothing(fleet: Browser, tmp_path: Path) -> None:
    assert fleet.of(f"{NAMES}.length") == 14
    assert fleet.requests == [(tmp_path / "index.html").as_uri()]
    assert fleet.complaints == []


def test_a_click_on_a_heading_sorts_and_one_more_turns_it_round(fleet: Browser) -> None:
    assert fleet.of(SORTED) == ["Language ascending"]
    known = [number * 1_000_000 for number in range(1, 13)]
    base = 9_000_000  # base images stay apart
    fleet.click("thead button", SIZE)
    assert fleet.of(SIZES) == [*sorted(known), -1, base]
    assert fleet.of(SORTED) == ["Size ascending"]
    fleet.click("thead button", SIZE)
    assert fleet.of(SIZES) == [*sorted(known, reverse=True), -1, base]  # what is not known stays last
    assert fleet.of(SORTED) == ["Size descending"]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (VERSION, ["3.4-1", "3.7.4-1", "3.7.4-2", "3.7.4-3"]),  # as versions, not as texts
        (STATE, ["broken", "waits", "not known", "fine"]),
    ],
)
def test_each_column_has_an_order_of_its_own(fleet: Browser, column: int, cells: list[str]) -> None:
    fleet.click("thead button", column)
    texts = fleet.of(f"{SEEN}.map((row) => row.cells[{column}].firstChild.textContent)")
    assert texts[:4] == cells
    if column == VERSION:
        assert texts[-2:] == ["3.7.4-12", "3.7.4-1"]  # the last is the base


def test_the_keyboard_sorts_too(fleet: Browser) -> None:
    for _ in range(fleet.of("counts.length") + 1):
        fleet.press("Tab", 9)
    assert fleet.of("document.activeElement.id") == "words"
    for _ in ("language", "framework", "a heading"):
        fleet.press("Tab", 9)
    assert fleet.of("document.activeElement.textContent") == "Language"
    assert fleet.of("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    fleet.press("Enter", 13, "\r")
    assert fleet.of(SORTED) == ["Language descending"]
    fleet.press("Tab", 9)
    fleet.press(" ", 32, " ")
    assert fleet.of(SORTED) == ["Test framework ascending"]


def test_words_are_searched_for_and_how_many_are_shown_is_said(fleet: Browser) -> None:
    assert fleet.of("shown.textContent") == "14 shown"
    fleet.click("#words")
    fleet.write("WAITS 3.7.4-12")
    assert fleet.of("shown.textContent") == "0 of 14 shown"
    for _ in "WAITS 3.7.4-12":
        fleet.press("Backspace", 8)
    fleet.write("fine 3.7.4-12")
    assert fleet.of(NAMES) == ["test 12"]
    assert fleet.of("shown.textContent") == "1 of 14 shown"
    fleet.press("Enter", 13, "\r")
    assert fleet.of(NAMES) == ["test 12"]


def test_how_to_pull_and_to_start_an_image_is_one_click_away(fleet: Browser) -> None:
    commands = "Array.from(document.querySelectorAll('#row-4 .command'))"
    assert fleet.of(f"{commands}.some((each) => each.checkVisibility())") is False
    fleet.click("#row-4 summary")
    assert fleet.of(f"{commands}.every((each) => each.checkVisibility())")
    pull, start = fleet.of(f"{commands}.map((each) => each.textContent)")
    assert pull.startswith("docker pull cyberdojofoundation/")
    assert start.startswith("docker run --rm -it cyberdojofoundation/")
    assert fleet.of("document.querySelector('tbody.bases details').querySelectorAll('.command').length") == 1


def test_what_is_gone_is_not_offered(fleet: Browser) -> None:
    gone = "Array.from(document.querySelectorAll('tbody tr')).filter((row) => row.textContent.includes('image gone'))"
    assert fleet.of(f"{gone}.map((row) => row.querySelectorAll('details').length)") == [0]


def test_a_command_is_copied_by_a_button(fleet: Browser) -> None:
    fleet.of("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    fleet.click("#row-4 summary")
    fleet.click("#row-4 .copy")
    assert fleet.of("copied === document.querySelector('#row-4 .command').textContent")
    assert fleet.of("document.querySelector('#row-4 .copy').textContent") == "copied"


def test_a_link_leads_from_a_row_to_what_waits_and_to_its_base(fleet: Browser) -> None:
    for link in fleet.of("Array.from(document.querySelectorAll('tbody a[href^=\"#\"]'), (link) => link.hash)"):
        assert fleet.of(f"document.querySelectorAll('{link}').length") == 1


def test_a_row_is_one_line_at_a_desk(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, fleet_page(108))
    fine = f"{SEEN}.filter((row) => row.querySelector('.state.fine')).map((row) => row.offsetHeight)"
    assert max(browser.of(fine)) <= 40


def test_the_counters_are_filters(fleet: Browser) -> None:
    fleet.click(".count.broken button")
    assert fleet.of(NAMES) == ["test 1"]
    assert fleet.of("document.querySelector('.count.broken button').ariaPressed") == "true"
    fleet.click(".count.base button")
    assert fleet.of(NAMES) == ["base image"]
    fleet.click(".count.base button")
    assert fleet.of(f"{NAMES}.length") == 14


def test_a_language_and_then_a_test_framework_are_chosen(fleet: Browser) -> None:
    frameworks = "Array.from(framework.options, (each) => each.text)"
    fleet.of("language.value = 'Python'; language.dispatchEvent(new Event('change'))")
    assert fleet.of(frameworks) == ["all", *(f"test {number}" for number in range(1, 13))]
    fleet.of("framework.value = 'test 7'; framework.dispatchEvent(new Event('change'))")
    assert fleet.of(NAMES) == ["test 7"]
    assert fleet.of(f"{SEEN}[0].querySelector('.command').checkVisibility()")


def test_what_to_do_first_is_above_the_images(fleet: Browser) -> None:
    assert fleet.of("Array.from(document.querySelectorAll('h2'), (each) => each.textContent)")[:2] == [
        "What to do first",
        "All images",
    ]


def test_it_says_how_long_ago_a_day_was(fleet: Browser) -> None:
    assert fleet.of("document.querySelector('time span').textContent")


def test_without_script_it_is_whole(browser: Browser, tmp_path: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(browser, tmp_path, fleet_page(12))
        rows = [element for element in _visible(browser) if element == "TR"]
        assert len(rows) == 14 + 1
        assert not {"BUTTON", "INPUT"} & set(_visible(browser))
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def _visible(browser: Browser) -> list[str]:
    """Return the names of the elements that are laid out."""
    taken = browser.call("DOMSnapshot.captureSnapshot", computedStyles=[])
    document, texts = taken["documents"][0], taken["strings"]
    return [texts[document["nodes"]["nodeName"][number]] for number in document["layout"]["nodeIndex"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 900, 1280])
def test_it_is_accessible_and_never_wider_than_the_screen(
    browser: Browser, tmp_path: Path, theme: str, width: int
) -> None:
    opened(browser, tmp_path, fleet_page(12), width=width, theme=theme)
    _fits(browser)
    browser.of(AXE.read_text())
    for _ in ("as it is", "sorted and searched, with a command open"):
        found = browser.of("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        assert [each["nodes"] for each in found["incomplete"] if each["id"] == "color-contrast"] == []
        if width > NARROW:
            browser.click("thead button", SIZE)
        else:
            browser.of(f"order.value = {SIZE}; order.dispatchEvent(new Event('change'))")
        browser.click("tbody summary")
        browser.of("words.value = 'fine'; search()")


def test_on_a_phone_one_list_sorts_in_place_of_the_headings(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, fleet_page(12), width=390)
    assert not browser.of("document.querySelector('thead button').checkVisibility()")
    assert browser.of("order.checkVisibility()")
    browser.of(f"order.value = {SIZE}; order.dispatchEvent(new Event('change'))")
    known = [number * 1_000_000 for number in range(1, 13)]
    assert browser.of(SIZES) == [*sorted(known, reverse=True), -1, 9_000_000]
    browser.look()
    assert not browser.of("order.checkVisibility()")


def test_a_card_on_a_phone_is_a_third_of_its_screen_at_most(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, fleet_page(108), width=390, height=844)
    fine = f"{SEEN}.filter((row) => row.querySelector('.state.fine')).map((row) => row.offsetHeight)"
    assert max(browser.of(fine)) <= 844 / 3


def test_what_was_expected_of_many_is_said_once(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, fleet_page(108))
    said = "document.querySelector('main section').textContent.split('Expected: ').length - 1"
    assert browser.of(said) <= browser.of("document.querySelectorAll('main section section').length")


def test_the_themes_differ_and_both_can_be_read(browser: Browser, tmp_path: Path) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = opened(browser, tmp_path, fleet_page(1)).of(colour)
    browser.look(theme="dark")
    assert browser.of(colour) != light


def test_on_paper_it_is_a_table_without_what_can_be_clicked(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, fleet_page(3), width=720, theme="dark", media="print")
    _fits(browser)
    assert browser.of("getComputedStyle(document.querySelector('table')).display") == "table"
    assert browser.of("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not browser.of("document.getElementById('find').checkVisibility()")


@pytest.mark.parametrize("name", [HOSTILE, "x" * 400, f"{'x' * 300}, {'y' * 300}"], ids=["markup", "word", "name"])
def test_what_others_wrote_does_nothing(browser: Browser, tmp_path: Path, name: str) -> None:
    opened(browser, tmp_path, fleet_page(3, name), width=360)
    _fits(browser)
    browser.look()
    _fits(browser)
    assert browser.of("document.title") == "Languages and test frameworks"
    assert (
        browser.of("document.querySelectorAll('img, [onclick], [onerror], body script:not(:last-child)').length") == 0
    )
    assert browser.complaints == []


def test_no_other_script_and_no_style_would_run(fleet: Browser) -> None:
    fleet.of("""(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.body.append(script, style);
    })()""")
    assert fleet.of("window.ran") is None
    assert fleet.of("document.body.checkVisibility()")


def test_two_thousand_rows(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, fleet_page(2000), width=360)
    _fits(browser)
    browser.click("#words")
    browser.write("1999")
    assert browser.of("shown.textContent") == "1 of 2002 shown"
    browser.look()
    browser.click("thead button", VERSION)
    assert browser.of(NAMES) == ["test 1999"]


def _fits(browser: Browser) -> None:
    """Hold the page's width against the screen's."""
    wide, screen = browser.of("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= screen
