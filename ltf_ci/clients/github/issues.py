"""Issues of a repository at GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.http import parsed
from ltf_ci.errors import AccessDenied
from ltf_ci.model.github import Issue

PAGE = 100  # issues of one label: GitHub's largest page, and more than there should ever be


class GithubIssues:
    """The issues of a repository OWNER/NAME."""

    def __init__(self, repository: str, api: GithubApi) -> None:
        self._repository = repository
        self._api = api.with_rights("issues")

    def labelled(self, label: str) -> tuple[Issue, ...]:
        """Return the issues with a label, open or closed; pull requests are none."""
        found = self._api.get(self._repository, "/issues", {"labels": label, "state": "all", "per_page": PAGE})
        with parsed(self._repository):
            return tuple(_issue(entry) for entry in found if "pull_request" not in entry)

    def create(self, title: str, body: str, label: str) -> Issue:
        """Open an issue with a label; raise AccessDenied where GitHub drops the label, as it does without a word."""
        given = {"title": title, "body": body, "labels": [label]}
        made = self._api.send("POST", self._repository, "/issues", given)
        with parsed(self._repository):
            issue, labels = _issue(made), [*map(_label, made["labels"])]
        if label not in labels:
            raise AccessDenied(
                f"{issue.url} is open, but was not given the label {label}, by which it is found again",
                expected="a token that may label issues",
                cure=f"label it {label} by hand, or close it",
            )
        return issue

    def edit(self, issue: Issue, body: str, *, is_open: bool) -> None:
        """Replace an issue's text, and open or close it."""
        given = {"body": body, "state": "open" if is_open else "closed"}
        self._api.send("PATCH", self._repository, f"/issues/{issue.number}", given)

    def comment(self, issue: Issue, text: str) -> None:
        """Write a comment."""
        self._api.send("POST", self._repository, f"/issues/{issue.number}/comments", {"body": text})


def _label(found: Mapping[str, Any] | str) -> str:
    return found if isinstance(found, str) else str(found["name"])


def _issue(found: Mapping[str, Any]) -> Issue:
    return Issue(
        number=int(found["number"]),
        url=str(found["html_url"]),
        is_open=found["state"] == "open",
        body=str(found["body"] or ""),
    )
