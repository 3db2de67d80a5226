"""One repository under several addresses: spelled otherwise, or named as it was before."""

from __future__ import annotations

from ltf_ci.model.finding import Place
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.rules import addresses

PY, AS_GIT, LOUD, RB, OLD = map(
    RepositoryUrl.parse,
    (
        "https://github.com/o/python",
        "https://github.com/o/python.git",
        "https://github.com/O/Python",
        "https://github.com/o/ruby",
        "https://github.com/o/snake",
    ),
)


def refs(today: RepositoryUrl | None) -> RemoteRefs:
    return RemoteRefs({}, today)


def test_what_led_on_is_an_older_address_of_where_it_led() -> None:
    assert addresses.older({PY: refs(None), RB: refs(None)}) == {}
    assert addresses.older({PY: refs(None), OLD: refs(PY)}) == {PY.key: (OLD,)}
    assert addresses.older({OLD: refs(PY), RB: refs(LOUD)}) == {PY.key: (OLD, RB)}


def test_each_repository_is_there_once_by_its_address_of_today() -> None:
    assert addresses.of_today([PY, RB, LOUD], {}) == (LOUD, RB)
    assert addresses.of_today([OLD, RB, PY], {OLD.key: PY}) == (PY, RB)
    assert addresses.of_today([], {OLD.key: PY}) == ()


def test_of_two_spellings_the_first_stays() -> None:
    assert addresses.merged([PY], [LOUD, RB]) == (PY, RB)
    assert addresses.merged([], [RB]) == (RB,)
    assert addresses.merged([AS_GIT], []) == (AS_GIT,)


def test_a_repository_is_named_where_it_stands_first() -> None:
    one, two = Place("list", 1), Place("list", 2)
    assert addresses.places([(one, [PY]), (two, [LOUD, RB])]) == {PY: one, RB: two}
    assert addresses.places([]) == {}
