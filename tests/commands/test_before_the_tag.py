"""A build, a test and a plan before the tag: of the folder as it is, in the daemon alone."""

from __future__ import annotations

import pytest

from embedded.base_image import push_base_image
from tests.support.publishing import Publisher
from tests.support.repositories import git
from tests.support.result import Result
from tests.support.runnable import docker

pytestmark = pytest.mark.machine
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"


@pytest.fixture
def tried(publisher: Publisher) -> Publisher:
    """Return a repository that gives its colours, and has no tag."""
    push_base_image(publisher.registry, publisher.base, note="tried", runs=True)
    publisher.is_tested = True
    publisher.ltf.write("docker/red_amber_green.rb", LAMBDA)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY red_amber_green.rb /usr/local/bin/\n")
    publisher.ltf.commit("Begin")
    return publisher


def run(tried: Publisher, command: str, *words: str) -> Result:
    return tried.run_release(*words, command=command)


def test_what_is_tested_is_the_folder_as_it_is_and_the_image_is_named(tried: Publisher, docker_host: str) -> None:
    local = str(tried.image.tagged("local"))
    untagged = run(tried, "test")
    assert (untagged.code, untagged.said["outputs"]["image"]) == (0, local), untagged
    assert "built of the folder" in untagged.step("image").detail
    tried.ltf.write("docker/red_amber_green.rb", "lambda { |*| :red }\n")
    dirty = run(tried, "test")
    wrong = ["traffic-light-amber", "traffic-light-green"]
    assert (dirty.code, [finding.rule for finding in dirty.findings]) == (1, wrong), dirty
    assert docker(docker_host, "image", "ls", "--quiet", local)
    assert tried.registry.tags(tried.image) == ()


def test_a_released_image_is_tested_only_where_it_is_of_this_very_folder(tried: Publisher) -> None:
    assert tried.release("3.7.4-2").code == 0
    released = run(tried, "test")
    assert (released.code, released.said["outputs"]["image"]) == (0, str(tried.image.tagged("3.7.4-2"))), released
    assert "as it was released" in released.step("image").detail
    tried.ltf.write("docker/Dockerfile", f"FROM {tried.base}\n")
    for commits in (False, True):
        if commits:
            tried.ltf.commit("Forget the lambda")
        stale = run(tried, "test")
        assert (stale.code, [finding.rule for finding in stale.findings]) == (1, ["traffic-light-lambda"]), stale
        assert stale.said["outputs"]["image"] == str(tried.image.tagged("local"))


def test_a_build_and_a_plan_need_no_tag(tried: Publisher) -> None:
    git(tried.ltf.directory, "tag", "3.7.4-5", "HEAD^")
    tried.ltf.write("docker/more", "uncommitted")
    built = run(tried, "build")
    assert (built.code, built.conclusion) == (0, "done"), built
    assert built.said["outputs"] == {**built.said["outputs"], "image": str(tried.image.tagged("local")), "tag": ""}
    assert "org.opencontainers.image.version" not in built.said["plan"]["labels"]
    for command in ("publish", "release"):
        planned = run(tried, command, "--dry-run")
        assert (planned.code, planned.conclusion, planned.said["plan"]["tag"]) == (0, "planned", "3.7.4-6"), planned
        refused = run(tried, command)
        assert (refused.code, refused.error.kind) == (2, "UsageError"), refused
    assert tried.registry.tags(tried.image) == ()


def test_the_plan_of_an_untagged_folder_asks_what_its_release_would(
    tried: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tried.release("3.7.4-2").code == 0
    script = tried.ltf.directory / "start_point/cyber-dojo.sh"
    script.write_text(f"{script.read_text()}\n# only start files change\n")
    planned = run(tried, "release", "--dry-run").said["plan"]
    assert (planned["tag"], planned["how"], planned["from"]) == (
        "3.7.4-3",
        "reuse",
        str(tried.image.tagged("3.7.4-2")),
    )
    tried.ltf.commit("Change a start file")
    git(tried.ltf.directory, "push", "--quiet", "origin", "HEAD:refs/tags/3.7.4-4")  # by another clone
    assert run(tried, "publish", "--dry-run").said["plan"]["tag"] == "3.7.4-5"
    push_base_image(tried.registry, tried.image.tagged("3.7.4-6"), note="of the image's own repository")
    assert run(tried, "publish", "--dry-run").said["plan"]["tag"] == "3.7.4-7"
    for words, environ, failure in (
        ((), {"LTF_CI_REGISTRY_PASSWORD": "wrong"}, (6, "AccessDenied")),
        (("--builder", "nobody", "--rebuild"), {}, (10, "MissingTool")),
        (("--platform", "linux/s390x"), {}, (3, "BadInput")),
        (("--languages", "o/nowhere"), {"LTF_CI_TOKEN": ""}, (6, "AccessDenied")),
    ):
        refused = tried.run_release("--dry-run", *words, **environ)
        assert refused.failure == failure, (words, environ, refused)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert run(tried, "release", "--dry-run").failure == (11, "DockerFailed")
    writes = [*git(tried.ltf.directory, "ls-remote", "--tags", "origin").split("\n"), *tried.registry.tags(tried.image)]
    assert not any("3.7.4-3" in each or "3.7.4-7" in each for each in writes)


@pytest.mark.parametrize("state", ["tagged and edited", "staged", "detached", "in an image repository", "shallow"])
def test_a_folder_in_any_state_is_planned_as_the_next_release(tried: Publisher, state: str) -> None:
    where, tag = tried.ltf.directory, "3.7.4-1"
    if state == "tagged and edited":
        tried.tagged("3.7.4-3")
        tried.ltf.write("docker/Dockerfile", f"FROM {tried.base}\n")
        tag = "3.7.4-4"
    elif state == "staged":
        tried.ltf.write("docker/more", "staged alone")
        git(where, "add", "docker/more")
    elif state == "detached":
        git(where, "switch", "--quiet", "--detach")
    elif state == "shallow":
        tried.ltf.write(".git/shallow", git(where, "rev-parse", "HEAD") + "\n")
    else:
        git(where, "rm", "-r", "--quiet", "start_point")
        tried.ltf.write("docker/image_name.json", f'{{"image_name": "{tried.image.untagged}"}}')
        tried.ltf.write("README.md", '## display_name="Python 3.7.4, unittest"\n')
    for command in ("publish", "release"):
        planned = run(tried, command, "--dry-run")
        assert (planned.code, planned.said["plan"]["tag"]) == (0, tag), planned
        assert all(tag in finding.found for finding in planned.findings if finding.rule == "no-tag")


def test_what_counts_at_a_tag_is_the_commit_whatever_the_folder_hides(tried: Publisher) -> None:
    assert tried.release("3.7.4-2", "--dry-run").code == 0
    script = "start_point/cyber-dojo.sh"
    git(tried.ltf.directory, "update-index", "--assume-unchanged", script)
    tried.ltf.write(script, "exit 3\r\n")  # line ends that check would refuse, and a script that always fails
    for command in ("build", "test", "publish"):
        done = run(tried, command)
        assert (done.code, done.findings) == (0, []), done


def test_an_image_s_own_repository_is_tested_for_its_version(tried: Publisher) -> None:
    git(tried.ltf.directory, "rm", "-r", "--quiet", "start_point")
    tried.ltf.write("docker/image_name.json", f'{{"image_name": "{tried.image.untagged}"}}')
    tried.ltf.write("README.md", '## display_name="Python 3.7.4, unittest"\n')
    tried.ltf.commit("An image alone")
    image = tried.base.tagged("of-version")
    push_base_image(tried.registry, image, note="3.7.4", runs=True)
    assert run(tried, "test").said["reason"].endswith("no start files, and no --version-command is given")
    for tag, code in ((("--tag", "3.7.4-1"), 0), ((), 0), (("--tag", "3.7.5-1"), 1)):
        tested = run(tried, "test", "--image", str(image), "--version-command", "cat /etc/note", *tag)
        assert (tested.code, [finding.rule for finding in tested.findings]) == (
            code,
            ["traffic-light-version"] * code,
        ), tested
