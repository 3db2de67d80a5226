"""`list refresh --dry-run` where a tenth of a fleet has an open pull request, at the tests' stand-in for GitHub."""

from __future__ import annotations

from pathlib import Path

from benchmarks import group
from benchmarks.measure import environ_with_bytecode, ltf_ci, measured
from ltf_ci.languages.bump import bump
from tests.support.bumping import pull_request, run_at
from tests.support.github import GithubServer, running_github

OPEN = 10  # of so many images one has a pull request


def figures(folder: Path, images: int) -> tuple[float, float, float, int, int, int]:
    """Return seconds, seconds of CPU, megabytes, and the requests to registries, to GitHub, and git's processes."""
    with running_github(folder) as github:
        _propose(github, images)
        github.asked.clear()
        environ = {"LTF_CI_TOKEN": github.token, "GITHUB_API_URL": github.api, "LTF_CI_RETRY_PAUSE": "0"}
        words = [ltf_ci(), "list", "refresh", "--languages", group.NAME, "--dry-run"]
        run = measured(words, {**environ_with_bytecode(folder), **environ})
        return run.seconds, run.cpu, run.megabytes, 0, len(github.asked), 0


def _propose(github: GithubServer, images: int) -> None:
    """Have the list, the open pull requests, and a default branch that has moved since."""
    listed = "".join(f"{group.release(number).url}?tag=3.7.4-1\n" for number in range(images))
    hosted = github.create_repository(group.NAME, {group.LIST: listed, group.LOCK: "{}\n"})
    for number in range(0, images, OPEN):
        bump([group.release(number)], pull_request(group.NAME), run_at(github), dry_run=False)
    hosted.push({group.LIST: f"# moved\n{listed}"})
