from __future__ import annotations

import json
from dataclasses import asdict, replace
from hashlib import sha256
from urllib.parse import unquote

import pytest

from ltf_ci.errors import BadInput, TagTaken
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.rules import branch_contents, bumping, list_files, other_pulls
from ltf_ci.languages.rules.branch_contents import TRAILER, BranchRelease
from ltf_ci.languages.rules.pull_text import LONGEST_TITLE, ImageFacts, ListChange, pull_text
from ltf_ci.languages.rules.renames import Renames
from ltf_ci.languages.rules.wanted_changes import REASON, Bump
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.remote_repository import (
    Branch,
    ClosePullRequest,
    Difference,
    Files,
    LeaveAlone,
    OtherPull,
    Pull,
    PullRequestDecision,
    PullText,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.pull_requests.rules.seal import change as change_trailer
from ltf_ci.pull_requests.rules.seal import seal

PY = "https://github.com/a/python-unittest"
LIST = f"{PY}?tag=3.7.4-18\nhttps://github.com/a/ruby?tag=1-1\n"
PULL = Pull(url="https://github.com/a/languages/pull/7", base="main", number=7)
GITHUB_TAKES = 65_536  # characters of a body
LOCKED = LockEntry("c" * 40, "a/python_unittest:3.7.4-19", f"sha256:{'d' * 64}", "Python (3.7.4), unittest")


def files_of(listed: str | None, lock: str | None = None) -> Files:
    return {"list": listed, "languages.lock.json": lock, "dependents.json": None, SETTINGS: None}


def change(tag: str, repository: str = PY) -> ListChange:
    return ListChange(entry=ListEntry.parse(f"{repository}?tag={tag}"), locked=LOCKED)


def branch(*carried: str, listed: str = LIST, message: str = "", reasons: tuple[str, ...] = ()) -> Branch:
    """Return our branch as a run of ours left it; with a message, as a person did."""
    files = files_of(listed)
    trailers = [*(f"{REASON}{why}" for why in reasons), *(f"{TRAILER}{PY}?tag={tag}" for tag in carried)]
    ours = "\n".join(["Bump", "", *trailers, seal("a" * 40, files, 1)])
    said = message or ours
    return Branch(name="ltf-ci/x", head="b" * 40, message=said, parents=("a" * 40,), files=files, changed=1)


def hash_of(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:6]


def decide(
    *tags: str, base: str = LIST, lock: str | None = None, ours: Branch | None = None, pull: Pull | None = None
) -> PullRequestDecision:
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(base, lock))
    wanted = Bump(changes=tuple(change(tag) for tag in tags), branch="ltf-ci/x", list_path="list")
    return bumping.decide(RepositoryState(name="ltf-ci/x", base=main, branch=ours, pull=pull), wanted)


def test_a_fresh_bump_changes_list_and_lock_in_one_commit() -> None:
    lock = json.dumps({f"{PY}?tag=3.7.4-18": {"commit": "old"}, "x": {"later": 1}})
    decision = decide("3.7.4-19", lock=lock)
    assert isinstance(decision, UpsertPullRequest)
    assert decision.replaces is None
    assert decision.files["list"] == LIST.replace("3.7.4-18", "3.7.4-19")
    entries = json.loads(decision.files["languages.lock.json"] or "")
    assert set(entries) == {"x", f"{PY}?tag=3.7.4-19"}
    assert entries[f"{PY}?tag=3.7.4-19"]["digest"] == LOCKED.digest
    subject, empty, listed, sealed, changed = decision.text.message.splitlines()
    assert (subject, empty) == ("Bump python-unittest from 3.7.4-18 to 3.7.4-19", "")
    assert listed == f"{TRAILER}{PY}?tag=3.7.4-19"
    files = files_of(decision.files["list"], decision.files["languages.lock.json"])
    assert (sealed, changed) == (seal("a" * 40, files, 2), change_trailer(files_of(LIST, lock), files, 2))
    assert f"{PY}/compare/3.7.4-18...3.7.4-19" in decision.text.body


def test_an_image_that_was_overwritten_takes_no_locked_ones_place() -> None:
    lock = json.dumps({f"{PY}?tag=3.7.4-19": {**LOCKED.as_data(), "digest": f"sha256:{'e' * 64}"}})
    listed = LIST.replace("3.7.4-18", "3.7.4-19")
    with pytest.raises(TagTaken) as raised:
        decide("3.7.4-19", base=listed, lock=lock)
    assert raised.value.found == f"a/python_unittest:3.7.4-19 was released, and has other content now: {LOCKED.digest}"


def test_without_a_lock_none_is_made() -> None:
    decision = decide("3.7.4-19")
    assert isinstance(decision, UpsertPullRequest)
    assert set(decision.files) == {"list"}


def bumped_again(first: ListChange, *again: ListChange, lock: str | None = None) -> PullText:
    """Return what a group's pull request says after a second bump, in a list that had no lock at the first one."""
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(LIST))
    state = RepositoryState(name="ltf-ci/x", base=main)
    opened = bumping.decide(state, Bump(changes=(first,), branch="ltf-ci/x", list_path="list"))
    assert isinstance(opened, UpsertPullRequest)
    ours = replace(branch(), message=opened.text.message, files=files_of(opened.files["list"]))
    state = replace(state, base=replace(main, files=files_of(LIST, lock)), branch=ours, pull=PULL)
    found = bumping.decide(state, Bump(changes=again, branch="ltf-ci/x", list_path="list"))
    assert isinstance(found, UpsertPullRequest)
    assert lock is None or f"{first.entry}" in json.loads(found.files["languages.lock.json"] or "{}")
    return found.text


@pytest.mark.parametrize("lock", [None, "{}"])
def test_without_a_lock_the_branch_keeps_what_is_known_of_its_releases(lock: str | None) -> None:
    first = replace(change("3.7.4-19"), locked=replace(LOCKED, display_name="Python @someone (3.7.4), fixes #1"))
    text = bumped_again(first, change("1-2", "https://github.com/a/ruby"), lock=lock)
    assert text.body.count(LOCKED.digest) == 2
    assert "@someone" not in text.message
    assert "#1" not in text.message


@pytest.mark.parametrize(("colours", "is_tested"), [("red, amber, green", False), ("", True)])
def test_without_a_lock_the_branch_knows_the_colours(colours: str, is_tested: bool) -> None:  # noqa: FBT001
    first = bumping.decide(state_of(), wanting(replace(LOCKED, traffic_light=colours)))
    assert isinstance(first, UpsertPullRequest)
    ours = replace(branch(), name=OWN, message=first.text.message, files=files_of(first.files["list"]))
    assert bumping.lacks_colours(state_of(ours, PULL), wanting(LOCKED)) is is_tested


def wanting(locked: LockEntry) -> Bump:
    return Bump(changes=(replace(change("3.7.4-19"), locked=locked),), branch=OWN, list_path="list")


@pytest.mark.parametrize("tag", ["3.7.4-18", "3.7.4-17"])
def test_what_the_list_has_needs_no_pull(tag: str) -> None:
    decision = decide(tag)
    assert isinstance(decision, LeaveAlone)
    assert decision.satisfied


def test_a_pull_whose_change_is_on_main_is_closed() -> None:
    decision = decide("3.7.4-18", ours=branch("3.7.4-18"), pull=PULL)
    assert isinstance(decision, ClosePullRequest)
    assert decision.pull == PULL


def test_the_same_release_again_finds_its_pull() -> None:
    listed = LIST.replace("3.7.4-18", "3.7.4-19")
    decision = decide("3.7.4-19", ours=branch("3.7.4-19", listed=listed), pull=PULL)
    assert isinstance(decision, LeaveAlone)
    assert (decision.satisfied, decision.pull) == (True, PULL)


def test_a_list_that_moved_meanwhile_renews_the_pull() -> None:
    listed = LIST.replace("3.7.4-18", "3.7.4-19")
    base = f"{LIST}https://github.com/a/zig?tag=1-1\n"
    decision = decide("3.7.4-19", ours=branch("3.7.4-19", listed=listed), pull=PULL, base=base)
    assert isinstance(decision, UpsertPullRequest)
    assert decision.files["list"] == base.replace("3.7.4-18", "3.7.4-19")


@pytest.mark.parametrize(
    "theirs",
    [
        replace(branch("3.7.4-19"), files=files_of("# mine")),
        replace(branch("3.7.4-19"), changed=2),
        replace(branch("3.7.4-19"), changed=None),
        replace(branch("3.7.4-19"), parents=("c" * 40,)),
        replace(branch("3.7.4-19"), parents=("a" * 40, "c" * 40)),
        replace(branch("3.7.4-19"), message="Reworded\n"),
    ],
    ids=["amended", "another file", "nobody knows", "rebased", "merged", "reworded"],
)
def test_a_commit_that_was_amended_or_rebased_is_somebody_elses(theirs: Branch) -> None:
    decision = decide("3.7.4-20", ours=theirs, pull=PULL)
    assert isinstance(decision, LeaveAlone)
    assert not decision.satisfied


def test_a_group_without_a_pull_carries_nothing_on() -> None:
    decision = decide("3.7.5-1", ours=branch("3.7.4-19"))
    assert isinstance(decision, UpsertPullRequest)
    assert "3.7.4-19" not in (decision.files["list"] or "")


def test_what_a_run_says_of_a_release_counts_and_not_what_its_branch_said_before() -> None:
    before = json.dumps({f"{PY}?tag=3.7.4-19": {**asdict(LOCKED), "display_name": "Before"}})
    ours = replace(branch("3.7.4-19"), files=files_of(LIST, before))
    ours = replace(ours, message="\n".join([f"{TRAILER}{PY}?tag=3.7.4-19", seal("a" * 40, ours.files, 1)]))
    found = decide("3.7.4-19", lock="{}", ours=ours, pull=PULL)
    assert isinstance(found, UpsertPullRequest)
    assert (
        json.loads(found.files["languages.lock.json"] or "")[f"{PY}?tag=3.7.4-19"]["display_name"]
        == LOCKED.display_name
    )


def proposing(digest: str, light: str = "", image: str = LOCKED.image) -> Branch:
    """Return our branch with a lock that has this of 3.7.4-19."""
    before = {**asdict(LOCKED), "image": image, "digest": digest, "traffic_light": light}
    ours = replace(branch("3.7.4-19"), files=files_of(LIST, json.dumps({f"{PY}?tag=3.7.4-19": before})))
    return replace(ours, message="\n".join([f"{TRAILER}{PY}?tag=3.7.4-19", seal("a" * 40, ours.files, 1)]))


def test_colours_that_its_branch_knows_of_the_same_image_are_kept() -> None:
    found = decide("3.7.4-19", lock="{}", ours=proposing(LOCKED.digest, "red, amber, green"), pull=PULL)
    assert isinstance(found, UpsertPullRequest)
    entry = json.loads(found.files["languages.lock.json"] or "")[f"{PY}?tag=3.7.4-19"]
    assert entry["traffic_light"] == "red, amber, green"
    assert "red, amber, green" in found.text.body


OTHER = f"sha256:{'e' * 64}"
TRUE_LOCK = json.dumps({f"{PY}?tag=3.7.4-19": asdict(LOCKED)})


@pytest.mark.parametrize(
    ("ours", "pull", "lock", "is_refused"),
    [
        (proposing(OTHER), PULL, "{}", True),
        (replace(proposing(OTHER), changed=2), PULL, "{}", True),  # with a commit of a person on top
        (proposing(OTHER), None, "{}", False),  # which was closed, or never opened
        (proposing(OTHER, image="a/another:3.7.4-19"), PULL, "{}", False),
        (proposing(OTHER), PULL, None, True),
        (proposing(LOCKED.digest), PULL, "{}", False),
        (proposing(OTHER), PULL, TRUE_LOCK, False),  # what is merged is believed first
    ],
    ids=["open", "edited", "closed", "another image", "no lock yet", "the same", "merged"],
)
def test_an_image_that_was_overwritten_while_its_pull_request_is_open_is_refused(
    ours: Branch, pull: Pull | None, lock: str | None, *, is_refused: bool
) -> None:
    if not is_refused:
        decide("3.7.4-19", lock=lock, ours=ours, pull=pull)
        return
    with pytest.raises(TagTaken) as raised:
        decide("3.7.4-19", lock=lock, ours=ours, pull=pull)
    assert raised.value.expected.startswith(OTHER)


def test_so_is_one_that_another_pull_request_lists() -> None:
    other = OtherPull("ltf-ci/security", "u", f"x\n\n{TRAILER}{PY}.git?tag=3.7.4-19\n")
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(LIST, "{}"))
    state = RepositoryState(name="ltf-ci/x", base=main, other_pulls=(other,))
    wanted = Bump(changes=(change("3.7.4-19"),), branch="ltf-ci/x", list_path="list")
    assert other_pulls.naming(state, wanted) == ("ltf-ci/security",)
    assert other_pulls.naming(state, replace(wanted, changes=(change("3.7.4-18"),))) == ()
    seen = replace(state, name="ltf-ci/security", branch=proposing(OTHER), pull=PULL, other_pulls=())
    with pytest.raises(TagTaken):
        bumping.decide(state, replace(wanted, proposed=other_pulls.known(seen, "list")))
    bumping.decide(
        state, replace(wanted, proposed=other_pulls.known(replace(seen, branch=proposing(LOCKED.digest)), "list"))
    )


def test_a_pull_request_that_is_renewed_tells_of_the_image_that_it_locked() -> None:
    base = f"{LIST}https://github.com/a/zig?tag=1-1\n"
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(base, "{}"))
    wanted = Bump(changes=(), branch="ltf-ci/x", list_path="list")
    decision = bumping.decide(
        RepositoryState(name="ltf-ci/x", base=main, branch=proposing(LOCKED.digest), pull=PULL), wanted
    )
    assert isinstance(decision, UpsertPullRequest)
    assert str(decision.images[0]) == f"a/python_unittest@{LOCKED.digest}"


def test_a_newer_release_takes_the_pull_over() -> None:
    decision = decide("3.7.4-20", ours=branch("3.7.4-19"), pull=PULL)
    assert isinstance(decision, UpsertPullRequest)
    assert (decision.replaces, decision.pull) == ("b" * 40, PULL)
    assert "3.7.4-20" in decision.text.title


def test_an_older_release_leaves_the_pull_to_the_newer() -> None:
    ours = branch("3.7.4-20", listed=LIST.replace("3.7.4-18", "3.7.4-20"))
    decision = decide("3.7.4-19", ours=ours, pull=PULL)
    assert isinstance(decision, LeaveAlone)
    assert decision.satisfied


@pytest.mark.parametrize(
    ("before", "tags", "kind"),
    [
        (LIST, (), ClosePullRequest),
        (LIST, ("3.7.4-19",), UpsertPullRequest),
        ("https://github.com/a/ruby?tag=1-1\n", (), UpsertPullRequest),
        (None, (), UpsertPullRequest),
    ],
    ids=["nothing new", "released again", "was added", "nobody knows"],
)
def test_a_line_that_people_removed_while_its_pull_is_open_comes_back_by_a_release_alone(
    before: str | None, tags: tuple[str, ...], kind: type[PullRequestDecision]
) -> None:
    difference = Difference(files_of(before), 1) if before else None
    ours = replace(branch("3.7.4-19"), difference=difference)
    decision = decide(*tags, ours=ours, pull=PULL, base="https://github.com/a/ruby?tag=1-1\n")
    assert isinstance(decision, kind)
    assert not isinstance(decision, ClosePullRequest) or "has no longer the line" in decision.why


def test_a_branch_without_a_pull_gets_one() -> None:
    decision = decide("3.7.4-19", ours=branch("3.7.4-19"))
    assert isinstance(decision, UpsertPullRequest)
    assert (decision.replaces, decision.pull) == ("b" * 40, None)


@pytest.mark.parametrize("pull", [PULL, None])
def test_other_peoples_commits_are_left(pull: Pull | None) -> None:
    decision = decide("3.7.4-20", ours=branch(message="By a person", listed=LIST), pull=pull)
    assert isinstance(decision, LeaveAlone)
    assert not decision.satisfied
    assert "commits of other people" in decision.why


def test_other_peoples_commits_on_top_of_what_is_wanted_are_all_right() -> None:
    listed = LIST.replace("3.7.4-18", "3.7.4-20")
    decision = decide("3.7.4-20", ours=branch(message="By a person", listed=listed), pull=PULL)
    assert isinstance(decision, LeaveAlone)
    assert decision.satisfied


def test_a_group_keeps_what_its_branch_carries_but_not_what_main_has() -> None:
    decision = decide("3.7.5-1", ours=branch("3.7.4-19", "3.6-1"), pull=PULL, base=f"{LIST}{PY}?tag=3.6-1\n")
    assert isinstance(decision, UpsertPullRequest)
    assert decision.files["list"] == (
        f"{PY}?tag=3.7.4-19\n{PY}?tag=3.7.5-1\nhttps://github.com/a/ruby?tag=1-1\n{PY}?tag=3.6-1\n"
    )
    assert decision.text.message.count(TRAILER) == 2


def test_many_in_one_pull_have_a_row_each() -> None:
    decision = decide("3.7.4-19", "3.7.5-1")
    assert isinstance(decision, UpsertPullRequest)
    assert decision.text.title == "Bump 2 releases in the languages list"
    assert decision.text.body.count("| python-unittest |") == 2


def test_a_display_name_closes_nothing() -> None:
    locked = replace(LOCKED, display_name="Python (3.7.4), fixes https://github.com/a/b/issues/1")
    made = ListChange(entry=ListEntry.parse(f"{PY}?tag=3.7.4-19"), locked=locked)
    assert "fixes https&#58;//github.com/a/b/issues/1" in pull_text([made], {}).body


def test_the_reasons_of_all_runs_are_told_as_text_that_links_nowhere() -> None:
    before = branch("3.6-1", reasons=("older", "fixes%20https%3A//github.com/a/b/issues/1"))
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(LIST))
    why = "fixes #1, @all [x](y)"
    wanted = Bump(changes=(change("3.7.4-19"),), branch="ltf-ci/x", list_path="list", reason=why)
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main, branch=before, pull=PULL), wanted)
    assert isinstance(decision, UpsertPullRequest)
    told = [line for line in decision.text.body.splitlines() if line.startswith("Reason: ")]
    assert [line.removeprefix("Reason: ") for line in told] == [
        r"fixes #&#8203;1, &#64;&#8203;all \[x\](y)",
        "older",
        "fixes https&#58;//github.com/a/b/issues/1",
    ]
    carried = [line for line in decision.text.message.splitlines() if line.startswith(REASON)]
    assert carried[0] == f"{REASON}fixes %231%2C %40all %5Bx%5D%28y%29"
    assert [unquote(line.removeprefix(REASON)) for line in carried] == [
        why,
        "older",
        "fixes https://github.com/a/b/issues/1",
    ]


@pytest.mark.parametrize(("path", "folder"), [("git_repo_urls.tagged", ""), ("lists/all", "lists/")])
def test_what_a_bump_changes_is_next_to_the_list(path: str, folder: str) -> None:
    assert list_files.paths(path) == (path, f"{folder}languages.lock.json", f"{folder}dependents.json", SETTINGS)


def test_a_repository_without_the_list_is_said() -> None:
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(None))
    with pytest.raises(BadInput, match="has no list"):
        bumping.decide(
            RepositoryState(name="ltf-ci/x", base=main), Bump(changes=(change("1-1"),), branch="x", list_path="list")
        )


@pytest.mark.parametrize(
    ("entry", "group", "name"),
    [
        (f"{PY}.git?tag=3.7.4-19", "", "ltf-ci/python-unittest-3.7.4"),
        (f"{PY}?tag=3.7.4-19", "security", "ltf-ci/security"),
        (f"{PY}?tag=3.7.4-19", "../a b.lock", "ltf-ci/a-b-c3d099"),
        (f"{PY}?tag=3.7.4-19", "a..b", "ltf-ci/a-b-f62b42"),
        (f"{PY}?tag=3.7.4-19", "::", "ltf-ci/releases-715468"),
        (f"{PY}?tag=3.7.4-19", "a-b", "ltf-ci/a-b"),
        (f"{PY}?tag=3.7.4-19", "a b", "ltf-ci/a-b-c8687a"),
        (f"{PY}?tag=3.7.4-19", "a-b-c8687a", f"ltf-ci/a-b-c8687a-{hash_of('a-b-c8687a')}"),
        (
            f"{PY}?tag=3.7.4-19",
            "python-unittest-3.7.4",
            f"ltf-ci/python-unittest-3.7.4-{hash_of('python-unittest-3.7.4')}",
        ),
        (f"{PY}?tag=3.7.4-19", "x-2", f"ltf-ci/x-2-{hash_of('x-2')}"),  # x takes that where people have x
        (f"{PY}?tag=3.7.4-19", "x2", "ltf-ci/x2"),
        (f"{PY}?tag=3.7.4-19", "a.next-1", "ltf-ci/a-next-1-11a536"),
        (f"{PY}?tag=3.7.4-19", "é", "ltf-ci/releases-4a9955"),
        (f"{PY}?tag=3.7.4-19", "a" * 300, f"ltf-ci/{'a' * 150}-{hash_of('a' * 300)}"),
        (f"{PY}?tag=3.7.4-19", "ü-a", "ltf-ci/a-2b9cd2"),
    ],
)
def test_a_branch_has_a_fixed_name(entry: str, group: str, name: str) -> None:
    assert branch_contents.branch_name(ListEntry.parse(entry), group) == name


@pytest.mark.parametrize(
    ("there", "ours", "goes_elsewhere"),
    [
        ("https://github.com/b/python-unittest?tag=3.7.4-1", True, True),
        ("https://github.com/b/python-unittest?tag=3.7.4-1", False, True),  # people's commits are on it
        (f"{PY}?tag=3.7.4-2", True, False),
        (f"{PY}.git?tag=3.7.4-2", True, False),
        ("no release", True, False),
    ],
)
def test_two_repositories_of_one_name_share_no_pull_request(there: str, ours: bool, goes_elsewhere: bool) -> None:  # noqa: FBT001
    message = "\n".join([f"{TRAILER}{there}", *([seal("a" * 40, files_of(LIST), 1)] if ours else [])])
    decision = bumping.decide(state_of(replace(branch(), name=OWN, message=message), PULL), wanting(LOCKED))
    assert (isinstance(decision, LeaveAlone) and decision.elsewhere) is goes_elsewhere


def test_sizes_and_bases_are_compared() -> None:
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(LIST))
    wanted = Bump(changes=(change("3.7.4-19"),), branch="x", list_path="list")
    first = bumping.decide(RepositoryState(name="ltf-ci/x", base=main), wanted)
    assert isinstance(first, UpsertPullRequest)
    bases = ("python:3.7.4@sha256:1", "python:3.7.4@sha256:0")
    known = (ImageFacts(12_500_000, bases[0]), ImageFacts(12_000_000, bases[1]))
    facts = dict(zip(first.images, known, strict=True))
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main), replace(wanted, facts=facts))
    assert isinstance(decision, UpsertPullRequest)
    assert "| compressed size | 12.5 MB (+0.5 MB) | 12.0 MB |" in decision.text.body
    assert f"| base | `{bases[0]}` | `{bases[1]}` |" in decision.text.body


@pytest.mark.parametrize(
    ("there", "then"),
    [
        ("3.7.4-18", "3.7.4-19"),
        ("3.7.4", "3.7.4-19"),
        ("3.7.4-20", "3.7.4-20"),
        ("9999b0e", "3.7.4-19"),
    ],
)
def test_the_version_lines_dependents_entry_gets_the_tag_too(there: str, then: str) -> None:
    text = """{
  "python-unittest (3.7.4)": {"from": "o/python:3.7.4",  "image_name": "a/python_unittest:%s", "test_framework": true},
  "python-unittest (3.7.5)": {"from": "o/python:3.7.5", "image_name": "o/python_unittest:3.7.5-2",
    "test_framework": true},
  "broken": 7
}"""
    main = Branch(name="main", head="a" * 40, message="x", files={**files_of(LIST), "dependents.json": text % there})
    wanted = Bump(changes=(change("3.7.4-19"),), branch="ltf-ci/x", list_path="list")
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main), wanted)
    assert isinstance(decision, UpsertPullRequest)
    assert decision.files.get("dependents.json", text % there) == text % then


GROUP = "ltf-ci/security"
OWN = "ltf-ci/python-unittest-3.7.4"
RUBY = "https://github.com/a/ruby"


def in_pull(tag: str, branch: str = GROUP, url: str = PY) -> BranchRelease:
    return BranchRelease(ListEntry.parse(f"{url}?tag={tag}"), branch, f"https://github.com/a/languages/pull/{branch}")


def other(branch: str, *entries: str) -> OtherPull:
    message = "\n".join(["Bump", "", *(f"{TRAILER}{entry}" for entry in entries)])
    return OtherPull(branch, f"https://github.com/a/languages/pull/{branch}", message)


def state_of(ours: Branch | None = None, pull: Pull | None = None, *others: OtherPull) -> RepositoryState:
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(LIST))
    return RepositoryState(name=OWN, base=main, branch=ours, pull=pull, other_pulls=others)


THEIRS = replace(branch("3.7.4-19"), message=f"Reworded\n\n{TRAILER}{PY}?tag=3.7.4-19\n")


@pytest.mark.parametrize(
    ("tags", "ours", "pull", "there", "kind", "satisfied"),
    [
        (("3.7.4-19",), None, None, in_pull("3.7.4-20"), LeaveAlone, True),
        (("3.7.4-19",), None, None, in_pull("3.7.4-19"), LeaveAlone, True),
        (("3.7.4-20",), None, None, in_pull("3.7.4-19"), UpsertPullRequest, None),
        (("3.7.4-19",), branch("3.7.4-19"), PULL, in_pull("3.7.4-20"), ClosePullRequest, None),
        ((), branch("3.7.4-19"), PULL, in_pull("3.7.4-20"), ClosePullRequest, None),
        ((), branch("3.7.4-19"), None, in_pull("3.7.4-20"), LeaveAlone, True),
        ((), branch("3.7.4-19", "3.7.5-1"), PULL, in_pull("3.7.4-20"), UpsertPullRequest, None),
        (("3.7.4-19",), THEIRS, PULL, in_pull("3.7.4-20"), LeaveAlone, True),
        ((), THEIRS, PULL, in_pull("3.7.4-20"), LeaveAlone, False),
        (("3.7.4-19",), branch("3.7.4-18"), PULL, in_pull("3.7.5-20"), UpsertPullRequest, None),
    ],
)
def test_what_another_pull_request_lists_is_not_listed(
    tags: tuple[str, ...],
    ours: Branch | None,
    pull: Pull | None,
    there: BranchRelease,
    kind: type[PullRequestDecision],
    satisfied: bool | None,  # noqa: FBT001
) -> None:
    changes = tuple(change(tag) for tag in tags)
    wanted = Bump(changes=changes, branch=OWN, list_path="list", elsewhere=(there,))
    decision = bumping.decide(state_of(ours, pull), wanted)
    assert isinstance(decision, kind)
    if isinstance(decision, LeaveAlone):
        assert decision.satisfied is satisfied
    if isinstance(decision, ClosePullRequest) or (isinstance(decision, LeaveAlone) and satisfied and tags):
        assert there.url in decision.why
    if isinstance(decision, UpsertPullRequest):
        assert f"{TRAILER}{there.entry}" not in decision.text.message


def test_only_competing_pull_requests_are_looked_at() -> None:
    others = (
        other("ltf-ci/a", f"{PY}?tag=3.7.4-19"),
        other("ltf-ci/b", f"{PY}?tag=3.7.4-18", f"{RUBY}?tag=1-2"),
        other("ltf-ci/c", f"{PY}?tag=3.7.5-20"),
        other("ltf-ci/d", f"{PY}?tag=3.7.4-20"),
        other("ltf-ci/e", "nonsense"),
    )
    wanted = Bump(changes=(change("3.7.4-19"),), branch=OWN, list_path="list")
    found = other_pulls.competing(state_of(None, None, *others), wanted)
    assert [each.branch for each in found] == ["ltf-ci/a", "ltf-ci/d"]
    known = replace(wanted, elsewhere=(in_pull("3.7.4-20", "ltf-ci/d"),))
    assert other_pulls.competing(state_of(None, None, *others), known) == ()
    carries = state_of(branch("3.7.5-1"), PULL, *others)
    assert [each.branch for each in other_pulls.competing(carries, replace(wanted, changes=()))] == ["ltf-ci/c"]


@pytest.mark.parametrize(
    ("listed", "is_open", "is_listed"),
    [
        (LIST.replace("3.7.4-18", "3.7.4-20"), True, True),
        (LIST.replace("3.7.4-18", "3.7.4-21"), True, True),
        (LIST, True, False),
        (LIST.replace("3.7.4-18", "3.7.4-20"), False, False),
    ],
    ids=["there", "newer", "taken out by hand", "closed meanwhile"],
)
def test_a_pull_request_lists_what_its_list_has(listed: str, is_open: bool, is_listed: bool) -> None:  # noqa: FBT001
    seen = state_of(replace(branch("3.7.4-20"), files=files_of(listed)), PULL if is_open else None)
    wanted = Bump(changes=(change("3.7.4-19"),), branch=OWN, list_path="list")
    found = other_pulls.listed_by(other(GROUP, f"{PY}?tag=3.7.4-20"), seen, wanted)
    assert found == ((in_pull("3.7.4-20"),) if is_listed else ())


@pytest.mark.parametrize(
    ("ours", "others", "then"),
    [
        ([in_pull("3.7.4-20")], [other(OWN, f"{PY}?tag=3.7.4-19")], {OWN: (in_pull("3.7.4-20"),)}),
        ([in_pull("3.7.4-19")], [other(OWN, f"{PY}?tag=3.7.4-19")], {OWN: (in_pull("3.7.4-19"),)}),
        ([in_pull("3.7.4-19")], [other(OWN, f"{PY}?tag=3.7.4-20")], {GROUP: ()}),
        ([in_pull("3.7.4-19", OWN)], [other(GROUP, f"{PY}?tag=3.7.4-19")], {OWN: ()}),
        ([in_pull("3.7.4-20")], [other(OWN, f"{PY}?tag=3.7.5-1")], {}),
        ([], [other(OWN, f"{PY}?tag=3.7.4-19")], {}),
        (
            [in_pull("3.7.4-20"), in_pull("1-1", url=RUBY)],
            [other("ltf-ci/z", f"{PY}?tag=3.7.4-19", f"{RUBY}?tag=1-2")],
            {"ltf-ci/z": (in_pull("3.7.4-20"),), GROUP: ()},
        ),
    ],
    ids=["older", "the same", "newer elsewhere", "a group elsewhere", "another line", "nothing", "both ways"],
)
def test_which_branches_lose_a_release(
    ours: list[BranchRelease], others: list[OtherPull], then: dict[str, tuple[BranchRelease, ...]]
) -> None:
    assert other_pulls.branches_to_renew(others, ours, Renames()) == then


@pytest.mark.parametrize("listed", [LIST, LIST.replace("3.7.4-18", "3.7.4-20")])
def test_commits_of_other_people_are_no_reason_to_close(listed: str) -> None:
    decision = decide("3.7.4-18", ours=replace(THEIRS, files=files_of(listed)), pull=PULL)
    assert isinstance(decision, LeaveAlone)
    assert decision.satisfied


def test_a_text_of_a_whole_fleet_is_no_longer_than_github_takes() -> None:
    many = [change("3.7.4-19", f"{PY}-{number}") for number in range(400)]
    main = Branch(name="main", head="a" * 40, message="x", files=files_of(LIST))
    decision = bumping.decide(
        RepositoryState(name="ltf-ci/x", base=main), Bump(changes=tuple(many), branch="x", list_path="list")
    )
    assert isinstance(decision, UpsertPullRequest)
    assert decision.text.title == "Bump 400 releases in the languages list"
    assert len(decision.text.body) < GITHUB_TAKES
    assert "|\n\n*(cut: the commit has the rest)*\n\nOpened by [ltf-ci]" in decision.text.body
    assert decision.text.message.count(TRAILER) == len(many)


@pytest.mark.parametrize(
    ("tags", "reasons", "title"),
    [
        (("3.7.4-19",), ("CVE-2026-1234",), "Security: CVE-2026-1234 — python-unittest 3.7.4-19"),
        (
            ("3.7.4-19", "3.7.5-2"),
            ("openssl, cve-2026-1234 and CVE-2026-55555", "CVE-2026-1234"),
            "Security: CVE-2026-1234, CVE-2026-55555 — python-unittest 3.7.4-19, 3.7.5-2",
        ),
        (("3.7.4-19",), ("a newer base",), "Add python-unittest 3.7.4-19"),
        (("3.7.4-19", "3.7.5-2"), ("CVE-1",), "Bump 2 releases in the languages list"),
    ],
)
def test_a_security_title_names_its_cves(tags: tuple[str, ...], reasons: tuple[str, ...], title: str) -> None:
    text = pull_text([change(tag) for tag in tags], {}, reasons)
    assert text.title == title
    assert all(f"Reason: {reason}\n" in text.body for reason in reasons)


def test_a_title_is_no_longer_than_github_takes() -> None:
    text = pull_text([change("3.7.4-19", f"{PY}-{number}") for number in range(40)], {}, ["CVE-2026-1234"])
    assert len(text.title) <= LONGEST_TITLE
    assert text.title.endswith(" …")


def test_a_title_mentions_nobody() -> None:
    entry = ListEntry.parse("https://git.example.org/x/@admin?tag=3.7.4-19")
    assert pull_text([ListChange(entry=entry, locked=LOCKED)], {}).title == "Add @\u200badmin 3.7.4-19"


def test_a_body_links_to_its_run_and_says_how_to_pull() -> None:
    text = pull_text([change("3.7.4-19")], {}, run_url="https://github.com/a/b/actions/runs/7")
    assert "in [this run](https://github.com/a/b/actions/runs/7)" in text.body
    assert "docker pull a/python_unittest:3.7.4-19" in text.body
    assert "| | |" not in text.body


@pytest.mark.parametrize("count", [1, 2])
def test_an_address_ends_no_link_and_brings_nothing_of_its_own(count: int) -> None:
    entry = replace(
        ListEntry.parse(f"{PY}?tag=3.7.4-19"),
        url=RepositoryUrl("https://github.com/x/y)![a](https://evil.test/p.png)<b>@admin|z`"),
    )
    before = replace(entry, ref="3.7.4-18")
    body = pull_text([ListChange(entry=entry, locked=LOCKED, replaced=before)] * count, {}).body
    for part in ("![", "](https://evil", "<b>", " @admin", "|z", ")!"):
        assert part not in body.replace(f"\\{part}", "")
