"""What each version line of a repository waits for."""

from __future__ import annotations

import pytest

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.rules import list_files
from ltf_ci.languages.rules.branch_contents import TRAILER, BranchRelease
from ltf_ci.languages.rules.line_status import Listing, statuses
from ltf_ci.languages.rules.renames import Renames
from ltf_ci.model.remote_repository import Branch, OtherPull, RepositoryState
from ltf_ci.model.repository_url import RepositoryUrl

URL = RepositoryUrl("https://github.com/a/python-unittest")
PULL = "https://github.com/a/languages/pull/7"


def listing(listed: str, proposed: str) -> Listing:
    entries = tuple(ListEntry(URL, tag) for tag in listed.split())
    pulls = tuple(BranchRelease(ListEntry(URL, tag), "ltf-ci/x", PULL) for tag in proposed.split())
    return Listing(url=URL, entries=entries, pulls=pulls)


@pytest.mark.parametrize(
    ("git_tags", "image_tags", "listed", "proposed", "waits"),
    [
        ("3.7.4-1", "3.7.4-1", "3.7.4-1", "", [""]),
        ("3.7.4-1 3.7.4-2", "3.7.4-1 latest", "3.7.4-1", "", ["3.7.4-2 is tagged and has no image yet"]),
        ("3.7.4-1", "", "", "", ["3.7.4-1 is tagged and has no image yet"]),
        ("3.7.4-2", "3.7.4-2", "3.7.4-1", "3.7.4-2", [f"pull request {PULL}"]),
        ("3.7.4-2", "3.7.4-2", "", "3.7.4-2", [f"pull request {PULL}"]),
        ("3.7.4-2", "3.7.4-2", "3.7.4-1", "", ["the list has 3.7.4-1, and no pull request is open"]),
        ("3.7.4-2", "3.7.4-2", "3.7.4-1", "3.7.4-1", ["the list has 3.7.4-1, and no pull request is open"]),
        ("3.7.4-2", "3.7.4-2", "", "", [""]),  # an older line that was never listed
        ("3.7.4-1 3.10.0-1", "3.7.4-1", "", "", ["3.10.0-1 is tagged and has no image yet", ""]),
        ("v1 417d013", "latest", "", "", []),
    ],
)
def test_what_a_version_line_waits_for(
    git_tags: str, image_tags: str, listed: str, proposed: str, waits: list[str]
) -> None:
    found = statuses(git_tags.split(), image_tags.split(), listing(listed, proposed))
    assert [line.waits.partition(":")[0] if "pull/" not in line.waits else line.waits for line in found] == waits


def test_without_a_list_nothing_is_said_of_it() -> None:
    (line,) = statuses(["3.7.4-1"], ["3.7.4-1"], None)
    assert (line.detail, line.as_data()["listed"]) == ("image 3.7.4-1", "")


OLD, ELSE = RepositoryUrl("https://github.com/o/old"), RepositoryUrl("https://github.com/q/else")


RENAMED = Renames({OLD.key: URL})


@pytest.mark.parametrize(
    ("listed", "origin", "renamed", "entries", "waits"),
    [
        (URL, URL, Renames(), 1, ""),
        (OLD, URL, RENAMED, 1, f"pull request {PULL}"),
        (OLD, OLD, RENAMED, 1, f"pull request {PULL}"),  # a clone from before
        (URL, OLD, RENAMED, 1, f"pull request {PULL}"),
        (OLD, URL, Renames(), 0, ""),  # another repository's
        (ELSE, URL, RENAMED, 0, f"pull request {PULL}"),
    ],
)
def test_a_repository_is_found_by_an_older_address(
    listed: RepositoryUrl, origin: RepositoryUrl, renamed: Renames, entries: int, waits: str
) -> None:
    pull = OtherPull(branch="ltf-ci/old-3.7.4", url=PULL, message=f"Bump\n\n{TRAILER}{OLD}?tag=3.7.4-2")
    files = {**dict.fromkeys(list_files.paths("list")), "list": f"{listed}?tag=3.7.4-1\n"}
    main = Branch(name="main", head="0" * 40, message="", files=files)
    state = RepositoryState(name="ltf-ci/x", base=main, other_pulls=(pull,))
    found = Listing.of(state, "list", origin, renamed)
    assert len(found.entries) == entries
    assert ("older address" in found.detail) is (renamed is RENAMED and listed == OLD)
    (line,) = statuses(["3.7.4-2"], ["3.7.4-2"], found)
    expected = waits or ("the list has 3.7.4-1" if entries else "")
    assert line.waits.startswith(expected)


@pytest.mark.parametrize(
    ("origin", "here", "waits"),
    [
        (
            "3.7.4-1",
            "3.7.4-1 3.7.4-2",
            "3.7.4-2 is tagged here, and not pushed: git push origin 3.7.4-2, or git tag -d 3.7.4-2",
        ),
        ("", "3.7.4-2", "3.7.4-2 is tagged here, and not pushed: git push origin 3.7.4-2, or git tag -d 3.7.4-2"),
        ("3.7.4-1", "3.7.4-1", ""),
        ("3.7.4-2", "3.7.4-1", "3.7.4-2 is tagged and has no image yet: see its workflow run"),
    ],
)
def test_a_tag_of_this_clone_alone_waits_for_its_push(origin: str, here: str, waits: str) -> None:
    (line,) = statuses(origin.split(), ["3.7.4-1"], None, here.split())
    assert line.waits == waits


def test_a_tag_by_hand_that_image_name_has_not_is_no_release_to_be_pushed() -> None:
    (line,) = statuses(["3.7.4-2"], ["3.7.4-2"], None, ["3.7.4-2", "3.7.4-3"], {"3.7.4-3": "3.7.4-2"})
    assert line.waits == "3.7.4-3 was tagged by hand, and image_name has 3.7.4-2: git tag -d 3.7.4-3"


@pytest.mark.parametrize(
    ("origin", "here", "detail"),
    [
        ("3.7.4-1", "", "3.7.4-1 in git, its image not known, in the list"),
        ("", "3.7.4-1", "its image not known, in the list; waits: 3.7.4-1 is tagged here, and not pushed: git "),
    ],
)
def test_where_the_registry_does_not_answer_the_half_that_git_knows_is_shown(
    origin: str, here: str, detail: str
) -> None:
    (line,) = statuses(origin.split(), None, listing("3.7.4-1", ""), here.split())
    assert line.detail.startswith(detail)
