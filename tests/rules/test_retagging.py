"""Which release is made anew, by which request, and where its commit goes."""

from __future__ import annotations

import pytest

from ltf_ci.errors import BadInput, Refused
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.rules import retagging
from ltf_ci.rules.retagging import Branch

OLD, NEW, OTHER = (Commit.parse(letter * 40) for letter in "abc")
LINE = LanguageVersion.parse("3.7.4")


def test_the_lines_are_those_that_have_a_revision() -> None:
    tags = ["3.7.10-1", "3.7.4-2", "3.7.4-1", "3.9", "v1", "2733119", "x-1"]
    assert [str(version) for version in retagging.lines(tags)] == ["3.7.4", "3.7.10"]


@pytest.mark.parametrize(("tags", "newest"), [(["3.7.4-9", "3.7.4-10", "3.7.5-11"], "3.7.4-10"), (["3.7.4"], "3.7.4")])
def test_the_newest_of_a_line(tags: list[str], newest: str) -> None:
    assert str(retagging.newest(LINE, tags)) == newest


def test_a_line_without_a_release_is_told() -> None:
    with pytest.raises(BadInput, match=r"3\.7\.4"):
        retagging.newest(LINE, ["3.7.5-1", "3.7.4.1-1"])


@pytest.mark.parametrize(("request_", "made"), [("7", "3.7.4-3"), ("8", "3.7.4-4"), ("9", None), ("10", None)])
def test_what_a_request_has_made(request_: str, made: str | None) -> None:
    requests = {"3.7.4-1": "", "3.7.4-2": "7", "3.7.4-3": "7", "3.7.4-4": "8", "3.7.5-9": "7", "3.7.5-10": "10"}
    assert retagging.made_by(request_, LINE, requests) == (ReleaseTag.parse(made) if made else None)


@pytest.mark.parametrize(
    ("default", "own", "own_is_behind", "branch"),
    [
        (NEW, None, False, "main"),
        (NEW, OTHER, False, "main"),
        (OTHER, None, False, "release/3.7.4"),
        (OTHER, NEW, True, "release/3.7.4"),
        (OTHER, OLD, True, "release/3.7.4"),
        (None, None, False, "release/3.7.4"),
        (OTHER, OTHER, False, None),
    ],
)
def test_where_the_commit_after_a_release_goes(
    default: Commit | None, own: Commit | None, branch: str | None, *, own_is_behind: bool
) -> None:
    branches = Branch("main", default), Branch("release/3.7.4", own)
    if branch is None:
        with pytest.raises(Refused):
            retagging.branch_for(LINE, NEW, *branches, own_is_behind=own_is_behind)
    else:
        assert retagging.branch_for(LINE, NEW, *branches, own_is_behind=own_is_behind) == branch


def test_the_trailer_is_a_messages_last_line() -> None:
    told = retagging.message(ReleaseTag.parse("3.7.4-2"), "Ltf-Ci-Retag: 9", "7").splitlines()
    assert told == ["Release 3.7.4-2", "", "Reason: Ltf-Ci-Retag: 9", "", "Ltf-Ci-Retag: 7"]
    assert "Reason" not in retagging.message(ReleaseTag.parse("3.7.4-2"), "", "7")
