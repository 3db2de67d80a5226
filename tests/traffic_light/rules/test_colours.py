"""What red, amber and green are made of, and what is said of what came back."""

from __future__ import annotations

import json

import pytest

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model import located_json
from ltf_ci.model.container import ContainerResult, Printed, StartFilesRun
from ltf_ci.model.finding import Place
from ltf_ci.model.located_json import Located
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.traffic_light.colour import Colour, StartFileEdit, Verdict
from ltf_ci.traffic_light.rules import colours as rules
from ltf_ci.traffic_light.rules.edits import edited, edits_of

MANIFEST = Place("start_point/manifest.json")
FILES = {"test.py": "42 == 54", "hiker.py": "6 * 9\n6 * 9\n", "other.py": "6 * 9"}
RED = StartFileEdit(colour=Colour.RED, filename="hiker.py", old="6 * 9", new="6 * 9", place=MANIFEST)
GREEN = StartFileEdit(colour=Colour.GREEN, filename="hiker.py", old="6 * 9", new="6 * 7", place=MANIFEST)


def options(**given: object) -> Located:
    return located_json.read(json.dumps(given).encode(), "start_point/options.json")[1]


def an_edit(filename: object = "hiker.py", old: object = "6 * 9", new: object = "7") -> dict[str, object]:
    return {"filename": filename, "from": old, "to": new}


def test_the_first_file_with_the_mark_is_edited_and_there_the_first_mark() -> None:
    edits, findings = edits_of(FILES, MANIFEST, None)
    assert findings == ()
    assert {str(edit.colour): edited(FILES, edit) for edit in edits} == {
        "red": FILES,
        "amber": {**FILES, "hiker.py": "6 * 9sd\n6 * 9\n"},
        "green": {**FILES, "hiker.py": "6 * 7\n6 * 9\n"},
    }


def test_the_options_go_first() -> None:
    given = options(red=an_edit("test.py", "42", "41"), amber=an_edit(), green=an_edit("test.py", "42", "54"))
    edits, findings = edits_of(FILES, MANIFEST, given)
    assert findings == ()
    assert [edited(FILES, edit)["test.py"] for edit in edits] == ["41 == 54", "42 == 54", "54 == 54"]
    assert edits[0].place.path == "start_point/options.json"


@pytest.mark.parametrize(
    ("amber", "rule", "says"),
    [
        (None, "options", "options.json has no edit that makes amber"),
        ("6 * 9sd", "options", "options.json has no edit that makes amber"),
        (an_edit(new=None), "options", "amber has no text 'to'"),
        (an_edit(new=1), "options", "amber has no text 'to'"),
        (an_edit(old=""), "options", "amber has no text 'from'"),
        ({"file": "hiker.py", "from": "a", "to": "b"}, "options", "amber has no text 'filename', but 'file', which is"),
        ({"filename": "hiker.py", "fro": "a", "to": "b"}, "options", "amber has no text 'from', but 'fro', which is"),
        ({"filename": "hiker.py"}, "options", "amber has no text 'from'"),
        (an_edit("hikr.py"), "options", "amber edits 'hikr.py'"),
        (an_edit(old="6 * 8"), "edit", "hiker.py has no '6 * 8'"),
    ],
)
def test_an_edit_that_cannot_be_made_is_told(amber: object, rule: str, says: str) -> None:
    edits, (finding,) = edits_of(FILES, MANIFEST, options(red=an_edit(), green=an_edit(), amber=amber))
    assert [str(edit.colour) for edit in edits] == ["red", "green"]
    assert finding.rule == f"traffic-light-{rule}"
    assert finding.fails
    assert says in finding.found


def test_without_a_mark_it_is_said_what_to_write() -> None:
    edits, (finding,) = edits_of({"a": "6*9"}, MANIFEST, None)
    assert edits == ()
    assert (finding.rule, finding.place, finding.fails) == ("traffic-light-edit", MANIFEST, True)
    assert "options.json" in finding.cure


@pytest.mark.parametrize(
    ("edit", "ran", "answer", "outcome", "says"),
    [
        (RED, StartFilesRun(), Verdict(Colour.RED), "red", None),
        (GREEN, StartFilesRun(), Verdict(Colour.GREEN), "green", None),
        (RED, StartFilesRun(), Verdict(Colour.GREEN), "green", "it is green: exit status 0"),
        (GREEN, StartFilesRun(), Verdict(Colour.RED), "red", "it is red: exit status 0"),
        (RED, StartFilesRun(), Verdict(None, "no idea"), "faulty", "it is faulty: no idea"),
        (RED, StartFilesRun(fault="no answer"), None, "faulty", "it is faulty: no answer"),
        (
            RED,
            StartFilesRun(timed_out=True, seconds=10.02),
            None,
            "timed_out",
            "it is timed_out: it was stopped after 10 s",
        ),
    ],
)
def test_a_run_gives_its_colour_or_a_finding(
    edit: StartFileEdit, ran: StartFilesRun, answer: Verdict | None, outcome: str, says: str | None
) -> None:
    assert rules.outcome_of(ran, answer) == outcome
    found = list(rules.faults(edit, ran, answer, (StartFilesRun(), "red")))
    assert [finding.found for finding in found] == ([says] if says else [])
    assert {finding.rule for finding in found} <= {f"traffic-light-{edit.colour}"}
    assert all(finding.fails and str(edit) in finding.expected and finding.cure for finding in found)


AMBER = StartFileEdit(colour=Colour.AMBER, filename="hiker.py", old="6 * 9", new="6 * 9sd", place=MANIFEST)
FAILED, OTHER = (StartFilesRun(status=1, stdout=Printed(text)) for text in ("FAILED", "syntax"))


@pytest.mark.parametrize(
    ("edit", "ran", "answer", "first", "cure"),
    [
        (RED, FAILED, Colour.AMBER, "amber", "correct what its output names"),
        (RED, FAILED, Colour.GREEN, "green", "correct the tests, or the start files: learners begin with red"),
        (AMBER, OTHER, Colour.RED, "red", "let the rag_lambda return :amber for that output"),
        (AMBER, FAILED, Colour.RED, "red", "name another edit for amber in options.json: with this one"),
        (GREEN, FAILED, Colour.RED, "red", "name another edit for green in options.json: with this one"),
        (GREEN, OTHER, Colour.RED, "green", "correct what makes the start files green in place of red"),
        (AMBER, OTHER, Colour.GREEN, "timed_out", "correct what makes the start files timed_out in place of red"),
    ],
)
def test_a_cure_spoils_no_lambda_that_is_right(
    edit: StartFileEdit, ran: StartFilesRun, answer: Colour, first: str, cure: str
) -> None:
    (found,) = rules.faults(edit, ran, Verdict(answer), (FAILED, first))
    assert found.cure.startswith(cure)


@pytest.mark.parametrize(
    ("max_seconds", "seconds"), [(None, 10), (1, 1), (15, 15), (20, 15), ("20", 10), (0, 10), (True, 10)]
)
def test_a_run_has_max_seconds_but_never_more_than_the_runner_gives(max_seconds: object, seconds: float) -> None:
    manifest = Manifest.parse(json.dumps({"max_seconds": max_seconds}).encode(), "manifest.json")
    assert rules.seconds_of(manifest) == seconds


@pytest.mark.parametrize(
    ("image", "traces"),
    [
        ("cyberdojofoundation/clang_assert:1", True),
        ("ghcr.io/cyber-dojo-languages/clangpp_assert:8f1a2b3", True),
        ("cyberdojofoundation/gcc_assert:1", False),
        ("other/cyberdojofoundation/clang:1", False),
    ],
)
def test_clang_may_trace(image: str, traces: bool) -> None:  # noqa: FBT001 - a table's column
    assert rules.traces(image) is traces


def ended(stdout: str = "", stderr: str = "", status: int | None = 0, *, timed_out: bool = False) -> ContainerResult:
    return ContainerResult(
        stdout=stdout.encode(), stderr=stderr.encode(), status=status, seconds=1, timed_out=timed_out
    )


@pytest.mark.parametrize(
    ("version", "said", "there"),
    [
        ("3.7.4", "Python 3.7.4", True),
        ("3.7.4", "Python 3.7.4.", True),
        ("1.18", "go version go1.18 linux/amd64", True),
        ("25.8", "v25.8", True),
        ("15.2.0", "gcc (Debian 15.2.0-4)", True),
        ("3.7.4", "Python 3.7.40", False),
        ("3.7.4", "Python 13.7.4", False),
        ("3.7.4", "Python 2.3.7.4", False),
        ("3.7", "Python 3.7.4", True),  # its leading parts
        ("25.8", "v25.8.0", True),
        ("21", "javac 21.0.5", True),
        ("1.18", "go version go1.18.10 linux/amd64", True),
        ("1.1", "go1.18.10", False),
        ("25.8", "v25.80.0", False),
        ("3.15", "3.15.0rc1", False),
        ("3.15", "3.15.0-rc1", False),
        ("3.15.0", "Python 3.15.0rc1", False),
        ("3.15.0", "3.15.0-rc1", False),
        ("3.15.0-rc1", "3.15.0-rc1", True),
        ("3.7.4", "", False),
    ],
)
def test_the_version_is_found_as_a_whole_word(version: str, said: str, there: bool) -> None:  # noqa: FBT001 - a column
    for answer in (ended(said), ended(stderr=said)):
        found = list(rules.version_faults(LanguageVersion.parse(version), answer, MANIFEST))
        assert [finding.rule for finding in found] == ([] if there else ["traffic-light-version"])


def test_a_version_command_that_fails_is_no_other_version() -> None:
    failed = ended(stderr="bash: line 1: awkk: command not found", status=127)
    (found,) = rules.version_faults(LanguageVersion.parse("1.3"), failed, MANIFEST)
    assert "ends with status 127" in found.found
    assert found.cure.startswith("correct `version-command`")
