"""Workflows of a repository, other than ltf-ci's, that do its work too: two that push images race for `latest`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.workflows.rules.calls import called

_PUSHES = r"""(?x)pipe_build_up_test\.sh|image_build_test_push_notify
    |\b(?:docker|podman|nerdctl|buildah)\s+(?:(?:image|manifest|compose)\s+(?:-\S+\s+(?:[\w./][\w./-]*\s+)?)*)?push\b
    |\bdocker-compose\s+push\b
    |\b(?:docker\s+build|(?:buildx|buildctl)\s+(?:build|bake))\b(?:[^;&|\n]|\r\n)*(?:--push\b|type=registry|\bpush=true)
    |\bimagetools\s+create\b
    |\b(?:skopeo\s+copy|crane\s+(?:push|copy|cp|tag)|regctl\s+image\s+copy|oras\s+push)\b
    |\b[\w.-]+/(?:push-to-registry|action-kaniko)@
    |\bkaniko(?:-project)?/executor\b(?=(?:[^;&|\n]|\r\n)*--destination)(?!(?:[^;&|\n]|\r\n)*--no-push\b)
    |\bdocker/(?:build-push|bake)-action@(?s:.)*?(?:\bpush:[ \t]*(?!['"]?false\b)\S|type=registry|\bpush=true)
    """
_MAY_PUSH = r"""(?x)\b(?:docker|podman|nerdctl|buildah|skopeo|oras)\s+login\b
    |\b(?:crane\s+auth|regctl\s+registry)\s+login\b
    |\bdocker/login-action@
    |\b[\w.-]+/(?:podman|docker|amazon-ecr)-login@
    |["']?\bpackages["']?:[ ]*["']?write\b
    |\b(?:make|just|task|rake)[ ]+(?:\S+[ ]+)*[\w.-]*(?:push|publish)[\w.-]*(?=\s|["']|$)
    |(?:^|[\s"'/])[\w-]*(?:push|publish)[\w-]*\.(?:sh|py|rb)\b
    """
_ALONE = "ltf-ci's workflow alone: else both write `latest`, whichever comes last"
_BEGINS = re.compile(r"\s*-\s+\w+:")  # a step, or another item with keys
_UNSAID = re.compile(r"^\s*(?:-\s+)?name:.*|\b(?:echo|printf)\b[^;&|]*")
_GOES_ON = re.compile(r"\\[ \t]*\n")
_TESTS = r"\brun_tests\.sh|red_amber_green_test\.sh"  # the fleet's own


def also_publishing(workflows: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Find workflows, by path and text, that do ltf-ci's work and do not call it; comments do not count."""
    for path, text in workflows:
        if called(text):
            continue
        if found := _first(_PUSHES, text):
            yield _pushes(path, *found)
            continue
        if found := _first(_MAY_PUSH, text):
            yield _may_push(path, *found)
        if found := _first(_TESTS, text):
            yield _tests(path, *found)


def _pushes(path: str, line: int, words: str) -> Finding:
    return Finding(
        rule="workflow-publishes-too",
        place=Place(path, line),
        found=f"{path} pushes the image too: {words}",
        expected=_ALONE,
        cure=f"git rm {shlex.quote(path)}, or take the push out of it",
    )


def _may_push(path: str, line: int, words: str) -> Finding:
    return Finding(
        rule="workflow-may-publish",
        severity=Severity.NOTICE,
        place=Place(path, line),
        found=f"{path} may push the image too, by what is not looked into: {words}",
        expected=_ALONE,
        cure=f"check what it pushes; if that is the image: git rm {shlex.quote(path)}, or take the push out of it",
    )


def _tests(path: str, line: int, words: str) -> Finding:
    return Finding(
        rule="workflow-tests-too",
        place=Place(path, line),
        found=f"{path} tests the image that the manifest names, and fails at each release: {words}",
        expected="ltf-ci's test alone: a release's commit is pushed before its image exists",
        cure=f"git rm {shlex.quote(path)}: ltf-ci-check.yml and each release run the same test",
    )


def _first(pattern: str, text: str) -> tuple[int, str] | None:
    """Return the first line that a pattern is in, outside comments, names and what is only printed: number and text."""
    lines = text.splitlines()
    for first, step in _steps(lines):
        if found := re.search(pattern, step):
            number = first + step.count("\n", 0, found.start())
            return number + 1, lines[number].strip()[:80]
    return None


def _steps(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Return a workflow's steps, each with its first line, from 0; it has as many lines there as in the file."""
    first, step = 0, list[str]()
    for number, line in enumerate(lines):
        if _BEGINS.match(line) and step:
            yield first, _joined(step)
            first, step = number, []
        step.append(_UNSAID.sub("", "" if line.lstrip().startswith("#") else line.partition(" #")[0]))
    yield first, _joined(step)


def _joined(step: Sequence[str]) -> str:
    """Return a step's lines; CR LF is between two of one command."""
    return _GOES_ON.sub("\r\n", "\n".join(step))
