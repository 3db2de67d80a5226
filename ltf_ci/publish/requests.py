"""What build and publish are told: publish knows the words of build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.model.build_cache import BuildCache
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.release_tag import ReleaseTag


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """Which image to build, of what, and how."""

    directory: Path
    tag: ReleaseTag | None
    allow: tuple[str, ...]
    dry_run: bool
    push_to: str
    image_from: str
    platform: tuple[str, ...]
    builder: str
    build_arg: tuple[str, ...]
    secret: tuple[str, ...]
    no_cache: bool
    provenance: bool
    sbom: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRequest(BuildRequest):
    """And where layers come from, where `latest` goes, and how the image is tested before it is pushed."""

    rebuild: bool
    build_cache: BuildCache
    latest: LatestPolicy
    test: bool
    version_command: str
