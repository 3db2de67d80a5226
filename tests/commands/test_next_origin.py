"""`ltf-ci next` where origin moved, or something was begun: refused or finished, and never half-done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.printing import printed
from tests.support.repositories import LtfRepository, git

Prepare = Callable[[LtfRepository, Path], None]
RELEASED, REFUSED = (0, ""), (4, "main has commits at origin that are not here")


def move_origin(origin: Path, *parents: str) -> None:
    """Have another clone's commit on these parents be main at origin."""
    words = [word for parent in parents for word in ("-p", git(origin, "rev-parse", parent))]
    other = git(origin, "commit-tree", "-m", "Meanwhile", *words, git(origin, "rev-parse", "main^{tree}"))
    git(origin, "update-ref", "refs/heads/main", other)


def behind(_ltf: LtfRepository, origin: Path) -> None:
    move_origin(origin, "main")


def fetched(ltf: LtfRepository, origin: Path) -> None:
    move_origin(origin, "main")
    git(ltf.directory, "fetch", "--quiet", "origin")


def diverged(ltf: LtfRepository, origin: Path) -> None:
    move_origin(origin, "main")
    ltf.commit_more()


def merged(ltf: LtfRepository, origin: Path) -> None:
    """Merge a pull request with our commit there."""
    ltf.commit_more()
    git(ltf.directory, "push", "--quiet", "origin", "main:pull")
    move_origin(origin, "main", "pull")


def rewritten(_ltf: LtfRepository, origin: Path) -> None:
    move_origin(origin)


def rewound(ltf: LtfRepository, origin: Path) -> None:
    """Origin lost a commit that this clone has: what is pushed brings it back."""
    ltf.commit_more()
    git(ltf.directory, "push", "--quiet", "origin", "main")
    git(origin, "update-ref", "refs/heads/main", "main^")


def empty(_ltf: LtfRepository, origin: Path) -> None:
    git(origin, "update-ref", "-d", "refs/heads/main")


def branch_of_the_same_name(ltf: LtfRepository, _origin: Path) -> None:
    git(ltf.directory, "branch", "3.7.4-18")


def tag_of_a_file(ltf: LtfRepository, _origin: Path) -> None:
    git(ltf.directory, "tag", "3.7.4-17", git(ltf.directory, "rev-parse", "HEAD:start_point/manifest.json"))


def written(ltf: LtfRepository, _origin: Path) -> None:
    """Leave what a run does that is killed after it wrote the manifest."""
    ltf.manifest.write_text(ltf.manifest.read_text().replace("3.7.4-18", "3.7.4-19"))


def staged(ltf: LtfRepository, origin: Path) -> None:
    written(ltf, origin)
    git(ltf.directory, "add", ".")


def merging(ltf: LtfRepository, _origin: Path) -> None:
    """Begin a merge that changes no file: git's status shows nothing."""
    other = git(ltf.directory, "commit-tree", "-m", "Other", "-p", "HEAD", "HEAD^{tree}")
    git(ltf.directory, "merge", "--quiet", "--no-ff", "--no-commit", other)


def picking(ltf: LtfRepository, _origin: Path) -> None:
    (ltf.directory / ".git/CHERRY_PICK_HEAD").write_text(git(ltf.directory, "rev-parse", "HEAD") + "\n")


@pytest.mark.parametrize(
    ("prepare", "ends"),
    [
        (behind, REFUSED),
        (fetched, REFUSED),
        (diverged, REFUSED),
        (merged, REFUSED),
        (rewritten, REFUSED),
        (rewound, RELEASED),
        (empty, RELEASED),
        (branch_of_the_same_name, RELEASED),
        (tag_of_a_file, RELEASED),
        (written, (4, "uncommitted changes: start_point/manifest.json")),
        (staged, (4, "uncommitted changes: start_point/manifest.json")),
        (merging, (4, "a merge is not finished")),
        (picking, (4, "a cherry-pick is not finished")),
    ],
)
def test_nothing_is_written_unless_it_can_be_pushed(
    ltf: LtfRepository, origin: Path, capsys: pytest.CaptureFixture[str], prepare: Prepare, ends: tuple[int, str]
) -> None:
    prepare(ltf, origin)
    before = git(ltf.directory, "for-each-ref"), git(origin, "for-each-ref"), ltf.manifest.read_text()
    for words in (("--dry-run",), (), ("--push",)) if ends[0] else (("--push",),):
        assert main(["next", str(ltf.directory), *words], {"LTF_CI_RETRY_PAUSE": "0"}) == ends[0]
        assert ends[1] in printed(capsys)
    if ends[0]:
        assert (git(ltf.directory, "for-each-ref"), git(origin, "for-each-ref"), ltf.manifest.read_text()) == before
    else:
        head = git(ltf.directory, "rev-parse", "HEAD")
        assert git(origin, "rev-parse", "main") == git(origin, "rev-parse", "refs/tags/3.7.4-18^{commit}") == head
