from __future__ import annotations

import json

import pytest

from ltf_ci.errors import BadInput, LtfError
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.report_forms import as_data
from ltf_ci.watch.observations import LOOKED
from ltf_ci.watch.report import read_report

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

SEEN = Step(LOOKED, StepState.DONE)


def test_what_the_report_writes_is_read() -> None:
    told = as_data("watch", Outcome(conclusion=Conclusion.DONE, findings=(FOUND,), steps=(SEEN,)))
    read = read_report(json.dumps(told).encode(), "watched.json")
    (found,) = read.findings
    assert (found, read.is_whole) == (FOUND, True)
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
        read_report(json.dumps(told).encode(), "watched.json")


@pytest.mark.parametrize("text", ["", "[" * 100_000, "null", "[]", '{"command": []}', '{"command": "watch"}', "\udcff"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_report(text.encode(errors="surrogateescape"), "watched.json")


@pytest.mark.parametrize(
    ("steps", "findings", "expected"),
    [
        ((SEEN,), (), True),  # nothing was found
        ((SEEN,), (FOUND,), True),
        ((), (FOUND,), False),  # it was interrupted
        ((Step("list", StepState.DONE),), (FOUND,), False),
    ],
)
def test_a_report_is_whole_where_watch_had_looked(
    steps: tuple[Step, ...],
    findings: tuple[Finding, ...],
    expected: bool,  # noqa: FBT001
) -> None:
    error = LtfError("interrupted")
    told = as_data("watch", Outcome(conclusion=Conclusion.FAILED, steps=steps, findings=findings, error=error))
    assert read_report(json.dumps(told).encode(), "watched.json").is_whole is expected


def test_a_watch_that_found_nothing_because_it_did_not_look_is_refused() -> None:
    told = as_data("watch", Outcome(conclusion=Conclusion.FAILED, error=BadInput("the list cannot be read")))
    with pytest.raises(BadInput, match="it ended before it had looked: the list cannot be read"):
        read_report(json.dumps(told).encode(), "watched.json")
