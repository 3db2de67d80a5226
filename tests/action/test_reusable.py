"""What `ltf-ci init` writes, the reusable workflow that it calls, and the action that this one calls, run by act."""

from __future__ import annotations

from typing import Any

import pytest

from ltf_ci.cli import main
from tests.support.act import Act
from tests.support.repositories import MANIFEST, LtfRepository

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/ltf-ci-release.yml"


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("push", {"ref": "refs/tags/3.7.5-1"}),
        ("workflow_dispatch", {"ref": "refs/heads/main", "inputs": {"tag": "3.7.5-1"}}),
    ],
)
def test_a_tag_that_disagrees_releases_nothing(
    ltf: LtfRepository, act: Act, event: str, payload: dict[str, Any]
) -> None:
    assert main(["init", str(ltf.directory)], {}) == 0
    ltf.commit("Release by ltf-ci")
    ltf.tag("3.7.5-1")
    ran = act.run(ltf.directory, WORKFLOW, event, payload, secrets={"GITHUB_TOKEN": "it-is-secret"})
    assert ran.exit_code == 1, str(ran)
    assert ran.outputs["release"]["conclusion"] == "failed"
    assert ran.outputs["release"]["tag"] == "3.7.5-1"
    assert [(a.file, a.line) for a in ran.annotations if a.file] == [(MANIFEST, 2), (MANIFEST, 3)]
    assert "it-is-secret" not in str(ran)
