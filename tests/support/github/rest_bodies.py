"""REST's answers: what the tests read is told here, what else must be there is filled in from the description."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from tests.support.github.actions import Run
from tests.support.github.hosted import BOT_LOGIN, HostedRepository, Issue, Pull
from tests.support.github.nodes import NOW
from tests.support.github.schemas import openapi
from tests.support.github.site import label_id, pull_id, repository_id

Body = dict[str, Any]
DULL = {"string": "", "integer": 0, "number": 0, "boolean": False}


@dataclass(frozen=True)
class Urls:
    """Where the answer's own addresses begin."""

    api: str
    html: str

    def repository(self, hosted: HostedRepository) -> str:
        return f"{self.api}/repos/{hosted.name}"


def filled(schema_name: str, url: str, known: Body) -> Body:
    """Return `known`, and dull values for what the schema also requires."""
    schema = openapi()["components"]["schemas"][schema_name]
    missing = [key for key in schema["required"] if key not in known]
    return {**{key: _dull(schema["properties"][key], url) for key in missing}, **known}


def _dull(schema: Body, url: str) -> Any:
    if "$ref" in schema:
        schema = openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("nullable"):
        return None
    if schema.get("enum"):
        return schema["enum"][-1]
    if schema.get("format") in ("uri", "date-time"):
        return url if schema["format"] == "uri" else NOW
    return [] if schema.get("type") == "array" else DULL[schema["type"]]


def user(urls: Urls, login: str) -> Body:
    return filled("simple-user", f"{urls.api}/users/{login}", {"login": login, "type": "User"})


def repository(urls: Urls, hosted: HostedRepository, schema: str = "repository") -> Body:
    url = urls.repository(hosted)
    known = {
        "node_id": repository_id(hosted),
        "name": hosted.name.partition("/")[2],
        "full_name": hosted.name,
        "owner": user(urls, hosted.owner),
        "url": url,
        "html_url": f"{urls.html}/{hosted.name}",
        "default_branch": hosted.default_branch,
    }
    return filled(schema, url, known)


def label(urls: Urls, hosted: HostedRepository, name: str) -> Body:
    known = {"node_id": label_id(hosted, name), "name": name, "color": "ededed", "description": ""}
    return filled("label", f"{urls.repository(hosted)}/labels/{name}", known)


def blob(urls: Urls, hosted: HostedRepository, oid: str, content: bytes) -> Body:
    known = {"sha": oid, "size": len(content), "encoding": "base64", "content": b64encode(content).decode()}
    return filled("blob", f"{urls.repository(hosted)}/git/blobs/{oid}", known)


def comment(urls: Urls, hosted: HostedRepository, pull: Pull | Issue, number: int) -> Body:
    url = f"{urls.repository(hosted)}/issues/comments/{number}"
    known = {
        "id": number,
        "url": url,
        "issue_url": f"{urls.repository(hosted)}/issues/{pull.number}",
        "html_url": f"{urls.html}/{hosted.name}/pull/{pull.number}#issuecomment-{number}",
        "body": pull.comments[number - 1],
        "user": user(urls, BOT_LOGIN),
    }
    return filled("issue-comment", url, known)


def simple_pull(urls: Urls, hosted: HostedRepository, pull: Pull) -> Body:
    url = f"{urls.repository(hosted)}/pulls/{pull.number}"
    html = f"{urls.html}/{hosted.name}/pull/{pull.number}"
    known = {
        "id": pull.number,
        "node_id": pull_id(hosted, pull),
        "number": pull.number,
        "title": pull.title,
        "body": pull.body or None,
        "state": "open" if pull.state == "OPEN" else "closed",
        "draft": pull.draft,
        "url": url,
        "html_url": html,
        "issue_url": f"{urls.repository(hosted)}/issues/{pull.number}",
        "user": user(urls, BOT_LOGIN),
        "labels": [label(urls, hosted, name) for name in pull.labels],
        "requested_reviewers": [user(urls, login) for login in pull.reviewers],
        "head": _side(urls, hosted, pull.head, pull.head_oid),
        "base": _side(urls, hosted, pull.base, pull.base_seen),
        "merge_commit_sha": pull.merge_oid,
        "closed_at": None if pull.state == "OPEN" else NOW,
        "merged_at": NOW if pull.state == "MERGED" else None,
        "auto_merge": _auto_merge(urls, pull),
        "_links": _links(url, html),
    }
    return filled("pull-request-simple", url, known)


def whole_pull(urls: Urls, hosted: HostedRepository, pull: Pull) -> Body:
    simple = simple_pull(urls, hosted, pull)
    commits = len(hosted.bare.commits(pull.base_seen, pull.head_oid))
    counted = {"merged": pull.state == "MERGED", "comments": len(pull.comments), "commits": commits}
    return filled("pull-request", simple["url"], {**simple, **counted})


def _side(urls: Urls, hosted: HostedRepository, branch: str, oid: str) -> Body:
    label_text = f"{hosted.owner}:{branch}"
    owner = user(urls, hosted.owner)
    return {"label": label_text, "ref": branch, "sha": oid, "user": owner, "repo": repository(urls, hosted)}


def _auto_merge(urls: Urls, pull: Pull) -> Body | None:
    if pull.auto_merge is None:
        return None
    told = {"commit_title": "", "commit_message": "", "merge_method": pull.auto_merge.lower()}
    return {"enabled_by": user(urls, BOT_LOGIN), **told}


def _links(url: str, html: str) -> Body:
    names = ("self", "issue", "comments", "commits", "statuses", "review_comments", "review_comment")
    return {**{name: {"href": f"{url}/{name}"} for name in names}, "html": {"href": html}}


def started(urls: Urls, hosted: HostedRepository, run: Run) -> Body:
    return {"workflow_run_id": run.number, "run_url": _run_url(urls, hosted, run), "html_url": _run_page(urls, run)}


def workflow_run(urls: Urls, hosted: HostedRepository, run: Run) -> Body:
    known = {
        "id": run.number,
        "display_title": run.title,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "head_branch": hosted.default_branch,
        "head_sha": run.head or hosted.head(hosted.default_branch),
        "path": f".github/workflows/{run.workflow}",
        "url": _run_url(urls, hosted, run),
        "html_url": _run_page(urls, run),
        "repository": filled("minimal-repository", urls.repository(hosted), repository(urls, hosted)),
        "head_repository": filled("minimal-repository", urls.repository(hosted), repository(urls, hosted)),
    }
    return filled("workflow-run", urls.repository(hosted), known)


def _run_url(urls: Urls, hosted: HostedRepository, run: Run) -> str:
    return f"{urls.repository(hosted)}/actions/runs/{run.number}"


def _run_page(urls: Urls, run: Run) -> str:
    return f"{urls.html}/{run.repository}/actions/runs/{run.number}"
