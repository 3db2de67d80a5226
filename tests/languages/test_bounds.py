"""A languages repository's file is refused where it would take more memory than any fleet's."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ltf_ci.clients.pull_requests.over_git import GitRemote
from ltf_ci.errors import BadInput
from ltf_ci.languages.dependents import Dependents
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.lock import Lock
from ltf_ci.model.bounds import LARGEST, MOST_LINES
from ltf_ci.model.repository_url import RepositoryUrl
from tests.support.repositories import LtfRepository


def read_list(raw: bytes, path: str) -> None:
    LanguagesList(path, raw.decode())


@pytest.mark.parametrize(
    ("read", "raw", "why"),
    [
        (Lock.parse, b'{"a": "%s"}' % (b"x" * LARGEST), "has 6291465 bytes"),
        (Lock.parse, b"{%s}" % b",".join(b'"%d":{}' % number for number in range(100_001)), "more than 200,000"),
        (Dependents.read, b'{"a": "%s"}' % (b"x" * LARGEST), "has 6291465 bytes"),
        (Dependents.read, b'{"a": [%s0]}' % (b"0," * 200_001), "more than 200,000"),
        (Dependents.read, json.dumps(dict.fromkeys(map(str, range(1_001)), 0)).encode(), "more than 1,000 faults"),
        (read_list, b"#" * (LARGEST + 1), "has 6291457 bytes"),
        (read_list, b"\n" * (MOST_LINES + 1), "has 25001 lines"),
    ],
)
def test_a_file_that_is_too_large(read: Callable[[bytes, str], object], raw: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read(raw, "f")


def test_a_file_of_a_commit_that_is_too_large(ltf: LtfRepository) -> None:
    (ltf.directory / "languages").write_bytes(bytes(LARGEST + 1))
    ltf.commit("Many")
    remote = GitRemote(RepositoryUrl(str(ltf.directory)), ("nowhere", "languages"), print)
    with pytest.raises(BadInput, match="languages has 6291457 bytes"):
        remote.state("ltf-ci/x")


@pytest.mark.parametrize("sign", ["\N{PILE OF POO}", "a:", "a", "https://"])
def test_an_address_that_is_too_long(sign: str) -> None:
    with pytest.raises(BadInput, match=r"address of [0-9,]{7,} characters"):
        RepositoryUrl.parse(f"https://{sign * 1_000_000}")
    (line,) = LanguagesList("f", f"x {sign * 700_000}").every_line()
    assert "has several words" in str(line)
