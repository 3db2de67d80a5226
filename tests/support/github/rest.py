"""The REST operations that the stand-in has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.support.github.hosted import HostedRepository, Issue, Pull, Refused
from tests.support.github.issues import issue_body, pull_as_issue
from tests.support.github.openapi import Operation
from tests.support.github.rest_bodies import (
    Urls,
    blob,
    comment,
    label,
    repository,
    simple_pull,
    started,
    whole_pull,
    workflow_run,
)
from tests.support.github.site import Site, Violation

REPOSITORY = "/repos/{owner}/{repo}"
DOCUMENTATION = "https://docs.github.com/rest"
STATUS_OF = {"NOT_FOUND": 404, "FORBIDDEN": 403, "STALE_DATA": 409, "UNPROCESSABLE": 422}


@dataclass(frozen=True)
class Answer:
    """What goes back; no body where it is None."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request that fits its description."""

    site: Site
    hosted: HostedRepository
    urls: Urls
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    @property
    def pull(self) -> Pull:
        return self.hosted.pull(int(self.path.get("pull_number") or self.path["issue_number"]))

    @property
    def issue(self) -> Issue:
        found = self.hosted.issue(int(self.path["issue_number"]))
        if found is None:
            raise Refused("Not Found", "NOT_FOUND")
        return found

    @property
    def told(self) -> Mapping[str, Any]:
        return self.body or {}


def rest_answer(site: Site, urls: Urls, target: str, query: Mapping[str, str], method: str, body: Any) -> Answer:
    """Return GitHub's answer, or raise Violation."""
    operation, handler, path = found(method, target)
    if operation.template.endswith("/labels") and isinstance(body, list):
        body = {"labels": body}  # "You can also pass an array of labels directly", says the description, not its schema
    operation.check_request(path, query, body)
    try:
        hosted = site.repository(f"{path['owner']}/{path['repo']}")
        site.allow(hosted, str(operation))
        answer = handler(Call(site, hosted, urls, path, query, body))
    except Refused as refused:
        answer = _refusal(refused)
    operation.check_answer(answer.status, answer.body)
    return answer


def found(method: str, target: str) -> tuple[Operation, Handler, dict[str, str]]:
    for (known, template), handler in HANDLERS.items():
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template)
        if known == method and (match := re.fullmatch(pattern, target)):
            return Operation(method, template), handler, match.groupdict()
    raise Violation(f"not modelled by the stand-in: {method} {target}")


def _refusal(refused: Refused) -> Answer:
    status = STATUS_OF[refused.kind]
    body = {"message": refused.message, "documentation_url": DOCUMENTATION, "status": str(status)}
    if refused.kind == "NOT_FOUND":
        body["message"] = "Not Found"
    if refused.kind != "UNPROCESSABLE":
        return Answer(status, body)
    error = {"resource": "PullRequest", "code": "custom", "message": refused.message}
    return Answer(status, {**body, "message": "Validation Failed", "errors": [error]})


def show_repository(call: Call) -> Answer:
    return Answer(200, repository(call.urls, call.hosted, "full-repository"))


def list_pulls(call: Call) -> Answer:
    state, base = call.query.get("state", "open"), call.query.get("base")
    owner, _, branch = call.query.get("head", "").rpartition(":")  # without an owner, GitHub takes no notice of it
    found = [pull for pull in call.hosted.pulls if state == "all" or (pull.state == "OPEN") == (state == "open")]
    found = [pull for pull in found if base in (None, pull.base)]
    found = [pull for pull in found if not owner or (owner, branch) == (call.hosted.owner, pull.head)]
    oldest_first = call.query.get("direction", "desc") == "asc"
    return _page(call, found if oldest_first else found[::-1])


def _page(call: Call, pulls: Sequence[Pull]) -> Answer:
    size, page = int(call.query.get("per_page", "30")), int(call.query.get("page", "1"))
    shown = [simple_pull(call.urls, call.hosted, pull) for pull in pulls[(page - 1) * size : page * size]]
    if len(pulls) <= page * size:
        return Answer(200, shown)
    following = urlencode({**call.query, "page": str(page + 1)})
    return Answer(200, shown, {"Link": f'<{call.urls.repository(call.hosted)}/pulls?{following}>; rel="next"'})


def show_pull(call: Call) -> Answer:
    return Answer(200, whole_pull(call.urls, call.hosted, call.pull))


def create_pull(call: Call) -> Answer:
    told = call.told
    head = told["head"].removeprefix(f"{call.hosted.owner}:")
    draft = told.get("draft", False)
    pull = call.hosted.open_pull(head, told["base"], told["title"], told.get("body") or "", draft=draft)
    return Answer(201, whole_pull(call.urls, call.hosted, pull))


def edit_pull(call: Call) -> Answer:
    pull = call.pull
    if "state" in call.told:
        call.hosted.set_state(pull, "OPEN" if call.told["state"] == "open" else "CLOSED")
    for key in ("title", "body", "base"):
        setattr(pull, key, call.told.get(key, getattr(pull, key)))
    return show_pull(call)


def show_blob(call: Call) -> Answer:
    content = call.hosted.bare.blob(call.path["file_sha"])
    return Answer(200, blob(call.urls, call.hosted, call.path["file_sha"], content))


def request_reviewers(call: Call) -> Answer:
    pull = call.pull
    people = [*call.told.get("reviewers", []), *call.told.get("team_reviewers", [])]
    call.hosted.request_reviews(pull, people)
    return Answer(201, simple_pull(call.urls, call.hosted, pull))


def add_labels(call: Call) -> Answer:
    pull = call.pull
    named = call.told.get("labels", [])
    call.hosted.add_labels(pull, [entry if isinstance(entry, str) else entry["name"] for entry in named])
    return Answer(200, [label(call.urls, call.hosted, name) for name in pull.labels])


def list_issues(call: Call) -> Answer:
    """Return the first page, pull requests among them, as GitHub does."""
    wanted, state = set(filter(None, call.query.get("labels", "").split(","))), call.query.get("state", "open")
    every = [issue_body(call.urls, call.hosted, issue) for issue in call.hosted.issues]
    every += [pull_as_issue(call.urls, call.hosted, pull) for pull in call.hosted.pulls]
    found = [each for each in every if wanted <= {label["name"] for label in each["labels"]}]
    found = [each for each in found if state in ("all", each["state"])]
    found.sort(key=lambda each: int(each["number"]), reverse=True)
    return Answer(200, found[: int(call.query.get("per_page", "30"))])


def create_issue(call: Call) -> Answer:
    labels = call.told.get("labels", []) if call.hosted.may_label else []
    issue = call.hosted.open_issue(call.told["title"], call.told.get("body") or "", labels)
    return Answer(201, issue_body(call.urls, call.hosted, issue))


def edit_issue(call: Call) -> Answer:
    issue = call.issue
    for key in ("title", "body", "state"):
        setattr(issue, key, call.told.get(key, getattr(issue, key)))
    return Answer(200, issue_body(call.urls, call.hosted, issue))


def add_comment(call: Call) -> Answer:
    pull = call.hosted.issue(int(call.path["issue_number"])) or call.pull
    pull.comments.append(call.told["body"])
    return Answer(201, comment(call.urls, call.hosted, pull, len(pull.comments)))


def dispatch(call: Call) -> Answer:
    workflow, inputs = call.path["workflow_id"], call.told.get("inputs") or {}
    head = call.hosted.branch_oid(call.told["ref"])
    if head is None or call.hosted.bare.resolve(f"{head}:.github/workflows/{workflow}") is None:
        raise Refused("Not Found", "NOT_FOUND")
    call.site.dispatches.append({"repository": call.hosted.name, "workflow": workflow, **call.told})
    run = call.site.actions.start(call.hosted.name, workflow, inputs, head)
    return Answer(200, started(call.urls, call.hosted, run)) if call.told.get("return_run_details") else Answer(204)


def list_runs(call: Call) -> Answer:
    runs = call.site.actions.of(call.hosted.name, call.path["workflow_id"])
    shown = [workflow_run(call.urls, call.hosted, run) for run in runs[: int(call.query.get("per_page", "30"))]]
    return Answer(200, {"total_count": len(runs), "workflow_runs": shown})


def show_run(call: Call) -> Answer:
    run = call.site.actions.run(call.hosted.name, int(call.path["run_id"]))
    if run is None:
        raise Refused("Not Found", "NOT_FOUND")
    return Answer(200, workflow_run(call.urls, call.hosted, run))


Handler = Callable[[Call], Answer]
HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", f"{REPOSITORY}/git/blobs/{{file_sha}}"): show_blob,
    ("GET", REPOSITORY): show_repository,
    ("GET", f"{REPOSITORY}/pulls"): list_pulls,
    ("POST", f"{REPOSITORY}/pulls"): create_pull,
    ("GET", f"{REPOSITORY}/pulls/{{pull_number}}"): show_pull,
    ("PATCH", f"{REPOSITORY}/pulls/{{pull_number}}"): edit_pull,
    ("POST", f"{REPOSITORY}/pulls/{{pull_number}}/requested_reviewers"): request_reviewers,
    ("GET", f"{REPOSITORY}/issues"): list_issues,
    ("POST", f"{REPOSITORY}/issues"): create_issue,
    ("PATCH", f"{REPOSITORY}/issues/{{issue_number}}"): edit_issue,
    ("POST", f"{REPOSITORY}/issues/{{issue_number}}/labels"): add_labels,
    ("POST", f"{REPOSITORY}/issues/{{issue_number}}/comments"): add_comment,
    ("POST", f"{REPOSITORY}/actions/workflows/{{workflow_id}}/dispatches"): dispatch,
    ("GET", f"{REPOSITORY}/actions/workflows/{{workflow_id}}/runs"): list_runs,
    ("GET", f"{REPOSITORY}/actions/runs/{{run_id}}"): show_run,
}
