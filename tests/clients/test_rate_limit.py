"""How long a server asks to be left alone, in each form that servers have, and in none."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping

import pytest
from urllib3 import HTTPHeaderDict

from ltf_ci.clients.rate_limit import asked_wait, until

NOW = time.time()
DAY = 86_400  # seconds; a test may run an hour after it was collected
ABOUT_A_DAY = 82_000, 86_402
YEARS = 10**8  # seconds


def at(seconds: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(NOW + seconds))


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("0", 0, 0),
        ("7", 7, 7),
        (" 86400\t", 86400, 86400),
        ("1.5", 1.5, 1.5),
        ("2.", 2, 2),
        ("7, 60", 60, 60),
        ("60,7", 60, 60),
        (f"5, {at(DAY)}", *ABOUT_A_DAY),
        (f"{at(DAY)}, 5", *ABOUT_A_DAY),
        (f"{at(7000)}, {at(DAY)}", *ABOUT_A_DAY),
        (at(-600), 0, 0),
        (str(int(NOW + DAY)), *ABOUT_A_DAY),
        (f"{NOW + DAY:.3f}", *ABOUT_A_DAY),
        (str(int((NOW + DAY) * 1000)), *ABOUT_A_DAY),
        (str(int(NOW - 600)), 0, 0),
        ("soon, 7", 7, 7),
        ("9" * 5000, YEARS, 10**11),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", YEARS, 10**10),
        ("Wednesday, 21-Oct-2099 07:28:00 GMT", YEARS, 10**10),
        ("Fri, 31 Dec 9999 23:59:59 GMT", YEARS, 10**11),
    ],
    ids=itertools.count(),  # the values are of the moment
)
def test_a_retry_after(text: str, least: float, most: float) -> None:
    wait = asked_wait({"Retry-After": text})
    assert wait is not None
    assert least <= wait <= most


@pytest.mark.parametrize(
    "text",
    ["", "-1", "\u00b2", "\u0663", "soon", "7s", "1e3", "0x10", "nan", "inf", ",", "1.5.2"]
    + ["Fri, 31 Dec 9999 23:59:59 +2400", "Fri, 31 Dec 2099 23:59:59 -9999"],  # no zone is so far away: no date
)
def test_a_retry_after_that_is_none(text: str) -> None:
    assert asked_wait({"Retry-After": text}) is None


SPENT = {"X-RateLimit-Remaining": "0"}


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({**SPENT, "X-RateLimit-Reset": str(int(NOW) + DAY)}, *ABOUT_A_DAY),
        ({**SPENT, "X-RateLimit-Reset": str(int(NOW) - 30)}, 0, 0),
        ({**SPENT, "X-RateLimit-Reset": "30"}, 30, 30),
        ({"X-RateLimit-Reset": "30"}, 30, 30),
        ({"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "30"}, 30, 30),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "50"}, 50, 50),
        ({"ratelimit-remaining": "0", "ratelimit-reset": str(int(NOW) + DAY)}, *ABOUT_A_DAY),
        ({"RateLimit": "limit=100, remaining=0, reset=50"}, 50, 50),
        ({"RateLimit": '"default";r=0;t=50'}, 50, 50),
        ({"RateLimit": '"day";r=5;t=9000, "burst";r=0;t=5'}, 5, 5),
        ({"RateLimit": '"day"; r=0; t=9000;pk=:x:, "burst";r=0;t=5'}, 9000, 9000),
        ({"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600"}, 21600, 21600),  # Docker Hub's
        ({"Retry-After": "3", **SPENT, "X-RateLimit-Reset": "30"}, 3, 3),
        ({"Retry-After": "soon", **SPENT, "X-RateLimit-Reset": "30"}, 30, 30),
        (HTTPHeaderDict([("Retry-After", "3"), ("retry-after", "30")]), 30, 30),
    ],
)
def test_the_end_of_a_limit_that_is_spent(headers: Mapping[str, str], least: float, most: float) -> None:
    wait = asked_wait(headers)
    assert wait is not None
    assert least <= wait <= most


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": str(int(NOW) + 30)},
        {"RateLimit-Remaining": "3", "RateLimit-Reset": "50"},
        {"RateLimit": "limit=100, remaining=3, reset=50"},
        {"RateLimit": '"default";r=1;t=50'},
        {"RateLimit": '"default";t=50'},
        {"RateLimit": "\xff" * 60_000},
        {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"},
        {**SPENT, "X-RateLimit-Reset": "soon"},
    ],
)
def test_a_limit_that_is_not_spent(headers: Mapping[str, str]) -> None:
    assert asked_wait(headers) is None


@pytest.mark.parametrize("seconds", [1, 7200, 10**11])
def test_a_wait_in_words_has_its_end(seconds: float) -> None:
    amount, _, end = until(seconds).partition(", until ")
    assert amount.startswith(str(seconds))
    assert end.endswith(" UTC")
