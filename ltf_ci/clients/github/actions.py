"""Workflows at GitHub: starting them, and looking at their runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.http import parsed
from ltf_ci.errors import GithubFailed, LtfError
from ltf_ci.model.github import WorkflowRun

PAGE = 100  # runs of one workflow: GitHub's largest page, and more than are ever looked at
LOOKS = 10  # at a workflow's runs, for the one that was started


class GithubActions:
    """Workflows of repositories OWNER/NAME; a workflow is named by its file."""

    def __init__(self, api: GithubApi) -> None:
        self._api = api.with_rights("actions")
        self._branch = cache(self._default_branch)

    def dispatch(self, repository: str, workflow: str, inputs: Mapping[str, str]) -> int:
        """Start a workflow on the default branch; return the run's number."""
        given = {"ref": self._branch(repository), "inputs": dict(inputs), "return_run_details": True}
        path = f"/actions/workflows/{workflow}/dispatches"
        before = self._numbers(repository, workflow) if self._api.is_enterprise else None
        send = partial(self._api.send, "POST", repository, path, meaning=partial(_refusal, repository, workflow))
        try:
            answer = send(given)
        except _UnknownKey:
            answer = send({"ref": given["ref"], "inputs": given["inputs"]})
        if answer is None and before is not None:  # a server that does not know return_run_details
            return self._newer_run(repository, workflow, before)
        with parsed(repository):
            return int(answer["workflow_run_id"])

    def run(self, repository: str, number: int) -> WorkflowRun:
        """Look at a run."""
        found = self._api.get(repository, f"/actions/runs/{number}")
        with parsed(repository):
            return _run(found)

    def runs(self, repository: str, workflow: str) -> tuple[WorkflowRun, ...]:
        """Return a workflow's latest runs, the newest first."""
        path = f"/actions/workflows/{workflow}/runs"
        found = self._api.get(repository, path, {"per_page": PAGE}, partial(_refusal, repository, workflow))
        with parsed(repository):
            return tuple(_run(run) for run in found["workflow_runs"])

    def _numbers(self, repository: str, workflow: str) -> set[int]:
        return {run.number for run in self.runs(repository, workflow)}

    def _newer_run(self, repository: str, workflow: str, before: set[int]) -> int:
        """Return the oldest run that is not among those that there were before."""
        for _look in range(LOOKS):
            if newer := self._numbers(repository, workflow) - before:
                return min(newer)
            time.sleep(self._api.pause)
        raise GithubFailed(f"{repository} has started {workflow}, but shows no run of it", cure="look there")

    def _default_branch(self, repository: str) -> str:
        found = self._api.get(repository, "")
        with parsed(repository):
            return str(found["default_branch"])


class _UnknownKey(GithubFailed):
    """A server refuses a key that it does not know: an older GitHub Enterprise Server."""


def _refusal(repository: str, workflow: str, status: int, message: str) -> LtfError | None:
    """Return what a refusal means for a workflow; None where it means the same for every call."""
    if status == HTTPStatus.NOT_FOUND:
        return GithubFailed(
            f"{repository} has no workflow {workflow} on its default branch, or the token may not see it",
            expected="the workflow that ltf-ci init writes",
            cure=f"run `ltf-ci init` there, and commit .github/workflows/{workflow}",
        )
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and "return_run_details" in message:
        return _UnknownKey(message)
    if "disabled workflow" in message:  # by a person, or by GitHub where nothing was committed for long
        cure = f"gh workflow enable {workflow} --repo {repository}"
        return GithubFailed(f"{repository} does not start {workflow}: {message}", cure=cure)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        cure = f"look at `on: workflow_dispatch` and its inputs in .github/workflows/{workflow} there"
        return GithubFailed(f"{repository} does not start {workflow}: {message}", cure=cure)
    return None


def _run(found: Mapping[str, Any]) -> WorkflowRun:
    return WorkflowRun(
        number=int(found["id"]),
        title=str(found["display_title"]),
        url=str(found["html_url"]),
        at=str(found["created_at"]),
        status=str(found["status"] or ""),
        conclusion=str(found["conclusion"] or ""),
    )
