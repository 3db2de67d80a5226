"""A watched fleet whose repositories are at GitHub, to which new versions come."""

from __future__ import annotations

import json

from ltf_ci.model.image import ImageName
from tests.support.github import GithubServer, HostedRepository
from tests.support.listing import LIST, LOCK
from tests.support.proxy import Hook, passed_on, proxy_before
from tests.support.repositories import git, manifest_text
from tests.support.result import Result
from tests.support.watched import DEPENDENTS, WatchedFleet

OWNER = "watched"
PYTHON, LTF, LANGUAGES = f"{OWNER}/python", f"{OWNER}/python-unittest", f"{OWNER}/languages"
ADDRESS = f"https://github.com/{OWNER}/"
DOCKERFILE, MANIFEST = "docker/Dockerfile", "start_point/manifest.json"
NEW = "3.7.5-1"


class Growing:
    """A fleet whose repositories are at GitHub, the languages repository too, and are what git fetches."""

    def __init__(self, fleet: WatchedFleet, github: GithubServer) -> None:
        self.fleet, self.github = fleet, github
        self.python = self._hosted(PYTHON, fleet.base, fleet.upstream)
        self.ltf = self._hosted(LTF, fleet.ltf, fleet.base)
        (said,) = fleet.locked.values()
        lock = {f"{ADDRESS}python-unittest?tag=3.7.4-1": {**said, "commit": self.ltf.head()}}
        listed = f"{ADDRESS}python-unittest?tag=3.7.4-1\n{ADDRESS}python\n"
        files = {LIST: listed, LOCK: json.dumps(lock), DEPENDENTS: json.dumps(fleet.entries, indent=2)}
        self.languages = github.create_repository(LANGUAGES, files)

    def _hosted(self, name: str, image: ImageName, base: ImageName) -> HostedRepository:
        manifest = manifest_text("Python (3.7.4), unittest", str(image))
        hosted = self.github.create_repository(name, {DOCKERFILE: f"FROM {base}\n", MANIFEST: manifest})
        hosted.bare.git("tag", image.tag, "main")
        git(
            self.fleet.directory,
            "config",
            "--global",
            f"url.{hosted.directory}.insteadOf",
            f"https://github.com/{name}",
        )
        return hosted

    def check_out(self) -> None:
        for name in (LIST, LOCK, DEPENDENTS):
            (self.fleet.directory / name).write_text(self.languages.read(name))

    def day(self, *words: str, hook: Hook = passed_on) -> Result:
        """Watch as the schedule does: over the languages repository as it is by now."""
        self.check_out()
        with proxy_before(self.github.host, hook) as proxy:
            told = ("--open-pull-requests", "--languages", LANGUAGES, *words)
            return self.fleet.watch(*told, environ=self.environ(proxy.host))

    def environ(self, host: str) -> dict[str, str]:
        return {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": f"http://{host}"}

    def opened(self, *words: str) -> dict[str, str]:
        """Return what a day did, by the repository; what another day did after it is the same but for what is done."""
        result = self.day(*words)
        assert result.code == 0, result
        return {step.name: step.state for step in result.steps if step.name.startswith(OWNER)}

    def release(self, hosted: HostedRepository, image: ImageName, base: ImageName) -> None:
        """Tag the default branch, and have the release of that: as people and the release's workflow do."""
        assert json.loads(hosted.read(MANIFEST))["image_name"] == str(image)
        assert hosted.read(DOCKERFILE) == f"FROM {base}\n"
        hosted.bare.git("tag", image.tag, "main")
        self.fleet.push_release(hosted.name.partition("/")[2], image, base)
        self.fleet.point_latest(image)

    def new_upstream(self) -> ImageName:
        newer = self.fleet.upstream.tagged("3.7.5")
        self.fleet.push(newer)
        self.fleet.point_latest(newer)
        return newer

    def base_is_released(self) -> ImageName:
        """Come to the day on which the base has the new version, and nothing else has it."""
        upstream = self.new_upstream()
        assert self.opened() == {PYTHON: "done"}
        self.python.merge(1)
        base = self.fleet.base.tagged(NEW)
        self.release(self.python, base, upstream)
        return base

    @property
    def rules(self) -> list[str]:
        self.check_out()
        return sorted(self.fleet.found())

    @property
    def pulls(self) -> dict[str, list[tuple[str, str]]]:
        """Return what is proposed, and the branches that are left, by the repository."""
        all_of_them = (self.python, self.ltf, self.languages)
        return {
            hosted.name: [*((pull.title, pull.state) for pull in hosted.pulls), ("branches", str(hosted.branches()))]
            for hosted in all_of_them
        }
