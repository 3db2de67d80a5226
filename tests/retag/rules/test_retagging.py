"""Which release is made anew, by which request, and where its commit goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.errors import BadInput, Refused
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.retag.request import request
from ltf_ci.retag.rules import retagging
from ltf_ci.retag.rules.retagging import Branch, LineFacts, Method

OLD, NEW, OTHER = (Commit.parse(letter * 40) for letter in "abc")
LINE, NEWEST = LanguageVersion.parse("3.7.4"), ReleaseTag.parse("3.7.4-2")


def test_the_lines_are_those_that_have_a_release() -> None:
    tags = ["3.7.10-1", "3.7.4-2", "3.7.4-1", "3.9", "v1", "2733119", "x-1"]
    assert [str(version) for version in retagging.lines(tags)] == ["3.7.4", "3.7.10", "3.9"]


@pytest.mark.parametrize(("tags", "newest"), [(["3.7.4-9", "3.7.4-10", "3.7.5-11"], "3.7.4-10"), (["3.7.4"], "3.7.4")])
def test_the_newest_of_a_line(tags: list[str], newest: str) -> None:
    assert str(retagging.newest(LINE, tags)) == newest


def test_a_line_without_a_release_is_told() -> None:
    with pytest.raises(BadInput, match=r"3\.7\.4") as told:
        retagging.newest(LINE, ["3.7.5-1", "3.7.4.1-1"])
    assert told.value.expected == "a version line that was released: 3.7.4.1, 3.7.5"
    with pytest.raises(BadInput) as told:
        retagging.newest(LINE, [])
    assert "none" in told.value.expected


@pytest.mark.parametrize(("request_", "made"), [("7", "3.7.4-3"), ("8", "3.7.4-4"), ("9", None), ("10", None)])
def test_what_a_request_has_made(request_: str, made: str | None) -> None:
    requests = {"3.7.4-1": "", "3.7.4-2": "7", "3.7.4-3": "7", "3.7.4-4": "8", "3.7.5-9": "7", "3.7.5-10": "10"}
    assert retagging.made_by(request_, LINE, requests) == (ReleaseTag.parse(made) if made else None)


def test_the_same_words_are_the_same_request() -> None:
    base, other = ImageName.parse("o/python:3"), ImageName.parse("o/python:4")
    words = [("", ()), ("CVE", ()), ("CVE", (base,)), ("CVE", (other,)), ("CVE", (base, other))]
    names = [retagging.default_request(reason, bases) for reason, bases in words]
    assert len(set(names)) == len(names)
    assert names == [retagging.default_request(reason, bases) for reason, bases in words]
    assert all(request(name) == name for name in names)


BUILT = ImageLabels(revision=OLD, version=NEWEST, base_name="python:3", base_digest="sha256:1", inputs="sha256:2")


@pytest.mark.parametrize(
    ("before", "today", "same"),
    [
        (BUILT, BUILT, True),
        (BUILT, replace(BUILT, created="later", title="other", source="https://e.org/renamed"), True),
        (BUILT, replace(BUILT, base_digest="sha256:3", inputs="sha256:4"), False),
        (BUILT, replace(BUILT, inputs="sha256:4"), False),  # another FROM of several, or what is added to it
        (BUILT, replace(BUILT, revision=NEW), False),
        (BUILT, None, False),
        (replace(BUILT, inputs="", base_digest=""), replace(BUILT, inputs="", base_digest=""), False),
        (replace(BUILT, inputs=""), replace(BUILT, inputs=""), True),  # a start point's, of an image without inputs
        (ImageLabels(), BUILT, False),
    ],
)
def test_what_is_made_of_the_same_is_not_made_again(
    before: ImageLabels, today: ImageLabels | None, *, same: bool
) -> None:
    assert retagging.is_same(before, today) is same


@pytest.mark.parametrize(
    ("default", "own", "with_owns", "names"),
    [
        (NEW, None, [], ("main", "release/3.7.4")),
        (NEW, OLD, ["3.7.4-1", "3.7.4-2"], ("main", "release/3.7.4")),
        (NEW, OTHER, [], ("main",)),
        (OTHER, None, [], ("release/3.7.4",)),
        (OTHER, NEW, ["3.7.4-2"], ("release/3.7.4",)),
        (OTHER, OLD, ["3.7.4-1", "3.7.4-2"], ("release/3.7.4",)),
        (None, None, [], ("release/3.7.4",)),
        (OTHER, OTHER, ["3.7.4-1", "3.7.5-1"], ()),
    ],
)
def test_where_the_commit_after_a_release_goes(
    default: Commit | None, own: Commit | None, with_owns: list[str], names: tuple[str, ...]
) -> None:
    branches = Branch("main", default), Branch("release/3.7.4", own)
    assert retagging.branches_for(NEWEST, NEW, *branches, with_owns) == names


@pytest.mark.parametrize("with_owns", [[], ["3.7.5-1", "v3.7.4", "nightly"]])
def test_what_nobody_has_released_stays_so(with_owns: list[str]) -> None:
    with pytest.raises(Refused, match=r"release/3\.7\.4 has commits that no release of 3\.7\.4 has"):
        retagging.branches_for(NEWEST, NEW, Branch("main", OTHER), Branch("release/3.7.4", OTHER), with_owns)


def test_a_line_that_can_have_no_branch_of_its_own_has_the_tag_alone() -> None:
    assert retagging.branches_for(NEWEST, NEW, Branch("main", OTHER), None, ()) == ()
    assert retagging.branches_for(NEWEST, NEW, Branch("main", NEW), None, ()) == ("main",)


def test_the_default_branch_may_be_the_lines_own() -> None:
    branch = Branch("release/3.7.4", NEW)
    assert retagging.branches_for(NEWEST, NEW, branch, branch, ["3.7.4-2"]) == ("release/3.7.4",)


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ([], ", on main"),
        (["main"], ", on release/1, as the rules of main refuse it"),
        (["main", "release/1"], ", on no branch, as the rules of main and release/1 refuse it"),
    ],
)
def test_where_a_commit_went_is_said(refused: list[str], said: str) -> None:
    assert retagging.going(["main", "release/1"], refused) == said


def test_a_commit_that_only_its_tag_keeps_is_told() -> None:
    assert retagging.going([]) == ", on no branch"


BOTH = (
    "To /x\n ! [remote rejected] HEAD -> main (pre-receive hook declined)\n"
    " ! [remote rejected] 3.7.4-2 -> 3.7.4-2 (pre-receive hook declined)"
)
MAIN = ["refs/heads/main"]
GH006, GH013 = "GH006: Protected branch update failed for", "GH013: Repository rule violations found for"


@pytest.mark.parametrize(
    ("said", "refs"),
    [
        (f"remote: error: {GH006} refs/heads/main.        ", ["refs/heads/main"]),
        (f"remote: error: {GH013} refs/tags/v3.9.0.\nremote: - Cannot create ref.", ["refs/tags/v3.9.0"]),
        (f"error: {GH013} refs/heads/main.\n- Changes must be made through the merge queue", ["refs/heads/main"]),
        (f"error: {GH006} refs/heads/main.\nerror: Changes must be made through the merge queue", ["refs/heads/main"]),
        (f"remote: {GH013} refs/heads/a\r\nremote: {GH006} refs/tags/3.7.4-2.", ["refs/heads/a", "refs/tags/3.7.4-2"]),
        ("! [remote rejected] main -> main (pre-receive hook declined)", []),
        ("remote: Gitea: Not allowed to push to protected branch main        ", ["refs/heads/main"]),
        ("remote: Forgejo: Not allowed to push to protected branch release/3.7.4.", ["refs/heads/release/3.7.4"]),
        ("remote: Gitea: User permission denied for writing.", []),
        (f"remote: GitLab: You are not allowed to push code to protected branches on this project.\n{BOTH}", MAIN),
        (f"remote: Permission denied to update branch main. See https://x\n{BOTH}", MAIN),
        (f"{BOTH.replace('pre-receive hook declined', 'TF402455: Pushes to this branch are not permitted')}", MAIN),
        (f"remote: GitLab: You are not allowed to create this tag as it is protected.\n{BOTH}", []),
        (BOTH, []),
        ("remote: error: GH001: Large files detected for refs/heads/main.", []),
    ],
)
def test_whose_rules_refused_a_push(said: str, refs: list[str]) -> None:
    told = f"git push failed in /x: {said}\nerror: failed to push some refs"
    assert sorted(retagging.refused_by_rules(told)) == refs


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ("(refusing to allow a GitHub App to update workflow `a.yml` without `workflows` permission)", True),
        ("refusing to allow a GitHub App to update workflow a.yml without workflows permission (GH013)", True),
        ("(refusing to allow an OAuth App to update workflow `a.yml` without `workflow` scope)", True),
        ("GH006: Protected branch update failed for refs/heads/workflows.", False),
    ],
)
def test_whether_it_was_for_workflow_files(said: str, *, lacks: bool) -> None:
    assert retagging.lacks_workflows(said) is lacks


def test_the_trailer_is_a_messages_last_line() -> None:
    told = retagging.message(ReleaseTag.parse("3.7.4-2"), "Ltf-Ci-Retag: 9", "7").splitlines()
    assert told == ["Release 3.7.4-2", "", "Reason: Ltf-Ci-Retag: 9", "", "Ltf-Ci-Retag: 7"]
    assert "Reason" not in retagging.message(ReleaseTag.parse("3.7.4-2"), "", "7")


def test_a_commits_message_says_whose_workflow_files_it_took() -> None:
    tag = ReleaseTag.parse("3.7.4-2")
    assert retagging.commit_message(tag, "") == "Release 3.7.4-2"
    assert retagging.commit_message(tag, "main").startswith("Release 3.7.4-2\n\n.github/workflows/ is as it is on main")


SEEN = LineFacts(
    is_mine=False, is_retag=False, has_image=True, has_newer_base=False, is_same=False, is_built_anyway=False
)


@pytest.mark.parametrize(
    ("facts", "method"),
    [
        (SEEN, Method.REVISE),
        (replace(SEEN, is_same=True), Method.KEEP),
        (replace(SEEN, is_same=True, is_built_anyway=True), Method.REVISE),
        (replace(SEEN, is_same=True, is_mine=True, is_retag=True), Method.RESUME),
        (replace(SEEN, is_same=True, is_mine=True, is_retag=True, is_built_anyway=True), Method.RESUME),
        (replace(SEEN, is_mine=True, is_retag=True), Method.REVISE),
        (replace(SEEN, is_retag=True, has_image=False), Method.COMPLETE),
        (replace(SEEN, is_retag=True, has_image=False, has_newer_base=True), Method.REVISE),
        (replace(SEEN, has_image=False), Method.REVISE),
    ],
)
def test_what_becomes_of_the_newest_release(facts: LineFacts, method: Method) -> None:
    assert retagging.method_for(facts) is method
