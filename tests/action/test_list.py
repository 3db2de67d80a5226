"""The list's workflow as GitHub runs it on a pull request: what is wrong is shown at the list's lines."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ltf_ci.model.image import ImageName
from tests.support import ROOT
from tests.support.act import Act, ActRun
from tests.support.listing import LIST, push
from tests.support.repositories import LtfRepository, git

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/ltf-ci-list.yml"
OWNER = "https://github.com/cyber-dojo-start-points"
MERGE = "refs/pull/1/merge"


@dataclass
class Languages:
    """The languages repository, with the workflow copied into it, and LTF repositories that its list may name."""

    directory: Path
    owner: Path
    images: str
    act: Act

    def release(self, language: str, framework: str, *, pushed: bool = True) -> str:
        """Have a repository with the tag 1-1, and its image; return the list's line."""
        name = f"{language}-{framework}".lower()
        image = ImageName.parse(f"{self.images}/{name}:1-1")
        pair = {"language": [language, ""], "test_framework": [framework, ""]}
        ltf = LtfRepository(self.owner / name, f"{language} (1), {framework}", str(image), **pair)
        ltf.tag("1-1")
        if pushed:
            push(image, git(ltf.directory, "rev-parse", "HEAD"))
        return f"{OWNER}/{name}?tag=1-1"

    def propose(self, *lines: str) -> None:
        """Commit a list."""
        (self.directory / LIST).write_text("".join(f"{line}\n" for line in lines))
        git(self.directory, "add", "--all")
        git(self.directory, "commit", "--quiet", "--message", "The list")

    def pull_request(self, *lines: str) -> ActRun:
        """Propose a list, as GitHub tells the workflow of it."""
        self.propose(*lines)
        git(self.directory, "update-ref", MERGE, "HEAD")
        pull = {"number": 1, "head": {"ref": "more"}, "base": {"ref": "main"}}
        payload = {"action": "opened", "number": 1, "pull_request": pull}
        return self.act.run(self.directory, WORKFLOW, "pull_request", payload, env={"LTF_CI_RETRY_PAUSE": "0"})


@pytest.fixture
def languages(folder: Path, tmp_path: Path, open_registry: str, act: Act) -> Languages:
    """Return it; an https address of the list's is a folder of this machine, as git is told to read it."""
    (folder / WORKFLOW).parent.mkdir(parents=True)
    (folder / WORKFLOW).write_text((ROOT / "workflows/ltf-ci-list.yml").read_text())
    git(folder, "init", "--quiet")
    owner = tmp_path / "owner"
    owner.mkdir()
    with Path(os.environ["GIT_CONFIG_GLOBAL"]).open("a") as config:
        config.write(f'[url "file://{owner}/"]\ninsteadOf = {OWNER}/\n')
    return Languages(folder, owner, f"{open_registry}/{tmp_path.name.lower().replace('_', '-')}", act)


def test_faulty_lines_fail_with_annotations_at_those_lines(languages: Languages) -> None:
    right = languages.release("Ruby", "minitest")
    no_image = languages.release("Go", "testing", pushed=False)
    ran = languages.pull_request("# What people can choose", right, f"{OWNER}/ruby-minitest?tag=2-1", no_image)
    assert ran.exit_code == 1, str(ran)
    errors = [note for note in ran.annotations if note.severity == "error" and note.file]
    assert [(note.title, note.file, note.line, note.column) for note in errors] == [
        ("list-tag", LIST, 3, 1),
        ("list-image", LIST, 4, 1),
    ]
    assert "has no tag 2-1" in errors[0].message
    assert ran.outputs["list"]["conclusion"] == "failed"
    assert "**list-image**" in ran.summary


def test_a_right_list_succeeds(languages: Languages) -> None:
    lines = [
        languages.release("Ruby", "minitest"),
        languages.release("Go", "testing"),
    ]
    ran = languages.pull_request(*lines)
    assert ran.exit_code == 0, str(ran)
    assert ran.outputs["list"]["conclusion"] == "done"
    assert [note for note in ran.annotations if note.severity == "error"] == []
    assert "2 of 2 lines followed" in ran.summary


def test_a_merge_queues_group_is_checked_as_a_pull_request_is(languages: Languages) -> None:
    languages.propose(languages.release("Ruby", "minitest"), f"{OWNER}/ruby-minitest?tag=2-1")
    head = git(languages.directory, "rev-parse", "HEAD")
    ref = f"refs/heads/gh-readonly-queue/main/pr-1-{head}"
    git(languages.directory, "update-ref", ref, "HEAD")
    payload = {"action": "checks_requested", "ref": ref, "merge_group": {"head_ref": ref, "head_sha": head}}
    ran = languages.act.run(languages.directory, WORKFLOW, "merge_group", payload, env={"LTF_CI_RETRY_PAUSE": "0"})
    errors = [(note.title, note.line) for note in ran.annotations if note.severity == "error" and note.file]
    assert (ran.exit_code, errors) == (1, [("list-tag", 2)]), str(ran)
