"""What the workflows of a commit would do at a release: is ltf-ci called, where does it log in, what else publishes?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.layout import RELEASE_WORKFLOW, WORKFLOWS
from ltf_ci.workflows.rules.calls import Call, calls
from ltf_ci.workflows.rules.publishing import also_publishing

_DEFAULT = "ghcr.io"  # where release.yml and retag.yml log in if nothing is said
_RELEASING = {"release.yml", "retag.yml"}
_REGISTRY = re.compile(r"""^(?!\s*\#).*?(?<![\w-])["']?registry["']?:[ \t]*["']?([^\s\#"',}]+)""", re.MULTILINE)
_HUB = re.compile(r"(?:https://)?(?:index\.|registry-1\.)?docker\.io(?:/v1/?)?")  # names of Docker Hub, for a login


class ReleaseWorkflows(NamedTuple):
    """The texts of the commit's workflows by path, and what they are to serve.

    `registry` is where the image goes, empty where that is not known. `languages` is the languages repository, empty
    where none is named, None where the release is not listed.
    """

    texts: Mapping[str, str]
    registry: str
    languages: str | None


def findings(workflows: ReleaseWorkflows) -> Iterator[Finding]:
    """Find what keeps a pushed tag from being released well."""
    yield from also_publishing(workflows.texts.items())
    ours = [(path, call) for path, text in workflows.texts.items() for call in calls(text)]
    if ours and workflows.languages is not None:
        yield from _pull_request(workflows.languages, "\n".join(call.text for _, call in ours))
    if workflows.registry:
        for path, call in ours:
            yield from _login(path, call, workflows.registry)
    if not ours:
        yield Finding(
            rule="no-workflow",
            severity=Severity.WARNING,
            place=Place(WORKFLOWS),
            found="no workflow of the commit calls ltf-ci, so that a pushed tag releases nothing",
            expected=f"{WORKFLOWS}/{RELEASE_WORKFLOW}, as `ltf-ci init` writes it",
            cure=f"ltf-ci init; git add {PurePosixPath(WORKFLOWS).parts[0]}, and commit it before the tag",
        )


def _login(path: str, call: Call, registry: str) -> Iterator[Finding]:
    """Find that a job's secrets are for another registry than the image's: then nothing can be pushed."""
    found = _REGISTRY.finditer(call.text)
    named = {match[1]: call.line + call.text.count("\n", 0, match.start(1)) for match in found}
    if (
        call.workflow not in _RELEASING
        or registry in (set(map(_host, named)) or {_DEFAULT})
        or any("$" in name for name in named)
    ):
        return
    other = next(iter(named), _DEFAULT)
    is_default = registry == _DEFAULT
    yield Finding(
        rule="workflow-registry",
        severity=Severity.WARNING,
        place=Place(path, named.get(other, 0)),
        found=f"the workflow logs in at {other}, and the image goes to {registry}",
        expected=f"registry: {registry}",
        cure="remove that line and the two secrets" if is_default else "write it, and set the two secrets of its login",
    )


def _host(name: str) -> str:
    return DOCKER_HUB if _HUB.fullmatch(name) else name.lower()


def _pull_request(languages: str, workflows: str) -> Iterator[Finding]:
    """Find what keeps a release from opening a pull request in the languages repository."""
    is_named = bool(languages) or _names("languages", workflows)
    if is_named and (_names("app-client-id", workflows) or not _is_at_github(languages)):
        return
    lacking = f"no GitHub App is named that may act in {languages or 'the languages repository'}"
    yield Finding(
        rule="no-pull-request",
        severity=Severity.WARNING if is_named else Severity.NOTICE,
        place=Place(f"{WORKFLOWS}/{RELEASE_WORKFLOW}"),
        found=f"{lacking if is_named else 'no languages repository is named'}: a release opens no pull request",
        expected="the languages repository, and the App",
        cure="ltf-ci init --update --languages OWNER/NAME --app-client-id ID",
    )


def _is_at_github(languages: str) -> bool:
    from ltf_ci.model.repository_place import LanguagesPlace  # `check` must not pay for it

    return not languages or bool(LanguagesPlace.parse(languages).github)


def _names(key: str, workflows: str) -> bool:
    return bool(re.search(rf"^\s*{key}:\s*[^\s#]", workflows, re.MULTILINE))
