"""`ltf-ci check --image`: what an image lacks of what cyber-dojo's runner needs."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from embedded.base_image import push_base_image
from tests.support.example_ltfs import BASH, ExampleLtf
from tests.support.publishing import Publisher, RunCommand
from tests.support.result import Result
from tests.support.runnable import NO_BASH, SHELLS, docker

pytestmark = pytest.mark.machine
SILENT = replace(BASH, rag_lambda="")


class Bench:
    """Checks an example with the image that its manifest names."""

    def __init__(self, folder: Path, run: RunCommand) -> None:
        self.folder, self._run = folder, run

    def __call__(self, example: ExampleLtf, image: str, *words: str) -> Result:
        return self.check(str(example.write(self.folder, image)), *words)

    def check(self, *words: str) -> Result:
        environ = {"LTF_CI_FORMAT": "json", "DOCKER_CONFIG": os.environ["DOCKER_CONFIG"]}
        return self._run("check", *words, environ=environ)


@pytest.fixture
def bench(folder: Path, run: RunCommand, runner: str) -> Bench:
    return Bench(folder, run)


def found(result: Result) -> dict[str, str]:
    """Return each error's text, with the rule that found it."""
    return {finding.found: finding.rule for finding in result.findings if finding.severity == "error"}


def step(result: Result) -> tuple[str, str]:
    return next((step.state, step.detail) for step in result.steps if step.name == "image")


def test_an_image_that_has_all_is_passed(bench: Bench) -> None:
    result = bench(BASH, SHELLS, "--only", "manifest", "--image")
    assert (result.code, found(result), step(result)) == (0, {}, ("done", SHELLS))


def test_what_it_lacks_is_told_where_the_manifest_names_it(bench: Bench, runner: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {SHELLS}\nRUN rm /bin/tar /bin/find /etc/passwd\nUSER 0\n")
    docker(runner, "build", "--network", "none", "--tag", "ltf/lacks:1", str(tmp_path))
    result = bench(SILENT, "ltf/lacks:1", "--only", "manifest", "--image")
    assert result.code == 1
    assert found(result) == {
        "the image has no find": "image-lacks",
        "the image has no GNU tar": "image-lacks",
        "the image has no user sandbox, 41966:51966, at home in /home/sandbox": "image-lacks",
        "the manifest names no rag_lambda that can be read, and the image has no "
        "/usr/local/bin/red_amber_green.rb": "traffic-light-lambda",
    }
    assert {(place.file, place.line) for place in result.findings} == {("start_point/manifest.json", 3)}


def test_a_named_image_is_looked_into_instead(bench: Bench) -> None:
    result = bench(BASH, SHELLS, "--only", "manifest", "--image", NO_BASH)
    assert (result.code, found(result)) == (1, {"the image has no bash": "image-lacks"})
    assert step(result) == ("done", NO_BASH)


def test_without_the_word_no_image_is_looked_into(bench: Bench) -> None:
    result = bench(BASH, "no/image:1", "--only", "manifest")
    assert (result.code, [step.name for step in result.steps]) == (0, ["check"])


def test_what_is_wrong_with_the_manifest_comes_first(bench: Bench) -> None:
    result = bench(replace(BASH, more={"tab_size": 0}), "no/image:1", "--only", "manifest", "--image")
    assert (result.code, step(result)) == (1, ("skipped", "the findings come first"))


def test_an_image_of_a_registry_is_pulled(publisher: Publisher, runner: str) -> None:
    push_base_image(publisher.registry, publisher.image.tagged("3.7.4-1"), note="pulled")
    publisher.tagged("3.7.4-1")
    result = publisher.run_release("--image", command="check")
    assert (result.code, step(result)) == (1, ("done", str(publisher.image.tagged("3.7.4-1"))))
    assert "the image has no bash" in found(result)


def test_an_images_own_repository_has_its_name_elsewhere(bench: Bench) -> None:
    (bench.folder / "docker").mkdir()
    (bench.folder / "docker/Dockerfile").write_text("FROM scratch\n")
    (bench.folder / "docker/image_name.json").write_text(json.dumps({"image_name": NO_BASH.partition(":")[0]}))
    result = bench.check(str(bench.folder), "--tag", "1", "--image")
    assert (result.code, found(result)) == (1, {"the image has no bash": "image-lacks"})
    assert result.findings[0].file == "docker/image_name.json"


def test_without_a_daemon_it_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    result = bench(BASH, SHELLS, "--only", "manifest", "--image")
    assert result.failure == (11, "DockerFailed")
