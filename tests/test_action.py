"""action.yml and the workflows: thin, pinned, and what the table of options says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from generators.action_file import PUSHED_TAG, inputs
from ltf_ci.clients import yaml_file
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.model.located_json import Located
from ltf_ci.options.option import options_of
from ltf_ci.workflows.action_reference import HOME
from ltf_ci.workflows.planned_files import DEFAULT, template
from ltf_ci.workflows.repository_kind import RepositoryKind
from tests.support import ROOT

ACTION = ROOT / "action.yml"
FILES = [ACTION, *sorted(ROOT.glob(".github/workflows/*.yml")), *sorted(ROOT.glob("workflows/*.yml"))]
VERBS = ["release", "retag"]
OUTPUTS = [
    *("tag", "image", "digest", "latest-moved", "pull-request", "released", "checksums"),
    *("conclusion", "reason"),
    *("matrix", "matrices", "built"),
]


def root(file: Path) -> Located:
    return yaml_file.read(file.read_bytes(), str(file.relative_to(ROOT)))[1]


def at(located: Located, *keys: str) -> Located:
    for key in keys:
        found = located.member(key)
        assert found, f"{located.place}: no {key}"
        located = found
    return located


def calls_us(step: Located) -> bool:
    used = step.member("uses")
    return used is not None and str(used.value).startswith(f"{HOME}@")


def names(located: Located) -> list[str]:
    return [name for name, _ in located.keys]


def all_of(located: Located, key: str) -> list[Located]:
    """Return every value of a key, at any depth."""
    members = located.value.values() if isinstance(located.value, dict) else located.items
    own = [located.member(key)] if isinstance(located.value, dict) else []
    return [found for found in own if found] + [found for member in members for found in all_of(member, key)]


def test_the_inputs_are_options_that_no_settings_have_and_the_credentials() -> None:
    action = root(ACTION)
    assert names(at(action, "inputs")) == list(inputs())
    assert {"languages", "dry-run", "registry-password", "token"} <= set(inputs())
    settled = {option.name for option in options_of(ReleaseRequest) if option.in_settings}
    assert settled & set(inputs()) == {"languages", "list"}  # which the languages repository's workflows name
    assert at(action, "inputs", "tag", "default").value == PUSHED_TAG


def test_every_input_is_described_and_reaches_the_program_by_the_environment() -> None:
    action = root(ACTION)
    (env,) = (found for found in all_of(action, "env") if found.member("LTF_CI_COMMAND"))
    handed = {at(env, name).value for name in names(env)}
    for name in names(at(action, "inputs")):
        assert at(action, "inputs", name, "description").value
        assert f"${{{{ inputs.{name} }}}}" in handed


def test_the_outputs_are_those_of_the_step() -> None:
    outputs = at(root(ACTION), "outputs")
    assert names(outputs) == OUTPUTS
    for name in OUTPUTS:
        assert at(outputs, name, "value").value == f"${{{{ steps.ltf-ci.outputs.{name} }}}}"
        assert at(outputs, name, "description").value


@pytest.mark.parametrize("verb", VERBS)
def test_the_reusable_workflow_passes_only_what_is_there(verb: str) -> None:
    called = root(ROOT / f".github/workflows/{verb}.yml")
    (step,) = (s for s in at(called, "jobs", verb, "steps").items if s.member("id") and at(s, "id").value == verb)
    assert at(step, "with", "command").value == verb
    assert set(names(at(step, "with"))) <= set(inputs())
    assert set(names(at(called, "jobs", verb, "outputs"))) <= set(OUTPUTS)
    assert at(step, "uses").value == f"{HOME}@{DEFAULT.ref}"


@pytest.mark.parametrize("verb", VERBS)
def test_the_caller_grants_what_the_reusable_workflow_asks_and_names_what_it_takes(verb: str) -> None:
    called, path = root(ROOT / f".github/workflows/{verb}.yml"), ROOT / f"workflows/ltf-ci-{verb}.yml"
    job, granted = at(root(path), "jobs", verb), at(root(path), "jobs", verb, "permissions")
    asked = [at(called, "jobs", name, "permissions") for name in names(at(called, "jobs"))]
    wanted = {name: at(rights, name).value for rights in asked for name in names(rights)}
    assert wanted == {name: at(granted, name).value for name in names(granted)}
    assert at(job, "uses").value == f"{HOME}/.github/workflows/{verb}.yml@{DEFAULT.ref}"
    assert names(at(job, "secrets")) == names(at(called, "on", "workflow_call", "secrets"))
    given = set(names(at(job, "with"))) | set(re.findall(r"^ +# ([a-z-]+): ", path.read_text(), re.MULTILINE))
    assert given <= set(names(at(called, "on", "workflow_call", "inputs")))


def test_a_pull_request_is_checked_built_and_tested_without_credentials() -> None:
    caller, called = root(ROOT / "workflows/ltf-ci-check.yml"), root(ROOT / ".github/workflows/ltf-ci-check.yml")
    job = at(caller, "jobs", "ltf-ci-check")
    assert names(at(caller, "on")) == ["pull_request", "merge_group"]
    assert at(job, "uses").value == f"{HOME}/.github/workflows/ltf-ci-check.yml@{DEFAULT.ref}"
    for granted in (at(job, "permissions"), at(called, "jobs", "ltf-ci-check", "permissions")):
        assert {name: at(granted, name).value for name in names(granted)} == {"contents": "read"}
    assert job.member("secrets") is None
    ours = [step for step in at(called, "jobs", "ltf-ci-check", "steps").items if calls_us(step)]
    assert [at(step, "with", "command").value for step in ours] == ["check", "build", "test"]
    assert all(set(names(at(step, "with"))) <= set(inputs()) for step in ours)


def test_no_request_to_retag_is_lost() -> None:
    concurrency = at(root(ROOT / "workflows/ltf-ci-retag.yml"), "concurrency")
    asked = "${{ inputs.lines }}-${{ inputs.base }}-${{ inputs.rebuild }}"
    assert at(concurrency, "group").value == f"ltf-ci-retag-{asked}"
    assert at(concurrency, "cancel-in-progress").value is False


def test_a_notification_that_waits_is_cancelled_by_no_dry_run() -> None:
    concurrency = at(root(ROOT / "workflows/ltf-ci-notify.yml"), "concurrency")
    assert at(concurrency, "group").value == "ltf-ci-notify-${{ inputs.image }}-${{ inputs.dry-run }}"
    assert at(concurrency, "cancel-in-progress").value is False


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_expression_becomes_code(file: Path) -> None:
    assert [str(run.place) for run in all_of(root(file), "run") if "${{" in str(run.value)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_other_peoples_actions_are_pinned_to_a_commit_whose_version_is_told(file: Path) -> None:
    text = file.read_text()
    for uses in all_of(root(file), "uses"):
        if not str(uses.value).startswith((f"{HOME}@", f"{HOME}/", "./")):
            line = text[uses.start :].splitlines()[0]
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), str(uses.place)


@pytest.mark.parametrize("file", FILES[1:], ids=lambda file: str(file.relative_to(ROOT)))
def test_every_job_ends_and_no_permission_is_given_by_default(file: Path) -> None:
    workflow = root(file)
    assert at(workflow, "permissions").value == {}
    for name in names(at(workflow, "jobs")):
        job = at(workflow, "jobs", name)
        assert isinstance(at(job, "permissions").value, dict)
        assert job.member("uses") or job.member("timeout-minutes")


def test_no_tag_is_lost_where_many_are_pushed() -> None:
    concurrency = at(root(ROOT / "workflows/ltf-ci-release.yml"), "concurrency")
    assert at(concurrency, "group").value == "ltf-ci-release-${{ inputs.tag || github.ref_name }}"
    assert at(concurrency, "cancel-in-progress").value is False


@pytest.mark.parametrize(
    ("verb", "command", "rights"),
    [
        ("list", "list check", {"contents": "read"}),
        ("watch", "watch", {"contents": "read", "issues": "write"}),
        ("notify", "notify", {"contents": "read"}),
        ("refresh", "list refresh", {}),
    ],
)
def test_the_languages_repositorys_workflows_call_ours(verb: str, command: str, rights: dict[str, str]) -> None:
    caller, called = root(ROOT / f"workflows/ltf-ci-{verb}.yml"), root(ROOT / f".github/workflows/{verb}.yml")
    job = at(caller, "jobs", verb)
    assert at(job, "uses").value == f"{HOME}/.github/workflows/{verb}.yml@{DEFAULT.ref}"
    for granted in (at(job, "permissions"), at(called, "jobs", verb, "permissions")):
        assert {name: at(granted, name).value for name in names(granted)} == rights
    assert set(names(at(job, "with"))) <= set(names(at(called, "on", "workflow_call", "inputs")))
    (step,) = (step for step in at(called, "jobs", verb, "steps").items if calls_us(step))
    assert at(step, "with", "command").value == command
    assert set(names(at(step, "with"))) <= set(inputs())
    assert set(names(at(called, "jobs", verb, "outputs"))) <= set(OUTPUTS)
    assert at(step, "uses").value == f"{HOME}@{DEFAULT.ref}"


@pytest.mark.parametrize("verb", ["watch", "dashboard"])
def test_what_is_scheduled_is_in_a_file_of_its_own_and_not_at_the_full_hour(verb: str) -> None:
    on = at(root(ROOT / f"workflows/ltf-ci-{verb}.yml"), "on")
    assert names(on) == ["schedule", "workflow_dispatch"]
    (cron,) = (str(at(each, "cron").value) for each in at(on, "schedule").items)
    assert cron.split()[0] not in ("0", "*")


def test_the_dashboards_workflow_calls_ours_and_grants_what_its_jobs_ask() -> None:
    caller, called = root(ROOT / "workflows/ltf-ci-dashboard.yml"), root(ROOT / ".github/workflows/dashboard.yml")
    job, jobs = at(caller, "jobs", "dashboard"), at(called, "jobs")
    granted, asked = at(job, "permissions"), [at(jobs, name, "permissions") for name in names(jobs)]
    wanted = {name: at(each, name).value for each in asked for name in names(each)}
    assert wanted == {name: at(granted, name).value for name in names(granted)}
    assert at(job, "uses").value == f"{HOME}/.github/workflows/dashboard.yml@{DEFAULT.ref}"
    assert set(names(at(job, "with"))) <= set(names(at(called, "on", "workflow_call", "inputs")))
    steps = [step for step in at(jobs, "write", "steps").items if calls_us(step)]
    assert [at(step, "with", "command").value for step in steps] == ["watch", "dashboard"]
    for step in steps:
        assert set(names(at(step, "with"))) <= set(inputs())
        assert at(step, "uses").value == f"{HOME}@{DEFAULT.ref}"


@pytest.mark.parametrize("name", ["check", "list"])
def test_a_newer_commit_of_a_pull_request_ends_the_older_ones_check(name: str) -> None:
    concurrency = at(root(ROOT / f"workflows/ltf-ci-{name}.yml"), "concurrency")
    assert at(concurrency, "group").value == f"ltf-ci-{name}-${{{{ github.event.pull_request.number || github.ref }}}}"
    assert at(concurrency, "cancel-in-progress").value is True


def test_a_push_to_another_branch_is_no_refresh_and_holds_none_up() -> None:
    workflow = root(ROOT / "workflows/ltf-ci-refresh.yml")
    assert names(at(workflow, "on", "push")) == ["paths"]
    condition = at(workflow, "jobs", "refresh", "if").value
    assert condition == "github.ref_name == github.event.repository.default_branch"
    assert at(workflow, "concurrency", "group").value == "ltf-ci-refresh-${{ github.ref_name }}"


def test_the_action_and_the_tests_have_the_same_uv() -> None:
    installed = re.search(r"^uv==(\S+)", (ROOT / "bin/uv.txt").read_text(), re.MULTILINE)
    assert installed
    assert [found.value for found in all_of(root(ACTION), "version")] == [installed[1]]


def numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def test_the_action_has_one_python_of_those_that_are_tested() -> None:
    (pinned,) = (str(found.value) for found in all_of(root(ACTION), "python-version"))
    oldest, after = re.findall(r"[0-9.]+", (ROOT / ".python-version").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"name=python3\.(\d+)", (ROOT / "bin/newest-python").read_text())
    assert newest
    assert (oldest, after) == (project["requires-python"].removeprefix(">="), f"3.{int(newest[1]) + 1}")
    assert numbers(oldest) <= numbers(pinned) < numbers(after)


def test_the_wheel_has_the_templates() -> None:
    names = {name for kind in RepositoryKind for name in kind.workflows}
    assert {path.name for path in (ROOT / "workflows").iterdir()} == names
    for name in names:
        assert template(name) == (ROOT / "workflows" / name).read_bytes()


def test_what_users_copy_overwrites_no_file_of_theirs_and_shares_no_group_with_their_runs() -> None:
    for file in (ROOT / "workflows").iterdir():
        assert file.name.startswith("ltf-ci-")
        assert str(at(root(file), "name").value).startswith("ltf-ci ")
        assert str(at(root(file), "concurrency", "group").value).startswith("ltf-ci-")


@pytest.mark.parametrize("name", ["check", "list"])
def test_a_check_may_be_a_required_one(name: str) -> None:
    """It runs for whatever a pull request changes, by whomever, and in a merge queue: else it would never report."""
    on = at(root(ROOT / f"workflows/ltf-ci-{name}.yml"), "on")
    assert {name: at(on, name).value for name in names(on)} == {"pull_request": None, "merge_group": None}


@pytest.mark.parametrize("name", ["release", "retag"])
def test_a_registry_that_a_caller_leaves_empty_is_githubs(name: str) -> None:
    """A variable that is not set is an empty text, and no default counts then."""
    workflow = (ROOT / f".github/workflows/{name}.yml").read_text()
    asked = re.findall(r"inputs\.registry\b[^)}]*", workflow)
    assert asked
    assert all(each.startswith("inputs.registry || 'ghcr.io'") for each in asked)


@pytest.mark.parametrize("file", sorted(ROOT.glob("workflows/*.yml")), ids=lambda file: file.stem)
def test_no_workflow_names_a_branch(file: Path) -> None:
    on = at(root(file), "on")
    for name in names(on):
        assert {"branches", "branches-ignore"}.isdisjoint(names(at(on, name)) if at(on, name).value else ()), name
