"""Header fields with parameters: as servers write them, as the grammars allow, and as attackers would."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ltf_ci.clients.registry.headers import Challenge, challenges, next_link

LONG = 60_000  # letters: http.client takes lines of 65,536
GITEA = ['Bearer realm="http://h/v2/token",service="s",scope="*"', 'Basic realm="Gitea Container Registry"']


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (['Basic realm="R"'], [("basic", {"realm": "R"})]),
        (["Basic"], [("basic", {})]),
        (["Bearer realm='https://h/t',service=s"], [("bearer", {"realm": "https://h/t", "service": "s"})]),
        ([], []),
        ([""], []),
        ([" , ,Basic , "], [("basic", {})]),
        (
            GITEA,
            [
                ("bearer", {"realm": "http://h/v2/token", "service": "s", "scope": "*"}),
                ("basic", {"realm": GITEA[1][13:-1]}),
            ],
        ),
        (
            [", ".join(GITEA)],
            [
                ("bearer", {"realm": "http://h/v2/token", "service": "s", "scope": "*"}),
                ("basic", {"realm": GITEA[1][13:-1]}),
            ],
        ),
        (["BEARER Realm=https://h/t,Service=s"], [("bearer", {"realm": "https://h/t", "service": "s"})]),
        (['Bearer realm = "h" , service\t=\ts'], [("bearer", {"realm": "h", "service": "s"})]),
        ([r'Bearer realm="a \"b\", c\\"'], [("bearer", {"realm": r'a "b", c\\'[:-1]})]),
        (['Negotiate, Basic realm="R"'], [("negotiate", {}), ("basic", {"realm": "R"})]),
        (['Negotiate YWJj+/==, Basic realm="R"'], [("negotiate", {}), ("basic", {"realm": "R"})]),
        (['Bearer realm="one",realm="two"'], [("bearer", {"realm": "one"})]),
        (['"junk", Basic realm=R'], [("basic", {"realm": "R"})]),
        (['Bearer realm="https://h/t'], [("bearer", {"realm": "https://h/t"})]),
        (['Bearer realm="h,service=s'], [("bearer", {"realm": "h", "service": "s"})]),
        (['Bearer realm="h";service="s"'], [("bearer", {"realm": "h", "service": "s"})]),
        (['Bearer realm="h" service="s"'], [("bearer", {"realm": "h", "service": "s"})]),
    ],
)
def test_challenges(fields: list[str], expected: list[tuple[str, Mapping[str, str]]]) -> None:
    assert challenges(fields) == tuple(Challenge(scheme, parameters) for scheme, parameters in expected)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('</v2/a/tags/list?last=1>; rel="next"', "/v2/a/tags/list?last=1"),
        ("<?last=1>;rel=next", "?last=1"),
        ("< ?last=1 >;rel='next'", "?last=1"),
        ('</p>; rel="prev", </n>; rel="next"', "/n"),
        ('</n>; Rel="Next"', "/n"),
        ('</n?a=b,c>;title="x;y, z";rel="up next"', "/n?a=b,c"),
        ("</n> ; title ; rel = next", "/n"),
        ("</p>; rel=prev; rel=next", None),  # the first counts
        ("</n>", None),
        ("/n; rel=next", "/n"),
        ("/p; rel=prev, https://h/n?a=b;rel=next", "https://h/n?a=b"),
        ("junk, </n>; rel=next", "/n"),
        ("junk</n>; rel=next", "/n"),
        (';;"x", </n>; rel=next', "/n"),
        ("<<p>, </n>; rel=next", "/n"),
        ('</p>; title="a" b, </n>; rel=next', "/n"),
        ('</p>; title="not closed, </n>; rel=next', "/n"),
        ('</n>; rel="next', "/n"),
        ('</n>; rel=next"', "/n"),
        ("</p>; rel=prev </n>; rel=next", "/n"),
        ("</n>; rev=next", None),
        ("", None),
    ],
)
def test_the_next_page(field: str, expected: str | None) -> None:
    assert next_link([field]) == expected


@pytest.mark.parametrize(
    "part", ["a", "a,", "a=", "a ", '"', "\\", "=", ",", " ", "<", "<>", "<>,", "<>;", ";x=", 'a="']
)
@pytest.mark.parametrize("before", ["", "Bearer ", 'Bearer realm="', "</n>;"])
def test_a_long_field_is_read_in_one_go(before: str, part: str) -> None:
    """A pattern that goes back and forth in it would take minutes: the suite's own time limit fails it."""
    field = before + part * (LONG // len(part))
    challenges([field])
    next_link([field])
