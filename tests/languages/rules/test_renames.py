"""Which lines of a list are of a repository that was renamed since, and what a bump writes then."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from ltf_ci.errors import AccessDenied, GitFailed, LtfError
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.languages.rules import bumping, other_pulls, renames
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.languages.rules.branch_contents import TRAILER, BranchRelease
from ltf_ci.languages.rules.list_form import ListForm, ListSettings
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.languages.rules.renames import Candidate, Renames, Wanted
from ltf_ci.languages.rules.wanted_changes import Bump
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.remote_repository import (
    Branch,
    Files,
    LeaveAlone,
    OtherPull,
    Pull,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.pull_requests.rules.seal import seal

OLD, NEW, ELSE = (f"https://github.com/{name}" for name in ("o/old", "p/new", "q/another"))
IMAGE, OTHER_IMAGE = "o/x", "o/y"
A, B, C = (Commit.parse(sign * 40) for sign in "abc")


def locked(image: str = IMAGE, commit: Commit = A, tag: str = "1.0-1") -> LockEntry:
    return LockEntry(str(commit), f"{image}:{tag}", f"sha256:{'d' * 64}", "X (1.0), y")


def wanted(url: str = NEW, tag: str = "1.0-2", image: str = IMAGE) -> Wanted:
    return Wanted(ListEntry.parse(f"{url}?tag={tag}"), ImageName.parse(f"{image}:{tag}") if image else None)


def refs(today: str = "", **tags: Commit) -> RemoteRefs:
    commits = {f"refs/tags/1.0-{name[1:]}": commit for name, commit in tags.items()}
    return RemoteRefs(commits, RepositoryUrl.parse(today) if today else None)


OURS = refs(t1=A, t2=B)
GONE = AccessDenied("git ls-remote failed: could not read Username")
ABSENT = GitFailed("remote: Repository not found.")
AWAY = GitFailed("could not resolve host")
LOCKED, LOCKED_OTHERWISE, UNLOCKED = locked(), locked(OTHER_IMAGE), None


@pytest.mark.parametrize(
    ("answer", "lock", "is_same"),
    [
        (refs(NEW, t1=A, t2=B), LOCKED, True),
        (refs(NEW, t1=A, t2=B), UNLOCKED, True),
        (refs(NEW), UNLOCKED, True),  # whatever the tags are: GitHub says it
        (refs(ELSE, t1=A, t2=B), LOCKED, False),  # GitHub says that it is another, a fork say
        (refs(t1=A, t2=B), UNLOCKED, True),  # a server without redirects that has both
        (refs(t1=A, t2=C), LOCKED, False),
        (refs(t1=A), LOCKED, False),  # a fork, or where it was forked from
        (refs(t1=A), UNLOCKED, False),
        (refs(t1=C), LOCKED, True),  # another has taken the name: the locked release is not there
        (refs(), LOCKED, True),
        (refs(), UNLOCKED, False),
        (GONE, LOCKED, True),
        (ABSENT, LOCKED, True),
        (GONE, UNLOCKED, False),
        (GONE, LOCKED_OTHERWISE, False),
        (AWAY, UNLOCKED, False),
        (AWAY, LOCKED_OTHERWISE, False),
    ],
)
def test_whether_an_older_address_is_the_repositorys(
    answer: RemoteRefs | LtfError, lock: LockEntry | None, *, is_same: bool
) -> None:
    line = Candidate(ListEntry.parse(f"{OLD}?tag=1.0-1"), lock)
    answers = {RepositoryUrl.parse(OLD): answer, RepositoryUrl.parse(NEW): OURS}
    found = renames.renames([wanted()], [line], answers)
    assert {key: str(url) for key, url in found.today.items()} == ({"github.com/o/old": NEW} if is_same else {})


def test_what_is_not_known_is_an_error_where_the_image_is_the_same() -> None:
    line = Candidate(ListEntry.parse(f"{OLD}?tag=1.0-1"), LOCKED)
    answers: renames.Answers = {RepositoryUrl.parse(OLD): AWAY, RepositoryUrl.parse(NEW): OURS}
    with pytest.raises(GitFailed, match=f"whether {OLD}.* is {NEW} today is not known: could not resolve host") as told:
        renames.renames([wanted()], [line], answers)
    assert told.value.cure == "run it again when it answers"


def test_a_release_whose_origin_is_the_older_address_is_of_the_newer_line() -> None:
    line = Candidate(ListEntry.parse(f"{NEW}?tag=1.0-1"), None)
    answers = {RepositoryUrl.parse(OLD): refs(NEW, t2=B), RepositoryUrl.parse(NEW): refs(t2=B)}
    found = renames.renames([wanted(OLD)], [line], answers)
    assert {key: str(url) for key, url in found.today.items()} == {"github.com/o/old": NEW}


@pytest.mark.parametrize(
    ("text", "lock", "proposed", "expected"),
    [
        (f"{OLD}?tag=1.0-1\n", {OLD: locked()}, (), [OLD]),
        (f"{OLD}?tag=1.0-1\n", {OLD: locked(OTHER_IMAGE)}, (), []),
        (f"{OLD}?tag=1.0-1\n{ELSE}?tag=1.0-1\n", {OLD: locked(OTHER_IMAGE)}, (), [ELSE]),  # without an entry: any
        (f"{OLD}?tag=1.0-1\n{OLD}?tag=2.0-1\n", {OLD: locked()}, (), [OLD]),
        ("git@github.com:o/old?tag=1.0-1\n../here?tag=1.0-1\n", {}, (), []),  # never asked
        (f"{NEW}?tag=0.9-1\n{OLD}?tag=1.0-1\n", {}, (), None),  # it has its line: nobody is asked
        ("two words\n", {}, (f"{OLD}?tag=1.0-9", f"{ELSE}?tag=3.0-1"), [OLD]),
    ],
)
def test_who_is_asked(
    text: str, lock: dict[str, LockEntry], proposed: tuple[str, ...], expected: list[str] | None
) -> None:
    entries = {f"{url}?tag=1.0-1": asdict(entry) for url, entry in lock.items()}
    others = tuple(OtherPull("ltf-ci/y", "", f"{TRAILER}{entry}") for entry in proposed)
    main = Branch(name="main", head="a" * 40, message="", files=files_of(text, json.dumps(entries)))
    state = RepositoryState(name="ltf-ci/x", base=main, other_pulls=others)
    new, may_be = other_pulls.may_be_older(state, "list", [wanted()])
    assert [str(each.entry.url) for each in may_be] == (expected or [])
    assert bool(new) is (expected is not None)


def files_of(text: str, lock: str | None = None, graph: str | None = None) -> Files:
    return {"list": text, "languages.lock.json": lock, "dependents.json": graph, SETTINGS: None}


def bump_of(tag: str, **more: Any) -> Bump:
    change = ListChange(entry=ListEntry.parse(f"{NEW}?tag={tag}"), locked=locked(commit=B, tag=tag))
    return Bump(changes=(change,), branch="ltf-ci/x", list_path="list", **more)


KNOWN = Renames({"github.com/o/old": RepositoryUrl.parse(NEW)})


def entry(image: str, base: str) -> dict[str, object]:
    return {"from": base, "image_name": image, "test_framework": True}


@pytest.mark.parametrize(
    ("text", "tag", "expected", "title"),
    [
        (f"# x\r\n  {OLD}?tag=1.0-1 # y\r\n", "1.0-2", f"# x\r\n  {NEW}?tag=1.0-2 # y\r\n", "from 1.0-1 to 1.0-2"),
        (f"{OLD}.git?tag=1.0-1\n{ELSE}\n", "1.0-2", f"{NEW}.git?tag=1.0-2\n{ELSE}\n", "from 1.0-1 to 1.0-2"),
        (f"{OLD}?tag=1.0-1\n{OLD}?tag=2.0-1\n", "1.0-2", f"{NEW}?tag=1.0-2\n{NEW}?tag=2.0-1\n", "from 1.0-1 to 1.0-2"),
        (f"{OLD}?tag=1.0-1\n{ELSE}\n", "2.0-1", f"{NEW}?tag=1.0-1\n{NEW}?tag=2.0-1\n{ELSE}\n", "Add new 2.0-1"),
        (f"{OLD}\n", "1.0-1", f"{NEW}?tag=1.0-1\n", "from master to 1.0-1"),
        (f"aaaaaaa@{OLD}\n", "1.0-2", f"{NEW}?tag=1.0-2\n", "from 1.0-1 to 1.0-2"),
        (f"{OLD}-2?tag=1.0-1\n{OLD}?tag=1.0-1\n", "1.0-2", f"{OLD}-2?tag=1.0-1\n{NEW}?tag=1.0-2\n", "from 1.0-1"),
    ],
)
def test_the_line_has_the_address_of_today(text: str, tag: str, expected: str, title: str) -> None:
    commits = {"1.0-1": A, "2.0-1": C}
    lock = {f"{OLD}?tag={ref}": {**asdict(locked(commit=its, tag=ref)), "later": 1} for ref, its in commits.items()}
    decision = decided(files_of(text, json.dumps(lock)), bump_of(tag, renames=KNOWN))
    assert decision.files["list"] == expected
    assert title in decision.text.title
    locks = Lock.parse((decision.files["languages.lock.json"] or "").encode(), "")
    ours = [line.entry for line in LanguagesList("list", expected).lines() if line.entry.url.name == "new"]
    assert [locks.find(each) for each in ours] == [f"{each.url}?tag={each.ref}" for each in ours]
    assert all(locks.entries[f"{each.url}?tag={each.ref}"].get("later") for each in ours if each.ref != tag)


def decided(files: Files, bump: Bump, **more: Any) -> UpsertPullRequest:
    main = Branch(name="main", head="a" * 40, message="", files=files)
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main, **more), bump)
    assert isinstance(decision, UpsertPullRequest)
    return decision


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"old (1.0)": ("o/x:1.0-1", "b:1")}, {"new (1.0)": ("o/x:1.0-2", "b:1")}),
        (
            {"old (1.0)": ("o/x:1.0-1", "b:1"), "o/old (1.0)": ("o/x:1.0-1", "o/x:1.0-1")},
            {"old (1.0)": ("o/x:1.0-1", "b:1"), "p/new (1.0)": ("o/x:1.0-2", "o/x:1.0-1")},
        ),
        ({"o/old (1.0)": ("o/x:1.0-1", "b:1")}, {"p/new (1.0)": ("o/x:1.0-2", "b:1")}),
        ({"old": ("o/x", "b:1")}, {"new": ("o/x", "b:1")}),
        (
            {"old (1.0)": ("o/x:1.0-1", "b:1"), "new (1.0)": ("o/z:1.0-1", "b:1")},  # the name is taken
            {"old (1.0)": ("o/x:1.0-1", "b:1"), "new (1.0)": ("o/z:1.0-1", "b:1")},
        ),
    ],
)
def test_the_graph_has_the_name_of_today(before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> None:
    graph = json.dumps({key: entry(*each) for key, each in before.items()})
    decision = decided(files_of(f"{OLD}?tag=1.0-1\n", "{}", graph), bump_of("1.0-2", renames=KNOWN))
    found = json.loads(decision.files.get("dependents.json") or graph)
    assert found == {key: entry(*each) for key, each in after.items()}


def test_a_transferred_repository_keeps_its_short_name() -> None:
    graph = json.dumps({"old (1.0)": entry("o/x:1.0-1", "b:1")})
    bump = bump_of("1.0-2", renames=Renames({"github.com/o/old": RepositoryUrl.parse("https://github.com/p/old")}))
    change = replace(bump.changes[0], entry=ListEntry.parse("https://github.com/p/old?tag=1.0-2"))
    decision = decided(files_of(f"{OLD}?tag=1.0-1\n", "{}", graph), replace(bump, changes=(change,)))
    assert json.loads(decision.files["dependents.json"] or "") == {"old (1.0)": entry("o/x:1.0-2", "b:1")}
    assert decision.files["list"] == "https://github.com/p/old?tag=1.0-2\n"


def test_lines_by_commit_and_the_files_that_repeat_them_follow() -> None:
    files = files_of(f"aaaaaaa@{OLD}\n", json.dumps({f"{OLD}?tag=1.0-1": asdict(locked())}))
    settings = ListSettings(ListForm.COMMIT, ("data/{name}/url",))
    bump = bump_of("1.0-2", renames=KNOWN, settings=settings, places={"data/old/url": f"aaaaaaa@{OLD}\n"})
    main = Branch(name="main", head="a" * 40, message="", files=files)
    assert set(bumping.repeating(RepositoryState(name="ltf-ci/x", base=main), bump)) == {"data/new/url", "data/old/url"}
    decision = decided(files, bump)
    assert decision.files["list"] == decision.files["data/old/url"] == f"bbbbbbb@{NEW}\n"
    assert "Bump new from 1.0-1 to 1.0-2" in decision.text.title


def test_the_pull_request_says_both_addresses() -> None:
    decision = decided(files_of(f"{OLD}?tag=1.0-1\n"), bump_of("1.0-2", renames=KNOWN))
    assert f"| repository | {NEW} | {OLD} |".replace("://", "&#58;//") in decision.text.body


def test_a_release_that_is_listed_by_the_older_address_changes_nothing() -> None:
    main = Branch(name="main", head="a" * 40, message="", files=files_of(f"{OLD}?tag=1.0-2\n"))
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main), bump_of("1.0-2", renames=KNOWN))
    assert isinstance(decision, LeaveAlone)
    assert decision.satisfied


def branch(entry: str, files: Files) -> Branch:
    message = "\n".join(["Bump", "", f"{TRAILER}{entry}", seal("a" * 40, files, 1)])
    return Branch(name="ltf-ci/x", head="b" * 40, message=message, parents=("a" * 40,), files=files, changed=1)


def test_a_pull_request_from_before_the_renaming_is_taken_over() -> None:
    before = branch(f"{OLD}?tag=1.0-2", files_of(f"{OLD}?tag=1.0-2\n"))
    pull = Pull(url="u", base="main")
    decision = decided(files_of(f"{OLD}?tag=1.0-1\n"), bump_of("1.0-3", renames=KNOWN), branch=before, pull=pull)
    assert decision.files["list"] == f"{NEW}?tag=1.0-3\n"
    assert [line for line in decision.text.trailers if line.startswith(TRAILER)] == [f"{TRAILER}{NEW}?tag=1.0-3"]


@pytest.mark.parametrize(("theirs", "renewed"), [("1.0-2", True), ("1.0-4", False)])
def test_another_branch_from_before_the_renaming_loses_its_line(theirs: str, *, renewed: bool) -> None:
    other = OtherPull("ltf-ci/old-1.0", "u", f"{TRAILER}{OLD}?tag={theirs}")
    ours = [BranchRelease(ListEntry.parse(f"{NEW}?tag=1.0-3"), "ltf-ci/new-1.0")]
    assert ("ltf-ci/old-1.0" in other_pulls.branches_to_renew([other], ours, KNOWN)) is renewed
    assert "ltf-ci/old-1.0" not in other_pulls.branches_to_renew([other], ours, Renames())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{ELSE}?tag=1.0-1\n{OLD}?tag=1.0-1\n{OLD}?tag=2.0-1\n", [2]),
        (f"{OLD}?tag=1.0-1\n{NEW}?tag=1.0-1\n", []),  # list-two-addresses says that
    ],
)
def test_list_check_names_an_older_address_once(text: str, lines: list[int]) -> None:
    listed = LanguagesList("list", text)
    answers = {
        RepositoryUrl.parse(url): refs(NEW if url == OLD else "", t1=A) for url in (OLD, NEW, ELSE) if f"{url}?" in text
    }
    found = [*list_rules.renamed(listed, tuple(listed.lines()), answers)]
    assert [(one.rule, one.severity, one.place.line) for one in found] == [
        ("list-renamed", "warning", number) for number in lines
    ]
    assert all(NEW in one.found for one in found)
