"""GitHub's answers as they come: redirects, renamed repositories, and what no API answers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ltf_ci.clients.github.actions import GithubActions
from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.issues import GithubIssues
from ltf_ci.clients.pull_requests.at_github import GithubRepository
from ltf_ci.errors import GithubFailed, LtfError
from ltf_ci.model.credentials import App
from ltf_ci.model.secret import Secret
from tests.support.bombs import bomb
from tests.support.github import GithubServer
from tests.support.github.app import CLIENT_ID
from tests.support.proxy import Answered, Asked, Hook, Pass, proxy_before

pytestmark = pytest.mark.machine
WORKFLOW = {".github/workflows/x.yml": "on: workflow_dispatch\n"}
JSON = {"Content-Type": "application/json"}
ODD_BRANCH = {"nodes": [{"headRefName": 7, "isCrossRepository": False}], "pageInfo": {"hasNextPage": False}}
HTML = {"Content-Type": "text/html; charset=utf-8"}
DEEP = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def api_at(host: str, token: str = "x") -> GithubApi:
    return GithubApi(f"http://{host}", Secret(token), 0)


def test_a_renamed_repository_is_followed_by_method_and_query(github: GithubServer) -> None:
    hosted = github.create_repository("o/old", WORKFLOW)
    hosted.open_issue("Old", "", ["watch"])
    hosted.open_issue("Other", "", [])
    github.site.rename("o/old", "p/new")
    api = api_at(github.host, github.token)
    issues = GithubIssues("o/old", api)
    assert [issue.number for issue in issues.labelled("watch")] == [1]
    made = issues.create("Title", "Body", "watch")
    issues.comment(made, "x")
    issues.edit(made, "New", is_open=False)
    assert (hosted.issues[-1].body, hosted.issues[-1].state, hosted.issues[-1].comments) == ("New", "closed", ["x"])
    assert GithubActions(api).dispatch("o/old", "x.yml", {}) > 0


def test_an_app_has_a_token_for_a_renamed_repository(github: GithubServer) -> None:
    hosted = github.create_repository("o/old", {"x": ""})
    github.site.rename("o/old", "o/new")
    github.app.install("o")
    api = GithubApi(github.api, App(CLIENT_ID, Secret(github.app.private_key)), 0)
    assert GithubRepository("o/old", ("x",), api).state("ltf-ci/x").at.full_name == "o/new"
    assert [grant.numbers for grant in github.app.live.values()] == [(hosted.number,)]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_keeps_method_query_and_body(status: int) -> None:
    def moved(asked: Asked, _pass_on: Pass) -> Answered:
        if asked.path.startswith("/repos/"):
            return Answered(status, {"Location": "/repositories/7/issues", **JSON}, b'{"message": "Moved"}')
        said = {"path": asked.path, "method": asked.method, "body": json.loads(asked.body or b"null")}
        return Answered(200, JSON, json.dumps(said).encode())

    with proxy_before("", moved) as proxy:
        api = api_at(proxy.host)
        assert api.get("o/r", "/issues", {"a": "b c"}) == {
            "path": "/repositories/7/issues?a=b+c",
            "method": "GET",
            "body": None,
        }
        assert api.send("PATCH", "o/r", "/issues", {"x": 1})["body"] == {"x": 1}


@pytest.mark.parametrize(
    "location", ["http://OTHER/x", "https://evil.test/x", "http://[::1/", "http://OTHER\\@OWN/x", "//OTHER\\@OWN/x"]
)
def test_a_token_goes_to_no_other_server(location: str) -> None:
    def moved(asked: Asked, _pass_on: Pass) -> Answered:
        place = location.replace("OWN", asked.headers["Host"]).replace("OTHER", other.host)
        return Answered(307, {"Location": place}, b"")

    fine = always(Answered(200, JSON, b"{}"))
    with proxy_before("", fine) as other, proxy_before("", moved) as proxy, pytest.raises(GithubFailed) as raised:
        api_at(proxy.host).get("o/r", "")
    assert "GITHUB_API_URL" in raised.value.cure


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_token_that_the_answer_repeats_is_not_shown(status: int) -> None:
    def repeats(asked: Asked, _pass_on: Pass) -> Answered:
        return Answered(status, JSON, json.dumps({"message": f"I was sent {asked.headers['Authorization']}"}).encode())

    with proxy_before("", repeats) as proxy, pytest.raises(LtfError) as raised:
        api_at(proxy.host, "ghs_of_the_tests").send("POST", "o/r", "/issues", {})
    assert "ghs_of_the_tests" not in str(raised.value)


def test_a_circle_of_redirects_ends() -> None:
    def moved(asked: Asked, _pass_on: Pass) -> Answered:
        return Answered(301, {"Location": asked.path}, b"")

    with proxy_before("", moved) as proxy, pytest.raises(GithubFailed, match="in a circle"):
        api_at(proxy.host).get("o/r", "")


def always(answered: Answered) -> Hook:
    return lambda _asked, _pass_on: answered


@pytest.mark.parametrize(
    "answered",
    [
        Answered(200, HTML, b"<html>Sign in"),
        Answered(302, HTML, b"<html>"),
        Answered(200, JSON, b""),
        Answered(204, {}, b""),
        Answered(200, JSON, b"null"),
        Answered(200, JSON, b"[]"),
        Answered(200, JSON, b"7"),
        Answered(200, JSON, b'{"data": null}'),
        Answered(200, JSON, b'{"data": []}'),
        Answered(200, JSON, b'{"data": {}}'),
        Answered(200, JSON, json.dumps({"data": {"repository": {"open": ODD_BRANCH}}}).encode()),
        Answered(200, JSON, b'{"data": {"repository": null}}'),
        Answered(200, JSON, b'{"data": {"repository": {"id": 1}}}'),
        Answered(200, JSON, b'{"data": {"repository": {"defaultBranchRef": {"name": 7}}}}'),
        Answered(200, JSON, b'{"data": {"repo'),
        Answered(200, JSON, DEEP),
        Answered(200, {**JSON, "Content-Encoding": "gzip"}, b"not packed"),
        Answered(200, {**JSON, "Content-Encoding": "gzip"}, bomb(70, b" ")),
        Answered(200, {**JSON, "Content-Encoding": "deflate"}, b"x"),
        Answered(300, JSON, b"{}"),
        Answered(404, HTML, b"<html>"),
        Answered(403, HTML, b"<html>"),
        Answered(401, HTML, b"<html>"),
        Answered(400, JSON, b"[[[]]]"),
    ],
)
def test_what_is_no_answer_of_githubs_is_told_as_that(answered: Answered) -> None:
    with proxy_before("", always(answered)) as proxy:
        api = api_at(proxy.host)
        acts: list[Callable[[], object]] = [
            lambda: GithubRepository("o/r", ("x",), api).state("ltf-ci/x"),
            lambda: GithubRepository("o/r", ("x",), api).open_branches("ltf-ci/"),
            lambda: GithubIssues("o/r", api).create("Title", "Body", "label"),
            lambda: GithubActions(api).run("o/r", 7),
            lambda: GithubActions(api).dispatch("o/r", "x.yml", {}),
        ]
        for act in acts:
            with pytest.raises(LtfError) as raised:
                act()
            assert raised.value.exit_code in (6, 9)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_server_that_does_not_know_return_run_details_is_asked_for_its_runs(
    github: GithubServer, *, refuses: bool
) -> None:
    github.create_repository("o/r", WORKFLOW)
    github.site.actions.add("o/r", "x.yml", "before")
    unknown = b'{"message": "Invalid request.\\n\\n\\"return_run_details\\" is not a permitted key."}'

    def without(asked: Asked, pass_on: Pass) -> Answered:
        if refuses and b"return_run_details" in asked.body:
            return Answered(422, body=unknown)
        done = pass_on(asked)
        return Answered(204) if asked.path.endswith("/dispatches") else done

    with proxy_before(github.host, without) as proxy:
        api = GithubApi(f"http://{proxy.host}/api/v3", Secret(github.token), 0)
        number = GithubActions(api).dispatch("o/r", "x.yml", {})
    assert number == github.site.actions.runs[-1].number


@pytest.mark.parametrize(("name", "cure"), [("o/r", "ltf-ci init"), ("o/typo", "check the name")])
def test_a_workflow_that_is_not_there_is_not_a_repository_that_is_not_there(
    github: GithubServer, name: str, cure: str
) -> None:
    github.create_repository("o/r", {"x": ""})
    with pytest.raises(LtfError) as raised:
        GithubActions(api_at(github.host, github.token)).dispatch(name, "ltf-ci-retag.yml", {})
    assert cure in raised.value.cure


def test_a_workflow_that_is_disabled_is_told_how_it_is_enabled(github: GithubServer) -> None:
    github.create_repository("o/r", WORKFLOW)
    words = b'{"message": "Cannot trigger a \'workflow_dispatch\' on a disabled workflow"}'

    def disabled(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(422, JSON, words) if asked.path.endswith("/dispatches") else pass_on(asked)

    with proxy_before(github.host, disabled) as proxy, pytest.raises(GithubFailed) as raised:
        GithubActions(api_at(proxy.host, github.token)).dispatch("o/r", "x.yml", {})
    assert raised.value.cure == "gh workflow enable x.yml --repo o/r"
