"""`ltf-ci init`: what it writes, what it never overwrites, and what --update leaves of an owner's edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.base_image import push_base_index
from ltf_ci.cli import main
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName
from tests.support import ROOT
from tests.support.printing import printed
from tests.support.repositories import git

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
def folder(folder: Path) -> Path:
    """Return the folder of an LTF, whose image says nothing that a workflow or setting should have."""
    (folder / "manifest.json").write_text('{"image_name": "ghcr.io/a/b"}')
    return folder


@pytest.fixture
def owner(folder: Path) -> Path:
    (folder / WORKFLOW).parent.mkdir(parents=True)
    return folder


def updated(owner: Path, text: str, *words: str) -> str:
    """Update a workflow, see that a second time changes nothing, and return what it became."""
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
        "manifest.json",
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


@pytest.mark.parametrize(
    ("place", "target", "expected"),
    [
        (".github", "", "cannot be written"),
        (".github/workflows", "", "cannot be written"),
        (".github", ".github", "cannot be read"),
        (".github/workflows", "workflows", "cannot be written"),
        (".github/workflows", "nothing/x", ""),  # which is made there
        (".github/workflows", ".", ""),
    ],
)
def test_what_is_no_folder_is_told_where_one_is_needed(
    folder: Path, place: str, target: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file, and links: into nothing, or in a circle."""
    there = folder / place
    there.parent.mkdir(exist_ok=True)
    if target:
        there.symlink_to(target)
    else:
        there.write_text("a file")
    before = sorted(folder.rglob("*"))
    for words in (["--dry-run"], []):  # a dry run refuses what the run refuses, and writes as little
        assert sorted(folder.rglob("*")) == before
        assert main(["init", str(folder), *words], {}) == (3 if expected else 0)
        assert expected in printed(capsys)


def test_a_link_that_leads_out_is_not_followed(folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "outside"
    run.mkdir()
    (folder / ".github").symlink_to(run)
    assert main(["init", str(folder), "--dry-run"], {}) == 3
    assert main(["init", str(folder)], {}) == 3
    assert list(run.iterdir()) == []


def test_where_one_file_cannot_be_written_none_is(folder: Path, tmp_path: Path) -> None:
    (folder / ".github").mkdir()
    (folder / SETTINGS).symlink_to(tmp_path / "outside.yml")
    for words in (["--dry-run"], []):
        assert main(["init", str(folder), *words], {}) == 3
    assert [file.name for file in (folder / ".github").rglob("*")] == [SETTINGS.rpartition("/")[2]]


@pytest.mark.parametrize("action", ["", "x", "a/b", "a/b@", "a/b@x y", "a/b@-x", "a/b@x\n", "a/b@x # y"])
def test_an_action_that_is_none(folder: Path, action: str) -> None:
    assert main(["init", str(folder), "--action", action], {}) == 2
    assert [file.name for file in folder.iterdir()] == ["manifest.json"]


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


@pytest.mark.parametrize("name", ["release.yaml", "ltf-ci-release.yaml"])
def test_a_workflow_by_the_other_ending_is_the_same_one(owner: Path, name: str) -> None:
    (owner / OLDER).with_name(name).write_text(OWNERS)
    assert main(["init", str(owner)], {}) == 4
    assert main(["init", str(owner), "--update"], {}) == 0
    assert (owner / WORKFLOW).read_text() == OWNERS.replace("@v0 # v0", "@v1")
    assert not (owner / OLDER).with_name(name).exists()


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
    assert f"there already: {OLDER}" in printed(capsys)
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


MINE = "OWNER/languages"
MANIFEST = '{"display_name": "Python 3.14.3, unittest", "image_name": "IMAGE"}'


def settings_of(folder: Path) -> dict[str, str]:
    text = (folder / SETTINGS).read_text()
    return dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith("#") and line)


def test_what_is_given_is_written_so_that_no_file_need_be_edited(folder: Path) -> None:
    words = ["--languages", MINE, "--app-client-id", "Iv23liMINE", "--version-command", "zig version"]
    words += ["--image-from", "ghcr.io/o/zig:0123456", "--platform", "linux/amd64", "--platform", "linux/arm64"]
    assert main(["init", str(folder), *words], {}) == 0
    assert settings_of(folder) == {
        "languages": MINE,
        "image-from": '"ghcr.io/o/zig:0123456"',
        "platform": "[linux/amd64, linux/arm64]",
        "version-command": '"zig version"',
    }
    for path in (WORKFLOW, RETAG):
        assert "      app-client-id: Iv23liMINE " in (folder / path).read_text()
    assert main(["init", str(folder), "--update", *words], {}) == 0
    assert settings_of(folder)["languages"] == MINE


def test_what_is_given_later_is_written_into_files_that_are_there(owner: Path) -> None:
    (owner / SETTINGS).write_text("latest: never # mine\n")
    text = updated(owner, OWNERS, "--languages", MINE, "--app-client-id", "Iv23liMINE")
    tag = '{tag:   "${{ github.ref_name }}"'
    assert text == OWNERS.replace("@v0 # v0", "@v1").replace(f"{tag}}}", f"{tag}, app-client-id: Iv23liMINE}}")
    assert (owner / SETTINGS).read_text() == f"latest: never # mine\nlanguages: {MINE}\n"


def test_what_is_known_is_written_into_new_files_and_the_registry_where_none_is_named(owner: Path) -> None:
    image = "cyberdojofoundation/python_unittest:9e3179c"
    (owner / "manifest.json").write_text(MANIFEST.replace("IMAGE", image))
    (owner / WORKFLOW).write_text(OWNERS.replace("v0 # v0", "v1"))
    assert main(["init", str(owner), "--update"], {}) == 0
    expected = OWNERS.replace("v0 # v0", "v1").replace('_name }}"}', '_name }}", registry: docker.io}')
    assert (owner / WORKFLOW).read_text() == expected
    assert "\n      registry: docker.io            # " in (owner / RETAG).read_text()
    assert settings_of(owner) == {"image-from": f'"{image}"', "version-command": '"python3 --version"'}


@pytest.mark.parametrize(
    ("has", "settings"),
    [("registry: ghcr.io, ", ""), ("", "push-to: ghcr.io/mirror\n")],
    ids=["named", "pushed elsewhere"],
)
def test_a_registry_that_may_be_meant_stays(owner: Path, has: str, settings: str) -> None:
    (owner / "manifest.json").write_text('{"image_name": "cyberdojofoundation/python_unittest"}')
    (owner / SETTINGS).write_text(settings)
    text = OWNERS.replace("v0 # v0", "v1").replace("with: {", f"with: {{{has}")
    assert updated(owner, text) == text


@pytest.mark.parametrize("update", [[], ["--update"]])
@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ('{"image_name": "CyberDojo/Awk:1.3.4-1"}', "manifest.json:1:16: error [unreadable] image_name"),
        ("{", "manifest.json:1:2: error [unreadable]"),
        ("[]", "manifest.json"),
        ("{}", "manifest.json"),
        ("", "manifest.json:1:1: error [unreadable]"),
    ],
)
def test_where_the_manifest_cannot_be_read_nothing_is_written(
    folder: Path, manifest: str, says: str, update: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "manifest.json").write_text(manifest)
    before = sorted(folder.rglob("*"))
    assert main(["init", str(folder), *update], {}) == 3
    assert sorted(folder.rglob("*")) == before
    assert says in printed(capsys)


def test_an_empty_folder_is_no_ltf_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)], {}) == 3
    assert "is no LTF repository, and has no git_repo_urls.tagged" in printed(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_an_ltf_s_own_is_not_taken_for_the_repository(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "start_point").mkdir()
    (folder / "start_point/manifest.json").write_text("{}")
    git(folder, "init", "--quiet")
    assert main(["init", str(folder / "start_point")], {}) == 4
    assert f"ltf-ci init {folder}" in printed(capsys)
    assert not list(folder.rglob(".github"))


@pytest.mark.parametrize("listed", ["git_repo_urls.tagged", "data/mine.tagged"])
def test_the_languages_repository_is_given_its_own_workflows(
    tmp_path: Path, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / listed).parent.mkdir(exist_ok=True)
    (tmp_path / listed).write_text("108910f@https://github.com/o/python-unittest\n")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    own = tmp_path / ".github/workflows/refresh.yml"
    own.write_text("on: push\n")
    assert main(["init", str(tmp_path), "--list", listed, "--app-client-id", "Iv23liMINE"], {}) == 0
    written = {path.name: path.read_text() for path in own.parent.iterdir()}
    assert written.pop("refresh.yml") == "on: push\n"
    names = ("list", "refresh", "watch", "notify", "dashboard")
    assert sorted(written) == sorted(f"ltf-ci-{name}.yml" for name in names)
    for name in ("list", "refresh", "dashboard"):
        assert f"      list: {listed}\n" in written[f"ltf-ci-{name}.yml"]
    for name in ("refresh", "notify"):
        assert "      app-client-id: Iv23liMINE #" in written[f"ltf-ci-{name}.yml"]
    assert f"    paths: [{listed}, languages.lock.json," in written["ltf-ci-refresh.yml"]
    assert not (tmp_path / SETTINGS).exists()
    assert "LTF_CI_APP_PRIVATE_KEY" in printed(capsys)


def test_an_older_workflow_that_publishes_is_named_before_anything_is_written(
    owner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (owner / ".github/workflows/main.yml").write_text("jobs:\n  a:\n    steps:\n    - run: docker push x\n")
    assert main(["init", str(owner), "--dry-run"], {}) == 0
    assert "main.yml:4: warning [workflow-publishes-too]" in printed(capsys)


def test_a_languages_repository_may_publish_what_it_makes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "git_repo_urls.tagged").write_text("")
    (folder / "manifest.json").unlink()
    (folder / ".github/workflows").mkdir(parents=True)
    (folder / ".github/workflows/main.yml").write_text("jobs:\n  a:\n    steps:\n    - run: docker push x\n")
    assert main(["init", str(folder), "--dry-run"], {}) == 0
    assert "workflow-" not in printed(capsys)


def test_it_ends_with_what_a_person_does_next(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = "ghcr.io/cyber-dojo-languages/python_unittest:9e3179c"
    (folder / "manifest.json").write_text(MANIFEST.replace("IMAGE", image))
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", "https://github.com/cyber-dojo-start-points/python-unittest")
    assert main(["init", str(folder), "--app-client-id", "Iv23liMINE"], {}) == 0
    shown = printed(capsys)
    assert "https://github.com/cyber-dojo-start-points/python-unittest/settings/secrets/actions" in shown
    assert "REGISTRY_USERNAME and REGISTRY_PASSWORD: a login that may push to ghcr.io/cyber-dojo-languages" in shown
    assert "LTF_CI_APP_PRIVATE_KEY" in shown
    assert "ltf-ci next --push" in shown


def image_repository(folder: Path, image: str) -> Path:
    (folder / "manifest.json").unlink()
    (folder / "docker").mkdir()
    (folder / "docker/Dockerfile.base").write_text("FROM scratch\n")
    (folder / "docker/image_name.json").write_text(f'{{"image_name": "{image}"}}')
    return folder


@pytest.mark.machine
@pytest.mark.parametrize(
    ("architectures", "written"), [("amd64 arm64", "[linux/amd64, linux/arm64]"), ("amd64", None)], ids=["two", "one"]
)
def test_the_platforms_that_latest_has_are_written(
    folder: Path,
    open_registry: str,
    architectures: str,
    written: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = f"{open_registry}/of/platforms-{len(architectures.split())}"
    push_base_index(Registry(), ImageName.parse(f"{image}:latest"), *architectures.split())
    assert main(["init", str(image_repository(folder, image))], {}) == 0
    assert settings_of(folder).get("platform") == written
    assert f"{image}:latest has linux/amd64" in printed(capsys)


@pytest.mark.machine
def test_an_image_without_latest_has_no_platforms_yet(
    folder: Path, open_registry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(image_repository(folder, f"{open_registry}/of/none"))], {}) == 0
    assert "of/none:latest does not exist yet" in printed(capsys)


def test_where_the_registry_cannot_be_asked_it_is_said_and_the_files_are_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"LTF_CI_RETRY_PAUSE": "0"}
    assert main(["init", str(image_repository(folder, "127.0.0.1:1/of/nothing"))], environ) == 0
    shown = printed(capsys)
    assert "cannot look up 127.0.0.1:1/of/nothing:latest" in shown
    assert "if it has several, write `platform` into .github/ltf-ci.yml" in shown
    assert (folder / WORKFLOW).exists()


@pytest.mark.parametrize("name", ["list", "refresh", "watch", "notify", "dashboard"])
def test_the_languages_repository_s_older_names_are_renamed_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "git_repo_urls.tagged").write_text("")
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    text = (ROOT / f"workflows/ltf-ci-{name}.yml").read_text() + "# mine\n"
    (folder / f"{name}.yml").write_text(text)
    assert main(["init", str(tmp_path), "--update"], {}) == 0
    assert (folder / f"ltf-ci-{name}.yml").read_text() == text
    assert not (folder / f"{name}.yml").exists()


def test_settings_of_the_languages_repository_are_no_sign_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "git_repo_urls.tagged").write_text("")
    (tmp_path / SETTINGS).parent.mkdir()
    (tmp_path / SETTINGS).write_text("label: [release]\n")
    assert main(["init", str(tmp_path)], {}) == 0
    assert (tmp_path / ".github/workflows/ltf-ci-list.yml").exists()
    assert (tmp_path / SETTINGS).read_text() == "label: [release]\n"
