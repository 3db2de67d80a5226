"""HTML that is safe by the way it is made: what is not markup already is escaped, wherever it is used."""

from __future__ import annotations

from html import escape

from ltf_ci.model.printable import printable


class Html(str):
    """Markup; every other text comes from outside."""

    __slots__ = ()


def element(name: str, *inner: str, **attributes: str) -> Html:
    """Return an element; an attribute's name has `_` for `-`, or at its end where it is a word of Python's."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(value))}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{named}>{joined(*inner)}</{name}>")


def joined(*parts: str) -> Html:
    """Join markup and text."""
    return Html("".join(part if isinstance(part, Html) else escape(printable(part)) for part in parts))
