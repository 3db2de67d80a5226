"""A bump of a list whose lines stay `SHA7@URL`: in every step, readers that know this form alone can read it."""

from __future__ import annotations

import pytest

from tests.support.github.buttons import merge
from tests.support.listing import LIST, LOCK, NAME, Bumper
from tests.support.repositories import git

pytestmark = pytest.mark.machine

SETTINGS = ".github/ltf-ci.yml"
PLACE = "data/python-unittest/git_repo.url"
HEAD = "https://github.com/cyber-dojo-start-points"
OURS = "ltf-ci/python-unittest-3.7.4"


@pytest.fixture
def by_commit(bumper: Bumper) -> Bumper:
    """Have the list as the fleet has it: made of data/, by commits, and told to stay so."""
    text = "".join(f"{number:07x}@{line.partition('?')[0]}\n" for number, line in enumerate(bumper.listed.split()))
    line = next(line for line in text.splitlines(keepends=True) if "python-unittest" in line)
    settings = 'list-form: commit\nlist-places: "data/{name}/git_repo.url"\n'
    bumper.hosted.push({LIST: text, LOCK: "{}\n", PLACE: line, SETTINGS: settings})
    return bumper


@pytest.mark.parametrize("where", ["github", "git"])
def test_a_line_by_commit_stays_one_in_the_list_and_where_it_is_repeated(by_commit: Bumper, where: str) -> None:
    place = NAME if where == "github" else str(by_commit.hosted.bare.directory)
    before = by_commit.hosted.read(LIST)
    result = by_commit.bump("3.7.4-2", "--languages", place)
    assert result.ended == (0, "done"), result
    new = f"{by_commit.commit[:7]}@{HEAD}/python-unittest\n"
    assert by_commit.hosted.read(PLACE, OURS) == new
    assert by_commit.hosted.read(LIST, OURS) == before.replace(by_commit.hosted.read(PLACE), new)
    assert f'"{HEAD}/python-unittest?tag=3.7.4-2"' in by_commit.hosted.read(LOCK, OURS)
    assert by_commit.bump("3.7.4-2", "--languages", place).conclusion == "nothing-to-do"


def test_a_newer_release_takes_the_pull_request_over_and_one_that_is_merged_is_known(by_commit: Bumper) -> None:
    by_commit.bump("3.7.4-2")
    by_commit.bump("3.7.4-3")
    assert by_commit.hosted.read(PLACE, OURS) == f"{by_commit.commit[:7]}@{HEAD}/python-unittest\n"
    assert [pull.state for pull in by_commit.hosted.pulls] == ["OPEN"]
    merge(by_commit.hosted, 1, "squash")
    assert by_commit.bump("3.7.4-3").conclusion == "nothing-to-do"
    git(by_commit.ltf.directory, "commit", "--allow-empty", "--message", "x")
    result = by_commit.bump("3.7.4-4")
    assert result.ended == (0, "done"), result
    assert by_commit.hosted.pulls[1].title == "Bump python-unittest from 3.7.4-3 to 3.7.4-4"
