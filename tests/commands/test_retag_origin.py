"""What a re-tag meets at origin: workflow files, rules, odd clones and tags. Hooks say what GitHub says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.repositories import MANIFEST, git
from tests.support.result import StepRow
from tests.support.retagging import AS_GITHUB, Retagger, hook, protecting

pytestmark = pytest.mark.machine
OCI = "org.opencontainers.image."
WORKFLOWS = ".github/workflows"
GH006 = (
    "error: GH006: Protected branch update failed for $ref.",
    "error: Changes must be made through a pull request.",
)
GH013 = (
    "error: GH013: Repository rule violations found for $ref.        ",
    "Review all repository rules at https://github.com/o/r/rules?ref=x",
    "- Changes must be made through a pull request.",
)


def workflows(retagger: Retagger, texts: dict[str, str]) -> None:
    """Have these workflow files in the folder, and no others."""
    folder = retagger.directory / WORKFLOWS
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in texts.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def with_workflows(retagger: Retagger, then: dict[str, str], now: dict[str, str]) -> None:
    """Release 3.7.4-2 with workflow files that main has changed since; GitHub's rule holds from here on."""
    workflows(retagger, then)
    retagger.released("3.7.4-2")
    change_workflows(retagger, now)


def change_workflows(retagger: Retagger, now: dict[str, str]) -> None:
    workflows(retagger, now)
    retagger.publisher.ltf.commit("Other workflows")
    retagger.push()
    hook(retagger.origin, AS_GITHUB)


def files_at(retagger: Retagger, ref: str) -> str:
    return git(retagger.origin, "ls-tree", "-r", ref, "--", WORKFLOWS)


@pytest.mark.parametrize("now", [{"a.yml": "new", "c.yml": "more"}, {"b.yml": "old"}, {}])
def test_a_line_takes_the_default_branchs_workflow_files_where_no_branch_has_its_own(
    retagger: Retagger, now: dict[str, str]
) -> None:
    with_workflows(retagger, {"a.yml": "old", "b.yml": "old"}, now)
    result = retagger.retag()
    assert (result.code, retagger.at("release/3.7.4")) == (0, retagger.at("3.7.4-3")), result
    assert files_at(retagger, "3.7.4-3") == files_at(retagger, "main")
    changed = git(retagger.origin, "diff", "--name-only", "3.7.4-2", "3.7.4-3").splitlines()
    assert {path for path in changed if not path.startswith(WORKFLOWS)} == {MANIFEST}
    assert "as it is on main" in git(retagger.origin, "show", "--no-patch", "--format=%b", "3.7.4-3^{commit}")
    assert "with main's workflow files" in result.step("3.7.4 tag").detail
    assert retagger.publisher.labels("3.7.4-3")[f"{OCI}revision"] == retagger.at("3.7.4-3")


@pytest.mark.parametrize("now", [{"a.yml": "old", "b.yml": "new"}, {"a.yml": "new"}])
def test_a_line_keeps_the_workflow_files_that_a_branch_has(retagger: Retagger, now: dict[str, str]) -> None:
    """Those of main, of which the line has fewer; those that the line's branch has for itself."""
    with_workflows(retagger, {"a.yml": "old"}, now)
    (retagger.origin / "hooks/pre-receive").unlink()
    if now["a.yml"] == "new":
        git(retagger.directory, "push", "--quiet", "origin", "3.7.4-2^{}:refs/heads/release/3.7.4")
    hook(retagger.origin, AS_GITHUB)
    result = retagger.retag()
    assert (result.code, retagger.at("release/3.7.4")) == (0, retagger.at("3.7.4-3")), result
    assert files_at(retagger, "3.7.4-3") == files_at(retagger, "3.7.4-2")
    assert "workflow" not in result.step("3.7.4 tag").detail


def test_an_images_own_repository_gets_a_commit_for_the_workflow_files_alone(retagger: Retagger) -> None:
    workflows(retagger, {"a.yml": "old"})
    retagger.released_alone()
    change_workflows(retagger, {"a.yml": "new"})
    result = retagger.retag(lines="3.7.6")
    assert (result.code, retagger.at("release/3.7.6")) == (0, retagger.at("3.7.6-2")), result
    assert git(retagger.origin, "diff", "--name-only", "3.7.6-1", "3.7.6-2") == f"{WORKFLOWS}/a.yml"
    assert retagger.retag(lines="3.7.6").code == 0
    assert retagger.at("3.7.6-3") == retagger.at("3.7.6-2")


def test_the_ltf_is_in_a_folder_and_its_workflow_files_are_not(retagger: Retagger) -> None:
    root, ltf = retagger.directory, retagger.publisher.ltf
    (root / "ltf").mkdir()
    for name in ("docker", "start_point"):
        shutil.move(root / name, root / "ltf" / name)
    workflows(retagger, {"a.yml": "old"})
    ltf.directory = root / "ltf"
    retagger.released("3.7.4-2")
    (root / WORKFLOWS / "a.yml").write_text("new")
    ltf.commit("Other workflows")
    retagger.push()
    hook(retagger.origin, AS_GITHUB)
    result = retagger.retag()
    assert result.code == 0, result
    changed = git(retagger.origin, "diff", "--name-only", "3.7.4-2", "3.7.4-3").split()
    assert changed == [f"{WORKFLOWS}/a.yml", f"ltf/{MANIFEST}"]
    assert result.plan["lines"][0]["files"] == [f"ltf/{MANIFEST}", WORKFLOWS]


def test_workflow_files_that_change_while_it_builds_are_looked_at_again(retagger: Retagger) -> None:
    with_workflows(retagger, {"a.yml": "old"}, {"a.yml": "new"})
    workflows(retagger, {"a.yml": "newest"})
    retagger.publisher.ltf.commit("Newest workflows")
    push = f"git -C {retagger.directory} push --quiet {retagger.origin} main"
    change = f"mv hooks/pre-receive . && {push} && mv pre-receive hooks/"
    outside = f"(unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH && {change})"
    hook(retagger.origin, f"[ -e once ] || {{ touch once && {outside}; }}\n{AS_GITHUB}")
    result = retagger.retag()
    assert result.code == 0, result
    assert files_at(retagger, "3.7.4-3") == files_at(retagger, "main")


def test_what_is_refused_all_the_same_is_told_what_to_do(retagger: Retagger) -> None:
    with_workflows(retagger, {"a.yml": "old"}, {"a.yml": "new"})
    git(retagger.origin, "symbolic-ref", "HEAD", "refs/heads/none")
    refs = retagger.refs
    result = retagger.retag()
    assert (result.code, result.error.kind, retagger.refs) == (6, "AccessDenied", refs), result
    words = result.error.cure.partition("git ")[2].replace("TAG", "3.7.4-2", 1).partition(" (")[0].split()
    (retagger.origin / "hooks/pre-receive").unlink()
    git(retagger.directory, *words)
    hook(retagger.origin, AS_GITHUB)
    result = retagger.retag()
    assert (result.code, retagger.at("release/3.7.4")) == (0, retagger.at("3.7.4-3")), result


def test_a_push_that_origin_refuses_leaves_nothing(retagger: Retagger) -> None:
    hook(retagger.origin, "echo 'not today' >&2; exit 1")
    refs = retagger.refs
    result = retagger.retag(lines="3.7.5")
    assert result.ended == (8, "failed"), result
    assert "not today" in result.error.found
    assert (retagger.refs, retagger.publisher.digest("3.7.5-3")) == (refs, None)


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_a_login_that_may_not_push_is_told_before_the_build(
    retagger: Retagger, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git(retagger.directory, "remote", "set-url", "--push", "origin", "/nowhere")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")  # what is not asked
    result = retagger.retag(*words, lines="3.7.5")
    assert result.ended == (8, "failed"), result
    assert "'/nowhere' does not appear to be a git repository" in result.error.found


@pytest.mark.parametrize("says", [GH006, GH013], ids=["GH006", "GH013"])
def test_a_protected_default_branch_leaves_the_commit_to_the_lines_own(
    retagger: Retagger, says: tuple[str, ...]
) -> None:
    hook(retagger.origin, protecting("refs/heads/main", *says))
    main = retagger.at("main")
    result = retagger.retag(lines="3.7.5")
    assert (result.code, result.outputs["tag"], retagger.at("main")) == (0, "3.7.5-3", main), result
    where = "on release/3.7.5, as the rules of main refuse it"
    assert result.step("3.7.5 tag") == StepRow("3.7.5 tag", "done", f"3.7.5-3 after 3.7.5-2, {where}")
    assert retagger.at("release/3.7.5") == retagger.at("3.7.5-3")
    assert retagger.at("3.7.5-3^") == main
    assert retagger.retag(lines="3.7.5").code == 0
    assert retagger.at("release/3.7.5") == retagger.at("3.7.5-4")
    retagger.publisher.ltf.commit_more()  # a commit that has no tag yet
    result = retagger.publisher.run("next", str(retagger.directory), "--dry-run", environ={"LTF_CI_FORMAT": "json"})
    assert (result.code, result.outputs["tag"]) == (0, "3.7.5-5")


def test_where_every_branch_is_protected_the_tag_alone_keeps_the_commit(retagger: Retagger) -> None:
    hook(retagger.origin, protecting("refs/heads/*", *GH013))
    refs = retagger.refs
    result = retagger.retag(lines="3.7.5")
    assert (result.code, set(retagger.refs) - set(refs)) == (0, {"3.7.5-3"}), result
    where = "on no branch, as the rules of main and release/3.7.5 refuse it"
    assert result.step("3.7.5 tag") == StepRow("3.7.5 tag", "done", f"3.7.5-3 after 3.7.5-2, {where}")
    assert retagger.retag(lines="3.7.5").code == 0
    assert retagger.at("3.7.5-4^") == retagger.at("3.7.5-3")


def test_protected_tags_are_told_what_to_do(retagger: Retagger) -> None:
    hook(retagger.origin, protecting("refs/tags/*", *GH013))
    refs = retagger.refs
    result = retagger.retag(lines="3.7.5")
    assert (result.code, result.error.kind, retagger.refs) == (6, "AccessDenied", refs), result
    assert "rule for tags" in result.error.cure
    assert retagger.publisher.digest("3.7.5-3") is None


def test_a_lines_branch_that_ends_at_another_of_its_releases_is_left_there(retagger: Retagger) -> None:
    """The default branch could not take 3.7.5-3, released 3.7.5-4 beside it, and went on."""
    hook(retagger.origin, protecting("refs/heads/main", *GH013))
    assert retagger.retag(lines="3.7.5").code == 0
    (retagger.origin / "hooks/pre-receive").unlink()
    retagger.released("3.7.5-4")
    retagger.publisher.ltf.write("docker/note", "not released yet")
    retagger.publisher.ltf.commit("Go on")
    retagger.push()
    branches = retagger.at("main"), retagger.at("release/3.7.5")
    result = retagger.retag(lines="3.7.5")
    assert (result.code, result.step("3.7.5 tag")) == (
        0,
        StepRow("3.7.5 tag", "done", "3.7.5-5 after 3.7.5-4, on no branch"),
    ), result
    assert retagger.at("3.7.5-5^") == retagger.at("3.7.5-4")
    assert (retagger.at("main"), retagger.at("release/3.7.5")) == branches
    assert retagger.retag(lines="3.7.5").code == 0
    assert retagger.at("3.7.5-6^") == retagger.at("3.7.5-5")


def test_beside_a_branch_release_the_tag_alone_keeps_the_commit(retagger: Retagger) -> None:
    git(retagger.directory, "push", "--quiet", "origin", "main:refs/heads/release")
    refs = retagger.refs
    result = retagger.retag()
    assert (result.code, result.step("3.7.4 tag")) == (
        0,
        StepRow("3.7.4 tag", "done", "3.7.4-2 after 3.7.4-1, on no branch"),
    ), result
    assert retagger.refs.keys() - refs.keys() == {"3.7.4-2"}


def test_a_release_without_a_revision_is_of_a_line_too(retagger: Retagger) -> None:
    retagger.released_alone("3.7.6")
    result = retagger.retag(lines="all")
    assert (result.code, result.outputs["tag"].split()) == (0, ["3.7.4-2", "3.7.5-3", "3.7.6-1"]), result


def test_a_lines_branch_that_was_deleted_is_made_anew(retagger: Retagger) -> None:
    assert retagger.retag().code == 0
    git(retagger.origin, "branch", "--delete", "--force", "release/3.7.4")
    assert retagger.retag().code == 0
    assert retagger.at("release/3.7.4^") == retagger.at("3.7.4-2")


def test_a_repository_whose_default_branch_is_gone(retagger: Retagger) -> None:
    git(retagger.origin, "symbolic-ref", "HEAD", "refs/heads/none")
    main = retagger.at("main")
    result = retagger.retag(lines="3.7.5")
    assert (result.code, retagger.at("main"), retagger.at("release/3.7.5")) == (0, main, retagger.at("3.7.5-3")), result


@pytest.mark.parametrize("how", ["--depth=1", "--filter=blob:none"])
def test_a_clone_that_lacks_much_is_enough(retagger: Retagger, tmp_path: Path, how: str) -> None:
    git(retagger.origin, "config", "uploadpack.allowFilter", "true")
    here = tmp_path / "here"
    git(tmp_path, "clone", "--quiet", how, "--no-checkout", "--no-tags", f"file://{retagger.origin}", str(here))
    retagger.publisher.ltf.directory = here
    result = retagger.retag(lines="all")
    assert (result.code, result.outputs["tag"].split()) == (0, ["3.7.4-2", "3.7.5-3"]), result


def test_a_lightweight_tag_is_a_release_that_no_request_made(retagger: Retagger) -> None:
    git(retagger.directory, "commit", "--quiet", "--allow-empty", "--message", "x\n\nLtf-Ci-Retag: 17")
    retagger.publisher.tagged("3.7.5-3")
    git(retagger.directory, "commit", "--quiet", "--amend", "--message", "For 3.7.5-3\n\nLtf-Ci-Retag: 17")
    git(retagger.directory, "tag", "--force", "3.7.5-3", "HEAD")
    git(retagger.directory, "push", "--quiet", "--force", "origin", "main", "refs/tags/3.7.5-3")
    result = retagger.retag("--request", "17", lines="3.7.5")
    assert (result.code, result.outputs["tag"]) == (0, "3.7.5-4"), result
    assert retagger.at("main") == retagger.at("3.7.5-4")


def test_a_tag_whose_name_looks_like_two(retagger: Retagger) -> None:
    git(retagger.origin, "tag", "x\u20283.7.4-99", "3.7.4-1")
    result = retagger.retag()
    assert (result.code, result.outputs["tag"]) == (0, "3.7.4-2"), result
