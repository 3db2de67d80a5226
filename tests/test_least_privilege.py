"""Each job of the workflows has the rights that it uses, and no job that runs other people's code may sign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support import ROOT

REUSABLE = sorted((ROOT / ".github/workflows").glob("*.yml"))
SIGNING = {"id-token", "attestations"}
RIGHTS = {
    ("release.yml", "release"): {"contents": "read", "packages": "write"},
    ("release.yml", "attest"): {"id-token": "write", "attestations": "write"},
    ("retag.yml", "retag"): {"contents": "write", "packages": "write"},
    ("retag.yml", "attest"): {"id-token": "write", "attestations": "write"},
    ("publish.yml", "publish"): {"id-token": "write", "attestations": "write"},
    ("publish.yml", "release"): {"contents": "write"},
    ("dashboard.yml", "publish"): {"pages": "write", "id-token": "write"},
}
OF_A_RELEASE_OF_OURS = ["actions/download-artifact", "actions/attest-build-provenance", "astral-sh/setup-uv"]


def workflow(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(file.read_text())
    return found


@pytest.mark.parametrize("file", REUSABLE, ids=lambda file: file.name)
def test_a_workflow_has_no_right_and_each_job_its_own(file: Path) -> None:
    found = workflow(file)
    assert found["permissions"] == {}
    for name, job in found["jobs"].items():
        rights = dict(job["permissions"])
        assert rights == RIGHTS.get((file.name, name), rights)
        assert not SIGNING & rights.keys() or (file.name, name) in RIGHTS


@pytest.mark.parametrize("file", REUSABLE, ids=lambda file: file.name)
def test_a_job_that_signs_runs_nobodys_code(file: Path) -> None:
    for job in workflow(file)["jobs"].values():
        if SIGNING & job["permissions"].keys():
            used = [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]
            assert used in (["actions/attest-build-provenance"], ["actions/deploy-pages"], OF_A_RELEASE_OF_OURS)
            assert "secrets" not in str(job)
