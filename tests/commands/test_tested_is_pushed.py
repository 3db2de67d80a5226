"""What is pushed is the image that was tested, and no other content ever gets its tag: on both image stores."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from ltf_ci.clients.own_names import Maker
from tests.support.docker import Hesitant, hesitant_daemon
from tests.support.proxy import Answered, Asked, Hook, Pass
from tests.support.publishing import Publisher
from tests.support.repositories import git
from tests.support.runnable import SHELLS, docker

pytestmark = [pytest.mark.machine, pytest.mark.both_daemons]
REVISION = "org.opencontainers.image.revision"


def before(when: Callable[[Asked], bool], act: Callable[[], object]) -> Hook:
    """Do something once, before the first request of this kind is passed on."""
    acted: list[object] = []

    def hook(asked: Asked, pass_on: Pass) -> Answered:
        if not acted and when(asked):
            acted.append(None)
            acted.append(act())
        return pass_on(asked)

    return hook


def uploads(asked: Asked) -> bool:
    return asked.method == "POST" and "/blobs/uploads/" in asked.path


def puts(tag: str) -> Callable[[Asked], bool]:
    return lambda asked: asked.method == "PUT" and asked.path.endswith(f"/manifests/{tag}")


def put_other(publisher: Publisher, tag: str) -> None:
    """Put another image under a tag: the base, whose labels name no commit."""
    manifest = publisher.registry.manifest(publisher.base)
    config, layers = manifest.parts
    for digest in (config, *layers):
        publisher.registry.bring_blob(publisher.base, publisher.image, digest)
    publisher.registry.put_manifest(publisher.image.tagged(tag), manifest.content, manifest.media_type)


def test_a_build_of_another_commit_meanwhile_is_not_what_is_pushed(publisher: Publisher, docker_host: str) -> None:
    commit = publisher.tagged("3.7.4-1")

    def build_other() -> None:
        """Give the daemon another image of the name that is released, as a build at the same moment does."""
        image = publisher.image.under(proxy.host).tagged("3.7.4-1")
        docker(docker_host, "tag", str(publisher.base), str(image))

    docker(docker_host, "pull", str(publisher.base))
    with publisher.watched(before(uploads, build_other)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.ended == (0, "done"), result
    assert publisher.labels("3.7.4-1")[REVISION] == commit


def test_an_image_that_has_got_the_name_of_what_was_built_is_not_pushed(
    publisher: Publisher, docker_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.tagged("3.7.4-1")
    docker(docker_host, "pull", str(publisher.base))

    def rename(relay: Hesitant) -> None:
        relay.asked.wait()
        (built,) = docker(docker_host, "image", "ls", "--format", "{{.Repository}}", "ltf-ci-*").split()
        docker(docker_host, "tag", str(publisher.base), built)
        relay.go.set()

    with hesitant_daemon(docker_host, "/images/ltf-ci-") as (host, relay):
        monkeypatch.setenv("DOCKER_HOST", host)
        Thread(target=rename, args=(relay,), daemon=True).start()
        result = publisher.publish()
    assert result.failure == (11, "DockerFailed"), result
    assert "another image than the one that was just built" in result.error.found
    assert publisher.registry.tags(publisher.image) == ()


def test_layers_and_manifest_go_up_by_digest_and_the_tag_is_one_last_call(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched() as proxy:
        assert publisher.publish("--push-to", proxy.host, "--latest", "never").code == 0
    calls = [f"{asked.method} {asked.path.rpartition('/')[2]}" for asked in proxy.asked if "/manifests/" in asked.path]
    digest = str(publisher.digest("3.7.4-1"))
    writes = [call for call in calls if call.startswith("PUT")]
    assert writes == [f"PUT {digest}", "PUT 3.7.4-1"]
    place = calls.index("PUT 3.7.4-1")
    assert calls[place - 2 : place] == ["HEAD 3.7.4-1", "GET 3.7.4-1"]  # one look, and nothing between
    last = [asked for asked in proxy.asked if asked.writes][-1]
    assert last.path.endswith("/manifests/3.7.4-1")


def test_a_tag_that_is_taken_during_the_upload_is_not_overwritten(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(before(uploads, lambda: put_other(publisher, "3.7.4-1"))) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert (result.code, result.error.kind) == (4, "TagTaken"), result
    assert REVISION not in publisher.labels("3.7.4-1")
    assert publisher.digest("latest") is None


def test_a_tag_that_is_moved_at_origin_meanwhile_gets_no_image(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    origin = git(publisher.ltf.directory, "remote", "get-url", "origin")
    other = git(Path(origin), "commit-tree", "-m", "Other", "3.7.4-1^{tree}")
    with publisher.watched(
        before(uploads, lambda: git(Path(origin), "update-ref", "refs/tags/3.7.4-1", other))
    ) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert (result.code, result.error.kind) == (4, "Refused"), result
    assert publisher.registry.tags(publisher.image) == ()


def test_who_wrote_at_the_same_moment_is_seen_at_the_end(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(before(puts("latest"), lambda: put_other(publisher, "3.7.4-1"))) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert (result.code, result.error.kind) == (4, "TagTaken"), result


def own_things(host: str) -> tuple[str, str]:
    return docker(host, "ps", "--all", "--quiet"), docker(host, "image", "ls", "--quiet", "ltf-ci-*")


def test_nothing_is_left_in_the_daemon(publisher: Publisher, docker_host: str) -> None:
    assert publisher.release("3.7.4-1").code == 0
    assert own_things(docker_host) == ("", "")
    (publisher.ltf.directory / "docker/Dockerfile").write_text(f"FROM {publisher.base}\nRUN no-such-program\n")
    assert publisher.release("3.7.4-2").code == 7
    assert own_things(docker_host) == ("", "")


def ended_process() -> int:
    running = subprocess.Popen(["true"])
    running.wait()
    return running.pid


@pytest.mark.parametrize("seconds_ago", [0, 7 * 60 * 60])
def test_what_a_killed_run_left_is_removed_by_the_next(
    publisher: Publisher, docker_host: str, runnable: str, seconds_ago: int, tmp_path: Path
) -> None:
    this = Maker.this()
    here = Maker(this.seconds, this.machine, ended_process())
    killed = Maker(this.seconds - seconds_ago, "0" * 8, this.process) if seconds_ago else here
    for maker in (killed, this):
        name = maker.name()
        docker(docker_host, "tag", SHELLS, name)
        docker(docker_host, "create", "--name", name, SHELLS, "true")
    publisher.ltf.write("start_point/cyber-dojo.sh", "true\n")
    publisher.release("3.7.4-1", "--version-command", "true")
    left = [*docker(docker_host, "ps", "--all", "--format", "{{.Names}}").split()]
    left += docker(docker_host, "image", "ls", "--format", "{{.Repository}}", "ltf-ci-*").split()
    docker(docker_host, "rm", "--force", name)
    docker(docker_host, "image", "rm", name)
    assert left == [name, name]
