"""Each job of the workflows has the rights that it uses, and no job that runs other people's code may sign."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support import ROOT

REUSABLE = sorted((ROOT / ".github/workflows").glob("*.yml"))
CALLERS = sorted((ROOT / "workflows").glob("*.yml"))
READS = {"contents": "read"}  # all that a job may do which is not in the table
SIGNING = {"id-token", "attestations"}
RIGHTS = {
    ("refresh.yml", "refresh"): {},
    ("watch.yml", "watch"): {"contents": "read", "issues": "write"},
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
        assert rights == RIGHTS.get((file.name, name), READS)


@pytest.mark.parametrize("file", CALLERS, ids=lambda file: file.name)
def test_a_caller_grants_what_the_jobs_that_it_calls_have_and_names_its_secrets(file: Path) -> None:
    found = workflow(file)
    (job,) = found["jobs"].values()
    called = workflow(ROOT / ".github/workflows" / job["uses"].rpartition("/")[2].partition("@")[0])
    asked = [each["permissions"].items() for each in called["jobs"].values()]
    assert (found["permissions"], job["permissions"]) == ({}, dict(chain.from_iterable(asked)))
    assert job.get("secrets", {}) != "inherit"


@pytest.mark.parametrize("file", REUSABLE, ids=lambda file: file.name)
def test_no_checkout_leaves_a_token_and_nothing_is_restored_from_a_cache(file: Path) -> None:
    for job in workflow(file)["jobs"].values():
        assert "secrets.GITHUB_TOKEN" not in str(job)
        for step in job.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            assert not step.get("uses", "").startswith("actions/cache")


@pytest.mark.parametrize("file", REUSABLE, ids=lambda file: file.name)
def test_a_job_that_signs_runs_nobodys_code(file: Path) -> None:
    for job in workflow(file)["jobs"].values():
        if SIGNING & job["permissions"].keys():
            used = [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]
            assert used in (["actions/attest-build-provenance"], ["actions/deploy-pages"], OF_A_RELEASE_OF_OURS)
            assert "secrets" not in str(job)


def test_what_the_action_installs_is_locked_by_hash_and_not_built() -> None:
    (step,) = re.findall(r"uv sync .*", (ROOT / "action.yml").read_text())
    assert {"--locked", "--no-build", "--no-install-project"} <= set(step.split())
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    others = [package for package in packages if "registry" in package["source"]]
    files = [file for package in others for file in (*package.get("wheels", ()), package.get("sdist"))]
    assert len(others) > 16
    assert {package["source"].get("editable") for package in packages if package not in others} == {"."}
    assert all(file["hash"].startswith("sha256:") for file in files if file)
