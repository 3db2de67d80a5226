"""What keeps an LTF from being released well, and can be seen before anything is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding
from ltf_ci.publish.rules import commit, dockerfile, release_settings, start_files
from ltf_ci.publish.rules.commit import CommitFacts
from ltf_ci.publish.rules.dockerfile import DockerfileFacts, Language
from ltf_ci.publish.rules.release_settings import SettingsFacts
from ltf_ci.publish.rules.start_files import StartFiles

if TYPE_CHECKING:
    from ltf_ci.publish.rules.release_workflows import ReleaseWorkflows


class ReleaseFacts(NamedTuple):
    """What a repository has; what is left out was not looked at.

    Without a manifest it is an image's own; without `language` nothing names a version; without `workflows` it is not
    released at GitHub.
    """

    manifest: Manifest | None = None
    start_files: StartFiles = StartFiles()
    dockerfile: DockerfileFacts = DockerfileFacts()
    language: Language | None = None
    settings: SettingsFacts = SettingsFacts()
    commit: CommitFacts = CommitFacts()
    workflows: ReleaseWorkflows | None = None


def findings(facts: ReleaseFacts, *, is_tested: bool = True) -> Iterator[Finding]:
    """Find what can be seen; `is_tested` is whether the start files are run in the image before it is pushed."""
    manifest, language, settings = facts.manifest, facts.language, facts.settings
    if manifest:
        yield from start_files.findings(facts.start_files, manifest, is_tested=is_tested)
    yield from dockerfile.findings(facts.dockerfile, language, settings.version_command, is_tested=is_tested)
    yield from release_settings.findings(settings, manifest, language.version if language else None)
    yield from commit.findings(facts.commit)
    if facts.workflows:
        from ltf_ci.publish.rules import release_workflows  # what is nowhere at GitHub does not wait for these

        yield from release_workflows.findings(facts.workflows)
