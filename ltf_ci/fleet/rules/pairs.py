"""The two repositories of one LTF: does a start point name the image that its image repository makes?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ltf_ci.fleet.rules.scan import Scanned
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.layout import IMAGE_NAME_JSON


def other_images(scanned: Iterable[Scanned]) -> Iterator[Finding]:
    """Find start points whose image no repository here makes, while one of their name makes an image that none uses.

    A name alone says nothing: two owners may have unlike repositories of one name, and an image may be another's.
    """
    every = tuple(scanned)
    start_points = [each for each in every if each.is_start_point]
    made = {each.image.repository for each in every if not each.is_start_point}
    used = {each.image.repository for each in start_points}
    unused = defaultdict(list)
    for each in every:
        if not each.is_start_point and each.image.repository not in used:
            unused[each.repository.lower()].append(each)
    for each in start_points:
        if each.image.repository not in made and (makers := unused[each.repository.lower()]):
            yield _other_image(each, makers[0])


def _other_image(start_point: Scanned, maker: Scanned) -> Finding:
    image, other = start_point.image.untagged, maker.image.untagged
    return Finding(
        rule="scan-other-image",
        severity=Severity.WARNING,
        place=start_point.place,
        found=f"{_name(start_point)} has the image {image}, and {_name(maker)} makes {other} (its {IMAGE_NAME_JSON})",
        expected="one name in both, under which they share revisions",
        cure=f"write the right one into the manifest or into {IMAGE_NAME_JSON}, before either is tagged",
    )


def _name(scanned: Scanned) -> str:
    return f"{scanned.owner}/{scanned.repository}" if scanned.owner else scanned.repository
