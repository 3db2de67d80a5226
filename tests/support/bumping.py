"""What a bump in this process is given: a run at the stand-in for GitHub, and a pull request's options."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.languages.requests import PullRequest
from ltf_ci.model.access import Access
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.secret import Secret
from tests.support.github import GithubServer


def run_at(github: GithubServer, pause: float = 0) -> Run:
    """Return a run that may do anything at the stand-in."""
    access = Access(
        token=Secret(github.token), github=GithubHost.of("", github.api), docker_config=Path("/nowhere"), pause=pause
    )
    return Run(access)


def pull_request(languages: str, list_path: str = "git_repo_urls.tagged", group: str = "") -> PullRequest:
    """Return the options of a pull request into a languages repository, all others left out."""
    return PullRequest(
        languages=LanguagesPlace.parse(languages),
        list=list_path,
        group=group,
        label=(),
        reviewer=(),
        draft=False,
        auto_merge=False,
    )
