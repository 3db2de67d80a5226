"""What is known without docker and without a registry is told before either is asked."""

from __future__ import annotations

import pytest

from ltf_ci.cli import main
from tests.support.printing import printed
from tests.support.repositories import LtfRepository

NO_DOCKER = {"DOCKER_HOST": "tcp://127.0.0.1:1"}


@pytest.mark.parametrize("command", ["build", "publish", "release", "bump"])
def test_a_tag_of_another_commit_is_told_as_that(
    ltf: LtfRepository, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The manifest of HEAD has another tag too, which is no fault of it."""
    ltf.tag("3.7.4-18")
    ltf.write("README.md", "more\n")
    ltf.commit("More")
    assert main([command, str(ltf.directory), "--tag", "3.7.4-18"], {}) == 4
    shown = printed(capsys)
    assert "and the tag 3.7.4-18 is at " in shown
    assert "git switch --detach 3.7.4-18" in shown
    assert "image-name-tag" not in shown


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("start_point/options.json", "{}", "traffic-light-options"),
        ("start_point/cyber-dojo.sh", "python3 -m unittest\r\n", "cyber-dojo-sh-line-ends"),
        ("docker/Dockerfile", "RUN true\n", "dockerfile"),
        ("docker/Dockerfile", "FROM a b\n", "dockerfile"),
    ],
)
def test_what_a_test_would_fail_by_is_told_before_an_image_is_built(
    ltf: LtfRepository,
    path: str,
    text: str,
    rule: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ltf.write("docker/Dockerfile", "FROM python:3.7.4\n")
    ltf.write("start_point/hiker.py", "answer = 6 * 9\n")
    (ltf.directory / path).write_bytes(text.encode())
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert main(["test", str(ltf.directory)], NO_DOCKER) == 1
    shown = printed(capsys)
    assert f"error [{rule}]" in shown
    assert "not built: what is run in it is not ready" in shown
