"""Where a server leads on: the address that a repository has today."""

from __future__ import annotations

import pytest

from ltf_ci.model.remote_refs import today
from ltf_ci.model.repository_url import RepositoryUrl

OLD, NEW = "https://github.com/o/old", "https://github.com/p/new"


@pytest.mark.parametrize(
    ("named", "asked", "led_to", "expected"),
    [
        (OLD, OLD, f"{NEW}.git/", NEW),
        (OLD, OLD, "https://github.com/p/old/", "https://github.com/p/old"),
        (f"{OLD}.git", f"{OLD}.git", f"{NEW}.git/", NEW),
        (OLD, OLD, f"{OLD}.git/", None),  # another spelling of the same
        (OLD, OLD, "https://github.com/O/Old/", None),
        (OLD, "http://cache.example:8080/github.com/o/old", "http://cache.example:8080/github.com/p/new/", NEW),
        (OLD, "http://127.0.0.1:5/o/old", "http://127.0.0.1:5/p/new.git", NEW),
        ("git@github.com:o/old.git", "https://github.com/o/old.git", f"{NEW}.git", NEW),
        (
            "https://ghe.example/o/old",
            "https://ghe.example/o/old",
            "https://ghe.example/p/new/",
            "https://ghe.example/p/new",
        ),
        (OLD, OLD, "https://github.com/login?to=x", None),
        (OLD, OLD, "https://user:secret@github.com/p/new", None),
    ],
)
def test_where_a_server_leads_on(named: str, asked: str, led_to: str, expected: str | None) -> None:
    found = today(RepositoryUrl.parse(named), asked, led_to)
    assert (str(found) if found else None) == expected
