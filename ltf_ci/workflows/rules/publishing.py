"""Workflows of a repository, other than ltf-ci's, that do its work too: two that push images race for `latest`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from ltf_ci.model.finding import Finding, Place

_PUSHES = re.compile(
    r"pipe_build_up_test\.sh|image_build_test_push_notify|docker/build-push-action@"
    r"|docker push\b|buildx build\b.*--push\b"
)
_TESTS = re.compile(r"\brun_tests\.sh|red_amber_green_test\.sh")  # the fleet's own


def also_publishing(workflows: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Find workflows, by path and text, that do ltf-ci's work and do not call it; comments do not count."""
    for path, text in workflows:
        if found := _first(_PUSHES, text):
            yield Finding(
                rule="workflow-publishes-too",
                place=Place(path, found[0]),
                found=f"{path} pushes the image too: {found[1]}",
                expected="ltf-ci's workflow alone: else both write `latest`, whichever comes last",
                cure=f"git rm {shlex.quote(path)}, or take the push out of it",
            )
        elif found := _first(_TESTS, text):
            yield Finding(
                rule="workflow-tests-too",
                place=Place(path, found[0]),
                found=f"{path} tests the image that the manifest names, and fails at each release: {found[1]}",
                expected="ltf-ci's test alone: a release's commit is pushed before its image exists",
                cure=f"git rm {shlex.quote(path)}: ltf-ci-check.yml and each release run the same test",
            )


def _first(pattern: re.Pattern[str], text: str) -> tuple[int, str] | None:
    """Return the first line, outside comments, that a pattern is in: its number and what it says."""
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line.partition(" #")[0]) and not line.lstrip().startswith("#"):
            return number, line.strip()[:80]
    return None
