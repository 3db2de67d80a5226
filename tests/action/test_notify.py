"""What is made FROM an image is released again as GitHub runs it: dispatched by hand, by a GitHub App's key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.act import Act, ActRun
from tests.support.fleet import OWNER, Fleet
from tests.support.listing import NAME
from tests.support.repositories import git

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/ltf-ci-notify.yml"
REASON = "CVE-2026-1 `id` $(id) \"'; id #"


@pytest.fixture
def languages(fleet: Fleet, folder: Path) -> Path:
    """Return the languages repository of a fleet whose base was just released, with the workflow copied into it."""
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "approval": ["pytest"]})
    fleet.release("python")
    fleet.built.clear()
    fleet.github.app.install(OWNER, "actions")
    shutil.copy(fleet.file, folder / "dependents.json")
    (folder / WORKFLOW).parent.mkdir(parents=True)
    text = (ROOT / "workflows/ltf-ci-notify.yml").read_text()
    shown = "# owner: cyber-dojo-languages #"
    assert shown in text
    (folder / WORKFLOW).write_text(text.replace(shown, f"owner: {OWNER} #"))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


def dispatched(languages: Path, fleet: Fleet, act: Act, *, dry_run: bool) -> ActRun:
    payload = {
        "ref": "refs/heads/main",
        "inputs": {"image": "python (3.7.4)", "reason": REASON, "dry-run": str(dry_run).lower()},
    }
    env = {"GITHUB_REPOSITORY": NAME, "GITHUB_API_URL": fleet.github.api, "LTF_CI_RETRY_PAUSE": "0"}
    secrets = {"GITHUB_TOKEN": "of-the-workflow-itself", "LTF_CI_APP_PRIVATE_KEY": fleet.github.app.private_key}
    return act.run(languages, WORKFLOW, "workflow_dispatch", payload, secrets=secrets, env=env)


def test_each_wave_is_dispatched_once_and_a_dry_run_dispatches_none(languages: Path, fleet: Fleet, act: Act) -> None:
    planned = dispatched(languages, fleet, act, dry_run=True)
    assert planned.exit_code == 0, str(planned)
    assert (planned.outputs["notify"]["conclusion"], fleet.github.dispatches) == ("planned", [])

    ran = dispatched(languages, fleet, act, dry_run=False)
    assert ran.exit_code == 0, str(ran)
    assert ran.outputs["notify"]["conclusion"] == "done"
    assert ran.outputs["notify"]["built"].split("\n") == ["pytest (3.7.4)", "approval (3.7.4)"]
    assert fleet.built == ["pytest", "approval"]
    assert [each["inputs"] for each in fleet.github.dispatches] == [
        {"lines": "3.7.4", "base": str(fleet.newest(base)), "reason": REASON} for base in ("python", "pytest")
    ]
    assert "```mermaid" in ran.summary
    for secret in (*fleet.github.app.given, *fleet.github.app.private_key.splitlines()[1:-1]):
        assert secret not in str(planned) + str(ran)

    again = dispatched(languages, fleet, act, dry_run=False)
    assert again.exit_code == 0, str(again)
    assert (again.outputs["notify"]["conclusion"], len(fleet.github.dispatches)) == ("nothing-to-do", 2)


def test_a_dependent_that_fails_fails_the_run(languages: Path, fleet: Fleet, act: Act) -> None:
    fleet.broken.add("pytest")
    ran = dispatched(languages, fleet, act, dry_run=False)
    assert ran.exit_code == 1, str(ran)
    assert ran.outputs["notify"]["conclusion"] == "failed"
    assert {note.title for note in ran.annotations if note.file} == {"dependent-failed", "dependent-blocked"}, str(ran)
