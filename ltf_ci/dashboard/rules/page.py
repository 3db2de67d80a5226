"""The dashboard's page: the same bytes for the same fleet, and nothing that is fetched from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import Template

from ltf_ci.dashboard.html import Html, element, joined
from ltf_ci.dashboard.rules.findings import DashboardData, RowState, state
from ltf_ci.dashboard.rules.natural_order import natural_order
from ltf_ci.dashboard.rules.row import finding_anchor, place_of, table_row
from ltf_ci.dashboard.rules.rows import BASE, Row, versions_in_order
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.rules_table import RULES

_NOTHING = element("tr", element("td", "Nothing is listed yet.", colspan="8"), class_="nothing")
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
_NAME, _TAG = 20, 10  # letters that a phone has room for on one line
NO_LIGHT = (
    "Which colours the start files gave before the push, where a row does not say so: they were not run then, or the "
    "lock is older."
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The page's own files: the markup with places to fill, the style, the script."""

    markup: str
    style: str
    script: str


def page(data: DashboardData, notes: Sequence[str], parts: Parts, as_of: str = "") -> str:
    """Return the page; `notes` say what is not known, and why; `as_of` is the time of the files that it shows."""
    states = Counter(map(state, data.rows))
    return Template(parts.markup).substitute(
        policy=_policy(parts),
        style=parts.style,
        script=parts.script,
        summary=_summary(data.rows, states),
        as_of=_as_of(as_of),
        common=_common(data.rows) or "several registries",
        rows=_rows([row for row in data.rows if row.member.framework != BASE], data.rows) or _NOTHING,
        bases=_rows([row for row in data.rows if row.member.framework == BASE], data.rows),
        notes=joined(*(element("li", note) for note in (*notes, *_no_light(data.rows)))),
        findings=_findings(data.findings),
    )


def _no_light(rows: Iterable[Row]) -> tuple[str, ...]:
    dark = any(row.member.framework != BASE and not row.member.traffic_light for row in rows)
    return (NO_LIGHT,) if dark else ()


def _policy(parts: Parts) -> str:
    """Let the page run and show what it has, by its hash, and nothing else."""
    return (
        f"default-src 'none'; script-src {_hash(parts.script)}; style-src {_hash(parts.style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _summary(rows: Sequence[Row], states: Mapping[RowState, int]) -> Html:
    bases = sum(row.member.framework == BASE for row in rows)
    counted = [("releases", "release", len(rows) - bases), ("base images", "base", bases)]
    counted += [(each.value, each.name.lower(), states[each]) for each in RowState if states[each]]
    return joined(
        *(
            element(
                "li", element("b", str(number)), " ", element("span", what), class_=f"count {kind}", data_filter=kind
            )
            for what, kind, number in counted
        )
    )


def _as_of(moment: str) -> Html:
    """Return the line that says of which day the page is; nothing where that is not known."""
    if not moment:
        return Html("")
    day = element("time", moment.partition("T")[0], datetime=moment)
    return element("p", "The list is of ", day, class_="quiet as-of")


def _common(rows: Iterable[Row]) -> str:
    """Return the place that most images have; empty where no image is known."""
    places = Counter(place_of(row.member.image) for row in rows if row.member.image)
    return places.most_common(1)[0][0] if places else ""


def _rows(rows: Sequence[Row], every: Sequence[Row]) -> Html:
    """Return some of the rows, each by its number among all of them."""
    order, anchors, common = versions_in_order(every), _anchors(every), _common(every)
    numbers = {id(row): number for number, row in enumerate(every)}
    return Html("\n".join(table_row(row, order[row.member.version], numbers[id(row)], anchors, common) for row in rows))


def _anchors(rows: Iterable[Row]) -> Mapping[str, int]:
    """Return the rows' numbers by their images' names."""
    return {str(row.member.image): number for number, row in enumerate(rows) if row.member.image}


def _findings(findings: Iterable[Finding]) -> Html:
    by_rule = sorted(findings, key=_in_order)
    groups = [_group(rule, list(each)) for rule, each in groupby(by_rule, key=lambda finding: finding.rule)]
    return joined(*groups) if groups else element("p", "Nothing that is known of.")


def _in_order(finding: Finding) -> tuple[int, str, Sequence[tuple[int, str]]]:
    """Return what findings are sorted by: the worst first."""
    return _SEVERITIES.index(finding.severity), finding.rule, natural_order(finding.found)


def _group(rule: str, findings: Sequence[Finding]) -> Html:
    expected = dict.fromkeys(finding.expected for finding in findings if finding.expected)
    is_one = len(expected) == 1  # then it is said once for all of them
    items = (
        element(
            "li",
            _whole_tags(each.found),
            *([] if is_one or not each.expected else [element("p", "Expected: ", each.expected)]),
        )
        for each in findings
    )
    cures = dict.fromkeys(finding.cure for finding in findings if finding.cure)
    return element(
        "section",
        element("h3", RULES[rule].title, " ", element("span", str(len(findings)), class_="number")),
        element("ul", *items),
        *(element("p", "Expected: ", each, class_="cure") for each in expected if is_one),
        *(element("p", "What to do: ", _words(cure), class_="cure") for cure in cures),
        id=finding_anchor(rule),
    )


def _whole_tags(text: str) -> Html:
    """Return a text whose images are broken between their place and their name alone, never in a tag."""
    parts = enumerate(re.split(rf"(?<=/)([\w.-]{{1,{_NAME}}}:[\w.-]{{1,{_TAG}}})", text))
    return joined(*(_whole(part) if number % 2 else part for number, part in parts))


def _whole(text: str) -> Html:
    return joined(Html("<wbr>"), element("span", text, class_="whole"))


def _words(text: str) -> Html:
    """Return a text whose commands are between backticks."""
    return joined(*(element("code", part) if number % 2 else part for number, part in enumerate(text.split("`"))))
