"""What begins in a languages repository, and what is left as it is."""

from __future__ import annotations

import pytest

from ltf_ci.adopt.rules.languages_files import ListPlace, list_settings, repeats_of, without_lock

OLDER = "191902b@https://github.com/o/python-unittest\n8b3c1aa@https://github.com/o/java-junit\n"
TAGGED = "https://github.com/o/python-unittest?tag=3.14.3-1\n"
PLACE = ListPlace(
    "data/{name}/git_repo.url", "data/python-unittest/git_repo.url", "191902b@https://github.com/o/python-unittest\n"
)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param(OLDER, (PLACE,), id="lines by commit"),
        pytest.param(OLDER + TAGGED, (), id="one by tag: its readers know both"),
        pytest.param("", (), id="no line"),
        pytest.param("# nothing\n", (), id="a comment alone"),
    ],
)
def test_where_a_generated_list_may_be_repeated(text: str, places: tuple[ListPlace, ...]) -> None:
    assert tuple(repeats_of(text, "list")) == places


def test_lines_by_commit_stay_so_where_nothing_is_settled() -> None:
    with_place = list_settings(OLDER, "list", None, (PLACE,))[".github/ltf-ci.yml"] or ""
    assert with_place.endswith('\nlist-form: commit\nlist-places: "data/{name}/git_repo.url"\n')
    assert (list_settings(OLDER, "list", None, ())[".github/ltf-ci.yml"] or "").endswith("\nlist-form: commit\n")
    assert not list_settings(OLDER, "list", "list-form: tag\n", (PLACE,))
    assert not list_settings(TAGGED, "list", None, ())


def test_a_lock_begins_empty_where_no_line_has_a_release() -> None:
    assert without_lock(OLDER, "lists/list", None) == {"lists/languages.lock.json": "{}\n"}
    assert not without_lock(OLDER, "list", "{}\n")
    assert not without_lock(OLDER + TAGGED, "list", None)
