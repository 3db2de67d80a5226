"""A release of which only start files changed: the layers of the revision before, other labels, and no build."""

from __future__ import annotations

import json
import stat
import tarfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from embedded.base_image import push_base_image, push_base_index
from ltf_ci.clients.docker.build_context import context_files
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Present, json_object
from tests.support.kept import Kept
from tests.support.proxy import Answered, Asked, Hook, Pass
from tests.support.publishing import Publisher, RunCommand
from tests.support.repositories import git
from tests.support.result import Result
from tests.support.runnable import docker

pytestmark = pytest.mark.machine

OCI = "org.opencontainers.image."
LISTING = "find /context | sort | xargs stat -c '%n %a %u' && cat /context/content /etc/note && id"
NOWHERE = "unix:///nowhere/docker.sock"
Change = Callable[[Publisher], None]


def parts(publisher: Publisher, tag: str) -> tuple[Digest, tuple[Digest, ...]]:
    return publisher.registry.manifest(publisher.image.tagged(tag)).parts


def config(publisher: Publisher, tag: str) -> dict[str, Any]:
    return json_object(publisher.registry.blob(publisher.image, parts(publisher, tag)[0]), "the config")


def pushed(result: Result) -> str:
    (detail,) = (str(step.detail) for step in result.steps if step.name == "push")
    return detail


@pytest.fixture
def first(
    request: pytest.FixtureRequest,
    folder: Path,
    docker_host: str,
    kept: Kept,
    run: RunCommand,
    registry_client: Registry,
) -> Publisher:
    """Return a repository with a release of ours, 3.7.4-1, whose start files have changed since."""
    name, origin = f"first {docker_host}", folder.with_name("repository-origin.git")
    if name in kept.worlds:
        return replace(kept.put_back(name, folder, origin, run, registry_client), origin=origin)
    publisher: Publisher = request.getfixturevalue("publisher")
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY . /context/\nLABEL own=kept\n")
    publisher.ltf.write("docker/content", "as it was")
    assert publisher.release("3.7.4-1").code == 0
    publisher.ltf.write("start_point/hiker.sh", "echo $((6 * 9)) # changed\n")
    kept.keep(name, publisher, origin)
    return publisher


def test_layers_are_those_of_the_revision_before_and_labels_its_own(
    first: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    commit = first.tagged("3.7.4-2")
    result = first.publish("--no-test")
    assert (result.code, result.conclusion, result.outputs["digest"]) == (0, "done", str(first.digest("3.7.4-2"))), (
        result
    )
    assert pushed(result).endswith(f", the layers of {first.image.tagged('3.7.4-1')}")
    assert parts(first, "3.7.4-2")[1] == parts(first, "3.7.4-1")[1]
    named = {f"{OCI}{name}" for name in ("revision", "version", "created")}
    before, after = first.labels("3.7.4-1"), first.labels("3.7.4-2")
    assert {name: after[name] for name in set(after) - named} == {name: before[name] for name in set(before) - named}
    assert (after[f"{OCI}revision"], after[f"{OCI}version"], after["own"]) == (commit, "3.7.4-2", "kept")
    assert first.latest() == "3.7.4-2"


def test_all_but_the_labels_is_what_it_was(first: Publisher) -> None:
    first.release("3.7.4-2")
    before, after = config(first, "3.7.4-1"), config(first, "3.7.4-2")
    assert before["config"].pop("Labels") != after["config"].pop("Labels")
    assert after == before


@pytest.mark.both_daemons
def test_it_runs_as_a_build_would(publisher: Publisher, docker_host: str) -> None:
    push_base_image(publisher.registry, publisher.base, note="runs", runs=True)
    publisher.ltf.write("docker/content", "as it was")
    told = {}
    for tag, more, how in (("3.7.4-1", [], "build"), ("3.7.4-2", [], "reuse"), ("3.7.4-3", ["--rebuild"], "build")):
        assert publisher.release(tag, *more).plan["how"] == how
        image = str(publisher.image.tagged(tag))
        docker(docker_host, "pull", "--quiet", image)
        told[tag] = docker(docker_host, "run", "--rm", image, "/bin/sh", "-c", LISTING)
    assert "as it was" in told["3.7.4-1"]
    assert set(told.values()) == {told["3.7.4-1"]}


def test_a_dry_run_shows_it(first: Publisher) -> None:
    first.tagged("3.7.4-2")
    planned = first.publish("--dry-run")
    before = first.registry.resolve(first.image.tagged("3.7.4-1"))
    assert isinstance(before, Present)
    told = (planned.plan["how"], planned.plan["from"], planned.plan["digest"])
    assert (planned.code, *told) == (0, "reuse", str(first.image.tagged("3.7.4-1")), str(before.digest))
    assert first.digest("3.7.4-2") is None
    assert first.publish().plan == planned.plan


@pytest.mark.both_daemons
def test_it_goes_on_from_revision_to_revision_and_no_layer_is_sent(first: Publisher) -> None:
    first.release("3.7.4-2")
    with first.watched() as proxy:
        result = first.release("3.7.4-3", "--no-test")
        assert result.code == 0
    first.tagged("3.7.4-4")
    assert first.publish().plan["from"] == str(first.image.tagged("3.7.4-3"))
    assert parts(first, "3.7.4-4")[1] == parts(first, "3.7.4-1")[1]
    assert proxy.writes == []
    assert result.plan["how"] == "reuse"


def test_a_tag_that_never_got_an_image_is_passed_by(first: Publisher) -> None:
    first.tagged("3.7.4-2")
    first.tagged("3.7.4-3")
    first.ltf.tag("3.7.5-1")
    assert first.publish("--tag", "3.7.4-3").plan["from"] == str(first.image.tagged("3.7.4-1"))


def dockerfile(publisher: Publisher, more: str) -> None:
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY . /context/\nLABEL own=kept\n{more}")


def executable(publisher: Publisher) -> None:
    (publisher.ltf.directory / "docker/content").chmod(0o755)


def moved_base(publisher: Publisher) -> None:
    push_base_image(publisher.registry, publisher.base, note="another one under this tag")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda first: dockerfile(first, "ENV A=1\n"), ()),
        (lambda first: first.ltf.write("docker/content", "as it is now"), ()),
        (lambda first: first.ltf.write("docker/more", ""), ()),
        (lambda first: first.ltf.write("docker/.dockerignore", "content\n"), ()),
        (executable, ()),
        (moved_base, ()),
        (lambda _: None, ("--build-arg", "A=1")),
        (lambda _: None, ("--secret", "id=token,env=HOME")),
        (lambda _: None, ("--rebuild",)),
        (lambda _: None, ("--no-cache",)),
    ],
)
def test_it_is_built_where_anything_else_changed(first: Publisher, change: Change, words: tuple[str, ...]) -> None:
    change(first)
    result = first.release("3.7.4-2", *words)
    assert (result.code, result.plan["how"]) == (0, "build"), result
    assert pushed(result).endswith(", built")


@pytest.mark.parametrize("patterns", ["*\n!**/*.sh", "big\n[^b]\n**/deep/**", "x\n!x/deep\n[!b]"])
def test_a_dockerignore_is_read_as_buildkit_reads_it(publisher: Publisher, builder: str, patterns: str) -> None:
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY . /context/\n")
    for folder in ("Big", "x/deep"):
        (publisher.ltf.directory / "docker" / folder).mkdir(parents=True)
    for path in ("a", "b", "Big/x.sh", "x/y", "x/y.sh", "x/deep/y"):
        publisher.ltf.write(f"docker/{path}", path)
    publisher.ltf.write("docker/.dockerignore", f"{patterns}\nDockerfile\n.dockerignore\n")
    assert publisher.release("3.7.4-1", "--builder", builder).code == 0
    layer = publisher.registry.blob(publisher.image, parts(publisher, "3.7.4-1")[1][-1])
    with tarfile.open(fileobj=BytesIO(layer)) as archive:
        sent = {Path(each.name).relative_to("context") for each in archive.getmembers() if each.isfile()}
    files = context_files(publisher.ltf.directory / "docker", "Dockerfile")
    known = {each.path for each in files if stat.S_ISREG(each.mode)}
    assert known - {"Dockerfile", ".dockerignore"} == {str(path) for path in sent}


def test_what_a_secret_made_is_not_taken_where_there_is_none(publisher: Publisher) -> None:
    assert publisher.release("3.7.4-1", "--secret", "id=token,env=HOME").plan["how"] == "build"
    assert publisher.release("3.7.4-2").plan["how"] == "build"
    assert publisher.release("3.7.4-3").plan["how"] == "reuse"


def test_an_image_that_lends_files_counts_among_the_inputs(publisher: Publisher) -> None:
    tool = publisher.base.tagged("tool")
    push_base_image(publisher.registry, tool, note="tool")
    dockerfile(publisher, f"COPY --from={tool} /etc/note /note\n")
    assert [publisher.release(tag).plan["how"] for tag in ("3.7.4-1", "3.7.4-2")] == ["build", "reuse"]
    push_base_image(publisher.registry, tool, note="newer tool")
    assert publisher.release("3.7.4-3").plan["how"] == "build"


def test_another_version_line_lends_nothing(first: Publisher) -> None:
    assert first.release("3.7.5-1").plan["how"] == "build"


@pytest.mark.parametrize("inherited", [{"version": "3.7.3-9"}, {"revision": "0" * 40}, {"base.digest": ""}])
def test_labels_that_came_down_from_a_base_are_none_of_ours(first: Publisher, inherited: dict[str, str]) -> None:
    rewritten(first, labels={f"{OCI}{name}": value for name, value in inherited.items()})
    assert first.release("3.7.4-2").plan["how"] == "build"


def test_an_image_of_another_architecture_is_not_taken_where_no_platform_is_asked_for(first: Publisher) -> None:
    rewritten(first, architecture="s390x")
    assert first.release("3.7.4-2").plan["how"] == "build"


def rewritten(publisher: Publisher, labels: dict[str, str] | None = None, **more: str) -> None:
    """Put another config under 3.7.4-1, as no run of ours would."""
    manifest = publisher.registry.manifest(publisher.image.tagged("3.7.4-1"))
    data = config(publisher, "3.7.4-1") | more
    data["config"]["Labels"] |= labels or {}
    content = json.dumps(data).encode()
    digest = publisher.registry.put_blob(publisher.image, content)
    entry = manifest.data["config"] | {"digest": str(digest), "size": len(content)}
    publisher.registry.put_manifest(
        publisher.image.tagged("3.7.4-1"), json.dumps(manifest.data | {"config": entry}).encode(), manifest.media_type
    )


def answering(status: int, method: str, part: str) -> Hook:
    def hook(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(status) if asked.method == method and part in asked.path else pass_on(asked)

    return hook


@pytest.mark.parametrize(("method", "part"), [("HEAD", "/blobs/"), ("GET", "/blobs/"), ("GET", "/manifests/sha256:")])
def test_it_is_built_where_something_of_it_is_gone(first: Publisher, method: str, part: str) -> None:
    first.tagged("3.7.4-2")
    with first.watched(answering(404, method, part)) as proxy:
        result = first.publish("--push-to", proxy.host, "--dry-run")
    assert (result.code, result.plan["how"]) == (0, "build")


@pytest.mark.parametrize(("method", "part"), [("HEAD", "/blobs/"), ("GET", "/blobs/"), ("HEAD", "/manifests/3.7.4-1")])
def test_a_registry_that_does_not_say_is_not_taken_to_have_it_not(first: Publisher, method: str, part: str) -> None:
    first.tagged("3.7.4-2")
    with first.watched(answering(503, method, part)) as proxy:
        result = first.publish("--push-to", proxy.host)
    assert result.failure == (5, "RegistryUnavailable")
    assert [asked for asked in proxy.writes if not asked.endswith("/blobs/uploads/") and "DELETE" not in asked] == []


def test_the_light_is_run_in_it(first: Publisher) -> None:
    first.is_tested = True
    push_base_image(first.registry, first.base, note="gated", runs=True)
    first.ltf.write(
        "docker/red_amber_green.rb",
        "lambda { |out, _, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n",
    )
    dockerfile(first, "COPY red_amber_green.rb /usr/local/bin/\n")
    assert first.release("3.7.4-2").code == 0
    assert first.release("3.7.4-3").plan["how"] == "reuse"
    first.ltf.write("start_point/hiker.sh", "echo 42 # 6 * 9\n")
    result = first.release("3.7.4-4")
    assert (result.code, result.conclusion, result.plan["how"], first.digest("3.7.4-4")) == (1, "failed", "reuse", None)
    first.ltf.write("start_point/hiker.sh", "echo $((6 * 9))\n")
    assert first.release("3.7.4-5").plan["from"] == str(first.image.tagged("3.7.4-3"))


def test_an_index_is_taken_with_each_of_its_images(publisher: Publisher, builder: str) -> None:
    push_base_index(publisher.registry, publisher.base, "amd64", "arm64")
    both = ("--builder", builder, "--platform", "linux/amd64", "--platform", "linux/arm64")
    assert publisher.release("3.7.4-1", *both).code == 0
    commit = publisher.tagged("3.7.4-2")
    result = publisher.publish(*both)
    assert (result.code, result.plan["how"]) == (0, "reuse"), result
    before, after = (images(publisher, tag) for tag in ("3.7.4-1", "3.7.4-2"))
    assert set(before) == set(after) == {"amd64", "arm64"}
    for name, image in after.items():
        old, new = (publisher.registry.manifest(each) for each in (before[name], image))
        assert (new.parts[1], old.digest == new.digest) == (old.parts[1], False)
        labels = publisher.registry.labels(image)
        assert (labels[f"{OCI}revision"], labels[f"{OCI}version"]) == (commit, "3.7.4-2")
    assert publisher.release("3.7.4-3", *both, "--sbom").plan["how"] == "build"
    assert publisher.release("3.7.4-4", *both[:4]).plan["how"] == "build"


def test_an_index_of_which_an_image_lost_its_config_is_built(publisher: Publisher, builder: str) -> None:
    push_base_index(publisher.registry, publisher.base, "amd64", "arm64")
    both = ("--builder", builder, "--platform", "linux/amd64", "--platform", "linux/arm64")
    assert publisher.release("3.7.4-1", *both).code == 0
    publisher.tagged("3.7.4-2")
    lost = publisher.registry.manifest(images(publisher, "3.7.4-1")["arm64"]).parts[0]
    with publisher.watched(lambda asked, on: Answered(404) if str(lost) in asked.path else on(asked)) as proxy:
        result = publisher.publish(*both, "--push-to", proxy.host, "--dry-run")
    assert (result.code, result.plan["how"]) == (0, "build")


def images(publisher: Publisher, tag: str) -> dict[str, ImageName]:
    entries = publisher.registry.manifest(publisher.image.tagged(tag)).data["manifests"]
    return {e["platform"]["architecture"]: ImageName.parse(f"{publisher.image}@{e['digest']}") for e in entries}


def test_a_tag_that_was_moved_in_git_lends_nothing(first: Publisher) -> None:
    git(first.ltf.directory, "commit", "--quiet", "--allow-empty", "--message", "Later")
    git(first.ltf.directory, "tag", "--force", "--annotate", "--message", "moved", "3.7.4-1")
    assert first.release("3.7.4-2").plan["how"] == "build"
