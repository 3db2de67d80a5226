from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ltf_ci.errors import UsageError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Await, DependentState, Dispatch, LeaveOut, Made, NotifyDecision, UpToDate
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.model.github import WorkflowRun
from ltf_ci.model.github_host import AT_GITHUB
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.retag import request
from tests.support import ROOT
from tests.support.dependents import entry, text_of

OLD, NEW = (Digest(f"sha256:{digit * 64}") for digit in "12")
BASE = Made(ImageName.parse("o/python:3.7.4-2"), NEW, ImageLabels())
RELEASED = "2026-11-24T10:00:00Z"
TITLE = "retag 3.7.4 on o/python:3.7.4-2"
FILE = b"""{
  "python (3.7.4)": {"from": "python:3.7.4", "image_name": "o/python:3.7.4", "test_framework": false},
  "python-assert (3.7.4)": {"from": "o/python:3.7.4", "image_name": "o/python_assert:3.7.4-5", "test_framework": true},
  "python-assert (3.7.5)": {"from": "o/python:3.7.5", "image_name": "o/python_assert:3.7.5-1", "test_framework": true},
  "Python-Unit": {"from": "o/python:3.7.4", "image_name": "o/python_unit", "test_framework": true}
}"""


def dependent() -> Dependent:
    return Dependents.parse(FILE, "dependents.json").entries[1]


def made(base_digest: Digest = OLD, base_name: str = "o/python:3.7.4-1") -> Made:
    labels = ImageLabels(base_name=base_name, base_digest=str(base_digest), created=RELEASED)
    return Made(ImageName.parse("o/python_assert:3.7.4-5"), OLD, labels)


def run(
    conclusion: str = "failure", *, title: str = f"{TITLE}: a hole", hour: int = 11, status: str = "completed"
) -> WorkflowRun:
    at = f"2026-11-24T{hour}:00:00Z"
    return WorkflowRun(number=hour, title=title, url=f"run/{hour}", at=at, status=status, conclusion=conclusion)


def decide(*runs: WorkflowRun, image: Made | None = None, bases: tuple[Made, ...] = (BASE,)) -> NotifyDecision:
    return notifying.decide(dependent(), DependentState(made=image or made(), bases=bases, runs=runs), "a hole")


def test_an_image_of_the_older_base_is_built_anew() -> None:
    assert decide() == Dispatch({"lines": "3.7.4", "base": "o/python:3.7.4-2", "reason": "a hole"})


@pytest.mark.parametrize(
    ("entry", "tags", "expected"),
    [
        (1, ["3.7.4-9", "3.7.4-10", "3.7.5-1", "latest"], "3.7.4-10"),
        (1, ["3.7.5-1", "latest"], "None"),
        (3, ["3.7.4-9", "3.10.0-1", "3.9.9-1"], "3.10.0-1"),  # an entry without a version is of every line
    ],
)
def test_the_newest_release_of_an_entrys_version_line(entry: int, tags: list[str], expected: str) -> None:
    found = notifying.of_line(Dependents.parse(FILE, "d").entries[entry], tags)
    assert str(found[0] if found else None) == expected


@pytest.mark.parametrize("name", ["ubuntu", f"ubuntu@{NEW}", "ubuntu:24.04", f"ubuntu:24.04@{NEW}"])
def test_a_base_is_named_as_retag_takes_it(name: str) -> None:
    decision = decide(bases=(replace(BASE, image=ImageName.parse(name)),))
    assert isinstance(decision, Dispatch)
    assert str(request.base(decision.inputs["base"])) == f"ubuntu:{'24.04' if '24.04' in name else 'latest'}@{NEW}"


@pytest.mark.parametrize(
    ("image", "bases", "why"),
    [
        (made(NEW), (BASE,), "o/python_assert:3.7.4-5 is made of o/python:3.7.4-1 as it is now"),
        (made(), (), "no base of it has a release"),
    ],
)
def test_an_image_of_the_newest_base_is_kept(image: Made, bases: tuple[Made, ...], why: str) -> None:
    assert decide(image=image, bases=bases) == UpToDate(why)


def test_what_was_never_released_is_left_alone() -> None:
    found = notifying.decide(dependent(), DependentState(made=None, bases=(BASE,)), "")
    assert found == UpToDate("o/python_assert has no release of 3.7.4 yet")


@pytest.mark.parametrize(("reason", "end"), [("a hole: {0}", ": a hole: {0}"), ("", "")])
def test_a_run_is_known_by_what_the_workflow_calls_it(reason: str, end: str) -> None:
    """The workflow's run-name, each `${{ … }}` filled in by hand."""
    text = (ROOT / "workflows/ltf-ci-retag.yml").read_text()
    (name,) = re.findall(r'^run-name: "(.*)"$', text, re.MULTILINE)
    inputs = notifying.inputs_of(dependent(), [BASE], reason)
    written = {
        "${{ inputs.lines }}": inputs["lines"],
        "${{ inputs.base && format(' on {0}', inputs.base) }}": f" on {inputs['base']}",
        "${{ inputs.reason && format(': {0}', inputs.reason) }}": end,
    }
    for expression, value in written.items():
        assert expression in name
        name = name.replace(expression, value)
    assert notifying.is_of(run(title=name), inputs)


def test_a_run_that_is_under_way_is_waited_for() -> None:
    waiting = run("", status="in_progress")
    assert decide(waiting) == Await(waiting)


@pytest.mark.parametrize("title", ["retag 3.7.5 on o/python:3.7.4-2", "retag 3.7.4 on o/python:3.7.4-20", "release"])
def test_a_run_of_something_else_is_not_waited_for(title: str) -> None:
    assert isinstance(decide(run("", status="queued", title=title)), Dispatch)


FAILED = (run(hour=13), run("timed_out", hour=12, title="retag 3.7.4 on o/python:3.7.4-1"), run(hour=11))


@pytest.mark.parametrize(
    ("runs", "left_out"),
    [
        (FAILED, True),
        ((run("cancelled", hour=14), *FAILED), True),
        (FAILED[1:], False),
        ((*FAILED[:2], run("cancelled", hour=11)), False),
        ((*FAILED[:2], run(hour="09")), False),  # type: ignore[arg-type]  # before its newest release
        ((*FAILED[:2], run(hour=11, title="retag 3.7.5 on o/python:3.7.4-2")), False),
        ((*FAILED[:2], run(hour=11, title="retag 3.7.5,3.7.4: again")), True),
        ((*FAILED[:2], run(hour=11, title="retag all")), True),
        ((*FAILED[:2], run("success", hour=11, title="retag 3.7.4: by hand"), FAILED[2]), False),
    ],
)
def test_what_failed_three_times_since_its_release_is_left_out(runs: tuple[WorkflowRun, ...], left_out: bool) -> None:  # noqa: FBT001
    assert isinstance(decide(*runs), LeaveOut) == left_out


def test_a_run_that_went_well_counts_until_the_tag_moves_again() -> None:
    before, after = (replace(BASE, image=ImageName.parse("ubuntu:24.04"), digest=digest) for digest in (OLD, NEW))
    done = run("success", title=f"retag 3.7.4 on ubuntu:24.04@{OLD}")
    image = made(base_name="o/builder:1")
    assert decide(done, image=image, bases=(before,)) == UpToDate("run/11 has built it")
    assert isinstance(decide(done, image=image, bases=(after,)), Dispatch)


@pytest.mark.parametrize("name", ["o/builder:1", "", "no image :"])
def test_where_the_label_names_another_base_a_run_that_went_well_counts(name: str) -> None:
    image = made(base_name=name)
    assert isinstance(decide(image=image), Dispatch)
    assert decide(run("success"), image=image) == UpToDate("run/11 has built it")
    assert isinstance(decide(run(), run("success", hour=10), image=image), Dispatch)


@pytest.mark.parametrize(("line", "other"), [("o/gcc:12-3", "o/gcc:13-1"), ("gcc:12", "gcc:13"), ("a:1-x", "a:1-y")])
def test_a_label_that_names_another_version_line_says_nothing_of_this_one(line: str, other: str) -> None:
    base, image = replace(BASE, image=ImageName.parse(line)), made(OLD, other)
    assert notifying.is_on(image, [base]) is None
    assert notifying.is_on(image, [base, replace(BASE, image=ImageName.parse(other), digest=OLD)]) is None
    assert notifying.is_on(image, [replace(base, digest=OLD), replace(BASE, image=ImageName.parse(other))]) is False


@pytest.mark.parametrize("named", ["o/gcc:latest", "o/gcc", "o/gcc:abcdef1", "o/gcc:12", "docker.io/o/gcc:12-1"])
def test_a_label_that_may_name_this_version_line_says_whether_it_is_older(named: str) -> None:
    base = replace(BASE, image=ImageName.parse("o/gcc:12-3"))
    assert [notifying.is_on(made(digest, named), [base]) for digest in (OLD, NEW)] == [False, True]


@pytest.mark.parametrize(
    ("base", "tool", "expected"),
    [(NEW, NEW, True), (OLD, NEW, False), (NEW, OLD, False), (NEW, None, None), (OLD, None, False)],
)
def test_an_image_is_up_to_date_when_all_its_bases_are(
    base: Digest,
    tool: Digest | None,
    expected: bool | None,  # noqa: FBT001
) -> None:
    other = replace(BASE, image=ImageName.parse("o/ruby:1-1"), digest=NEW)
    image = made(base)
    bases = f"o/python:3.7.4-1@{base} o/ruby:1-1@{tool}" if tool else ""
    image = replace(image, labels=replace(image.labels, bases=bases))
    assert notifying.is_on(image, [other, BASE]) is expected
    assert isinstance(decide(bases=(other, BASE), image=image), UpToDate if expected else Dispatch)


@pytest.mark.parametrize(
    ("changed", "moved"),
    [
        ("python (3.7.4)", {"python (3.7.4)"}),
        ("o/python:3.7.4-2", {"python (3.7.4)"}),
        ("python:3.7.4", {"python:3.7.4"}),
        ("python", {"python:3.7.4"}),
        ("python:3.8", set()),
        ("o/python_assert", {"python-assert (3.7.4)", "python-assert (3.7.5)"}),
        ("python-assert", {"python-assert (3.7.4)", "python-assert (3.7.5)"}),  # a repository
        ("Python-Unit", {"Python-Unit"}),
    ],
)
def test_what_moved_is_named_by_key_or_image(changed: str, moved: set[str]) -> None:
    graph = ImageGraph.of(Dependents.parse(FILE, "dependents.json").entries)
    found = notifying.moved(graph, [changed])
    assert {each.key if isinstance(each, Dependent) else str(each) for each in found} == moved


@pytest.mark.parametrize(
    ("key", "source", "owner", "expected"),
    [
        (
            "cyber-dojo-start-points/python-unittest (3.7.4)",
            "https://github.com/other/x",
            "o",
            "cyber-dojo-start-points/python-unittest",
        ),
        ("python (3.7.4)", "https://github.com/cyber-dojo-languages/python", "o", "cyber-dojo-languages/python"),
        ("python (3.7.4)", "https://github.com/cyber-dojo-languages/Python.git", "", "cyber-dojo-languages/Python"),
        ("python (3.7.4)", "https://github.com/evil/another", "o", "o/python"),  # a label that came down from a base
        ("python (3.7.4)", "not an address", "o", "o/python"),
        ("python (3.7.4)", "", "o", "o/python"),
    ],
)
def test_where_a_workflow_is(key: str, source: str, owner: str, expected: str) -> None:
    (dependent,) = Dependents.parse(text_of({key: entry("x:1", "o/python:3.7.4-1")}).encode(), "f").entries
    made = Made(dependent.image, Digest(f"sha256:{'1' * 64}"), ImageLabels(source=source))
    assert notifying.repository_of(dependent, made, owner, AT_GITHUB) == expected


def test_an_owner_that_nothing_names_is_asked_for() -> None:
    (dependent,) = Dependents.parse(text_of({"python (3.7.4)": entry("x:1", "o/python:3.7.4-1")}).encode(), "f").entries
    with pytest.raises(UsageError, match="names the owner of python"):
        notifying.repository_of(dependent, None, "", AT_GITHUB)
