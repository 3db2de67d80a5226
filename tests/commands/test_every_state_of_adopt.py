"""`adopt` on the states of its pull requests, all in one fleet: it goes on from each, and has nothing to do then."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.commands.test_adopt import BANNER, MAIN, STEPS
from tests.support import pull_request_states as states
from tests.support.github import GithubServer
from tests.support.publishing import RunCommand
from tests.support.pull_request_states import Make, Place

pytestmark = pytest.mark.machine
BRANCH, TEXT = "ltf-ci-adopt/files", "".join(f"{number}\n" for number in range(30))
SAME, TAG, CLOSED = ("open", "open"), ("tag", "tag"), ("closed", "closed")


def queued(place: Place, _branch: str, number: int) -> None:
    place.hosted.pull(number).queued = True


def edited_on_main(place: Place, _branch: str, _number: int) -> None:
    place.hosted.push({MAIN: STEPS % "more.sh"})


STAGES: Mapping[Make, tuple[str, str]] = {  # of the next run and of the one after it
    states.untouched: SAME,
    states.updated: SAME,
    states.rebased: SAME,
    states.renamed_main: SAME,
    states.renamed_repository: SAME,
    states.transferred_repository: SAME,
    states.beside_a_forks: SAME,
    queued: SAME,
    edited_on_main: ("opened", "open"),
    states.merged: TAG,
    states.updated_and_squashed: TAG,
    states.merged_and_deleted: TAG,
    states.squashed_and_worked_on: TAG,
    states.closed: CLOSED,
    states.worked_on_and_closed: CLOSED,
    states.closed_and_worked_on: CLOSED,
    states.deleted_branch: CLOSED,
    states.retargeted_and_merged: ("opened", "open"),
    states.worked_on: SAME,
    states.worked_on_and_updated: SAME,
    states.retargeted: ("left", "left"),
    states.started_checks_again: SAME,
    states.amended: SAME,
    states.amended_in_content: ("left", "left"),
    states.squashed_by_a_person: SAME,
    states.reordered: SAME,
    states.updated_with_work: SAME,
    states.of_another_version: SAME,
    states.locked: SAME,
    states.changes_requested: SAME,
    states.taken_out_of_the_queue: ("opened", "open"),
    states.merged_by_the_queue: TAG,
    states.main_written_anew: ("opened", "open"),
}


def create(github: GithubServer, images: str, make: Make) -> Place:
    name = make.__name__.replace("_", "-")
    files = {
        "docker/Dockerfile.base": "FROM python:3.14.3-slim\n",
        "docker/Dockerfile": f"{BANNER}FROM python:3.6\n",
        "docker/image_name.json": json.dumps({"image_name": f"{images}/x/{name}"}),
        MAIN: STEPS % "pipe_build_up_test.sh",
        "README.md": TEXT,
        "notes": "",
    }
    hosted = github.create_repository(f"o/{name}", files)
    led = f'[url "{hosted.bare.directory}"]\ninsteadOf = https://github.com/'  # git, to the stand-in's repositories
    names = (f"o/{name}", f"p/{name}", f"o/{name}-renamed")
    with Path(os.environ["GIT_CONFIG_GLOBAL"]).open("a") as config:
        config.writelines(f"{led}{each}\n" for each in names)
    far = [("3\n4\n", "3\nfar\n"), ("7\n8\n", "7\nfarther\n")]
    return Place(github=github, hosted=hosted, path="README.md", far=far, near=())


def test_adopt_goes_on_from_every_state(
    github: GithubServer, open_registry: str, folder: Path, run: RunCommand
) -> None:
    places = {make: create(github, open_registry, make) for make in STAGES}
    fleet = folder / "fleet.txt"
    fleet.write_text("".join(f"https://github.com/{place.hosted.name}\n" for place in places.values()))
    known = {"GITHUB_API_URL": github.api, "LTF_CI_TOKEN": github.token}

    def adopt() -> dict[str, str]:
        result = run("adopt", str(fleet), environ={"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0", **known})
        assert result.code == 0, result
        return {each["repository"]: each["stage"] for each in result.plan["repositories"]}

    names = {make: place.hosted.name for make, place in places.items()}
    assert adopt() == dict.fromkeys(names.values(), "opened")
    heads = {}
    for make, place in places.items():
        make(place, BRANCH, 1)
        heads[make] = place.hosted.branch_oid(BRANCH)
    runs = [adopt() for _ in range(2)]
    assert {make.__name__: tuple(ran[name] for ran in runs) for make, name in names.items()} == {
        make.__name__: stages for make, stages in STAGES.items()
    }
    moved = {make for make, place in places.items() if place.hosted.branch_oid(BRANCH) != heads[make]}
    assert moved == {make for make, stages in STAGES.items() if stages[0] == "opened"}
    for make, place in places.items():
        still_open = [pull for pull in place.hosted.pulls if (pull.state, pull.from_fork) == ("OPEN", False)]
        assert len(still_open) == (STAGES[make] not in (TAG, CLOSED)), make.__name__
