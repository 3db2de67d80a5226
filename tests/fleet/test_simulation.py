"""A week of a fleet in official-images' shape: what moved reaches everybody, within a tenth of GitHub's limits."""

from __future__ import annotations

from math import inf

import pytest

from ltf_ci.fleet.notified import Fate
from tests.support.simulation import JOBS, LIMITS, PULLS, Year, year


@pytest.fixture(scope="module")
def week() -> Year:
    return year(images=100, days=7, place="ghcr.io/owner")


def test_what_moved_is_in_the_pull_requests_of_all_that_is_made_of_it_by_the_next_day(week: Year) -> None:
    assert len(week.days()) > 3
    assert max(week.days()) < 1
    assert set(week.fates) == {Fate.BUILT}


@pytest.mark.parametrize("what", ["rest", "points"])
def test_calls_stay_within_a_tenth_of_an_hours(week: Year, what: str) -> None:
    assert 0 < week.world.used.most(what) <= LIMITS[what].calls / 10


@pytest.mark.parametrize("what", ["made", "made at once"])
def test_what_makes_something_leaves_most_of_the_limit_to_others(week: Year, what: str) -> None:
    assert 0 < week.world.used.most(what) <= LIMITS[what].calls / 4


def test_people_have_most_of_the_jobs(week: Year) -> None:
    assert 0 < week.world.most_jobs <= JOBS / 4


def test_eighty_images_at_docker_hub_keep_to_its_pulls() -> None:
    week = year(images=80, days=7, place="docker.io/owner")
    assert max(week.days()) < 1
    assert 0 < week.world.used.most("pulls") <= PULLS[True]


def test_what_does_not_fit_into_a_night_goes_on_in_the_next_one() -> None:
    weeks = year(images=400, days=9, place="ghcr.io/owner")
    assert weeks.fates[Fate.RUNNING] > 0
    assert 1 < max(days for days in weeks.days() if days < inf) < 4
