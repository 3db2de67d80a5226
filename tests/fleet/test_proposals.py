"""An entry of dependents.json that is proposed, by `watch` unasked and by `dependents add`, on every state twice."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.fleet.proposals import propose
from ltf_ci.languages.dependents import Dependents
from ltf_ci.model.access import Access
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.outcome import StepState
from ltf_ci.model.repository_place import LanguagesPlace, PullOptions
from ltf_ci.model.secret import Secret
from ltf_ci.pull_requests.apply import PullRequestResult
from tests.support import pull_request_states as states
from tests.support.github import GithubServer
from tests.support.pull_request_states import LEAVES, OPENS, UPDATES, Make, Place, ends_well

pytestmark = pytest.mark.machine

FILE, BRANCH = "dependents.json", "ltf-ci-dependents/ltf-05-1.0"
CLOSED = (states.closed, states.updated_and_closed, states.worked_on_and_closed, states.renamed_branch)


def entry(number: int, revision: int, version: str = "1.0") -> tuple[str, dict[str, object]]:
    image = f"o/ltf-{number:02}:{version}-{revision}"
    return f"ltf-{number:02} ({version})", {"from": "debian:12", "image_name": image, "test_framework": True}


def place(github: GithubServer, make: Make) -> Place:
    text = json.dumps(dict(entry(number, 1, "0.9") for number in range(11)), indent=2)
    hosted = github.create_repository(f"o/{make.__name__}", {FILE: text, "notes": ""})
    far, near = (
        [(f"ltf-{number:02}:0.9-1", f"ltf-{number:02}:0.9-9") for number in numbers] for numbers in ((0, 10), (5, 6))
    )
    return Place(github=github, hosted=hosted, path=FILE, far=far, near=near)


def proposed(of: Place, name: str, revision: int, *, unasked: bool) -> PullRequestResult:
    """Propose an entry in the repository that had this name at first."""
    github = GithubHost.of("", of.github.api)
    access = Access(token=Secret(of.github.token), github=github, docker_config=Path("/nowhere"), pause=0)
    languages = Run(access).target_repository(LanguagesPlace.parse(name), (FILE,))
    entries = Dependents.parse(json.dumps(dict([entry(5, revision)])).encode(), FILE).entries
    options = PullOptions(unasked=unasked)
    return propose(entries, FILE, languages, Registry(pause=0), lambda _: None, dry_run=False, options=options)


@pytest.mark.parametrize("unasked", [True, False], ids=["watch", "dependents add"])
def test_the_next_run_goes_on_from_every_state(github: GithubServer, *, unasked: bool) -> None:
    wrong = {}
    for make in (*UPDATES, *OPENS, *LEAVES) if unasked else (*CLOSED, states.merged, states.worked_on):
        of = place(github, make)
        run = partial(proposed, of, of.hosted.name, unasked=unasked)
        assert run(1).step.state is StepState.DONE
        make(of, BRANCH, 1)
        stays_closed = unasked and {pull.state for pull in of.hosted.pulls} == {"CLOSED"}
        before = {name: of.hosted.head(name) for name in of.hosted.branches()}
        ended = [run(2).step for _ in range(2)]
        expected = [StepState.DONE, StepState.UNCHANGED]
        expected = [StepState.UNCHANGED] * 2 if stays_closed else expected
        expected = [StepState.SKIPPED] * 2 if make in LEAVES else expected
        why = [step.detail for step in ended if step.state not in (StepState.DONE, StepState.UNCHANGED)]
        if [step.state for step in ended] != expected or not all("close" in each for each in why):
            wrong[make.__name__] = str([(str(step.state), step.detail) for step in ended])
        elif stays_closed:
            is_open = [pull.number for pull in of.hosted.pulls if pull.state == "OPEN"]
            wrong |= {make.__name__: f"open are {is_open}"} if is_open else {}
        elif end := ends_well(of, make, BRANCH, before, "ltf-05:1.0-2"):
            wrong[make.__name__] = end
    assert wrong == {}
