"""Issues, as REST gives them."""

from __future__ import annotations

from typing import Any

from tests.support.github.hosted import HostedRepository, Issue, Pull
from tests.support.github.nodes import NOW
from tests.support.github.rest_bodies import Urls, filled, label, user


def issue_body(urls: Urls, hosted: HostedRepository, issue: Issue) -> dict[str, Any]:
    url = f"{urls.repository(hosted)}/issues/{issue.number}"
    known = {
        "id": issue.number,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body or None,
        "state": issue.state,
        "url": url,
        "html_url": f"{urls.html}/{hosted.name}/issues/{issue.number}",
        "user": user(urls, issue.author),
        "labels": [label(urls, hosted, name) for name in issue.labels],
        "comments": len(issue.comments),
        "closed_at": None if issue.state == "open" else NOW,
    }
    return filled("issue", url, known)


def pull_as_issue(urls: Urls, hosted: HostedRepository, pull: Pull) -> dict[str, Any]:
    """Return a pull request as the list of issues has it."""
    issue = Issue(number=pull.number, title=pull.title, body=pull.body, labels=pull.labels)
    issue.state = "open" if pull.state == "OPEN" else "closed"
    url = f"{urls.repository(hosted)}/pulls/{pull.number}"
    named = dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), url)
    return {**issue_body(urls, hosted, issue), "pull_request": named}
