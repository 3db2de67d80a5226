"""Workflows of a repository, other than ltf-ci's, that push images: two that do race for `latest`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ltf_ci.model.finding import Finding, Place

_PUSHES = re.compile(
    r"pipe_build_up_test\.sh|image_build_test_push_notify|docker/build-push-action@"
    r"|docker push\b|buildx build\b.*--push\b"
)


def also_publishing(workflows: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Find workflows, by path and text, that push an image and do not call ltf-ci; comments do not count."""
    for path, text in workflows:
        for number, line in enumerate(text.splitlines(), 1):
            if _PUSHES.search(line.partition(" #")[0]) and not line.lstrip().startswith("#"):
                yield Finding(
                    rule="workflow-publishes-too",
                    place=Place(path, number),
                    found=f"{path} pushes the image too: {line.strip()[:80]}",
                    expected="ltf-ci's workflow alone: else both write `latest`, whichever comes last",
                    cure=f"git rm {path}, or take the push out of it",
                )
                break
