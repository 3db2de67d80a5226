from __future__ import annotations

import json

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.report_forms import as_data
from ltf_ci.watch.report import findings_in

FOUND = Finding(
    rule="base-moved",
    severity=Severity.WARNING,
    place=Place("dependents.json", 3),
    images=(ImageName.parse("docker.io/library/python:3.7.4"), ImageName.parse("a/b")),
    repositories=(RepositoryUrl.parse("https://github.com/a/b"), RepositoryUrl("/home/my fleet/b")),
    found="python:3.7.4 is another",
    expected="a rebuild",
    cure="retag",
)


def test_what_the_report_writes_is_read() -> None:
    told = as_data("watch", Outcome(conclusion=Conclusion.DONE, findings=(FOUND,)))
    (found,) = findings_in(json.dumps(told).encode(), "watched.json")
    assert found == FOUND
    assert list(map(str, found.images)) == ["docker.io/library/python:3.7.4", "a/b"]


@pytest.mark.parametrize(
    "change",
    [{"severity": "dreadful"}, {"found": 1}, {"line": "x"}, {"line": float("inf")}, {"rule": None}, {"file": []}]
    + [{"images": ["A b"]}, {"images": [1]}, {"images": None}, {"repositories": [[]]}, {"repositories": 1}],
    ids=str,
)
def test_a_finding_that_is_none_is_refused(change: dict[str, object]) -> None:
    told = as_data("watch", Outcome(conclusion=Conclusion.DONE, findings=(FOUND,)))
    told["findings"][0] |= change
    with pytest.raises(BadInput, match=r"watched\.json is not what watch found"):
        findings_in(json.dumps(told).encode(), "watched.json")


@pytest.mark.parametrize("text", ["", "[" * 100_000, "null", "[]", '{"command": []}', '{"command": "watch"}', "\udcff"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        findings_in(text.encode(errors="surrogateescape"), "watched.json")
