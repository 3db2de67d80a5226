"""Lines of the form SHA7@URL that stay so: what the settings may say, what a bump writes, how such a line is read."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from ltf_ci.clients import yaml_file
from ltf_ci.errors import BadInput, UsageError
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.languages.rules import bumping, conversion, lines, list_edits, list_form
from ltf_ci.languages.rules.list_form import ListForm, ListSettings
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.languages.rules.wanted_changes import Bump
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.remote_refs import Target
from ltf_ci.model.remote_repository import Branch, RepositoryState, UpsertPullRequest

PY, RUBY = "https://github.com/a/python-unittest", "https://github.com/a/ruby"
OLD, NEW = "a" * 40, "b" * 40
LIST = f"# ours\r\n{OLD[:7]}@{PY}  # why\r\n\r\n1234567@{RUBY}"
PLACE = "data/{name}/git_repo.url"
BY_COMMIT = ListSettings(ListForm.COMMIT, (PLACE,))


def locked(tag: str, commit: str) -> LockEntry:
    return LockEntry(
        commit, f"a/python_unittest:{tag}", f"sha256:{'d' * 64}", f"Python {tag.partition('-')[0]}, unittest"
    )


LOCK = json.dumps({f"{PY}?tag=3.14.3-1": asdict(locked("3.14.3-1", OLD))})


def decide(
    tag: str, *, listed: str = LIST, lock: str | None = LOCK, settings: ListSettings = BY_COMMIT
) -> UpsertPullRequest:
    files = {"list": listed, "languages.lock.json": lock, "dependents.json": None, SETTINGS: None}
    main = Branch(name="main", head="c" * 40, message="x", files=files)
    change = ListChange(entry=ListEntry.parse(f"{PY}?tag={tag}"), locked=locked(tag, NEW))
    places = {"data/python-unittest/git_repo.url": f"{OLD[:7]}@{PY}\n"} if settings.places else {}
    bump = Bump(changes=(change,), branch="ltf-ci/x", list_path="list", settings=settings, places=places)
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main), bump)
    assert isinstance(decision, UpsertPullRequest), decision
    return decision


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# nothing\n", ListSettings()),
        ("list-form: tag\n", ListSettings()),
        ("list-form: commit\n", ListSettings(ListForm.COMMIT)),
        (f"list-form: commit\nlist-places: [{json.dumps(PLACE)}]\n", BY_COMMIT),
        (f"list-places: {json.dumps(PLACE)}\n", ListSettings(ListForm.TAG, (PLACE,))),
    ],
)
def test_what_the_settings_may_say(text: str, expected: ListSettings) -> None:
    assert ListSettings.of(yaml_file.read(text.encode(), SETTINGS)[1]) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("list-form: sha\n", ".github/ltf-ci.yml:1:12: list-form is 'sha'"),
        ("list-form: 7\n", ".github/ltf-ci.yml:1:12: list-form is"),
        ("list-from: tag\n", ".github/ltf-ci.yml:1:1: unknown key 'list-from'"),
        ("list-places: data/git_repo.url\n", "list-places has 'data/git_repo.url'"),
        ("list-places: [7]\n", "list-places has"),
    ],
)
def test_what_the_settings_may_not_say(text: str, found: str) -> None:
    with pytest.raises(BadInput) as raised:
        ListSettings.of(yaml_file.read(text.encode(), SETTINGS)[1])
    assert found in raised.value.found


def test_a_place_leads_out_of_no_repository() -> None:
    with pytest.raises(UsageError, match="path"):
        ListSettings(ListForm.COMMIT, ("../{name}",)).paths([ListEntry.parse(PY)])


def test_a_bump_keeps_the_form_and_touches_no_other_byte() -> None:
    decision = decide("3.14.3-2")
    assert decision.files == {
        "list": LIST.replace(OLD[:7], NEW[:7]),
        "languages.lock.json": str(Lock({f"{PY}?tag=3.14.3-2": locked("3.14.3-2", NEW).as_data()})),
        "data/python-unittest/git_repo.url": f"{NEW[:7]}@{PY}\n",
    }
    assert decision.text.title == "Bump python-unittest from 3.14.3-1 to 3.14.3-2"
    assert f"Ltf-Ci-Release: {PY}?tag=3.14.3-2" in decision.text.message


@pytest.mark.parametrize(
    ("tag", "listed", "settings", "expected"),
    [
        pytest.param(
            "3.14.3-2", LIST, ListSettings(), LIST.replace(f"{OLD[:7]}@{PY}", f"{PY}?tag=3.14.3-2"), id="by tag"
        ),
        pytest.param(
            "3.15-1", LIST, BY_COMMIT, LIST.replace("# why\r\n", f"# why\r\n{NEW[:7]}@{PY}\r\n"), id="a new line"
        ),
        pytest.param("3.14.3-2", f"{PY}?tag=3.14.3-1\n", BY_COMMIT, f"{NEW[:7]}@{PY}\n", id="from a tag to a commit"),
        pytest.param("3.14.3-2", "7654321@" + PY, BY_COMMIT, f"{NEW[:7]}@{PY}", id="from a commit of no release"),
    ],
)
def test_each_line_gets_the_form_that_is_wanted(tag: str, listed: str, settings: ListSettings, expected: str) -> None:
    assert decide(tag, listed=listed, settings=settings).files["list"] == expected


def test_a_place_that_does_not_repeat_the_line_stays() -> None:
    decision = decide("3.14.3-2", listed=LIST.replace(OLD[:7], "7654321"))
    assert "data/python-unittest/git_repo.url" not in decision.files


def test_a_form_by_commit_needs_a_lock() -> None:
    with pytest.raises(BadInput) as raised:
        decide("3.14.3-2", lock=None)
    assert raised.value.cure == "write it first: `ltf-ci list lock --write`"


def test_a_line_by_commit_is_the_release_that_the_lock_has_of_it() -> None:
    listed = Lock.parse(LOCK.encode(), "lock").known_in(LanguagesList("list", LIST))
    mine, other = listed.lines()
    assert (str(mine.entry), mine.entry.ref, str(mine.entry.release)) == (
        f"{OLD[:7]}@{PY}",
        "3.14.3-1",
        f"{PY}?tag=3.14.3-1",
    )
    assert (str(other.entry), other.entry.tag) == (f"1234567@{RUBY}", None)
    assert list_edits.has(listed, ListEntry.parse(f"{PY}?tag=3.14.3-1"))
    assert not list_edits.has(listed, ListEntry.parse(f"{PY}?tag=3.14.3-2"))
    assert [finding.found for finding in lines.of_lines(listed, local=False)] == [
        f"1234567@{RUBY} is the older form, SHA7@URL"
    ]


@pytest.mark.parametrize("tagged", [OLD, NEW])
def test_a_line_by_commit_is_followed_by_its_tag_which_must_be_at_that_commit(tagged: str) -> None:
    listed = Lock.parse(LOCK.encode(), "lock").known_in(LanguagesList("list", LIST))
    entry = next(listed.lines()).entry
    refs = {"refs/tags/3.14.3-1": Commit.parse(tagged)}
    found = lines.target(entry, entry.url, Place("list", 2), refs)
    if tagged == OLD:
        assert found == Target(entry.url, "3.14.3-1", OLD)
    else:
        assert isinstance(found, Finding)
        assert (found.rule, found.expected) == (
            "list-tag",
            f"{OLD[:7]}, the commit of that release, as the lock has it",
        )


def test_a_known_line_can_be_converted_to_its_tag() -> None:
    listed = Lock.parse(LOCK.encode(), "lock").known_in(LanguagesList("list", f"{OLD[:7]}@{PY}\n"))
    url = next(listed.lines()).entry.url
    done = conversion.converted(listed, {url: {"refs/tags/3.14.3-1": Commit.parse(OLD)}})
    assert done.text == f"{PY}?tag=3.14.3-1\n"


def test_repeated_lines_change_with_the_list_alone() -> None:
    entry = ListEntry.parse(f"{PY}?tag=3.14.3-2")
    edit = list_edits.ListEdit("", entry.at(NEW), replace(entry, ref="3.14.3-1").at(OLD))
    places = {"a": f"# x\n{OLD[:7]}@{PY}\r\n7777777@{PY}", "b": f"{OLD[:7]}@{RUBY}\n", "c": None}
    assert list_form.repeated(places, [edit]) == {**places, "a": f"# x\n{NEW[:7]}@{PY}\r\n7777777@{PY}"}
