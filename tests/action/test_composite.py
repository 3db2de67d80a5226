"""Our composite action in a workflow of somebody else's repository, run by act."""

from __future__ import annotations

import pytest

from ltf_ci.workflows.action_reference import HOME
from tests.support.act import Act, ActRun
from tests.support.repositories import MANIFEST, LtfRepository, manifest_text

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/check.yml"
TEXT = f"""\
on: push
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - id: check
        uses: {HOME}@v1
        with: {{command: check}}
"""


def pushed(ltf: LtfRepository, act: Act, tag: str) -> ActRun:
    (ltf.directory / WORKFLOW).parent.mkdir(parents=True, exist_ok=True)
    ltf.write(WORKFLOW, TEXT)
    ltf.commit("Check by the action")
    ltf.tag(tag)
    return act.run(ltf.directory, WORKFLOW, "push", {"ref": f"refs/tags/{tag}"})


def test_a_tag_that_agrees(ltf: LtfRepository, act: Act) -> None:
    ran = pushed(ltf, act, "3.7.4-18")
    assert ran.exit_code == 0, str(ran)
    assert ran.jobs == {"check": "success"}
    assert ran.outputs["check"]["tag"] == "3.7.4-18"
    assert ran.outputs["check"]["conclusion"] == "done"
    assert "| check | done | against the tag 3.7.4-18 |" in ran.summary
    assert ran.annotations == []


def test_a_tag_that_disagrees_fails_and_shows_where(ltf: LtfRepository, act: Act) -> None:
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", "a/b:3.7.4-18", language=["Python", "3.7.3"]))
    ran = pushed(ltf, act, "3.7.5-1")
    assert ran.exit_code == 1, str(ran)
    assert ran.jobs == {"check": "failure"}
    assert ran.steps["check"] == "failure"
    assert ran.outputs["check"]["conclusion"] == "failed"
    assert [(a.severity, a.file, a.line, a.column) for a in ran.annotations if a.file] == [
        ("error", MANIFEST, 2, 19),
        ("error", MANIFEST, 6, 5),
        ("error", MANIFEST, 3, 17),
    ]
    assert all(a.title for a in ran.annotations if a.file)


def test_a_wrong_setting_is_an_annotation_and_nothing_was_released(ltf: LtfRepository, act: Act) -> None:
    (ltf.directory / ".github").mkdir()
    ltf.write(".github/ltf-ci.yml", "tokn: x\n")
    ran = pushed(ltf, act, "3.7.4-18")
    assert ran.exit_code == 1
    assert ran.outputs["check"]["released"] == "false"
    assert any("unknown key 'tokn'" in annotation.message for annotation in ran.annotations)
