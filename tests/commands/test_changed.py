"""`ltf-ci changed` at a real registry: every answer, what it costs, and what is no answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from embedded.registry import USERNAME
from ltf_ci.cli import main
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.image import Digest, ImageName
from tests.support import ROOT
from tests.support.listing import push
from tests.support.printing import printed
from tests.support.proxy import Answered, Asked, Pass, Proxy, proxy_before
from tests.support.publishing import RunCommand

pytestmark = pytest.mark.machine
PAGE = ROOT / "docs/changed.md"
ENVIRON = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}
BEFORE, AFTER, NEWER = "a" * 40, "b" * 40, "c" * 40


@dataclass
class Sessions:
    """A registry with an image of two version lines, and a proxy before it that counts what is asked."""

    proxy: Proxy
    run: RunCommand
    image: ImageName
    direct: ImageName
    digests: dict[str, Digest] = field(default_factory=dict)

    def push(self, tag: str, commit: str, *also: str) -> Digest:
        """Push a release's image; let other tags be the same image."""
        self.digests[tag] = push(self.direct.tagged(tag), commit)
        registry = Registry()
        manifest = registry.manifest(self.direct.tagged(tag))
        for other in also:
            registry.put_manifest(self.direct.tagged(other), manifest.content, manifest.media_type)
        return self.digests[tag]

    def ask(self, tag: str, *words: str) -> tuple[int, dict[str, Any], list[str]]:
        """Ask; return the exit code, the data, and the registry's calls."""
        self.proxy.asked.clear()
        result = self.run("changed", f"{self.image}{tag}", *words, environ=ENVIRON)
        assert result.code == result.said.get("error", {"exit-code": 0})["exit-code"]
        return result.code, result.plan, [f"{asked.method} {asked.path.split('/')[-2]}" for asked in self.proxy.asked]

    def refused(self, tag: str, environ: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask what cannot be answered; return the exit code and the error."""
        result = self.run("changed", f"{self.image}{tag}", environ={**ENVIRON, **(environ or {})})
        assert not result.plan
        return result.code, result.error.found


@pytest.fixture
def sessions(open_registry: str, tmp_path: Path, run: RunCommand) -> Iterator[Sessions]:
    path = f"{tmp_path.name.lower().replace('_', '-')}/python_pytest"
    with proxy_before(open_registry) as proxy:
        image, direct = (ImageName.parse(f"{host}/{path}") for host in (proxy.host, open_registry))
        found = Sessions(proxy, run, image, direct)
        found.push("3.7.4-11", BEFORE)
        found.push("3.7.5-3", NEWER, "latest")
        yield found


def test_a_digest_takes_two_calls(sessions: Sessions) -> None:
    digest = sessions.digests["3.7.4-11"]
    code, data, calls = sessions.ask(f":3.7.4-11@{digest}")
    assert (code, calls) == (0, ["HEAD manifests", "HEAD manifests"])
    assert data == {
        "image": f"{sessions.image}:3.7.4-11",
        "began": {"digest": str(digest), "commit": None},
        "now": {"digest": str(digest), "commit": None, "version": None},
        "latest": {"digest": str(sessions.digests["3.7.5-3"]), "commit": None, "version": None},
        "changed": False,
        "latest-differs": True,
    }


def test_a_tag_that_was_moved_has_changed(sessions: Sessions) -> None:
    digest = sessions.digests["3.7.4-11"]
    moved = sessions.push("3.7.4-11", AFTER)
    for began in (str(digest), BEFORE):
        code, data, _ = sessions.ask(f":3.7.4-11@{began}")
        assert (code, data["changed"], data["now"]["digest"]) == (1, True, str(moved))
    assert data["now"]["commit"] == AFTER
    assert sessions.ask(f":3.7.4-11@{AFTER}")[0] == 0


def test_a_commit_takes_two_calls_more_for_each_image_and_none_again(sessions: Sessions, tmp_path: Path) -> None:
    cache = ("--cache", str(tmp_path / "new/cache"))
    labels = ["GET manifests", "GET blobs"]
    code, data, calls = sessions.ask(f":3.7.4-11@{BEFORE}", *cache)
    assert (code, data["changed"]) == (0, False)
    assert data["began"] == {"digest": None, "commit": BEFORE}
    assert (data["now"]["commit"], data["now"]["version"]) == (BEFORE, "3.7.4-11")
    assert (data["latest"]["commit"], data["latest"]["version"]) == (NEWER, "3.7.5-3")
    assert calls == ["HEAD manifests", *labels, "HEAD manifests", *labels]
    assert sessions.ask(f":3.7.4-11@{BEFORE}", *cache) == (0, data, ["HEAD manifests", "HEAD manifests"])
    assert sessions.ask(f":3.7.5-3@{NEWER}")[2] == ["HEAD manifests", *labels, "HEAD manifests"]


def test_labels_are_told_of_a_digest_too_where_they_are_asked_for(sessions: Sessions) -> None:
    code, data, _ = sessions.ask(f":3.7.4-11@{sessions.digests['3.7.4-11']}", "--with-labels")
    assert (code, data["latest"]["version"], data["now"]["commit"]) == (0, "3.7.5-3", BEFORE)


def test_an_image_that_names_no_commit_is_not_the_one_of_a_commit(sessions: Sessions) -> None:
    sessions.push("3.7.4-12", "")
    code, data, _ = sessions.ask(f":3.7.4-12@{BEFORE}")
    assert (code, data["now"]["commit"]) == (1, None)


def test_a_tag_alone_is_held_against_latest(sessions: Sessions) -> None:
    code, data, calls = sessions.ask(":3.7.4-11")
    assert (code, data["changed"], data["latest-differs"]) == (1, True, True)
    assert (data["began"], len(calls)) == ({"digest": None, "commit": None}, 2)
    code, data, _ = sessions.ask(":3.7.5-3")
    assert (code, data["changed"], data["latest-differs"]) == (0, False, False)
    sessions.push("3.7.5-4", AFTER, "latest")
    assert sessions.ask(":3.7.5-3")[0] == 1


@pytest.mark.parametrize("tag", [":latest", ""])
def test_latest_itself_takes_one_call(sessions: Sessions, tag: str) -> None:
    code, data, calls = sessions.ask(f"{tag}@{sessions.digests['3.7.5-3']}")
    assert (code, data["changed"], data["latest-differs"], calls) == (0, False, False, ["HEAD manifests"])
    code, data, calls = sessions.ask(f"{tag}@{sessions.digests['3.7.4-11']}")
    assert (code, data["changed"], data["latest-differs"]) == (1, True, False)


@pytest.mark.parametrize("began", ["", f"@{BEFORE}", f"@sha256:{'0' * 64}"])
def test_an_image_that_is_gone_is_a_case_of_its_own(sessions: Sessions, began: str) -> None:
    code, data, _ = sessions.ask(f":3.7.3-1{began}")
    assert (code, data["now"], data["changed"], data["latest-differs"]) == (1, None, True, True)
    result = sessions.run("changed", f"{sessions.image}:3.7.3-1{began}", environ=ENVIRON)
    assert result.error.found == f"{sessions.image}:3.7.3-1 is gone"


def test_a_lock_is_believed_before_the_registry(sessions: Sessions, tmp_path: Path) -> None:
    released = sessions.digests["3.7.4-11"]
    lock = tmp_path / "languages.lock.json"
    entry = LockEntry(BEFORE, f"{sessions.image}:3.7.4-11", str(released), "Python (3.7.4), pytest")
    lock.write_text(json.dumps({"https://github.com/o/python-pytest?tag=3.7.4-11": entry.as_data()}))
    code, data, _ = sessions.ask(f":3.7.4-11@{released}", "--locked", str(lock))
    assert (code, data["locked"]) == (0, str(released))
    moved = sessions.push("3.7.4-11", AFTER)
    code, data, _ = sessions.ask(f":3.7.4-11@{moved}", "--locked", str(lock))
    assert (code, data["changed"], data["locked"]) == (1, True, str(released))
    assert sessions.ask(f":3.7.4-11@{moved}")[0] == 0
    lock.unlink()
    missing = sessions.run("changed", f"{sessions.image}:3.7.4-11", "--locked", str(lock), environ=ENVIRON)
    assert missing.failure == (3, "BadInput")


def test_an_image_without_latest(sessions: Sessions) -> None:
    sessions.image = ImageName.parse(f"{sessions.image}_other")
    sessions.direct = ImageName.parse(f"{sessions.direct}_other")
    digest = sessions.push("1-1", BEFORE)
    code, data, _ = sessions.ask(f":1-1@{digest}")
    assert (code, data["latest"], data["changed"], data["latest-differs"]) == (0, None, False, True)
    assert sessions.ask(":1-1")[0] == 1


def test_people_are_told_in_words(sessions: Sessions, capsys: pytest.CaptureFixture[str]) -> None:
    name, (before, after) = f"{sessions.image}:3.7.4-11", sessions.digests.values()
    assert main(["changed", f"{name}@{BEFORE}"], {}) == 0
    assert printed(capsys).splitlines() == [
        f"image       done       {name} is {before} (release 3.7.4-11, commit {BEFORE})",
        f"latest      done       is {after} (release 3.7.5-3, commit {NEWER})",
        "done",
    ]
    assert main(["changed", name], {}) == 1
    assert printed(capsys).splitlines()[-3:-1] == [
        f"error: {sessions.image}:latest is another image: {after}",
        f"  expected: {before}, as {name}",
    ]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_that_is_busy_is_asked_again_and_then_unknown(sessions: Sessions, status: int) -> None:
    busy = [Answered(status, {"Retry-After": "0"})] * 2

    def hook(asked: Asked, pass_on: Pass) -> Answered:
        return busy.pop() if busy else pass_on(asked)

    sessions.proxy.hook = hook
    assert sessions.ask(f":3.7.4-11@{sessions.digests['3.7.4-11']}")[0] == 0
    sessions.proxy.hook = lambda _asked, _pass_on: Answered(status, {"Retry-After": "0"})
    code, found = sessions.refused(":3.7.4-11")
    assert (code, f"answered {status}" in found) == (5, True)


def test_a_rate_limit_that_lasts_is_told_at_once(sessions: Sessions) -> None:
    sessions.proxy.hook = lambda _asked, _pass_on: Answered(429, {"Retry-After": "21600"})
    code, found = sessions.refused(":3.7.4-11")
    assert (code, "limits how often it is asked for" in found, ": for 21600 seconds" in found) == (5, True, True)
    assert len(sessions.proxy.asked) == 1


def test_latest_that_cannot_be_asked_is_no_answer(sessions: Sessions) -> None:
    def hook(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(500) if asked.path.endswith("/latest") else pass_on(asked)

    sessions.proxy.hook = hook
    assert sessions.refused(f":3.7.4-11@{sessions.digests['3.7.4-11']}")[0] == 5


def test_an_unknown_host_is_no_answer(run: RunCommand) -> None:
    result = run("changed", "nobody.invalid/x/y:1-1", environ=ENVIRON)
    assert (result.code, "nobody.invalid" in result.error.found) == (5, True)


def test_a_wrong_password_is_no_answer(run: RunCommand, basic_registry: str) -> None:
    login = {"USERNAME": USERNAME, "PASSWORD": "wrong-one"}
    environ = {f"LTF_CI_REGISTRY_{name}": value for name, value in login.items()}
    result = run(
        "changed", f"{basic_registry}/x/y:1-1", environ={**ENVIRON, **environ, "LTF_CI_REGISTRY": basic_registry}
    )
    assert result.failure == (6, "AccessDenied")
    assert "wrong-one" not in str(result)


@pytest.mark.parametrize(
    "name",
    [
        *("X/y:1", "--x:1", "x/y:1\n::error::z", "x/../y:1", "x/y:1/../../2", "x y:1", "http://x/y:1"),
        *("x/y", "x/y:latest", "x/y:1@", "x/y:1@abc", "x/y:1@sha256:1", f"x/y:1@{BEFORE}\n", f"x/y:1@{BEFORE.upper()}"),
    ],
)
def test_a_name_that_is_none_is_never_asked_for(run: RunCommand, name: str) -> None:
    result = run("changed", "--", name, environ=ENVIRON)
    assert result.failure == (2, "UsageError")


def test_without_a_name_it_is_asked_for_one(run: RunCommand) -> None:
    assert run("changed", environ=ENVIRON).code == 2


def test_neither_docker_nor_github_is_imported(sessions: Sessions) -> None:
    name = f"{sessions.image}:3.7.4-11"
    code = f"import sys; from ltf_ci.cli import main; main(['changed', {name!r}], {{}}); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "urllib3" in said.split()
    assert not {"docker", "github", "requests", "concurrent.futures"} & set(said.split())


def test_the_page_shows_what_is_said(sessions: Sessions) -> None:
    """Its example is what this registry says, but for the registry's name."""
    shown = json.loads(PAGE.read_text().partition("```json\n")[2].partition("```")[0])
    sessions.push("3.7.4-11", AFTER)
    began = shown["began"]["digest"]
    _, data, _ = sessions.ask(f":3.7.4-11@{began}", "--with-labels")
    assert json.loads(json.dumps(data).replace(str(sessions.image), "cyberdojofoundation/python_pytest")) == shown
