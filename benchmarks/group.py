"""80 bumps in one pull request, and in one each, by calls to GitHub (the stand-in of the tests)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl
from tests.support.bumping import pull_request, run_at
from tests.support.github import running_github

RELEASES = 80
NAME, LIST, LOCK = "cyber-dojo/languages-start-points", "git_repo_urls.tagged", "languages.lock.json"


def rows(folder: Path) -> list[list[str]]:
    """Count, and return the table's rows."""
    releases = [release(number) for number in range(RELEASES)]
    return [
        _row("80 bumps, a pull request each", folder / "single", [[release] for release in releases]),
        _row("80 bumps in one pull request", folder / "grouped", [releases]),
    ]


def _row(what: str, folder: Path, batches: Sequence[Sequence[Release]]) -> list[str]:
    with running_github(folder) as github:
        listed = "".join(f"{release.url}?tag=3.7.4-1\n" for batch in batches for release in batch)
        hosted = github.create_repository(NAME, {LIST: listed, LOCK: "{}\n"})
        run = run_at(github)
        begin = time.perf_counter()
        for batch in batches:
            bump(batch, pull_request(NAME), run, dry_run=False)
        seconds = time.perf_counter() - begin
        if len(hosted.pulls) != len(batches):
            raise RuntimeError(f"{len(hosted.pulls)} pull requests are open")
        return [what, f"{seconds:.1f} s", "", f"{len(github.asked)} calls"]


def release(number: int) -> Release:
    """Return the next release of an LTF."""
    return Release(
        url=RepositoryUrl.parse(f"https://github.com/cyber-dojo-start-points/ltf-{number:02}"),
        tag=ReleaseTag.parse("3.7.4-2"),
        commit=Commit.parse("c" * 40),
        image=ImageName.parse(f"127.0.0.1:1/ltf_{number:02}:3.7.4-2"),  # nobody answers: sizes are not told
        digest=Digest.parse(f"sha256:{'d' * 64}"),
        display_name=f"ltf-{number:02} (3.7.4), test",
    )
