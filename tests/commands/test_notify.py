"""What is made FROM an image is released again: each dependent's own workflow does it, at the stand-in for GitHub."""

from __future__ import annotations

import re
import threading
import time

import pytest

from ltf_ci.clients.run import Run
from ltf_ci.fleet.dependent_states import Workshop
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.notification import Notification, after
from ltf_ci.fleet.notified import Fate
from ltf_ci.fleet.rules.waves import waves
from ltf_ci.languages.dependents import Dependents
from ltf_ci.model.access import Access
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.secret import Secret
from tests.support.fleet import OWNER, Fleet
from tests.support.github.app import CLIENT_ID
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.result import Result

pytestmark = pytest.mark.machine

BASE = "python (3.7.4)"
DIAMOND = {
    "python": ["python:3.7.4"],
    "assert": ["python"],
    "pytest": ["python"],
    "approval": ["pytest"],
    "both": ["assert", "approval"],
    "ruby": ["ruby:3.3"],
    "rspec": ["ruby"],
}


def fates(result: Result) -> dict[str, str]:
    return {each["key"].partition(" ")[0]: each["fate"] for each in result.plan["dependents"]}


def test_what_is_made_from_it_is_built_once_and_after_all_its_bases(fleet: Fleet) -> None:
    fleet.draw(DIAMOND)
    fleet.release("python")
    result = fleet.notify(BASE, "--reason", "CVE-1")
    assert result.ended == (0, "done"), result
    assert fates(result) == dict.fromkeys(["assert", "pytest", "approval", "both"], "built")
    order = fleet.built[1:]
    assert sorted(order) == ["approval", "assert", "both", "pytest"]
    assert order.index("both") > max(order.index("assert"), order.index("approval"))
    assert order.index("approval") > order.index("pytest")
    inputs = {each["repository"]: each["inputs"] for each in fleet.github.dispatches}
    assert inputs[f"{OWNER}/pytest"] == {"lines": "3.7.4", "base": str(fleet.newest("python")), "reason": "CVE-1"}
    assert inputs[f"{OWNER}/both"]["base"].split() == sorted(str(fleet.newest(name)) for name in ("approval", "assert"))


def test_the_same_again_builds_nothing(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "approval": ["pytest"]})
    fleet.release("python")
    fleet.notify(BASE)
    result = fleet.notify(BASE)
    assert (result.code, result.conclusion, len(fleet.github.dispatches)) == (0, "nothing-to-do", 2), result
    assert fates(result) == {"pytest": "kept", "approval": "kept"}


def test_a_dependent_that_was_renamed_is_followed(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "assert": ["python"], "pytest": ["python"], "unit": ["python"]})
    fleet.release("python")
    fleet.github.site.rename(f"{OWNER}/pytest", f"{OWNER}/pytest-renamed")
    fleet.github.site.actions.runner = lambda run: bool(
        fleet.release(run.repository.partition("/")[2].partition("-")[0])
    )
    result = fleet.notify(BASE)
    assert result.ended == (0, "done"), result
    assert fates(result) == dict.fromkeys(["assert", "pytest", "unit"], "built")


def test_a_failing_dependent_stops_only_what_is_made_from_it(fleet: Fleet) -> None:
    fleet.draw(DIAMOND)
    fleet.release("python")
    fleet.broken.add("pytest")
    result = fleet.notify(BASE)
    assert result.ended == (1, "failed")
    assert fates(result) == {"assert": "built", "pytest": "failed", "approval": "blocked", "both": "blocked"}
    assert {*result.rules} == {"dependent-failed", "dependent-blocked"}
    drawing = fleet.summary.read_text().partition("```mermaid\n")[2].partition("```")[0]
    numbers = {name: node for node, name in re.findall(r'(n\d+)\["(\S+) \(3\.7\.4\)"\]', drawing)}
    colours = {colour: named.split(",") for named, colour in re.findall(r"class (\S+) (green|red|amber)", drawing)}
    assert (colours["green"], colours["red"]) == ([numbers["assert"]], [numbers["pytest"]])
    assert sorted(colours["amber"]) == sorted([numbers["approval"], numbers["both"]])
    fleet.broken.clear()
    result = fleet.notify(BASE)
    assert fates(result) == {"assert": "kept", "pytest": "built", "approval": "built", "both": "built"}


def test_one_that_failed_three_times_is_left_out_until_somebody_releases_it(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "assert": ["python"]})
    fleet.release("python")
    fleet.broken.add("pytest")
    for _ in range(3):
        assert fates(fleet.notify(BASE))["pytest"] == "failed"
    result = fleet.notify(BASE)
    assert (result.code, fates(result)) == (0, {"pytest": "left out", "assert": "kept"}), result
    assert "/actions/runs/" in result.findings[0].found
    fleet.release("pytest")
    assert fates(fleet.notify(BASE)) == {"pytest": "kept", "assert": "kept"}


def test_a_dry_run_says_what_is_blocked_too(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "approval": ["pytest"]})
    fleet.release("python")
    fleet.broken.add("pytest")
    for _ in range(3):
        fleet.notify(BASE)
    results = [fleet.notify(BASE, *words) for words in (["--dry-run"], [])]
    assert [*map(fates, results)] == [{"pytest": "left out", "approval": "blocked"}] * 2


def test_what_is_named_by_its_repository_is_built_too(fleet: Fleet) -> None:
    fleet.draw({"base": ["python:3.7.4"], "pytest": ["base"]})
    fleet.release("base")
    result = fleet.notify("base")
    assert (result.code, fates(result)) == (0, {"pytest": "built"}), result


def test_a_run_that_is_under_way_is_waited_for_and_not_started_twice(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "approval": ["pytest"]})
    fleet.release("python")
    goes_on = threading.Event()
    fleet.meanwhile = lambda _name: waited(goes_on)
    told = notification(fleet, seconds=0)  # as one that was killed leaves it
    assert told == {"pytest": Fate.RUNNING, "approval": Fate.BLOCKED}
    threading.Timer(1, goes_on.set).start()
    result = fleet.notify(BASE)
    assert (result.code, fates(result)) == (0, {"pytest": "built", "approval": "built"}), result
    assert [each["repository"] for each in fleet.github.dispatches] == [f"{OWNER}/pytest", f"{OWNER}/approval"]


@pytest.mark.parametrize("is_done", [True, False])
def test_an_answer_that_is_lost_starts_no_second_run(fleet: Fleet, is_done: bool) -> None:  # noqa: FBT001
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"]})
    fleet.release("python")
    lost = threading.Semaphore(1)

    def hook(asked: Asked, pass_on: Pass) -> Answered:
        if not (asked.path.endswith("/dispatches") and lost.acquire(blocking=False)):
            return pass_on(asked)
        if is_done:
            pass_on(asked)
        return Answered(502, {}, b"<html>Bad gateway")

    goes_on = threading.Event()
    fleet.meanwhile = lambda _name: waited(goes_on)
    threading.Timer(2, goes_on.set).start()
    with proxy_before(fleet.github.api.removeprefix("http://"), hook) as proxy:
        result = fleet.notify(BASE, api=f"http://{proxy.host}")
    assert (result.code, fates(result), len(fleet.github.dispatches)) == (0, {"pytest": "built"}, 1), result


def test_a_green_run_that_made_nothing_new_is_not_believed(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"]})
    fleet.release("python")
    fleet.github.site.actions.runner = lambda _run: True
    result = fleet.notify(BASE)
    assert (result.code, fates(result)) == (1, {"pytest": "failed"})
    assert "made of the older base" in result.findings[0].found


def test_a_public_base_moves_what_is_made_from_it(fleet: Fleet) -> None:
    fleet.draw({"public": ["scratch"], "pytest": [f"{fleet.place}/public:3.7.4-1"]})
    text = fleet.file.read_text()
    entries = text[text.index('"pytest') :]
    fleet.file.write_text(f"{{{entries}")
    public = f"{fleet.place}/public:3.7.4-1"
    assert fates(fleet.notify(public)) == {"pytest": "built"}
    result = fleet.notify(public)  # its label says nothing of that base; its run does
    assert (result.code, fates(result)) == (0, {"pytest": "kept"}), result
    assert [each["inputs"]["base"] for each in fleet.github.dispatches] == [public]


def test_a_dry_run_says_what_would_be_built_and_starts_nothing(fleet: Fleet) -> None:
    fleet.draw(DIAMOND)
    fleet.release("python")
    fleet.release("assert")
    result = fleet.notify(BASE, "--dry-run")
    assert result.ended == (0, "planned")
    assert fates(result) == {"assert": "kept", "pytest": "planned", "approval": "planned", "both": "planned"}
    assert fleet.github.dispatches == []


def test_a_repository_without_the_workflow_fails_alone(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "assert": ["python"]})
    fleet.release("python")
    del fleet.github.site.repositories[f"{OWNER}/pytest"]
    result = fleet.notify(BASE)
    assert (result.code, fates(result)) == (1, {"pytest": "failed", "assert": "built"}), result
    assert f"{OWNER}/pytest has no workflow ltf-ci-retag.yml" in result.findings[0].found


@pytest.mark.parametrize(
    ("words", "code", "found"),
    [
        (["nobody"], 3, "'nobody' is neither an entry's key or image"),
        ([BASE, "--timeout", "0"], 2, "--timeout is '0'"),
        ([BASE, "--timeout", "never"], 2, "--timeout is 'never'"),
        ([], 2, "no image is named"),
    ],
)
def test_what_cannot_be_meant_is_told(fleet: Fleet, words: list[str], code: int, found: str) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"]})
    result = fleet.notify(*words)
    assert (result.code, result.error.found[: len(found)]) == (code, found)


def test_of_an_image_that_nothing_is_made_from_no_more_is_said(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"]})
    result = fleet.notify("python:9")
    assert (*result.ended, result.reason) == (
        0,
        "nothing-to-do",
        "nothing is made FROM python:9, but FROM python:3.7.4",
    )


def test_without_a_token_it_is_said(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"]})
    fleet.release("python")
    result = fleet.notify(BASE, token="")
    assert "no token for cyber-dojo/pytest is given" in result.findings[0].found, result
    assert result.code == 1


def test_it_goes_on_when_an_apps_token_has_ended(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "approval": ["pytest"]})
    fleet.release("python")
    app = fleet.github.app
    app.install(OWNER, "actions")
    app.life = 2

    def until_it_has_ended(_name: str) -> None:
        before = list(app.given)
        while any(map(app.grant, before)):
            time.sleep(0.1)

    fleet.meanwhile = until_it_has_ended
    result = fleet.notify(BASE, token="", **app.environ)
    assert (result.code, fates(result)) == (0, {"pytest": "built", "approval": "built"}), result


def test_a_repository_without_the_app_fails_alone(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"], "assert": ["python"]})
    fleet.release("python")
    fleet.github.app.install(OWNER, "actions").without.add("pytest")
    result = fleet.notify(BASE, token="", **fleet.github.app.environ)
    assert (result.code, fates(result)) == (1, {"pytest": "failed", "assert": "built"}), result
    assert f"{CLIENT_ID} is not installed on {OWNER}/pytest" in result.findings[0].found


def test_a_base_is_asked_for_once_however_many_are_made_from_it(fleet: Fleet) -> None:
    names = [f"ltf-{number}" for number in range(6)]
    with proxy_before(fleet.place.partition("/")[0]) as registry:
        fleet.place = f"{registry.host}/{fleet.place.partition('/')[2]}"
        fleet.draw({"python": ["python:3.7.4"], **{name: ["python"] for name in names}})
        registry.asked.clear()
        result = fleet.notify(BASE)
        asked = [each.path for each in registry.asked if "/python/" in each.path]
    assert (result.code, fates(result)) == (0, dict.fromkeys(names, "kept")), result
    assert len(asked) == len(set(asked)), asked


def test_a_base_that_moves_while_a_wave_runs_is_seen(fleet: Fleet) -> None:
    fleet.draw({"python": ["python:3.7.4"], "pytest": ["python"]})
    fleet.release("python")

    def released_again(_name: str) -> None:
        fleet.release("python")

    fleet.meanwhile = released_again
    result = fleet.notify(BASE)
    assert (result.code, fates(result)) == (0, {"pytest": "built"}), result


def waited(event: threading.Event) -> None:
    assert event.wait(60)


def notification(fleet: Fleet, seconds: float) -> dict[str, Fate]:
    graph = ImageGraph.of(Dependents.parse(fleet.file.read_bytes(), "dependents.json").entries)
    access = Access(
        token=Secret(fleet.github.token),
        github=GithubHost.of("", fleet.github.api),
        docker_config=fleet.file.parent,
        pause=0,
    )
    run = Run(access)
    workshop = Workshop(registry=run.registry, actions=run.actions, github=run.github_host, wait=run.wait, log=run.log)
    told = Notification(graph, [BASE], OWNER, "", after(seconds), workshop)
    for wave in waves(graph, [BASE]):
        told.build(wave)
    return {dependent.repository: each.fate for dependent, each in told.results.items()}
