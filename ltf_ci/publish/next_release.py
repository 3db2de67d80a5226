"""What is known before a release is tagged: the tags that are taken, what the tags at HEAD are, and the version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.counted_tags import RegistryTags, is_of_another_commit, registry_tags
from ltf_ci.manifest.check import check
from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.requests import CheckPart
from ltf_ci.manifest.rules.head_tags import HeadTags
from ltf_ci.manifest.rules.image_version import KnownVersion, known_version
from ltf_ci.manifest.rules.version_command import expected_version
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import CHECK_VERSION, IMAGE_NAME_JSON
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag
from ltf_ci.publish.readiness import Settled, with_readiness
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules.commit import START_FILE
from ltf_ci.publish.rules.release_settings import NO_SOURCE

_NEEDED = {NO_SOURCE, START_FILE}  # without these a tag can only fail


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTags:
    """The tags of git, here and at origin, and those that the registry has of the image: all count as taken."""

    image: ImageName
    here: tuple[str, ...]
    origin: Mapping[str, Commit]
    registry: RegistryTags

    @property
    def every(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.here, *self.origin, *self.registry.names))

    @property
    def is_first(self) -> bool:
        """Whether no release is at origin yet."""
        return not any(map(is_release_tag, self.origin))

    def step(self) -> Step:
        """Return what was counted, and what could not be."""
        if self.registry.unknown:
            left = "only git's tags were counted: the registry may have more revisions"
            return Step("registry", StepState.SKIPPED, f"{self.registry.unknown}; {left}")
        number = sum(map(is_release_tag, self.registry.names))
        return Step("registry", StepState.DONE, f"{self.image.untagged} has {amount(number, 'release tag')}")


def known_tags(image: ImageName, git: Git, registry: Registry) -> KnownTags:
    """Return the tags that are taken; raise GitFailed where origin does not answer."""
    origin = git.remote_tags("origin") if git.has_origin() else {}
    return KnownTags(image=image, here=git.tags(), origin=origin, registry=registry_tags(image, registry))


def head_tags_of(repository: LtfRepository, known: KnownTags, git: Git, registry: Registry) -> HeadTags:
    """Return the tags at HEAD, and what decides whether they can be released."""
    names, head, manifest = git.tags_at_head(), git.head(), repository.manifest
    asked = [name for name in names if is_release_tag(name) and name in known.registry.names]
    return HeadTags(
        names=names,
        head=head,
        written=repository.image_of(None).tag if manifest else None,
        origin=known.origin,
        taken=frozenset(name for name in asked if is_of_another_commit(known.image.tagged(name), head, registry)),
        path=manifest.path if manifest else IMAGE_NAME_JSON,
    )


def version_of(repository: LtfRepository, directory: Path, git: Git) -> KnownVersion:
    """Return the language version of an image's own repository: what its tags and its files say."""
    script = (read_file(directory, CHECK_VERSION) or b"").decode("utf-8", "replace")
    return known_version(git.tags_in_history(), repository.readme, expected_version(script))


def readiness(
    directory: Path, release: PublishRequest, tag: ReleaseTag, git: Git, github: GithubHost, *, languages: str
) -> Iterator[Finding]:
    """Find what a release of this commit would need, or be refused for; `languages` is where it would be listed."""
    checked = check(directory, None, git, allow=release.allow, only=CheckPart.MANIFEST)
    settled = Settled(
        build_arg=release.build_arg,
        platform=release.platform,
        version_command=release.version_command,
        image_from=release.image_from,
        languages=languages,
        push_to=lambda: release.push_to,
    )
    checked = checked._replace(tag=tag)
    checked = with_readiness(checked, directory, settled, is_tested=release.test, git=git, github=github)
    for finding in checked.findings:
        yield finding._replace(severity=Severity.ERROR) if finding.rule in _NEEDED else finding
