"""`ltf-ci publish` with a real daemon and a real registry that asks for a password."""

from __future__ import annotations

import pytest

from embedded.base_image import push_image
from ltf_ci.model.registry import Present
from tests.support.publishing import Publisher
from tests.support.repositories import git

OCI = "org.opencontainers.image."
pytestmark = pytest.mark.machine


@pytest.mark.both_daemons
def test_a_released_image_is_there_with_its_labels(publisher: Publisher) -> None:
    commit = publisher.tagged("3.7.4-1")
    result = publisher.publish()
    assert result.ended == (0, "done")
    assert result.outputs == {
        "tag": "3.7.4-1",
        "image": str(publisher.image.tagged("3.7.4-1")),
        "digest": str(publisher.digest("3.7.4-1")),
        "latest-moved": "true",
        "released": "true",
    }
    labels = dict(publisher.labels("3.7.4-1"))
    assert labels.pop("io.github.cyber-dojo-tools.ltf-ci.inputs").startswith("sha256:")
    answer = publisher.registry.resolve(publisher.base)
    assert isinstance(answer, Present)
    assert labels == {
        f"{OCI}revision": commit,
        f"{OCI}version": "3.7.4-1",
        f"{OCI}source": git(publisher.ltf.directory, "remote", "get-url", "origin"),
        f"{OCI}title": "Python (3.7.4), unittest",
        f"{OCI}created": publisher.time_of(commit),
        f"{OCI}base.name": str(publisher.base),
        f"{OCI}base.digest": str(answer.digest),
        "io.github.cyber-dojo-tools.ltf-ci.bases": f"{publisher.base}@{answer.digest}",
    }


def test_a_dry_run_shows_the_plan_that_a_real_run_carries_out(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    planned = publisher.publish("--dry-run")
    assert planned.ended == (0, "planned")
    assert publisher.digest("3.7.4-1") is None
    assert publisher.publish().plan == planned.plan


@pytest.mark.both_daemons
def test_the_same_commit_again_writes_nothing(publisher: Publisher) -> None:
    publisher.release("3.7.4-1")
    before = publisher.digest("3.7.4-1")
    with publisher.watched() as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert (result.code, result.conclusion, result.outputs["released"]) == (0, "nothing-to-do", "false")
    assert proxy.asked
    assert proxy.writes == []
    assert publisher.digest("3.7.4-1") == before


@pytest.mark.parametrize("ignored", [False, True])
def test_a_start_file_that_the_commit_lacks_is_refused_before_the_build(publisher: Publisher, *, ignored: bool) -> None:
    git(publisher.ltf.directory, "rm", "--quiet", "--cached", "start_point/hiker.sh")
    publisher.ltf.write(".gitignore", "hiker.sh\n" if ignored else "")
    git(publisher.ltf.directory, "add", ".gitignore", "docker")
    git(publisher.ltf.directory, "commit", "--quiet", "--message", "Without its start file")
    git(publisher.ltf.directory, "tag", "3.7.4-1")
    result = publisher.publish("--dry-run")
    assert (result.code, result.error.found) == (4, "the commit lacks start_point/hiker.sh, which is a start file")


@pytest.mark.both_daemons
def test_another_commit_under_a_taken_tag_is_refused_before_the_build(publisher: Publisher) -> None:
    publisher.release("3.7.4-1")
    publisher.release("3.7.4-2")
    before = publisher.digest("3.7.4-1")
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY not-there /\n")  # which would not build
    with publisher.watched() as proxy:
        publisher.tagged("3.7.4-1", content="other")
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (4, "TagTaken")
    assert "3.7.4-3" in result.error.cure
    assert proxy.writes == []
    assert publisher.digest("3.7.4-1") == before


@pytest.mark.parametrize(
    "tags",
    [
        ("3.7.4-1", "3.7.5-1", "3.7.4-2", "3.7.5-2"),
        ("3.9.1-1", "3.10.0-1", "3.9.1-2", "3.9.2-1"),
    ],
)
def test_latest_moves_only_forward(publisher: Publisher, tags: tuple[str, ...]) -> None:
    newest = ""
    for tag in tags:
        result = publisher.release(tag)
        forward = not newest or key(tag) > key(newest)
        newest = max(newest or tag, tag, key=key)
        assert (result.code, publisher.latest(), result.outputs["latest-moved"]) == (0, newest, str(forward).lower())
        assert publisher.digest("latest") == publisher.digest(newest)


def key(tag: str) -> list[int]:
    return [int(part) for part in tag.replace("-", ".").split(".")]


@pytest.mark.both_daemons
def test_latest_goes_down_when_asked_and_no_later_run_goes_back_up(publisher: Publisher) -> None:
    publisher.release("3.7.5-1")
    publisher.release("3.7.4-1", "--latest", "always")
    assert publisher.latest() == "3.7.4-1"
    publisher.release("3.7.4-2")
    assert publisher.latest() == "3.7.4-2"
    publisher.release("3.7.5-2")
    assert publisher.latest() == "3.7.5-2"


def test_latest_is_left_alone_when_asked(publisher: Publisher) -> None:
    result = publisher.release("3.7.5-1", "--latest", "never")
    assert (result.code, result.outputs["latest-moved"], publisher.digest("latest")) == (0, "false", None)


@pytest.mark.both_daemons
def test_a_mirror_gets_the_same_tag(publisher: Publisher) -> None:
    result = publisher.release("3.7.4-1", "--push-to", f"{publisher.host}/mirror")
    mirrored = publisher.image.under(f"{publisher.host}/mirror").tagged("3.7.4-1")
    assert (result.code, result.outputs["image"]) == (0, str(mirrored))
    assert isinstance(publisher.registry.resolve(mirrored), Present)
    assert publisher.digest("3.7.4-1") is None


def test_an_uncommitted_change_is_refused(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    publisher.ltf.write("docker/new", "not committed")
    result = publisher.publish()
    assert result.failure == (4, "Refused")


def test_a_tag_that_is_not_checked_out_is_refused(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    git(publisher.ltf.directory, "commit", "--quiet", "--allow-empty", "--message", "Later")
    result = publisher.publish("--tag", "3.7.4-1")
    assert result.failure == (4, "Refused")
    assert "git switch --detach 3.7.4-1" in result.error.cure


@pytest.mark.both_daemons
def test_a_build_that_fails_pushes_nothing(publisher: Publisher) -> None:
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY not-there /\n")
    result = publisher.release("3.7.4-1")
    assert result.failure == (7, "BuildFailed")
    assert "not-there" in result.error.found
    assert publisher.registry.tags(publisher.image) == ()


def test_a_base_that_is_not_there_is_said_before_the_build(publisher: Publisher) -> None:
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base.tagged('2')}\n")
    result = publisher.release("3.7.4-1")
    assert result.failure == (3, "BadInput")
    assert str(publisher.base.tagged("2")) in result.error.found


def test_a_disagreement_ends_it_before_the_registry_is_asked(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    publisher.ltf.tag("3.7.5-1")
    with publisher.watched() as proxy:
        result = publisher.publish("--tag", "3.7.5-1", "--push-to", proxy.host)
    assert (result.code, result.conclusion, len(result.findings), proxy.asked) == (1, "failed", 2, [])


def pushed(publisher: Publisher, tag: str, **labels: str) -> None:
    """Have an image in the registry that no run of ours made."""
    config = {"os": "linux", "config": {"Labels": {f"{OCI}{name}": value for name, value in labels.items()}}}
    push_image(publisher.registry, publisher.image.tagged(tag), config, [tag.encode()])


def test_a_latest_that_inherited_a_version_gives_way(publisher: Publisher) -> None:
    pushed(publisher, "latest", version="24.04")  # as an image made FROM ubuntu has it
    result = publisher.release("3.7.4-1")
    assert (result.code, result.outputs["latest-moved"], publisher.latest()) == (0, "true", "3.7.4-1")


@pytest.mark.parametrize("labels", [{}, {"version": "24.04"}])
def test_a_newer_name_without_our_labels_is_no_release(publisher: Publisher, labels: dict[str, str]) -> None:
    pushed(publisher, "3.7.5-3", **labels)
    assert publisher.release("3.7.3-9").code == 0
    assert publisher.latest() == "3.7.3-9"


def test_a_latest_from_before_there_were_labels_is_not_moved_backwards(publisher: Publisher) -> None:
    pushed(publisher, "3.7.5-3")
    before = publisher.registry.manifest(publisher.image.tagged("3.7.5-3"))
    publisher.registry.put_manifest(publisher.image.tagged("latest"), before.content, before.media_type)
    assert publisher.release("3.7.3-9").code == 0
    assert publisher.digest("latest") == publisher.digest("3.7.5-3")


def test_a_tag_that_is_a_copy_of_another_release_is_none(publisher: Publisher) -> None:
    publisher.release("3.7.4-1")
    copy = publisher.registry.manifest(publisher.image.tagged("3.7.4-1"))
    publisher.registry.put_manifest(publisher.image.tagged("4"), copy.content, copy.media_type)
    publisher.release("3.7.4-2")
    assert publisher.latest() == "3.7.4-2"


def test_latest_does_not_return_to_what_was_passed_over(publisher: Publisher) -> None:
    publisher.release("3.7.5-1")
    publisher.release("3.7.4-1", "--latest", "always")
    git(publisher.ltf.directory, "switch", "--quiet", "--detach", "3.7.5-1")
    result = publisher.publish("--latest", "always")
    assert (result.code, result.conclusion, result.outputs["released"]) == (4, "failed", "false")
    assert "3.7.5-2" in result.error.cure
    assert publisher.latest() == "3.7.4-1"


def test_a_file_that_git_ignores_is_not_in_the_image(publisher: Publisher) -> None:
    publisher.ltf.write(".gitignore", "secret.env\n")
    publisher.ltf.write("docker/secret.env", "not committed")
    result = publisher.release("3.7.4-1")
    assert result.failure == (4, "Refused")
    assert "docker/secret.env" in result.error.found
    publisher.ltf.write("docker/.dockerignore", "secret.env\n")
    assert publisher.release("3.7.4-1").code == 0


def test_a_finished_release_asks_little(publisher: Publisher) -> None:
    publisher.release("3.7.4-1")
    with publisher.watched() as proxy:
        publisher.publish("--push-to", proxy.host)
    counted = [asked.method for asked in proxy.asked if "/manifests/" in asked.path and asked.method == "GET"]
    assert len(counted) == 1  # a GET is a pull at Docker Hub; a HEAD is none
