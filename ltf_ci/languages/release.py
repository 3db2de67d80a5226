"""A release that is in the registry: what the languages list and its lock have of it."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.traffic_light.colour import Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A repository's release tag, its commit, and its image by name and manifest digest (None: not pushed yet).

    `base` is the image that it was made FROM, where that is known. `colours` are those that its start files gave before
    the push; none where that was not tried, or is not known.
    """

    url: RepositoryUrl
    tag: ReleaseTag
    commit: Commit
    image: ImageName
    digest: Digest | None
    display_name: str
    base: ImageName | None = None
    colours: tuple[Colour, ...] = ()
