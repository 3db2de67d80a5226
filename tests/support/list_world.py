"""A languages repository at the stand-in for GitHub, and the runs that open pull requests there."""

from __future__ import annotations

import re
from functools import partial

from ltf_ci.clients.run import Run
from ltf_ci.commands import list_refresh
from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Step
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal
from tests.support.bumping import pull_request, run_at
from tests.support.github import GithubServer
from tests.support.pull_request_states import Place

NAME, LIST = "o/languages", "list.txt"
BRANCH = "ltf-ci/ltf-02-1.0"
NAMES = [f"ltf-{number:02}" for number in range(11)]
URL = "https://github.com/o"


class ListWorld(Place):
    """A languages repository at the stand-in, and the runs that open pull requests there."""

    @property
    def run(self) -> Run:
        return run_at(self.github)

    def bump(
        self, tag: str, name: str = "ltf-02", group: str = "", reason: str = "", *, dry_run: bool = False
    ) -> PullRequestResult:
        release = Release(
            url=RepositoryUrl.parse(f"{URL}/{name}"),
            tag=ReleaseTag.parse(tag),
            commit=Commit.parse("c" * 40),
            image=ImageName.parse(f"o/x:{tag}"),
            digest=None,
            display_name="X (1.0), y",
        )
        return bump([release], pull_request(NAME, self.path, group), self.run, dry_run=dry_run, reason=reason)[0]

    def propose(self, tag: str) -> PullRequestResult:
        """Propose a change as the watch does."""
        line, newer = re.compile(rf"{URL}/ltf-08\?tag=\S+"), f"{URL}/ltf-08?tag={tag}"
        proposal = Proposal(
            branch="ltf-ci-dependents/upstream-1",
            title=f"Begin {tag}",
            body="Body",
            edit=lambda files: {**files, LIST: line.sub(newer, files[LIST] or "")},
            unasked=True,
        )
        repository = self.run.target_repository(LanguagesPlace.parse(NAME), (LIST,))
        return apply(proposal.branch, partial(proposing.decide, proposal=proposal), repository, _no_wait, dry_run=False)

    def refresh(self, *, over_git: bool = False) -> tuple[Step, ...]:
        """Refresh the list's pull requests, or the branches where GitHub is not asked; return the steps."""
        place = LanguagesPlace.parse(str(self.hosted.bare.directory) if over_git else NAME)
        request = list_refresh.Request(languages=place, list=self.path, dry_run=False)
        return list_refresh.execute(request, self.run).steps


def _no_wait(_times: float) -> None:
    """Wait not at all."""


def list_world(github: GithubServer) -> ListWorld:
    """Return a new one, whose list has eleven releases of as many repositories."""
    text = "".join(f"{URL}/{name}?tag=1.0-1\n" for name in NAMES)
    far, near = moved("ltf-00", "ltf-10"), moved("ltf-01", "ltf-03", "ltf-04", "ltf-06", "ltf-07", "ltf-09")
    hosted = github.create_repository(NAME, {LIST: text, "notes": ""})
    return ListWorld(github=github, hosted=hosted, path=LIST, far=far, near=near)


def moved(*names: str) -> list[tuple[str, str]]:
    return [(f"{name}?tag=1.0-1", f"{name}?tag=1.0-9") for name in names]
