"""An LTF repository that was renamed, or given to another owner: its line in the list is the same line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from embedded.base_image import push_image
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.commands import list_refresh
from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.bump import bump
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.release import Release
from ltf_ci.model.access import Access
from ltf_ci.model.commit import Commit
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.outcome import StepState
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.model.secret import Secret
from ltf_ci.pull_requests.apply import PullRequestResult
from tests.support.bumping import pull_request
from tests.support.github import GithubServer, HostedRepository
from tests.support.internet import Internet
from tests.support.listing import LIST, LOCK
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, git
from tests.support.result import Result

pytestmark = pytest.mark.machine

LANGUAGES, DEPENDENTS = "o/languages", "dependents.json"
OLD, NEW = "https://github.com/o/py-old", "https://github.com/p/py-new"
DIGEST = f"sha256:{'d' * 64}"


@dataclass
class Moved:
    """An LTF that is listed by the address that it had once, and the languages repository."""

    github: GithubServer
    ltf: HostedRepository
    languages: HostedRepository
    run: RunCommand

    def tag(self, tag: str) -> Commit:
        """Push a release tag; return its commit."""
        commit = self.ltf.push({"hiker.py": tag})
        self.ltf.bare.git("tag", tag, commit)
        return Commit.parse(commit)

    def rename(self, new: str = "p/py-new") -> None:
        self.github.site.rename(self.ltf.name, new)

    def bump(self, tag: str, url: str = NEW, image: str = "o/py") -> PullRequestResult:
        """Release a tag, and bump it."""
        release = Release(
            url=RepositoryUrl.parse(url),
            tag=ReleaseTag.parse(tag),
            commit=self.tag(tag),
            image=ImageName.parse(f"{image}:{tag}"),
            digest=Digest.parse(DIGEST),
            display_name="X (1.0), y",
        )
        return bump([release], pull_request(LANGUAGES), self._client(), dry_run=False)[0]

    def refresh(self) -> list[StepState]:
        request = list_refresh.Request(languages=LanguagesPlace.parse(LANGUAGES), list=LIST, dry_run=False)
        return [step.state for step in list_refresh.execute(request, self._client()).steps]

    def files(self, branch: str) -> tuple[str, Any, Any]:
        """Return the list, the lock and the graph of a branch."""
        texts = [self.languages.read(path, branch) for path in (LIST, LOCK, DEPENDENTS)]
        return texts[0], json.loads(texts[1]), json.loads(texts[2])

    def check(self) -> Result:
        """Check the list in a folder of its own, without images and lock."""
        folder = self.github.site.folder / "checked"
        folder.mkdir()
        (folder / LIST).write_text(self.languages.read(LIST))
        environ = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}
        return self.run("list", "check", str(folder / LIST), "--no-images", "--no-lock", environ=environ)

    def _client(self) -> Run:
        token = Secret(self.github.token)
        access = Access(
            token=token, github=GithubHost.of("", self.github.api), docker_config=Path("/nowhere"), pause=0, patience=20
        )
        return Run(access)


@pytest.fixture
def moved(github: GithubServer, internet: Internet, run: RunCommand) -> Moved:
    ltf = github.create_repository("o/py-old", {"hiker.py": ""})
    first = ltf.head()
    ltf.bare.git("tag", "1.0-1", first)
    locked = asdict(LockEntry(first, "o/py:1.0-1", DIGEST, "X (1.0), y"))
    graph = {"py-old (1.0)": {"from": "python:1", "image_name": "o/py:1.0-1", "test_framework": True}}
    files = {
        LIST: f"https://github.com/o/another?tag=3-1\n{OLD}?tag=1.0-1\n",
        LOCK: json.dumps({f"{OLD}?tag=1.0-1": locked}),
        DEPENDENTS: json.dumps(graph),
    }
    return Moved(github, ltf, github.create_repository(LANGUAGES, files), run)


def test_its_line_lock_entry_and_graph_have_the_address_of_today(moved: Moved) -> None:
    moved.rename()
    result = moved.bump("1.0-2")
    assert result.step.state is StepState.DONE
    assert "Bump py-new from 1.0-1 to 1.0-2" in result.step.detail
    listed, lock, graph = moved.files("ltf-ci/py-new-1.0")
    assert listed == f"https://github.com/o/another?tag=3-1\n{NEW}?tag=1.0-2\n"
    assert list(lock) == [f"{NEW}?tag=1.0-2"]
    assert (list(graph), graph["py-new (1.0)"]["image_name"]) == (["py-new (1.0)"], "o/py:1.0-2")
    assert moved.refresh() == [StepState.UNCHANGED]
    moved.languages.push({LIST: f"# moved\n{moved.languages.read(LIST)}"})
    assert [moved.refresh(), moved.refresh()] == [[StepState.DONE], [StepState.UNCHANGED]]
    assert moved.files("ltf-ci/py-new-1.0")[0] == f"# moved\n{listed}"
    moved.languages.merge(1)
    assert moved.bump("1.0-3").step.state is StepState.DONE
    assert moved.files("ltf-ci/py-new-1.0")[0].endswith(f"{NEW}?tag=1.0-3\n")


def test_a_pull_request_from_before_is_closed_for_the_one_of_today(moved: Moved) -> None:
    moved.bump("1.0-2", OLD)
    moved.rename()
    assert moved.bump("1.0-3").step.state is StepState.DONE
    assert [(pull.head, pull.state) for pull in moved.languages.pulls] == [
        ("ltf-ci/py-old-1.0", "CLOSED"),
        ("ltf-ci/py-new-1.0", "OPEN"),
    ]
    assert moved.files("ltf-ci/py-new-1.0")[0].endswith(f"{NEW}?tag=1.0-3\n")


def test_a_pull_request_of_a_repository_that_changed_its_owner_is_updated(moved: Moved) -> None:
    moved.bump("1.0-2", OLD)
    moved.rename("p/py-old")
    moved.bump("1.0-3", "https://github.com/p/py-old")
    (pull,) = moved.languages.pulls
    assert (pull.state, moved.files(pull.head)[0].splitlines()[1:]) == (
        "OPEN",
        ["https://github.com/p/py-old?tag=1.0-3"],
    )
    assert list(moved.files(pull.head)[2]) == ["py-old (1.0)"]


def test_a_release_by_the_older_address_is_of_the_line_of_today(moved: Moved) -> None:
    moved.languages.push({LIST: f"{NEW}?tag=1.0-1\n", LOCK: "{}\n"})
    moved.rename()
    moved.bump("1.0-2", OLD)
    (pull,) = moved.languages.pulls
    assert moved.files(pull.head)[0] == f"{NEW}?tag=1.0-2\n"


def test_a_fork_with_the_same_image_is_a_line_of_its_own(moved: Moved) -> None:
    fork = moved.github.create_repository("q/py-old", {"hiker.py": "of the fork"})
    moved.ltf = fork
    moved.bump("1.0-2", "https://github.com/q/py-old")
    assert moved.files("ltf-ci/py-old-1.0")[0].count("py-old?tag=") == 2


def test_a_repository_that_is_gone_gives_its_line_to_the_one_with_its_image(moved: Moved) -> None:
    moved.github.site.repositories.pop("o/py-old")
    moved.ltf = moved.github.create_repository("p/py-new", {"hiker.py": "pushed anew"})
    moved.bump("1.0-2", image="o/other")
    assert OLD in moved.files("ltf-ci/py-new-1.0")[0]
    moved.bump("1.0-3")
    assert OLD not in moved.files("ltf-ci/py-new-1.0")[0]


def test_who_took_the_older_name_does_not_keep_the_line(moved: Moved) -> None:
    moved.rename()
    taken = moved.github.create_repository("o/py-old", {"hiker.py": "of somebody"})
    taken.bare.git("tag", "1.0-1", taken.head())
    moved.bump("1.0-2")
    assert OLD not in moved.files("ltf-ci/py-new-1.0")[0]


def test_an_outage_is_no_answer(moved: Moved, internet: Internet) -> None:
    moved.rename()
    internet.ports = dict.fromkeys(internet.ports, 1)
    with pytest.raises(LtfError):
        moved.bump("1.0-2")
    assert moved.languages.pulls == []


def test_list_check_says_the_address_of_today_once(moved: Moved) -> None:
    moved.languages.push({LIST: f"{OLD}?tag=1.0-1\n"})
    moved.rename()
    found = [each for each in moved.check().findings if "renamed" in each.rule]
    assert [(each.rule, each.severity, each.line, NEW in each.found) for each in found] == [
        ("list-renamed", "warning", 1, True)
    ]


def test_the_watch_takes_both_addresses_for_one_repository(moved: Moved, open_registry: str) -> None:
    """Also where the image's label has the address of today, and the lock an older one."""
    image = ImageName.parse(f"{open_registry}/renamed/py:1.0-1")
    config = {
        "os": "linux",
        "config": {"Labels": ImageLabels(source=NEW, version=ReleaseTag.parse("1.0-1")).to_labels()},
    }
    digest = push_image(Registry(), image, config, [b"layer"])
    locked = asdict(LockEntry(moved.ltf.head(), str(image), str(digest), "X (1.0), y"))
    workflow = {".github/workflows/ltf-ci-release.yml": "on: workflow_dispatch\n"}
    moved.ltf.push(workflow)
    moved.tag("1.0-2")
    moved.rename()
    folder = moved.github.site.folder / "watched"
    folder.mkdir()
    (folder / LIST).write_text(f"{OLD}?tag=1.0-1\n")
    (folder / LOCK).write_text(json.dumps({f"{OLD}?tag=1.0-1": locked}))
    environ = {
        "LTF_CI_FORMAT": "json",
        "LTF_CI_RETRY_PAUSE": "0",
        "LTF_CI_TOKEN": moved.github.token,
        "GITHUB_API_URL": moved.github.api,
    }
    result = moved.run("watch", str(folder), "--open-pull-requests", environ=environ)
    assert result.rules == ["repository-renamed", "tag-without-image"], result
    assert all(NEW in each.found for each in result.findings)
    assert [each["repository"] for each in moved.github.dispatches] == ["p/py-new"]


@pytest.mark.parametrize(("origin", "listed"), [(NEW, OLD), (OLD, NEW)])
def test_status_finds_the_line_by_its_older_address(
    moved: Moved, open_registry: str, folder: Path, origin: str, listed: str
) -> None:
    image = ImageName.parse(f"{open_registry}/status{folder.parent.name.lower()}/py:1.0-1")
    LtfRepository(folder, "X (1.0), y", str(image))
    git(folder, "remote", "add", "origin", origin)
    push_image(Registry(), image, {"os": "linux", "config": {}}, [b"layer"])
    locked = asdict(LockEntry(moved.ltf.head(), str(image), DIGEST, "X (1.0), y"))
    entry = f"{listed}?tag=1.0-1"
    moved.languages.push({LIST: f"{entry}\n", LOCK: json.dumps({entry: locked})})
    moved.rename()
    environ = {"LTF_CI_FORMAT": "json", "LTF_CI_TOKEN": moved.github.token, "GITHUB_API_URL": moved.github.api}
    result = moved.run("status", str(folder), "--languages", LANGUAGES, "--list", LIST, environ=environ)
    (line,) = result.plan["lines"]
    assert (result.code, line["listed"], line["waits"]) == (0, "1.0-1", ""), result
    told = f"it has the repository by its older address {OLD}: the next bump writes {NEW}"
    assert result.states.get("list", "") == ("planned" if listed == OLD else "")
    assert listed == NEW or result.step("list").detail == told
