"""A released LTF, and the languages repository that is to list it, at the stand-in for GitHub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded.base_image import push_image
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.pull_requests.apply import PullRequestResult
from tests.support.bumping import pull_request, run_at
from tests.support.github import GithubServer, HostedRepository
from tests.support.proxy import Hook, passed_on, proxy_before
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, add_origin, git, manifest_text
from tests.support.result import Result

LIST, LOCK = "git_repo_urls.tagged", "languages.lock.json"
URL = "https://github.com/cyber-dojo-start-points/python-unittest"
NAME = "cyber-dojo/languages-start-points"
OCI = "org.opencontainers.image."


def list_text() -> str:
    """Return a list of 22 releases, each of a repository of its own."""
    names = [*(f"ltf-{number:02}" for number in range(20)), "python-unittest", "ruby-minitest"]
    return "".join(f"https://github.com/cyber-dojo-start-points/{name}?tag=3.7.4-1\n" for name in names)


@dataclass
class Bumper:
    """Bumps releases whose images are in a real registry."""

    ltf: LtfRepository
    image: ImageName
    github: GithubServer
    hosted: HostedRepository
    run: RunCommand
    digest: Digest
    commit: str = ""

    @property
    def listed(self) -> str:
        return list_text()

    def with_tag(self, tag: str) -> str:
        return self.listed.replace("python-unittest?tag=3.7.4-1", f"python-unittest?tag={tag}")

    def bump(
        self,
        tag: str,
        *words: str,
        hook: Hook = passed_on,
        token: str | None = None,
        api: str = "",
        more: Mapping[str, str] | None = None,
    ) -> Result:
        """Release a tag of python-unittest by the registry alone, and bump it by the command line."""
        self._released(tag)
        languages = () if "--languages" in words else ("--languages", NAME)
        with ExitStack() as stack:
            proxy = stack.enter_context(proxy_before(self.github.host, hook))
            environ = {
                "LTF_CI_FORMAT": "json",
                "LTF_CI_RETRY_PAUSE": "0",
                "LTF_CI_TOKEN": self.github.token if token is None else token,
                "GITHUB_API_URL": api or f"http://{proxy.host}",
                **(more or {}),
            }
            return self.run("bump", "--tag", tag, *languages, *words, str(self.ltf.directory), environ=environ)

    def bump_of(self, name: str, group: str) -> PullRequestResult:
        """Bump another repository's release."""
        return bump([self.release(name)], pull_request(NAME, group=group), run_at(self.github, 0.01), dry_run=False)[0]

    def bump_all(self, names: Sequence[str]) -> tuple[PullRequestResult, ...]:
        """Bump many repositories' releases in one run."""
        return bump(
            [self.release(name) for name in names], pull_request(NAME), run_at(self.github, 0.01), dry_run=False
        )

    def release(self, name: str) -> Release:
        return Release(
            url=RepositoryUrl.parse(f"https://github.com/cyber-dojo-start-points/{name}"),
            tag=ReleaseTag.parse("3.7.4-2"),
            commit=Commit.parse("c" * 40),
            image=self.image._replace(
                path=f"{self.image.path.rpartition('/')[0]}/{name.replace('-', '_')}", tag="3.7.4-2"
            ),
            digest=self.digest,
            display_name=f"{name} (3.7.4), test",
        )

    def _released(self, tag: str) -> None:
        self.ltf.manifest.write_text(
            manifest_text(f"Python ({tag.rpartition('-')[0]}), unittest", str(self.image.tagged(tag)))
        )
        if git(self.ltf.directory, "status", "--porcelain"):
            self.ltf.commit(f"For {tag}")
        git(self.ltf.directory, "tag", "--force", "--annotate", "--message", tag, tag)
        self.commit = git(self.ltf.directory, "rev-parse", "HEAD")
        self.digest = push(self.image.tagged(tag), self.commit)


def push(image: ImageName, commit: str) -> Digest:
    """Have an image in the registry that says which commit it was made of."""
    labels = {f"{OCI}revision": commit, f"{OCI}version": image.tag}
    return push_image(Registry(), image, {"os": "linux", "config": {"Labels": labels}}, [b"layer" * 9999])


@pytest.fixture
def bumper(folder: Path, open_registry: str, github: GithubServer, run: RunCommand) -> Bumper:
    image = ImageName.parse(f"{open_registry}/{folder.parent.name.lower().replace('_', '-')}/python_unittest")
    ltf = LtfRepository(folder, "Python (3.7.4), unittest", str(image.tagged("3.7.4-1")))
    add_origin(folder, f"{URL}.git")
    hosted = github.create_repository(NAME, {LIST: list_text(), LOCK: "{}\n"})
    first = push(image.tagged("3.7.4-1"), "a" * 40)
    return Bumper(ltf, image, github, hosted, run, first)
