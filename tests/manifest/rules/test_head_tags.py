"""What the tags at HEAD are: released, dead, made by hand, or none of ltf-ci's."""

from __future__ import annotations

import pytest

from ltf_ci.errors import Refused
from ltf_ci.manifest.rules.head_tags import HeadTags, findings, made
from ltf_ci.manifest.rules.revisions import named, unlike
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Severity
from ltf_ci.model.release_tag import LanguageVersion

HEAD, OTHER = Commit.parse("a" * 40), Commit.parse("b" * 40)


def tags(
    *names: str, written: str | None = "3.7.4-1", origin: str = "", elsewhere: str = "", taken: str = ""
) -> HeadTags:
    at_origin = {**dict.fromkeys(origin.split(), HEAD), **dict.fromkeys(elsewhere.split(), OTHER)}
    return HeadTags(
        names=names, head=HEAD, path="manifest.json", written=written, origin=at_origin, taken=frozenset(taken.split())
    )


@pytest.mark.parametrize(
    ("given", "wanted", "release", "dead"),
    [
        (tags(), "3.7.4", None, ""),
        (tags("3.7.4-1"), "3.7.4", "3.7.4-1", ""),
        (tags("3.7.4-1"), "3.7.5", None, ""),
        (tags("3.7.4-1", origin="3.7.4-1"), "3.7.4", "3.7.4-1", ""),
        (tags("3.7.4-1", elsewhere="3.7.4-1"), "3.7.4", None, "another commit, bbbbbbb"),
        (tags("3.7.4-1", taken="3.7.4-1"), "3.7.4", None, "the registry has an image"),
        (tags("3.7.4-2", origin="3.7.4-2"), "3.7.4", None, "made by hand, and image_name has 3.7.4-1"),
        (tags("3.7.4-2", origin="3.7.4-2", written=""), "3.7.4", None, "image_name has no tag"),
        (tags("3.7.4-1", "3.7.4-2", written=None), "3.7.4", "3.7.4-2", ""),  # of an image's own repository any will do
        (tags("3.7.4-1", "3.8-1", written=None), None, "3.8-1", ""),
        (tags("3.7.4-1", "3.7.4-2", written=None, elsewhere="3.7.4-2"), None, "3.7.4-1", "bbbbbbb"),
        (tags("nightly", "2733119"), "3.7.4", None, ""),  # of another kind
    ],
)
def test_what_head_is_and_which_of_its_tags_are_dead(
    given: HeadTags, wanted: str | None, release: str | None, dead: str
) -> None:
    found = made(given, LanguageVersion.parse(wanted) if wanted else None)
    assert (str(found) if found else None) == release
    said = [finding.found for finding in findings(given)]
    assert len(said) == bool(dead)
    assert all(dead in one for one in said)


@pytest.mark.parametrize("written", ["3.7.4-1", "9e3179c", "latest", ""])
def test_a_tag_made_by_hand_here_is_refused(written: str) -> None:
    with pytest.raises(Refused, match=rf"by hand, and image_name has {written or 'no tag'}") as refused:
        made(tags("3.7.4-2", written=written), LanguageVersion.parse("3.7.4"))
    assert refused.value.cure.startswith("git tag -d 3.7.4-2")


LEFT = "leave it, if it is of your own; `ltf-ci next` makes the release's"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("v3.7.4-1", "release"),
        ("V3.7.4-1", "release"),
        ("python-3.7.4-1", "release"),
        ("release/3.7.4-1", "release"),
        ("3.7.4-1-final", "release"),
        ("3.7.4-01", "release"),
        ("3.7.4", "version"),
        ("3.7.4_1", "version"),
        ("v1", "version"),
        ("v1.2", "version"),
        ("V3.7.4", "version"),
        ("21", "version"),
        ("python-3.7.4", "version"),
        ("release/1.2", "version"),
        ("2026-11-27", "version"),
        ("nightly-2026-11-27", ""),
        ("3.7.4-1", ""),
        ("nightly", ""),
        ("2733119", ""),
        ("e3b0c44", ""),
    ],
)
def test_a_tag_that_is_no_release_s_is_told_as_what_it_is(name: str, kind: str) -> None:
    """Who looks for a release of it is told; that a tag of people's own is to be deleted is not."""
    assert unlike((name,)) == ((name,) if kind == "release" else ())
    said = [(f.severity, f.cure) for f in findings(tags(name)) if "not a release tag" in f.found]
    told = {"release": [(Severity.WARNING, f"git tag -d {name}")], "version": [(Severity.NOTICE, LEFT)], "": []}
    assert said == told[kind]


@pytest.mark.parametrize(
    ("name", "expected", "cure"),
    [
        ("v3.7.4-1", "3.7.4-1", "git tag -d v3.7.4-1"),
        ("3.7.4-1-2", "3.7.4-1", "git tag -d 3.7.4-1-2"),
        ("3.7.4-01", "LANGVERSION-REVISION", "git tag -d 3.7.4-01"),
        ("3.7.4-0", "LANGVERSION-REVISION", "git tag -d 3.7.4-0"),
        ("3.7.4-9999999999999", "LANGVERSION-REVISION", "git tag -d 3.7.4-9999999999999"),
        ("3.7.4-\N{FULLWIDTH DIGIT ONE}", "LANGVERSION-REVISION", "git tag -d '3.7.4-\N{FULLWIDTH DIGIT ONE}'"),
        ("v3.7.4-1;id", "3.7.4-1", "git tag -d 'v3.7.4-1;id'"),
        ("v3.7.4-1$(id)", "3.7.4-1", "git tag -d 'v3.7.4-1$(id)'"),
    ],
)
def test_what_was_meant_is_another_tag_than_the_one_that_is_there(name: str, expected: str, cure: str) -> None:
    """The command that removes it is for a shell, and a tag's name is whatever somebody pushed."""
    (finding,) = findings(tags(name))
    assert finding.expected.startswith(expected)
    assert finding.expected != name
    assert finding.cure == cure


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), ""),
        (("3.7.4-1",), ""),
        (("v1.2",), "v1.2 is no release tag"),
        (("3.7.4-1", "nightly"), "nightly is no release tag"),
        (("a", "b"), "a, b are no release tags"),
        (("a", "b", "c", "d", "e"), "a, b, c and 2 more are no release tags"),
    ],
)
def test_what_tags_are_none_is_named(names: tuple[str, ...], words: str) -> None:
    assert named(names) == words
