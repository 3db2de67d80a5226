"""Before a push the start files run in the very image that is pushed: what has not its colours is never released."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from embedded.base_image import push_base_image
from tests.support.publishing import Publisher
from tests.support.repositories import git, manifest_text
from tests.support.result import StepRow
from tests.support.runnable import docker

pytestmark = pytest.mark.machine
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"
TESTS = ["test red", "test amber", "test green", "version"]


@pytest.fixture
def gated(publisher: Publisher) -> Publisher:
    """Return a repository whose image has a rag_lambda, and all that cyber-dojo's runner needs."""
    push_base_image(publisher.registry, publisher.base, note="gated", runs=True)
    publisher.is_tested = True
    publisher.ltf.write("docker/red_amber_green.rb", LAMBDA)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY red_amber_green.rb /usr/local/bin/\n")
    return publisher


def no_container_is_left(daemon: str) -> bool:
    return docker(daemon, "ps", "--all", "--quiet") == ""


@pytest.mark.both_daemons
def test_what_gives_its_colours_is_pushed(gated: Publisher, docker_host: str) -> None:
    result = gated.release("3.7.4-1", "--version-command", "echo Python 3.7.4")
    assert (result.code, result.conclusion, result.outputs["released"]) == (0, "done", "true"), result
    assert list(result.states) == ["check", *TESTS, "push", "latest"]
    for colour in ("red", "amber", "green"):
        assert result.step(f"test {colour}").detail.startswith(f"{colour} in ")
    assert no_container_is_left(docker_host)


def test_the_lock_says_which_colours_it_gave(gated: Publisher, tmp_path: Path, docker_host: str) -> None:
    languages = tmp_path / "languages"
    languages.mkdir()
    git(languages, "init", "--quiet")
    (languages / "git_repo_urls.tagged").write_text("")
    (languages / "languages.lock.json").write_text("{}\n")
    git(languages, "add", "--all")
    git(languages, "commit", "--quiet", "--message", "Begin")
    gated.named("https://github.com/a/python-unittest")
    gated.tagged("3.7.4-1")
    result = gated.run_release("--languages", str(languages))
    assert result.code == 0, result
    lock = json.loads(git(languages, "show", "ltf-ci/python-unittest-3.7.4:languages.lock.json"))
    (entry,) = lock.values()
    assert entry["traffic_light"] == "red, amber, green"


@pytest.mark.both_daemons
@pytest.mark.parametrize(("said", "code"), [("3.7.4", 0), ("3.7.5", 1)])
def test_an_images_own_repository_is_asked_for_its_version(
    gated: Publisher, docker_host: str, said: str, code: int
) -> None:
    shutil.rmtree(gated.ltf.directory / "start_point")
    gated.ltf.write("docker/image_name.json", json.dumps({"image_name": str(gated.image)}))
    gated.ltf.commit("An image's own repository")
    git(gated.ltf.directory, "tag", "3.7.4-1")
    result = gated.publish("--version-command", f"echo Python {said}")
    assert (result.code, result.steps[1].name) == (code, "version"), result
    assert bool(gated.registry.tags(gated.image)) == (code == 0)
    assert no_container_is_left(docker_host)


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("start_point/hiker.sh", "echo 6 * 9 >/dev/null; echo 42\n", "traffic-light-red"),
        ("start_point/hiker.sh", "echo $((6 * 8))\n", "traffic-light-edit"),
        ("docker/red_amber_green.rb", "lambda { |*| :red }\n", "traffic-light-amber"),
        ("docker/red_amber_green.rb", "lambda { |*|\n", "rag-lambda-ruby"),
    ],
)
def test_what_does_not_is_not_pushed(gated: Publisher, docker_host: str, path: str, text: str, rule: str) -> None:
    gated.ltf.write(path, text)
    result = gated.release("3.7.4-1")
    assert (result.code, result.conclusion, result.outputs["released"]) == (1, "failed", "false"), result
    assert rule in result.rules
    assert gated.registry.tags(gated.image) == ()
    assert no_container_is_left(docker_host)


def test_a_language_of_another_version_is_not_pushed(gated: Publisher) -> None:
    result = gated.release("3.7.4-1", "--version-command", "echo Python 3.7.5")
    assert (result.code, result.rules) == (1, ["traffic-light-version"])
    assert gated.digest("3.7.4-1") is None


def test_a_release_that_fails_the_test_opens_no_pull_request(gated: Publisher) -> None:
    gated.ltf.write("docker/red_amber_green.rb", "lambda { |*| :green }\n")
    gated.tagged("3.7.4-1")
    result = gated.run_release()
    assert (result.code, result.conclusion, "languages" in result.states) == (1, "failed", False)
    assert result.step("push").state == "skipped"


def test_who_asks_for_no_test_gets_none_and_it_is_said(gated: Publisher) -> None:
    gated.ltf.write("docker/red_amber_green.rb", "lambda { |*| :green }\n")
    result = gated.release("3.7.4-1", "--no-test")
    assert result.code == 0, result
    assert result.step("test") == StepRow("test", "skipped", "by --no-test")


@pytest.mark.parametrize("line", ["", "COPY red_amber_green.rb /usr/local/\n"])
def test_an_image_whose_lambda_was_forgotten_is_not_pushed(gated: Publisher, line: str) -> None:
    gated.ltf.write("docker/Dockerfile", f"FROM {gated.base}\n{line}")
    ended = gated.release("3.7.4-1")
    assert (ended.code, ended.conclusion) == (1, "failed"), ended
    assert [finding.rule for finding in ended.findings] == ["traffic-light-lambda"]
    assert gated.registry.tags(gated.image) == ()
    assert gated.publish("--no-test").code == 0


def test_a_lambda_that_is_allowed_to_be_too_large_is_no_lambda(publisher: Publisher) -> None:
    push_base_image(publisher.registry, publisher.base, note="gated", runs=True)
    publisher.is_tested = True
    publisher.ltf.write("start_point/large.rb", "#" * 70_000)
    text = manifest_text("Python (3.7.4), unittest", str(publisher.image.tagged("3.7.4-1")), rag_lambda="large.rb")
    publisher.ltf.manifest.write_text(text)
    publisher.ltf.commit("For 3.7.4-1")
    publisher.ltf.tag("3.7.4-1")
    ended = publisher.publish("--allow", "rag-lambda-size")
    assert (ended.code, [finding.rule for finding in ended.findings]) == (1, ["traffic-light-lambda"]), ended


@pytest.mark.both_daemons
def test_an_image_that_is_given_new_labels_is_tested_by_its_digest(gated: Publisher, docker_host: str) -> None:
    gated.release("3.7.4-1")
    shutil.rmtree(gated.ltf.directory / "docker")
    source = str(gated.image.tagged("3.7.4-1"))
    result = gated.release("3.7.4-2", "--image-from", source)
    assert (result.code, list(result.states)) == (0, ["check", *TESTS, "push", "latest"]), result
    gated.ltf.write("start_point/hiker.sh", "echo 42 # 6 * 9\n")
    result = gated.release("3.7.4-3", "--image-from", source)
    assert (result.code, gated.digest("3.7.4-3")) == (1, None)
    assert no_container_is_left(docker_host)


def test_without_a_daemon_nothing_is_released_untested(gated: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    gated.release("3.7.4-1")
    shutil.rmtree(gated.ltf.directory / "docker")
    source = str(gated.image.tagged("3.7.4-1"))
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    refused = gated.release("3.7.4-2", "--image-from", source)
    assert (refused.code, refused.error.kind, gated.digest("3.7.4-2")) == (11, "DockerFailed", None), refused
    assert "unix:///nowhere/docker.sock (DOCKER_HOST)" in refused.error.found
    assert "--no-test" in refused.error.cure
    released = gated.publish("--image-from", source, "--no-test")
    assert (released.code, released.step("test")) == (0, StepRow("test", "skipped", "by --no-test"))
