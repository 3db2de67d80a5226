"""Each value that GitHub's schemas let be null is null once, in each answer that is read: none is our own mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from ltf_ci.clients.github.actions import GithubActions
from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.issues import GithubIssues
from ltf_ci.clients.github.owners import repositories_of
from ltf_ci.clients.pull_requests.at_github import GithubRepository
from ltf_ci.clients.pull_requests.many import files_of_many
from ltf_ci.errors import LtfError
from ltf_ci.model.remote_repository import PullText, RepositoryState, UpsertPullRequest
from ltf_ci.model.repository_place import PullOptions
from ltf_ci.model.secret import Secret
from tests.support.github import GithubServer
from tests.support.github.nulls import graphql_nulls, rest_nulls
from tests.support.proxy import Answered, Asked, Hook, Pass, proxy_before

pytestmark = pytest.mark.machine

BRANCH, WORKFLOW = "ltf-ci/x-1", ".github/workflows/x.yml"
PATHS = ("list", WORKFLOW)
JSON = {"Content-Type": "application/json"}
NOT_SHOWN = (6, "GitHub shows no repository o/r to this token")
EMPTY = (3, "o/r has no commit yet")
ODD = (9, "GitHub's answer for o/r lacks a value, or has one of another kind")
FINE = (0, "")
MEANS = {  # what is not here is fine, as the value may well be absent, or is what `ODD` says
    "repository": NOT_SHOWN,
    "repository.defaultBranchRef": EMPTY,
    "repository.defaultBranchRef.target": EMPTY,
    "repositoryOwner": (3, "GitHub has no owner o"),
}
UNKNOWN = (  # nothing stands for what these say: a commit's parents decide whose work a branch is
    *("parents", "commits", "entries", "ref.target", "repository.object", "createCommitOnBranch", "commit"),
    *("parents.nodes", "commits.nodes", "made.nodes", "createPullRequest", "createPullRequest.pullRequest"),
    *("updatePullRequest", "updatePullRequest.pullRequest"),
)
Act: TypeAlias = Callable[[GithubApi], object]
Known: TypeAlias = dict[tuple[str, str, str], Answered]


def repository(api: GithubApi) -> GithubRepository:
    return GithubRepository("o/r", PATHS, api)


def state(api: GithubApi) -> RepositoryState:
    return repository(api).state(BRANCH)


def write(api: GithubApi) -> object:
    found = state(api)
    assert found.branch
    text = PullText(title="Title", body="Body")
    wanted = UpsertPullRequest(
        branch=BRANCH,
        scratch=f"{BRANCH}.next-1",
        base=found.base.head,
        replaces=found.branch.head,
        files={"list": "c\n"},
        text=text,
        pull=found.pull,
    )
    return repository(api).write(wanted, found)


def finish(api: GithubApi) -> None:
    pull = state(api).pull
    assert pull
    assert repository(api).complete(pull, PullOptions(auto_merge=True)) == ()
    repository(api).close(pull, "done")


GRAPHQL: dict[str, Act] = {
    "state": state,
    "texts": lambda api: repository(api).texts(state(api), ("list", "absent")),
    "open": lambda api: repository(api).open_branches("ltf-ci"),
    "ready": lambda api: repository(api).ready(),
    "many": lambda api: files_of_many(["o/r", "o/s"], PATHS, api),
    "owner": lambda api: list(repositories_of("o", api, "o/r")),
    "write": write,
    "open one": write,
    "finish": finish,
}
REST: dict[str, Act] = {
    "issues": lambda api: GithubIssues("o/r", api).labelled("label"),
    "an issue": lambda api: GithubIssues("o/r", api).create("Title", "", "label"),
    "runs": lambda api: GithubActions(api).runs("o/r", "x.yml"),
}


@pytest.fixture
def hosted(github: GithubServer, request: pytest.FixtureRequest) -> GithubServer:
    """Return GitHub with pull requests of all kinds, an issue and a run."""
    place = github.create_repository("o/r", {"list": "a\n", WORKFLOW: "on: workflow_dispatch\n", ".travis.yml": "x\n"})
    github.create_repository("o/s", {"list": "a\n"})
    for branch in ("ltf-ci/y-1", BRANCH, f"{BRANCH}.next-0", f"{BRANCH}.next-2"):
        place.push({"list": f"{branch}\n"}, branch=branch)
    place.open_pull("ltf-ci/y-1", "main", "Other", "", draft=False)
    place.set_state(place.open_pull(BRANCH, "main", "Old", "", draft=False), "CLOSED")
    if "open one" not in request.node.name:
        place.add_labels(place.open_pull(BRANCH, "main", "Mine", "", draft=False), ["label"])
    place.open_issue("Title", "", ["label"])
    github.site.actions.add("o/r", "x.yml", "by hand")
    return github


def answers(github: GithubServer, act: Act) -> Known:
    """Return what GitHub answers, by method, path and GraphQL's document, while it is acted."""
    found: Known = {}

    def keep(asked: Asked, pass_on: Pass) -> Answered:
        return found.setdefault(key(asked), pass_on(asked))

    with proxy_before(github.host, keep) as proxy:
        act(GithubApi(f"http://{proxy.host}", Secret(github.token), 0))
    return found


def key(asked: Asked) -> tuple[str, str, str]:
    return asked.method, asked.path, json.loads(asked.body or b"{}").get("query", "")


def answered(data: Any) -> Answered:
    return Answered(200, JSON, json.dumps(data).encode())


def ending(act: Act, github: GithubServer, hook: Hook) -> tuple[int, str]:
    with proxy_before(github.host, hook) as proxy:
        try:
            act(GithubApi(f"http://{proxy.host}", Secret(github.token), 0))
        except LtfError as error:
            return error.exit_code, error.found if error.cure else "no cure"
    return FINE


def replaying(known: Known) -> Hook:
    def replay(asked: Asked, pass_on: Pass) -> Answered:
        return known.get(key(asked)) or pass_on(asked)

    return replay


def expected(path: str) -> tuple[int, str]:
    without_numbers = ".".join(word for word in path.split(".") if not word.isdecimal())
    is_read = ".open." not in path and ".made.nodes.0.commit." not in path  # this first commit is the only one
    is_unknown = without_numbers.endswith(UNKNOWN) and is_read
    return MEANS.get(path, ODD if is_unknown else FINE)


@pytest.mark.parametrize("name", GRAPHQL)
def test_a_null_of_graphql_is_nothing_or_told(name: str, hosted: GithubServer) -> None:
    act = GRAPHQL[name]
    known = answers(hosted, act)
    asked, whole = list(known.items())[-1]
    tried = list(graphql_nulls(asked[2], json.loads(whole.body)["data"]))
    assert len(tried) >= (name != "ready") + 1
    ended = {path: ending(act, hosted, replaying({**known, asked: answered({"data": data})})) for path, data in tried}
    wrong = {path: end for path, end in ended.items() if end != (FINE if name == "many" else expected(path))}
    assert wrong == {}


@pytest.mark.parametrize("name", REST)
def test_a_null_of_rest_is_nothing(name: str, hosted: GithubServer) -> None:
    known = answers(hosted, REST[name])
    asked, whole = list(known.items())[-1]
    tried = list(rest_nulls(asked[0], asked[1], whole.status, json.loads(whole.body)))
    assert len(tried) > 0
    for path, data in tried:
        ended = ending(REST[name], hosted, replaying({**known, asked: answered(data)}))
        assert ended == FINE, path


@pytest.mark.parametrize("name", ["open", "owner"])
def test_a_page_without_an_end_is_the_last(name: str, hosted: GithubServer) -> None:
    known = answers(hosted, GRAPHQL[name])
    asked, whole = list(known.items())[-1]
    odd = whole.body.replace(b'"hasNextPage": false', b'"hasNextPage": true')
    odd = odd.replace(b'"endCursor": "', b'"endCursor": null, "was": "')
    assert odd != whole.body
    assert ending(GRAPHQL[name], hosted, replaying({**known, asked: Answered(200, JSON, odd)})) == FINE
