"""Which repositories wait for the first release of an image that another repository of the fleet makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ltf_ci.model.image import ImageName, image_in, is_commit
from ltf_ci.model.release_tag import LanguageVersion

Name: TypeAlias = tuple[str, str]  # an image's registry, and its path there


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """A repository by its `place`, the image that it makes, and the images that it is made of, as they are written.

    A start point makes no layers of its own: other repositories are never made of what it releases. `version` is the
    language version that its own files say.
    """

    place: str
    image: ImageName
    bases: tuple[str, ...]
    is_start_point: bool = False
    version: LanguageVersion | None = None


def bases_first(fleet: Iterable[Maker]) -> Mapping[Maker, tuple[Maker, ...]]:
    """Return every repository with those that it waits for; each one comes after them.

    Repositories whose images are made FROM each other cannot all wait: the one that comes first does not.
    """
    every = tuple(fleet)
    makers = image_makers(every)
    found: dict[Maker, tuple[Maker, ...]] = {}
    for maker in every:
        if maker not in found:
            _visit(maker, makers, found)
    return found


def _visit(maker: Maker, makers: Mapping[Name, Maker], found: dict[Maker, tuple[Maker, ...]]) -> None:
    """Find a repository after its bases, however many these are above each other."""
    above = {maker: bases_by_commit(maker, makers)}
    while above:
        last = next(reversed(above))
        base = next((each for each in above[last] if each not in found), None)
        if base is None:
            found[last] = above.pop(last)
        else:
            above[base] = tuple(each for each in bases_by_commit(base, makers) if each not in above)


def image_makers(fleet: Iterable[Maker]) -> Mapping[Name, Maker]:
    """Return the repository that makes each image, by the image's name without a tag."""
    return {maker.image.repository: maker for maker in fleet if not maker.is_start_point}


def bases_by_commit(maker: Maker, makers: Mapping[Name, Maker]) -> tuple[Maker, ...]:
    """Return who makes the images that a repository names by a commit, as the fleet did before it had releases."""
    named = [image for text in maker.bases if (image := image_in(text)) and is_commit(image.tag)]
    found = (makers.get(image.repository) for image in named)
    return tuple(dict.fromkeys(each for each in found if each and each.place != maker.place))
