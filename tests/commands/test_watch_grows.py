"""A new version goes all the way through a fleet: people only merge and release, the watch proposes what comes next."""

from __future__ import annotations

import json
import signal
from itertools import count

import pytest

from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import StepState
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl
from tests.support.bumping import pull_request, run_at
from tests.support.github import GithubServer
from tests.support.growing import ADDRESS, DOCKERFILE, LANGUAGES, LTF, NEW, OWNER, PYTHON, Growing
from tests.support.killing import Killer
from tests.support.program import Program
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.watched import DEPENDENTS, ENVIRON, WatchedFleet

pytestmark = pytest.mark.machine


@pytest.fixture
def growing(watched: WatchedFleet, github: GithubServer) -> Growing:
    return Growing(watched, github)


def test_of_a_healthy_fleet_nothing_is_opened(growing: Growing) -> None:
    assert (growing.opened(), growing.rules) == ({}, [])
    assert growing.github.asked == ["POST /graphql"]  # for what open pull requests would lock


def test_from_upstream_to_the_last_entry(growing: Growing) -> None:
    fleet = growing.fleet
    base = growing.base_is_released()
    assert growing.rules == ["base-version", "entry-missing", "upstream-patch"]
    assert growing.opened("--dry-run") == {LTF: "planned", PYTHON: "unchanged", LANGUAGES: "planned"}
    assert growing.opened() == {LTF: "done", PYTHON: "unchanged", LANGUAGES: "done"}
    assert growing.opened() == dict.fromkeys((LTF, PYTHON, LANGUAGES), "unchanged")
    (pull,) = growing.ltf.pulls
    assert (pull.title, pull.head) == (f"Begin 3.7.5: made FROM {base}", "ltf-ci/upstream-3.7")
    assert [pull.title for pull in growing.languages.pulls] == ["Add python (3.7.5) to the dependents"]

    growing.languages.merge(1)
    assert growing.rules == ["base-version"]
    assert growing.opened() == {LTF: "unchanged"}
    growing.ltf.merge(1)
    growing.release(growing.ltf, fleet.ltf.tagged(NEW), base)
    assert growing.rules == ["entry-missing"]
    assert growing.opened() == {LANGUAGES: "done"}
    assert growing.opened() == {LANGUAGES: "unchanged"}

    growing.languages.merge(2)
    assert (growing.opened(), growing.rules) == ({}, [])
    entries = json.loads(growing.languages.read(DEPENDENTS))
    assert [*entries] == ["python (3.7.4)", "python (3.7.5)", "python-unittest (3.7.4)", "python-unittest (3.7.5)"]
    assert entries["python-unittest (3.7.5)"]["from"] == str(base)
    result = fleet.run("dependents", "check", str(fleet.directory / DEPENDENTS), environ=ENVIRON)
    assert (result.code, result.findings) == (0, [])


def test_the_entry_of_a_base_comes_before_that_of_what_is_made_from_it(growing: Growing) -> None:
    base = growing.base_is_released()
    growing.opened()
    growing.ltf.merge(1)
    growing.release(growing.ltf, growing.fleet.ltf.tagged(NEW), base)
    result = growing.day()
    steps = [(step.state, step.detail) for step in result.steps if step.name == LANGUAGES]
    assert (result.code, [state for state, _ in steps]) == (0, ["unchanged", "skipped"])
    assert steps[1][1].endswith(f"python-unittest (3.7.5) is made FROM {base}, which no entry makes yet")
    growing.languages.merge(1)
    assert growing.opened() == {LANGUAGES: "done"}


def test_an_entry_that_somebody_closed_stays_closed(growing: Growing) -> None:
    growing.base_is_released()
    growing.opened()
    growing.languages.set_state(growing.languages.pulls[0], "CLOSED")
    assert growing.opened() == dict.fromkeys((LTF, PYTHON, LANGUAGES), "unchanged")
    assert [pull.state for pull in growing.languages.pulls] == ["CLOSED"]


def test_a_re_release_of_the_base_takes_the_pull_request_over(growing: Growing) -> None:
    growing.base_is_released()
    growing.opened()
    newer = growing.fleet.base.tagged("3.7.5-2")
    growing.python.bare.git("tag", newer.tag, "main")
    growing.fleet.push_release("python", newer, growing.fleet.upstream.tagged("3.7.5"))
    growing.fleet.point_latest(newer)
    assert growing.opened()[LTF] == "done"
    (pull,) = growing.ltf.pulls
    assert growing.ltf.read(DOCKERFILE, pull.head) == f"FROM {newer}\n"


def test_a_dockerfile_that_names_a_later_revision_of_its_base_is_edited_too(growing: Growing) -> None:
    growing.ltf.push({DOCKERFILE: f"FROM {growing.fleet.base.tagged('3.7.4-7')}\n"})  # as `notify` has it released
    base = growing.base_is_released()
    assert growing.opened()[LTF] == "done"
    assert growing.ltf.read(DOCKERFILE, growing.ltf.pulls[0].head) == f"FROM {base}\n"


def test_killed_after_each_effect_it_goes_on_where_it_stopped(growing: Growing) -> None:
    growing.base_is_released()
    growing.check_out()
    words = ["watch", str(growing.fleet.directory), "--allow-local", "--open-pull-requests", "--languages", LANGUAGES]
    for at in count(1):
        killer = Killer(at)
        with proxy_before(growing.github.host, killer.hook) as proxy:
            killer.process = run = Program(*words, environ={**ENVIRON, **growing.environ(proxy.host)})
            code, said = run.wait(60), b"\n".join(run.communicate())
        if code != -signal.SIGKILL:
            break
    assert (code, at > 2) == (0, True), said.decode()
    assert growing.pulls == {
        PYTHON: [growing_title(growing, "3.7.5", "MERGED"), branches("3.7")],
        LTF: [(f"Begin 3.7.5: made FROM {growing.fleet.base.tagged(NEW)}", "OPEN"), branches("3.7")],
        LANGUAGES: [
            ("Add python (3.7.5) to the dependents", "OPEN"),
            ("branches", str(["ltf-ci-dependents/python-3.7.5", "main"])),
        ],
    }


def proposed_release(growing: Growing) -> ImageName:
    """Have a pull request open that lists 3.7.4-2 of the LTF, whose image is overwritten then."""
    image = growing.fleet.ltf.tagged("3.7.4-2")
    growing.ltf.bare.git("tag", image.tag, "main")
    release = Release(
        url=RepositoryUrl(f"{ADDRESS}python-unittest"),
        tag=ReleaseTag.parse(image.tag),
        commit=Commit.parse(growing.ltf.head()),
        image=image,
        digest=growing.fleet.push_release("python-unittest", image, growing.fleet.base),
        display_name="Python (3.7.4), unittest",
    )
    bumped = bump([release], pull_request(LANGUAGES), run_at(growing.github), dry_run=False)
    assert bumped[0].step.state is StepState.DONE
    growing.fleet.push_release("python-unittest", image, growing.fleet.base, content="other")
    return image


def test_what_an_open_pull_request_would_lock_is_believed_as_the_lock_is(growing: Growing) -> None:
    image, registry = proposed_release(growing), growing.fleet.registry
    before = registry.resolve(image.tagged("latest"))
    for _ in range(2):
        result = growing.day("--heal")
        (found,) = [each for each in result.findings if each.rule == "image-overwritten"]
        assert "/pull/1" in f"{found.file} {found.found}", found
        assert registry.resolve(image.tagged("latest")) == before
    growing.languages.set_state(growing.languages.pulls[0], "CLOSED")  # then its lock says nothing
    assert "image-overwritten" not in {each.rule for each in growing.day("--heal").findings}
    assert registry.resolve(image.tagged("latest")) != before


def test_where_pull_requests_cannot_be_asked_no_latest_is_moved(growing: Growing) -> None:
    image, registry = proposed_release(growing), growing.fleet.registry
    before = registry.resolve(image.tagged("latest"))
    result = growing.day("--heal", hook=lambda _asked, _pass_on: Answered(502))
    assert (result.failure, result.step("pull requests").state) == ((9, "GithubFailed"), "skipped")
    assert "latest-behind" in {each.rule for each in result.findings}
    assert registry.resolve(image.tagged("latest")) == before


def growing_title(growing: Growing, version: str, state: str) -> tuple[str, str]:
    return f"Begin {version}: made FROM {growing.fleet.upstream.tagged(version)}", state


def branches(line: str) -> tuple[str, str]:
    return "branches", str([f"ltf-ci/upstream-{line}", "main"])


@pytest.mark.parametrize(
    ("broken", "others"),
    [(LTF, {PYTHON: "unchanged", LANGUAGES: "done"}), (LANGUAGES, {PYTHON: "unchanged", LTF: "done"})],
)
def test_github_that_fails_for_one_repository_keeps_no_other(
    growing: Growing, broken: str, others: dict[str, str]
) -> None:
    def fails(asked: Asked, pass_on: Pass) -> Answered:
        named = f'"{broken.partition("/")[2]}"'.encode()
        return Answered(502) if named in asked.body or f"/{broken}/" in f"{asked.path}/" else pass_on(asked)

    growing.base_is_released()
    result = growing.day(hook=fails)
    states = {step.name: step.state for step in result.steps if step.name.startswith(OWNER)}
    assert result.failure == (9, "GithubFailed")
    assert states == {**others, broken: "skipped"}
    assert growing.opened() == {**dict.fromkeys(others, "unchanged"), broken: "done"}


def test_without_a_languages_repository_the_step_says_why_no_entry_is_proposed(growing: Growing) -> None:
    growing.base_is_released()
    growing.check_out()
    result = growing.fleet.watch("--open-pull-requests", environ=growing.environ(growing.github.host))
    step = result.step(DEPENDENTS)
    assert (result.code, step.state) == (0, "skipped")
    assert step.detail == "python (3.7.5) is not proposed: no languages repository is named (--languages)"
    assert growing.languages.pulls == []


def test_a_branch_in_the_way_of_an_entry_is_an_error(growing: Growing) -> None:
    growing.base_is_released()
    growing.languages.push({"notes": "x"}, branch="ltf-ci-dependents")
    result = growing.day()
    assert result.failure == (4, "Refused"), result
    assert "has the branch ltf-ci-dependents" in result.error.found


def test_a_release_without_its_git_tag_has_no_entry_proposed(growing: Growing) -> None:
    growing.base_is_released()
    growing.python.bare.git("tag", "--delete", NEW)
    assert growing.opened()[LANGUAGES] == "skipped"
    assert growing.languages.pulls == []


def test_the_entry_has_the_letters_of_the_repositorys_others(growing: Growing) -> None:
    entries = {key.capitalize(): entry for key, entry in growing.fleet.entries.items()}
    growing.languages.push({DEPENDENTS: json.dumps(entries, indent=2)})
    growing.base_is_released()
    growing.opened()
    growing.languages.merge(1)
    assert "Python (3.7.5)" in json.loads(growing.languages.read(DEPENDENTS))
