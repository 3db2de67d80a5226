"""The two repositories of one LTF: an image that differs is found, and what only looks alike is not."""

from __future__ import annotations

import pytest

from ltf_ci.fleet.rules.pairs import other_images
from ltf_ci.fleet.rules.scan import Scanned
from ltf_ci.model.finding import Place, Severity
from ltf_ci.model.image import ImageName

GHCR, HUB = "ghcr.io/cyber-dojo-languages", "cyberdojofoundation"


def of(repository: str, image: str) -> Scanned:
    """Return what `OWNER/NAME` says: a start point's owner is `starts`."""
    owner, _, name = repository.partition("/")
    return Scanned(
        place=Place(repository, 1),
        repository=name,
        owner=owner,
        is_start_point=owner == "starts",
        tag=None,
        image=ImageName.parse(image),
        bases=(),
        test_framework=False,
    )


SWIFT, BASE = of("starts/swift-xctest", f"{HUB}/swift_xctest:5f3d03f"), of("images/swift", f"{GHCR}/swift")


@pytest.mark.parametrize(
    ("scanned", "found"),
    [
        ([], []),
        ([SWIFT, BASE], []),
        ([SWIFT, of("images/swift-xctest", f"{HUB}/swift_xctest")], []),
        ([SWIFT, of("images/swift-xctest", f"docker.io/{HUB}/swift_xctest")], []),
        ([SWIFT, of("images/swift-xctest", f"{GHCR}/swift_xctest")], ["swift-xctest"]),  # another registry
        ([SWIFT, of("images/Swift-XCTest", f"{HUB}/swift_xc")], ["swift-xctest"]),  # another name
        ([of("starts/swift-xctest", f"{GHCR}/swift_xctest:1.2-3"), of("images/swift-xctest", f"{HUB}/swift_xctest")],
         ["swift-xctest"]),
        # the image is another repository's, of whatever name
        ([SWIFT, of("images/swift-all", f"{HUB}/swift_xctest"), of("images/swift-xctest", f"{GHCR}/x")], []),
        # the other image is another start point's
        ([SWIFT, of("images/swift-xctest", f"{GHCR}/x"), of("starts/other", f"{GHCR}/x:1-1")], []),
        ([SWIFT, of("images/swift-xctest", f"{HUB}/swift_xctest"), of("people/swift-xctest", "p/swift")], []),
        ([SWIFT, of("images/swift-quick", f"{GHCR}/swift_xctest")], []),  # nothing says that these are one LTF
    ],
)  # fmt: skip
def test_a_start_point_has_the_image_that_its_image_repository_makes(scanned: list[Scanned], found: list[str]) -> None:
    said = [*other_images(scanned)]
    assert [finding.place.path.partition("/")[2] for finding in said] == found
    assert all(finding.severity is Severity.WARNING for finding in said)


def test_both_files_and_names_are_in_the_words() -> None:
    (finding,) = other_images([SWIFT, of("images/swift-xctest", f"{GHCR}/swift_xctest:latest")])
    assert finding.found == (
        f"starts/swift-xctest has the image {HUB}/swift_xctest, and images/swift-xctest makes {GHCR}/swift_xctest "
        "(its docker/image_name.json)"
    )
