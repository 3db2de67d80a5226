"""The schema of an outcome has the plan of each command; `result_of` checks what any test's command prints."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from generators import plans
from ltf_ci.verbs import COMMANDS
from tests.support.result import result_of, schema

DIGEST = f"sha256:{'d' * 64}"
IMAGE = {"tag": "1-1", "commit": "c" * 40, "image": "x/y:1-1"}
KEPT = {**IMAGE, "how": "keep", "digest": DIGEST, "labels": {}, "latest": "auto"}
LISTED = {"what": "open a pull request", "branch": "ltf-ci/y-1", "title": "Bump", "files": ["list"]}


def outcome(command: str, plan: dict[str, Any], **more: Any) -> str:
    ended = {"version": 1, "command": command, "conclusion": "planned", "reason": "", "steps": [], "findings": []}
    return json.dumps({**ended, "outputs": {}, "plan": plan, **more})


def test_the_schemas_are_schemas() -> None:
    for one in (schema().schema, plans.lock(), plans.dependents()):
        jsonschema.Draft202012Validator.check_schema(one)


def test_every_plan_is_of_a_command() -> None:
    assert [name for name in plans.PLANS if name not in COMMANDS] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_may_end_before_it_knows_its_plan(command: str) -> None:
    assert result_of(0, outcome(command, {})).plan == {}


@pytest.mark.parametrize(
    ("command", "plan"),
    [
        ("publish", KEPT),
        ("release", {**KEPT, "languages": [LISTED]}),
        ("bump", {"languages": [{"what": "nothing", "why": "it is listed", "pull-request": ""}]}),
        ("retag", {"lines": [{"line": "1", "git": "1-2 after 1-1", "files": []}], "languages": [LISTED]}),
        ("retag", {"lines": [{"line": "1", "git": "1-2 after 1-1", "files": ["manifest.json"], **KEPT}]}),
        ("watch", {"issue": {}, "heal": [], "open": []}),
        ("dependents scan", {"y (1)": {"from": ["a:1", "b:1"], "image_name": "x/y:1", "test_framework": True}}),
    ],
)
def test_a_plan_is_as_its_command_has_it(command: str, plan: dict[str, Any]) -> None:
    assert result_of(0, outcome(command, plan)).plan == plan


@pytest.mark.parametrize(
    ("command", "plan"),
    [
        ("publish", {**KEPT, "more": 1}),
        ("publish", {**KEPT, "languages": [LISTED]}),
        ("publish", {**KEPT, "how": "build"}),
        ("publish", {key: value for key, value in KEPT.items() if key != "labels"}),
        ("release", {**KEPT, "languages": [{**LISTED, "more": 1}]}),
        ("retag", {"lines": [{"line": "1"}]}),
        ("check", {"tag": "1-1"}),
        ("next", {"tag": "1-2", "branch": "main", "push": "yes", "manifest": ""}),
        ("relase", {}),
    ],
)
def test_another_plan_is_refused(command: str, plan: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match=r"outcome\.schema\.json does not have it"):
        result_of(0, outcome(command, plan))
