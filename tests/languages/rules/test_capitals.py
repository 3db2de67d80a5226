"""Two addresses that differ by capitals alone, where the server may have a repository for each."""

from __future__ import annotations

import pytest

from ltf_ci.errors import Refused
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.rules.branch_contents import TRAILER
from ltf_ci.languages.rules.capitals import expect_one_spelling
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.remote_repository import Branch, OtherPull, RepositoryState

FOO, SMALL = "https://git.example/srv/Foo?tag=1.0-1", "https://git.example/srv/foo?tag=1.0-1"
OWN = GithubHost.of("https://git.example", "")


def state(listed: str = "", locked: str = "", proposed: str = "") -> RepositoryState:
    lock = f'{{"{locked}": {{}}}}' if locked else None
    files = {"list": listed, "languages.lock.json": lock}
    base = Branch(name="main", head="c" * 40, message="x", files=files)
    pull = OtherPull(branch="ltf-ci/x", message=f"x\n\n{TRAILER}{proposed}\n", url="https://git.example/1")
    return RepositoryState(name="ltf-ci/y", base=base, other_pulls=(pull,) if proposed else ())


PLACES = {
    "list": state(listed=f"# x\n{SMALL}\n"),
    "the lock": state(locked=SMALL),
    "the pull request of ltf-ci/x": state(proposed=SMALL),
}


@pytest.mark.parametrize(("where", "there"), PLACES.items())
def test_the_other_one_is_told_where_it_is(where: str, there: RepositoryState) -> None:
    with pytest.raises(Refused) as told:
        expect_one_spelling([ListEntry.parse(FOO)], there, "list", AT_GITHUB)
    assert told.value.found.endswith(f"/srv/foo in {where} differ by capitals alone")
    assert told.value.cure.startswith(f"write it as {where} has it")
    expect_one_spelling([ListEntry.parse(SMALL)], there, "list", AT_GITHUB)
    expect_one_spelling([ListEntry.parse(FOO)], there, "list", OWN)


def test_one_bump_has_one_spelling() -> None:
    with pytest.raises(Refused, match="in this bump differ by capitals alone"):
        expect_one_spelling([ListEntry.parse(FOO), ListEntry.parse(SMALL)], state(), "list", AT_GITHUB)
