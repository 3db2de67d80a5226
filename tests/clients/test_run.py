"""Which client a languages repository gets, by how it is named and whether there is a login at GitHub."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.clients.pull_requests.at_github import GithubRepository
from ltf_ci.clients.pull_requests.over_git import GitRemote
from ltf_ci.clients.run import Run
from ltf_ci.model.access import Access
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.secret import Secret

GHES = GithubHost.of("https://ghes.example", "")


@pytest.mark.parametrize(
    ("place", "github", "token", "kind"),
    [
        ("o/l", AT_GITHUB, "x", GithubRepository),
        ("o/l", AT_GITHUB, "", GithubRepository),
        ("https://github.com/o/l.git", AT_GITHUB, "x", GithubRepository),
        ("git@github.com:o/l", AT_GITHUB, "x", GithubRepository),
        ("ssh://git@ssh.github.com:443/o/l", AT_GITHUB, "x", GithubRepository),
        ("https://github.com/o/l", AT_GITHUB, "", GitRemote),
        ("https://github.com/o/l", GHES, "x", GitRemote),
        ("https://ghes.example/o/l", GHES, "x", GithubRepository),
        ("https://gitlab.com/o/l", AT_GITHUB, "x", GitRemote),
        ("/srv/l.git", AT_GITHUB, "x", GitRemote),
    ],
)
def test_a_repository_at_github_is_one_however_it_is_named(
    place: str, github: GithubHost, token: str, kind: type
) -> None:
    access = Access(token=Secret(token) if token else None, github=github, docker_config=Path("/nowhere"))
    assert type(Run(access).target_repository(LanguagesPlace.parse(place), ("list",))) is kind
