"""`ltf-ci init`: what it writes, what it never overwrites, and what --update leaves of an owner's edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support import ROOT
from tests.support.printing import printed

WORKFLOW = ".github/workflows/ltf-ci-release.yml"
RETAG = ".github/workflows/ltf-ci-retag.yml"
SETTINGS = ".github/ltf-ci.yml"
TEMPLATE = (ROOT / "workflows/ltf-ci-release.yml").read_text()
COMMIT = "0123456789abcdef0123456789abcdef01234567"
USES = "uses: cyber-dojo-tools/ltf-ci/.github/workflows/release.yml@"
OWNERS = f"""\
# mine
on:   {{push: {{tags: ['*']}}}}   # odd, and mine
jobs:
    mine:
        permissions:
            contents:  read   # mine too
            packages: write
            id-token: write
            attestations: write
        {USES}v0 # v0
        with: {{tag:   "${{{{ github.ref_name }}}}"}}
    other:
        runs-on: ubuntu-latest
        steps:
        -   uses: actions/checkout@v4 # v4.0.0
"""


@pytest.fixture
def owner(folder: Path) -> Path:
    (folder / WORKFLOW).parent.mkdir(parents=True)
    return folder


def updated(owner: Path, text: str, *words: str) -> str:
    """Update a workflow, see that a second time changes nothing, and give what it became."""
    (owner / WORKFLOW).write_bytes(text.encode())
    assert main(["init", str(owner), "--update", *words], {}) == 0
    once = (owner / WORKFLOW).read_bytes()
    assert main(["init", str(owner), "--update", *words], {}) == 0
    assert (owner / WORKFLOW).read_bytes() == once
    return once.decode()


def test_a_workflow_and_settings_are_written_that_check_can_read(folder: Path) -> None:
    assert main(["init", str(folder)], {}) == 0
    assert (folder / WORKFLOW).read_text() == TEMPLATE
    assert (folder / RETAG).read_text() == (ROOT / "workflows/ltf-ci-retag.yml").read_text()
    assert (folder / SETTINGS).read_text() == (ROOT / "ltf_ci/settings.example.yml").read_text()
    assert sorted(path.name for path in folder.rglob("*.*")) == [
        ".github",
        "ltf-ci-check.yml",
        "ltf-ci-release.yml",
        "ltf-ci-retag.yml",
        "ltf-ci.yml",
    ]


@pytest.mark.parametrize("path", [WORKFLOW, SETTINGS])
def test_nothing_is_ever_overwritten(owner: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    (owner / path).write_text("")
    assert main(["init", str(owner)], {}) == 4
    shown = printed(capsys)
    assert path in shown
    assert "--update" in shown
    assert [(owner / one).exists() for one in (WORKFLOW, SETTINGS)].count(True) == 1
    assert (owner / path).read_text() == ""


def test_what_was_just_written_is_as_it_should_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(folder)], {})
    capsys.readouterr()
    assert main(["init", str(folder), "--update"], {}) == 0
    assert "nothing to do" in printed(capsys)


def test_only_the_reference_and_its_comment_change(owner: Path) -> None:
    assert updated(owner, OWNERS) == OWNERS.replace("@v0 # v0", "@v1")


def test_windows_line_ends_stay(owner: Path) -> None:
    text = OWNERS.replace("            id-token: write\n", "").replace("\n", "\r\n")
    expected = text.replace("@v0 # v0", "@v1").replace(
        "attestations: write\r\n", "attestations: write\r\n            id-token: write"
        " # who signs an attestation, where `attest` is true\r\n",
    )  # fmt: skip
    assert updated(owner, text) == expected


@pytest.mark.parametrize("ref", ["v1", "v1.2.3", "v2", "main", COMMIT, f"{COMMIT} # v0.9.1"])
def test_a_reference_that_the_owner_chose_stays(owner: Path, ref: str) -> None:
    text = OWNERS.replace("v0 # v0", ref)
    assert updated(owner, text) == text


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        ("v0 # v0", f"cyber-dojo-tools/ltf-ci@{COMMIT} # v1.2.0", f"{COMMIT} # v1.2.0"),
        ("v0", f"cyber-dojo-tools/ltf-ci@{COMMIT} # v1.2.0", f"{COMMIT} # v1.2.0"),
        (f"{COMMIT} # v1.1.0 why", f"cyber-dojo-tools/ltf-ci@{COMMIT} # v1.2.0", f"{COMMIT} # v1.2.0 why"),
        (f"{COMMIT} # v1.1.0 why", "cyber-dojo-tools/ltf-ci@v1", "v1 # why"),
        (f"{COMMIT} # why", "cyber-dojo-tools/ltf-ci@v1", "v1 # why"),
        (f"{COMMIT}   # v1.1.0", "cyber-dojo-tools/ltf-ci@v1", "v1"),
    ],
)
def test_action_sets_the_reference_whatever_it_was(owner: Path, before: str, action: str, after: str) -> None:
    assert updated(owner, OWNERS.replace("v0 # v0", before), "--action", action) == OWNERS.replace("v0 # v0", after)


def test_action_names_a_fork_and_the_way_back(owner: Path) -> None:
    fork = OWNERS.replace("cyber-dojo-tools/ltf-ci", "acme/ltf-ci").replace("@v0 # v0", "@v3")
    assert updated(owner, OWNERS, "--action", "acme/ltf-ci@v3") == fork
    assert updated(owner, fork) == fork
    assert updated(owner, fork, "--action", "cyber-dojo-tools/ltf-ci@v0") == OWNERS.replace(" # v0", "")


def test_the_action_in_a_step_is_updated_too(owner: Path) -> None:
    text = "jobs:\n  a:\n    steps:\n    - {uses: 'cyber-dojo-tools/ltf-ci@v0', with: {tag: x}}\n    - run: x\n"
    assert updated(owner, text) == text.replace("@v0", "@v1")


ENTRIES = ("contents: read", "packages: write", "id-token: write", "attestations: write")
ALL = ", ".join(ENTRIES)
LINES = [line for line in TEMPLATE.splitlines(keepends=True) if line.strip().startswith(ENTRIES)]  # with their why
BLOCK = "    permissions:\n" + "".join(LINES)


@pytest.mark.parametrize(
    ("top", "before", "after"),
    [
        ("", "    permissions: write-all\n", "    permissions: write-all\n"),
        ("permissions: write-all\n", "", ""),
        ("", "    permissions: {}\n", f"    permissions: {{{ALL}}}\n"),
        ("", "    permissions:\n", f"    permissions: {{{ALL}}}\n"),
        ("", "    permissions: read-all # x\n", f"    permissions: {{{ALL}}} # x\n"),
        ("", "    permissions: {actions: read, }\n", f"    permissions: {{actions: read, {ALL}, }}\n"),
        (
            "",
            "    permissions: {packages: read, contents: write}\n",
            "    permissions: {packages: write, contents: write, id-token: write, attestations: write}\n",
        ),
        (
            "",
            "    permissions:\n      packages: 'none' # x\n      contents:\n",
            f"    permissions:\n      packages: write # x\n      contents: read\n{LINES[2]}{LINES[3]}",
        ),
        ("", "", BLOCK),
        ("permissions: {contents: read}\n", "", BLOCK),
    ],
)
def test_permissions_that_are_missing_are_added(owner: Path, top: str, before: str, after: str) -> None:
    text = f"on: push\n{top}jobs:\n  a:\n    name: a\nHERE    {USES}v1\n    secrets: inherit"
    assert updated(owner, text.replace("HERE", before)) == text.replace("HERE", after)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("on: push\njobs: {}\n", 4),
        ("", 4),
        ("jobs:\n  a: {uses: 'acme/other@v1'}\n", 4),
        (f"jobs:\n  a: {{{USES}v1}}\n", 4),
        ("jobs: [\n", 3),
        ("a: 1\na: 2\n", 3),
    ],
)
def test_a_workflow_that_cannot_be_updated_is_left_alone(owner: Path, text: str, code: int) -> None:
    (owner / WORKFLOW).write_text(text)
    assert main(["init", str(owner), "--update"], {}) == code
    assert (owner / WORKFLOW).read_text() == text
    assert not (owner / SETTINGS).exists()


def test_settings_are_never_changed(owner: Path) -> None:
    (owner / SETTINGS).write_text("latest: never\n")
    updated(owner, OWNERS)
    assert (owner / SETTINGS).read_text() == "latest: never\n"


def test_a_dry_run_shows_what_would_be_written(owner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (owner / WORKFLOW).write_text(OWNERS)
    assert main(["init", str(owner), "--update", "--dry-run"], {}) == 0
    shown = printed(capsys)
    assert f"-        {USES}v0 # v0" in shown.splitlines()
    assert f"+        {USES}v1" in shown.splitlines()
    assert (owner / WORKFLOW).read_text() == OWNERS
    assert not (owner / SETTINGS).exists()


def test_a_link_that_leads_out_is_not_followed(folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "outside"
    run.mkdir()
    (folder / ".github").symlink_to(run)
    assert main(["init", str(folder)], {}) == 3
    assert list(run.iterdir()) == []


@pytest.mark.parametrize("action", ["", "x", "a/b", "a/b@", "a/b@x y", "a/b@-x", "a/b@x\n", "a/b@x # y"])
def test_an_action_that_is_none(folder: Path, action: str) -> None:
    assert main(["init", str(folder), "--action", action], {}) == 2
    assert list(folder.iterdir()) == []


OLDER = ".github/workflows/release.yml"
OLDER_RETAG = ".github/workflows/retag.yml"


def test_a_workflow_under_its_older_name_is_renamed_with_its_edits(
    owner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (owner / OLDER).write_text(OWNERS)
    (owner / OLDER_RETAG).write_text(OWNERS.replace("release.yml", "retag.yml"))
    assert main(["init", str(owner), "--update"], {}) == 0
    assert f"{OLDER} → {WORKFLOW}" in printed(capsys)
    assert (owner / WORKFLOW).read_text() == OWNERS.replace("@v0 # v0", "@v1")
    assert "# mine" in (owner / RETAG).read_text()
    assert not (owner / OLDER).exists()
    assert not (owner / OLDER_RETAG).exists()


def test_a_renaming_that_was_killed_halfway_goes_on(owner: Path) -> None:
    (owner / OLDER).write_text(OWNERS)
    (owner / OLDER).rename(owner / WORKFLOW)  # killed here, before the text is brought up to date
    assert main(["init", str(owner), "--update"], {}) == 0
    assert (owner / WORKFLOW).read_text() == OWNERS.replace("@v0 # v0", "@v1")


def test_a_dry_run_renames_nothing(owner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (owner / OLDER).write_text(OWNERS)
    assert main(["init", str(owner), "--update", "--dry-run"], {}) == 0
    assert f"rename from {OLDER}\nrename to {WORKFLOW}\n" in printed(capsys)
    assert [file.name for file in (owner / OLDER).parent.iterdir()] == ["release.yml"]


def test_an_older_name_is_named_where_update_is_not_asked_for(owner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (owner / OLDER).write_text(OWNERS)
    assert main(["init", str(owner)], {}) == 4
    assert f"{OLDER} is there already" in printed(capsys)
    assert not (owner / WORKFLOW).exists()


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs:\n  build: {runs-on: ubuntu-latest, steps: [{run: make}]}\n",
        "on: &events [push]\njobs: {}\n",  # what ltf-ci does not read is no file of ltf-ci's
        "# uses: cyber-dojo-tools/ltf-ci/.github/workflows/release.yml@v1\non: push\n",
        "jobs:\n  a: {uses: cyber-dojo-tools/ltf-ci/.github/workflows/watch.yml@v1}\n",
    ],
)
def test_a_release_workflow_of_the_owners_own_stays_as_it_is(owner: Path, text: str) -> None:
    (owner / OLDER).write_text(text)
    assert main(["init", str(owner)], {}) == 0
    assert (owner / OLDER).read_text() == text
    assert (owner / WORKFLOW).read_text() == TEMPLATE


def test_two_workflows_that_release_are_refused(owner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (owner / OLDER).write_text(OWNERS)
    (owner / WORKFLOW).write_text(OWNERS)
    assert main(["init", str(owner), "--update"], {}) == 4
    assert f"git rm {OLDER}" in printed(capsys)
