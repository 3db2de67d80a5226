"""A registry that fails: never pushed wrongly, a clear error, an exit code of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from embedded.programs import free_port
from tests.support.proxy import Answered, Asked, Hook, Pass
from tests.support.publishing import Publisher

pytestmark = pytest.mark.machine
ERRORS = b'{"errors":[{"code":"DENIED","message":"not you"}]}'


def always(answered: Answered) -> Hook:
    return lambda _asked, _pass: answered


def times(count: int, answered: Answered, when: Callable[[Asked], bool]) -> Hook:
    """Answer the first `count` of these requests."""
    left = threading.Semaphore(count)
    return lambda asked, pass_on: answered if when(asked) and left.acquire(blocking=False) else pass_on(asked)


def writes(asked: Asked) -> bool:
    return asked.writes


def puts_manifest(asked: Asked) -> bool:
    return asked.method == "PUT" and "/manifests/" in asked.path


def reads_tag(asked: Asked) -> bool:
    return asked.method == "HEAD" and "/manifests/" in asked.path


@pytest.mark.parametrize(
    ("answered", "kind", "code"),
    [
        (Answered(401, {"WWW-Authenticate": 'Basic realm="x"'}, ERRORS), "AccessDenied", 6),
        (Answered(403, {}, ERRORS), "AccessDenied", 6),
        (Answered(429, {"Retry-After": "0"}), "RegistryUnavailable", 5),
        (Answered(500), "RegistryUnavailable", 5),
        (Answered(503, {}, b"<html>"), "RegistryUnavailable", 5),
        (Answered(200, {}, b"<html>captive portal"), "RegistryUnavailable", 5),
    ],
)
def test_a_registry_that_does_not_answer_costs_no_build(
    publisher: Publisher, answered: Answered, kind: str, code: int
) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(always(answered)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (code, kind)
    assert result.error.cure
    assert proxy.writes == []
    assert publisher.registry.tags(publisher.image) == ()


@pytest.mark.parametrize(
    ("answered", "kind", "code"),
    [
        (Answered(403, {}, ERRORS), "AccessDenied", 6),
        (Answered(404, {}, b'{"errors":[{"code":"NAME_UNKNOWN"}]}'), "NotInRegistry", 5),
    ],
)
@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_a_login_that_may_read_alone_costs_no_build(
    publisher: Publisher, answered: Answered, kind: str, code: int, words: tuple[str, ...]
) -> None:
    publisher.tagged("3.7.4-1")

    def read_only(asked: Asked, pass_on: Pass) -> Answered:
        return answered if asked.writes else pass_on(asked)

    with publisher.watched(read_only) as proxy:
        result = publisher.publish("--push-to", proxy.host, *words)
    assert result.failure == (code, kind), result
    assert [step.name for step in result.steps if step.name in ("build", "push")] == []


def test_a_registry_that_cancels_no_upload_takes_an_image_all_the_same(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")

    def keeps(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(405) if asked.method == "DELETE" else pass_on(asked)

    with publisher.watched(keeps) as proxy:
        assert publisher.publish("--push-to", proxy.host).ended == (0, "done")


def test_a_wrong_password_is_said(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    result = publisher.publish(password="wrong")
    assert result.failure == (6, "AccessDenied")
    assert "wrong" not in str(result)
    assert publisher.registry.tags(publisher.image) == ()


def test_a_dead_port_is_said(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    result = publisher.publish("--push-to", f"127.0.0.1:{free_port()}")
    assert result.failure == (5, "RegistryUnavailable")


@pytest.mark.parametrize("status", [429, 502])
@pytest.mark.parametrize("when", [writes, puts_manifest, reads_tag])
def test_a_registry_that_is_busy_for_a_moment_is_asked_again(
    publisher: Publisher, status: int, when: Callable[[Asked], bool]
) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(times(2, Answered(status, {"Retry-After": "0"}), when)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.ended == (0, "done"), result
    assert publisher.digest("3.7.4-1") == publisher.digest("latest") is not None


@pytest.mark.parametrize("is_behind", [lambda read: read < 3, lambda read: read % 2 == 0], ids=["late", "every other"])
def test_a_registry_whose_copies_lag_behind_is_read_again(
    publisher: Publisher, is_behind: Callable[[int], bool]
) -> None:
    """A registry of several copies may not know a tag for a moment after it was written, each copy for itself."""
    reads: dict[str, int] = {}

    def lag(asked: Asked, pass_on: Pass) -> Answered:
        if puts_manifest(asked) and "sha256:" not in asked.path:
            reads[asked.path] = 0
        if asked.path in reads and not asked.writes:
            reads[asked.path] += 1
            if is_behind(reads[asked.path] - 1):
                return Answered(404)
        return pass_on(asked)

    publisher.tagged("3.7.4-1")
    with publisher.watched(lag) as proxy:
        assert publisher.publish("--push-to", proxy.host).ended == (0, "done")
    assert publisher.latest() == "3.7.4-1"
    assert len([path for path in proxy.writes if path.endswith("/latest")]) == 1


def test_a_tag_that_stays_away_is_told_as_absent(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")

    def reads(asked: Asked) -> bool:
        return not asked.writes and "/manifests/" in asked.path and "sha256:" not in asked.path

    with publisher.watched(times(10_000, Answered(404), reads)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (5, "RegistryUnavailable")
    assert result.error.found.endswith("reads back as absent")


@pytest.mark.parametrize("status", [429, 500])
def test_a_registry_that_takes_no_manifest_is_said(publisher: Publisher, status: int) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(times(10_000, Answered(status, {"Retry-After": "0"}), puts_manifest)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (5, "RegistryUnavailable")
    assert publisher.registry.tags(publisher.image) == ()


def test_half_an_answer_is_no_answer(publisher: Publisher) -> None:
    def halve(asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        whole = asked.method != "GET" or len(answered.body) < 2
        return answered if whole else Answered(answered.status, answered.headers, answered.body, cut=1)

    publisher.release("3.7.4-1")
    before = publisher.digest("3.7.4-1")
    publisher.tagged("3.7.4-1", content="other")
    with publisher.watched(halve) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (5, "RegistryUnavailable")
    assert proxy.writes == []
    assert publisher.digest("3.7.4-1") == before


def test_a_tag_that_is_taken_during_the_build_is_not_overwritten(publisher: Publisher) -> None:
    publisher.release("3.7.4-1")
    other = publisher.registry.manifest(publisher.image.tagged("3.7.4-1"))
    publisher.tagged("3.7.4-2")
    asked_before = threading.Semaphore(1)

    def take(asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        if asked.path.endswith("manifests/3.7.4-2") and asked_before.acquire(blocking=False):
            publisher.registry.put_manifest(publisher.image.tagged("3.7.4-2"), other.content, other.media_type)
        return answered

    with publisher.watched(take) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (4, "TagTaken")
    assert publisher.digest("3.7.4-2") == other.digest
    assert proxy.writes == []


def test_a_push_that_reads_back_as_something_else_is_an_error(publisher: Publisher) -> None:
    publisher.release("3.7.4-1")
    other = publisher.registry.manifest(publisher.image.tagged("3.7.4-1"))
    publisher.tagged("3.7.4-2")

    def overwrite(asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        if puts_manifest(asked) and asked.path.endswith("/3.7.4-2"):
            publisher.registry.put_manifest(publisher.image.tagged("3.7.4-2"), other.content, other.media_type)
        return answered

    with publisher.watched(overwrite) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.code in (4, 5), result
    assert publisher.latest() == "3.7.4-1"


def test_an_image_that_is_released_stays_so_where_latest_fails(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    denied = Answered(403, {}, ERRORS)

    def puts_latest(asked: Asked) -> bool:
        return puts_manifest(asked) and asked.path.endswith("/latest")

    with publisher.watched(times(1000, denied, puts_latest)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert (result.code, result.error.kind, result.conclusion) == (6, "AccessDenied", "failed")
    assert (result.outputs["released"], result.outputs["latest-moved"]) == ("true", "false")
    assert publisher.digest("3.7.4-1") is not None
    assert publisher.publish().outputs["latest-moved"] == "true"


def test_a_newer_tag_that_nobody_knows_of_is_not_passed_by(publisher: Publisher) -> None:
    publisher.release("3.7.5-3", "--latest", "never")
    publisher.tagged("3.7.3-9")

    def reads_newer(asked: Asked) -> bool:
        return asked.path.endswith("/manifests/3.7.5-3")

    with publisher.watched(times(1000, Answered(500), reads_newer)) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (5, "RegistryUnavailable")
    assert publisher.digest("latest") is None


def test_a_registry_that_is_busy_for_long_is_not_waited_for(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    with publisher.watched(always(Answered(429, {"Retry-After": "3600"}))) as proxy:
        result = publisher.publish("--push-to", proxy.host)
    assert result.failure == (5, "RegistryUnavailable")
    assert "3600" in result.error.found


def test_where_latest_alone_is_to_be_moved_the_right_to_push_is_asked_first(publisher: Publisher) -> None:
    there = ("--push-to", f"{publisher.host}/again")
    assert publisher.release("3.7.4-1", "--latest", "never", *there).code == 0
    with publisher.watched(lambda asked, on: Answered(403) if asked.writes else on(asked)) as proxy:
        refused = ("--push-to", f"{proxy.host}/again")
        assert publisher.publish(*refused, "--dry-run").failure == (6, "AccessDenied")
        assert publisher.publish(*refused, "--dry-run", "--latest", "never").code == 0
        assert publisher.publish(*there).code == 0
        assert publisher.publish(*refused).conclusion == "nothing-to-do"  # nothing is to be moved, or asked for
