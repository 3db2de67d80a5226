import ast
from collections.abc import Iterator

import pytest

from ltf_ci.fleet.notified import Fate
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.finding_data import finding_data, finding_of
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.model.rules_table import RULES, SECTIONS
from tests.support import ROOT


def named() -> Iterator[tuple[str, str]]:
    """Return each rule that code names as a constant, and where."""
    for file in (ROOT / "ltf_ci").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "rule" and isinstance(node.value, ast.Constant):
                yield f"{file.name}:{node.value.lineno}", str(node.value.value)


def test_every_rule_that_a_finding_names_is_in_the_table() -> None:
    found = dict(named())
    assert len(found) > 30
    assert {place: rule for place, rule in found.items() if rule not in RULES} == {}


def test_every_end_that_is_a_finding_of_notify_is_in_the_table() -> None:
    ends = {fate for fate in Fate if fate not in (Fate.BUILT, Fate.KEPT, Fate.PLANNED)}
    assert {f"dependent-{fate.replace(' ', '-')}" for fate in ends} <= set(RULES)


def test_a_finding_of_no_rule_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        Finding(rule="no-such-rule", place=Place("f"), found="x")


def test_a_finding_is_as_severe_as_its_rule_where_it_does_not_say() -> None:
    assert Finding(rule="readme-copy", place=Place("f"), found="x").severity is Severity.WARNING
    assert Finding(rule="base-moved", severity=Severity.ERROR, place=Place("f"), found="x").severity is Severity.ERROR


def test_each_rule_is_in_one_section() -> None:
    assert len(RULES) == sum(len(section.rules) for section in SECTIONS)


def test_a_finding_is_read_as_it_was_written() -> None:
    finding = Finding(
        rule="tag-moved",
        place=Place("languages.lock.json", 3, 5),
        path="commit",
        images=(ImageName.parse("o/python:3.7.4-1"),),
        repositories=(RepositoryUrl.parse("https://github.com/o/python"),),
        found="moved",
        expected="not moved",
        cure="look",
    )
    assert finding_of(finding_data(finding)) == finding
