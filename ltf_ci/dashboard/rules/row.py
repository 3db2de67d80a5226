"""A row of the dashboard's table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from ltf_ci.dashboard.html import Html, element, joined
from ltf_ci.dashboard.rules.findings import RowState, state
from ltf_ci.dashboard.rules.rows import BASE, Row
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import GITHUB, RepositoryUrl
from ltf_ci.model.rules_table import RULES

_NOT_KNOWN = element("span", "not known", class_="quiet")
_BREAK = Html("<wbr>")
_SHORT = 19  # characters: sha256: and the twelve digits that docker shows
_UNITS = ("kB", "MB", "GB", "TB")
_THOUSAND = 1000
_TEN = 10
_ALL_COLOURS = "red, amber, green"


def table_row(row: Row, version: int, number: int, anchors: Mapping[str, int], common: str = "") -> Html:
    """Return a member's row: its version's place in the order of versions, and the rows' numbers by image.

    `common` is the place of most images, which a wide page does not repeat.
    """
    member = row.member
    framework = element("span", member.framework, class_="quiet") if member.framework == BASE else member.framework
    return element(
        "tr",
        element("th", member.language, scope="row"),
        element("td", framework),
        element("td", _version(row), data_sort=str(version)),
        _state(row),
        element("td", _image(row, common)),
        _size(row),
        element("td", _made(row)),
        element("td", _bases(row, anchors, common)),
        id=f"row-{number}",
    )


def finding_anchor(rule: str) -> str:
    """Return the place of a rule's findings on the page."""
    return f"found-{re.sub(r'[^a-z0-9-]', '-', rule)}"


def _version(row: Row) -> str:
    url = row.member.url or _source(row)
    href = _address(url, row.member.version) if url else ""
    return element("a", row.member.version, href=href) if href else row.member.version


def _source(row: Row) -> RepositoryUrl | None:
    """Return the repository that the image's label names."""
    try:
        return RepositoryUrl.parse(row.known.labels.source if row.known else "")
    except BadInput:
        return None


def _address(url: RepositoryUrl, version: str) -> str:
    """Return where a browser finds a release; empty where none does."""
    public = str(url.public)
    if not public.startswith("https://"):
        return ""
    return f"{public.rstrip('/')}/tree/{version}" if url.host == GITHUB else public


def _image(row: Row, common: str) -> Html:
    image = row.member.image
    if image is None:
        return element("span", "not in the lock", class_="quiet")
    if any(finding.rule == "image-gone" for finding in row.findings):
        return _name(image, common)
    name = f"{image}@{row.digest}" if row.digest else str(image)
    commands = [f"docker pull {name}"]
    commands += [f"docker run --rm -it {name} bash"] if row.member.framework != BASE else []
    summary = element("summary", "pull ", element("code", row.digest[:_SHORT]))
    shown = [element("div", element("code", command, class_="command")) for command in commands]
    return joined(_name(image, common), element("details", summary, *shown))


def place_of(image: ImageName) -> str:
    """Return what an image's name has before its last part: `ghcr.io/cyber-dojo-languages/`."""
    return str(image.untagged).removesuffix(image.path.rpartition("/")[2])


def _name(image: ImageName, common: str) -> Html:
    """Return an image's name, which breaks behind its place alone."""
    place = place_of(image)
    named = element("span", place, class_="place common" if place == common else "place")
    return element("code", named, _BREAK, element("span", str(image).removeprefix(place), class_="name"))


def _size(row: Row) -> Html:
    size = row.known.size if row.known else None
    if size is None:
        return element("td", _NOT_KNOWN, class_="size")
    return element("td", size_text(size), class_="size", data_sort=str(size))


def size_text(size: int) -> str:
    """Return a number of bytes as people read it: 34 MB, 4.5 kB."""
    amount, unit = float(size), "bytes"
    for larger in _UNITS:
        if amount < _THOUSAND:
            break
        amount, unit = amount / _THOUSAND, larger
    return f"{amount:.1f} {unit}" if unit != "bytes" and amount < _TEN else f"{amount:.0f} {unit}"


def _made(row: Row) -> Html:
    moment = moment_of(row.known.labels.created if row.known else "")
    if moment is None:
        return _NOT_KNOWN
    return element("time", moment.strftime("%Y-%m-%d"), datetime=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def moment_of(text: str) -> datetime | None:
    """Read a label's time; None where it is none, or says no zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _bases(row: Row, anchors: Mapping[str, int], common: str) -> Html:
    if not row.bases:
        return _NOT_KNOWN
    return joined(*(element("div", _base(base, anchors, common)) for base in row.bases))


def _base(base: ImageName, anchors: Mapping[str, int], common: str) -> Html:
    name = _name(base, common)
    number = anchors.get(str(base))
    return name if number is None else element("a", name, href=f"#row-{number}")


def _state(row: Row) -> Html:
    row_state = state(row)
    rules = sorted({finding.rule for finding in row.findings})
    links = [element("li", element("a", RULES[rule].title, href=f"#{finding_anchor(rule)}")) for rule in rules]
    badge = element("span", row_state.value, class_=f"state {row_state.name.lower()}")
    light = row.member.traffic_light
    gave = [element("div", "start files: ", light, class_="quiet")] if light not in ("", _ALL_COLOURS) else []
    listed = [element("ul", *links)] if links else []
    return element("td", badge, *gave, *listed, data_sort=str(list(RowState).index(row_state)))
