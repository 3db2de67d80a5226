"""What a run in a fork says, which GitHub gives no secrets: the cause, first; and nothing is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ltf_ci.cli import main
from ltf_ci.errors import AccessDenied, GitFailed, LtfError, UsageError
from ltf_ci.fork import explained
from tests.support.printing import printed
from tests.support.repositories import LtfRepository

FORK = {"ref": "refs/tags/3.7.4-1", "repository": {"fork": True}}


@pytest.mark.parametrize(
    ("error", "event", "is_said"),
    [
        (AccessDenied("no", cure="log in"), FORK, True),
        (AccessDenied("no"), FORK, True),
        (UsageError("only one of LTF_CI_APP_CLIENT_ID and LTF_CI_APP_PRIVATE_KEY is given"), FORK, True),
        (GitFailed("no"), FORK, False),
        (AccessDenied("no"), {"repository": {"fork": False}}, False),
        (AccessDenied("no"), {"repository": {"fork": "true"}}, False),
        (AccessDenied("no"), {"schedule": "x"}, False),
        (AccessDenied("no"), ["repository"], False),
        (AccessDenied("no"), None, False),
    ],
)
def test_only_a_refusal_in_a_fork_is_explained(
    error: LtfError, event: object, tmp_path: Path, *, is_said: bool
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event) if event else "{")
    for _twice in range(2):
        told = explained(error, file).cure
        assert told.count("this repository is a fork") == is_said
    assert explained(AccessDenied("no"), tmp_path / "none").cure == explained(AccessDenied("no"), None).cure == ""


def test_a_fork_that_has_the_apps_id_and_no_key_is_told_why(
    ltf: LtfRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps(FORK))
    environ = {"GITHUB_EVENT_PATH": str(event), "LTF_CI_APP_CLIENT_ID": "Iv1", "CI": "true"}
    code = main(["release", str(ltf.directory), "--tag", "3.7.4-18", "--languages", "o/languages"], environ)
    assert code == 2
    assert "this repository is a fork" in printed(capsys)
