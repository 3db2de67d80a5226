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
