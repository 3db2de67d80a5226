"""What could not be asked for one reason is said once."""

from __future__ import annotations

import pytest

from ltf_ci.errors import GitFailed
from ltf_ci.languages.rules.lines import unreachable
from ltf_ci.languages.rules.outages import by_cause
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl


def failures(names: range, why: str, host: str = "h") -> list[Finding]:
    urls = [RepositoryUrl.parse(f"https://{host}/o/n{number}") for number in names]
    return [
        unreachable(url, Place("list", number + 1), GitFailed(f"git ls-remote failed: {url}/: {why}"))
        for number, url in enumerate(urls)
    ]


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        (failures(range(5), "no such host"), [1] * 5),
        (failures(range(6), "no such host"), [6]),
        (failures(range(6), "x") + failures(range(6), "x", "other"), [6, 6]),
        (failures(range(6), "x") + failures(range(6, 8), "not found"), [6, 1, 1]),
        ([], []),
    ],
)
def test_what_fails_for_one_reason_is_said_once(found: list[Finding], counts: list[int]) -> None:
    told = [*by_cause(found)]
    assert [len(each.repositories) for each in told] == counts
    assert {url for each in told for url in each.repositories} == {url for each in found for url in each.repositories}
    assert all(("6 repositories of" in each.found) == (count == 6) for each, count in zip(told, counts, strict=True))


def images(names: range, why: str) -> list[Finding]:
    found = [ImageName.parse(f"ghcr.io/o/i{number}:1-1") for number in names]
    return [
        Finding(
            rule="list-image-unknown", place=Place("list", 1), path="image_name", images=(one,), found=f"{one}: {why}"
        )
        for one in found
    ]


def test_images_of_one_registry_too_and_nothing_else() -> None:
    others = [Finding(rule="list-image", place=Place("list", number), found="the same") for number in range(9)]
    told = [*by_cause([*others, *images(range(7), "429"), *images(range(3), "500")])]
    assert told[:9] == others
    assert told[9].found.startswith("7 images of ghcr.io could not be asked for, all for one reason; the first: ")
    assert len(told) == 9 + 1 + 3
