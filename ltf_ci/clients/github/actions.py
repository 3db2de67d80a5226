"""Workflows at GitHub: starting them, and looking at their runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.errors import GithubFailed, LtfError
from ltf_ci.model.workflow_run import WorkflowRun

PAGE = 100  # runs of one workflow: GitHub's largest page, and more than are ever looked at


class GithubActions:
    """Workflows of repositories OWNER/NAME; a workflow is named by its file."""

    def __init__(self, api: GithubApi) -> None:
        self._api = api.with_rights("actions")
        self._branch = cache(self._default_branch)

    def dispatch(self, repository: str, workflow: str, inputs: Mapping[str, str]) -> int:
        """Start a workflow on the default branch; return the run's number."""
        given = {"ref": self._branch(repository), "inputs": dict(inputs), "return_run_details": True}
        with _named(workflow):
            answer = self._api.send("POST", repository, f"/actions/workflows/{workflow}/dispatches", given)
        if not answer:
            raise GithubFailed(
                f"{repository} has started {workflow}, but does not say which run it is",
                cure="look there; a GitHub Enterprise Server must be one that knows return_run_details",
            )
        return int(answer["workflow_run_id"])

    def run(self, repository: str, number: int) -> WorkflowRun:
        """Look at a run."""
        return _run(self._api.get(repository, f"/actions/runs/{number}"))

    def runs(self, repository: str, workflow: str) -> tuple[WorkflowRun, ...]:
        """Return a workflow's latest runs, the newest first."""
        with _named(workflow):
            found = self._api.get(repository, f"/actions/workflows/{workflow}/runs", {"per_page": PAGE})
        return tuple(_run(run) for run in found["workflow_runs"])

    def _default_branch(self, repository: str) -> str:
        return str(self._api.get(repository, "")["default_branch"])


@contextmanager
def _named(workflow: str) -> Iterator[None]:
    """Name the workflow in an error."""
    try:
        yield
    except LtfError as error:
        raise type(error)(f"{workflow}: {error.found}", expected=error.expected, cure=error.cure) from error


def _run(found: Mapping[str, Any]) -> WorkflowRun:
    return WorkflowRun(
        number=int(found["id"]),
        title=str(found["display_title"]),
        url=str(found["html_url"]),
        at=str(found["created_at"]),
        status=str(found["status"] or ""),
        conclusion=str(found["conclusion"] or ""),
    )
