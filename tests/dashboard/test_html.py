from __future__ import annotations

import pytest

from ltf_ci.dashboard.html import Html, element, joined


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (element("p", "a < b & c"), "<p>a &lt; b &amp; c</p>"),
        (element("p", element("b", "<i>")), "<p><b>&lt;i&gt;</b></p>"),
        (element("a", "x", href='"><script>'), '<a href="&quot;&gt;&lt;script&gt;">x</a>'),
        (element("td", class_="size", data_sort="1"), '<td class="size" data-sort="1"></td>'),
        (element("p", "\u202eabc\x00", title="\x1b"), '<p title="\\x1b">\\u202eabc\\x00</p>'),
        (joined("<", Html("<br>"), "'"), "&lt;<br>&#x27;"),
        (element("p"), "<p></p>"),
    ],
)
def test_what_is_not_markup_is_escaped(made: Html, expected: str) -> None:
    assert made == expected
    assert isinstance(made, Html)


def test_joined_texts_are_text_again_only_by_their_type() -> None:
    assert element("p", element("b") + "<i>") == "<p>&lt;b&gt;&lt;/b&gt;&lt;i&gt;</p>"
