"""What `ltf-ci init` writes, the reusable workflow that it calls, and the action that this one calls, run by act."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from embedded.buildkit import add_buildx
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
    print(ran)
    assert ran.outputs["release"]["conclusion"] == "failed"
    print(ran)
    assert ran.outputs["release"]["tag"] == "3.7.5-1"
    assert [(a.file, a.line) for a in ran.annotations if a.file] == [(MANIFEST, 2), (MANIFEST, 3)]
    assert "it-is-secret" not in str(ran)


@pytest.mark.usefixtures("docker_host")
def test_a_run_that_builds_nothing_starts_no_builder(ltf: LtfRepository, act: Act) -> None:
    add_buildx(Path(os.environ["DOCKER_CONFIG"]))
    assert main(["init", str(ltf.directory)], {}) == 0
    ltf.commit("Release by ltf-ci")
    ltf.tag("3.7.5-1")
    secrets, payload = {"GITHUB_TOKEN": "it-is-secret"}, {"ref": "refs/tags/3.7.5-1"}
    ran = act.run(ltf.directory, WORKFLOW, "push", payload, secrets=secrets, env={"BUILDX_BUILDER": ""})
    assert ran.outputs["release"]["conclusion"] == "failed", str(ran)  # the tag disagrees
    inspected = subprocess.run(["docker", "buildx", "inspect", "ltf-ci"], capture_output=True, text=True, check=True)
    assert {"docker-container", "inactive"} <= set(inspected.stdout.split())
