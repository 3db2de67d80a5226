"""The check of a release: of manifest and tag, and of all that can be seen before anything is built."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import GitFailed, Refused
from ltf_ci.manifest.check import check
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.publish.candidates import commit_at_tag, expect_at_head
from ltf_ci.publish.content import write_needed
from ltf_ci.publish.readiness import Settled, with_readiness
from ltf_ci.publish.requests import BuildRequest


def check_release(request: BuildRequest, settled: Settled, git: Git, *, is_tested: bool = True) -> Checked:
    """Check a folder whose image is to be made; raise Refused where another commit than a named tag's is there."""
    checked = check(request.directory, request.tag, git, allow=request.allow)
    if request.tag:
        expect_at_head(request.tag, git)  # that the tag is elsewhere is the fault, not what disagrees with it
    with released_files(request.directory, checked, git) as files:
        return with_readiness(checked, files, settled, is_tested=is_tested)


@contextmanager
def released_files(directory: Path, checked: Checked, git: Git) -> Iterator[Path]:
    """Yield a folder with the files that count: those of the tag's commit, where the work tree is at it.

    The work tree may have others: filters change line ends, and git hides changes that it was told to skip.
    """
    with temporary_folder("commit") as folder:
        yield folder if _is_written(checked, git, folder) else directory


def _is_written(checked: Checked, git: Git, folder: Path) -> bool:
    """Write the files of the tag's commit, where the work tree is at it; whether that could be done."""
    try:
        if (commit := commit_at_tag(checked.tag, git)) is None:
            return False
        write_needed(git, commit, checked.repository.manifest, folder)
    except (GitFailed, Refused):  # a folder that is no repository; files that a release reports where it needs them
        return False
    return True
