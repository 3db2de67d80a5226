"""The job that releases an LTF, beside the usual composition of actions: the commands of both, on a new runner each."""

from __future__ import annotations

import os
import re
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.counting import Counting, Traffic, counting
from benchmarks.debian import INSTALL, push_debian
from benchmarks.new_runner import ROOT, new_runner
from embedded.daemon import private_daemon
from embedded.registry import PASSWORD, USERNAME, password_file, running_registry
from tests.support.github import GithubServer, running_github
from tests.support.github.schemas import graphql_schema, openapi
from tests.support.repositories import LtfRepository, git, manifest_text

TIMES = 3
HEAD = [
    ["what", "wall time", "min - max", "requests", "MB up", "MB down", "beside the composition with cache"],
    ["---", "---:", "---:", "---:", "---:", "---:", "---:"],
]
NAME, LIST, LOCK = "cyber-dojo/languages-start-points", "git_repo_urls.tagged", "languages.lock.json"
OWN = "cyber-dojo-start-points/python-unittest"
URL = f"https://github.com/{OWN}"
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"
USER = (
    "echo sandbox:x:51966: >>/etc/group && echo sandbox:x:41966:51966::/home/sandbox:/bin/bash >>/etc/passwd"
    " && mkdir /home/sandbox && chown 41966:51966 /home/sandbox"
)
SCENARIOS = ("a first release", "start files only", "the same again")

WORKFLOW = ".github/workflows/job.yml"
COMPOSITION = ROOT / "benchmarks/workflows/composition.yml"
OURS = ROOT / "benchmarks/workflows/ltf-ci.yml"
_TIMING = re.compile(r" +[0-9.]+ s  ")  # of --timings


@dataclass(frozen=True, slots=True)
class Way:
    """A way to release: its name, its workflow, and what is special in the environment."""

    name: str
    workflow: Path
    more: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Job:
    """What a job took."""

    seconds: float
    traffic: Traffic


REFERENCE = "composition, with a registry cache"
KEPT = "type=registry,ref={image}:buildcache"
WAYS = (
    Way("composition", COMPOSITION, {"CACHE_FROM": "", "CACHE_TO": ""}),
    Way(REFERENCE, COMPOSITION, {"CACHE_FROM": KEPT, "CACHE_TO": f"{KEPT},mode=max"}),
    Way("ltf-ci, nothing to run", OURS, {"LTF_CI_TEST": "false"}),
    Way("ltf-ci, with its tests", OURS, {}),
)


@dataclass
class World:
    """A repository of which nothing is released, its registry, and the languages repository at GitHub."""

    ltf: LtfRepository
    registry: Counting
    github: GithubServer
    git_config: Path

    @property
    def image(self) -> str:
        return f"{self.registry.host}/python_unittest"

    def tag(self, revision: int) -> str:
        """Commit and tag a revision, whose start files alone are new."""
        name = f"3.7.4-{revision}"
        self.ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", f"{self.image}:{name}"))
        self.ltf.write("start_point/cyber-dojo.sh", f"bash hiker.sh # {revision}\n")
        self.ltf.commit(name)
        self.ltf.tag(name)
        git(self.ltf.directory, "push", "--quiet", "origin", "HEAD:main", name)
        return name

    def job(self, way: Way, tag: str) -> Job:
        """Run the job for a pushed tag on a new runner."""
        more = {name: value.format(image=self.image) for name, value in way.more.items()}
        with new_runner(self.git_config) as runner:
            self.registry.taken()
            seconds, printed = runner.run(URL, WORKFLOW, tag, {**self._variables(), **more}, self._secrets())
            sys.stderr.writelines(f"{line}\n" for line in printed.splitlines() if _TIMING.match(line))
            return Job(seconds, self.registry.taken())

    def _variables(self) -> dict[str, str]:
        return {
            "IMAGE": self.image,
            "HOST": self.registry.host,
            "LANGUAGES": NAME,
            "GITHUB_API_URL": self.github.api,
            "GITHUB_REPOSITORY": OWN,
            "CLIENT_ID": self.github.app.environ["LTF_CI_APP_CLIENT_ID"],
        }

    def _secrets(self) -> dict[str, str]:
        return {
            "GITHUB_TOKEN": self.github.token,
            "LANGUAGES_TOKEN": self.github.token,
            "REGISTRY_USERNAME": USERNAME,
            "REGISTRY_PASSWORD": PASSWORD,
            "LTF_CI_APP_PRIVATE_KEY": self.github.app.environ["LTF_CI_APP_PRIVATE_KEY"],
        }


@contextmanager
def world(base: str, workflow: Path) -> Iterator[World]:
    """Make one over a base image, whose repository has a workflow."""
    with (
        TemporaryDirectory(prefix="ltf-bench-", ignore_cleanup_errors=True) as place,
        running_github(Path(place) / "github") as github,
        running_registry(Path(place), password_file(Path(place))) as registry,
        counting(registry) as counted,
    ):
        folder = Path(place)
        hosted = github.create_repository(NAME, {LIST: f"{URL}?tag=3.7.4-0\n", LOCK: "{}\n"})
        github.app.install(hosted.owner, "contents", "pull_requests")
        config = folder / "gitconfig"
        config.write_text(f'[url "file://{folder}/github/"]\n\tinsteadOf = https://github.com/\n')
        name = f"{counted.host}/python_unittest:3.7.4-1"
        ltf = LtfRepository(folder / "ltf", "Python (3.7.4), unittest", name)
        ltf.write("docker/red_amber_green.rb", LAMBDA)
        git(ltf.directory, "remote", "add", "origin", str(github.site.create_repository(OWN, "main").directory))
        (ltf.directory / WORKFLOW).parent.mkdir(parents=True)
        ltf.write(WORKFLOW, workflow.read_text())
        install = f"FROM {base}\nRUN {INSTALL} && {USER}\n"
        ltf.write("docker/Dockerfile", f"{install}COPY red_amber_green.rb /usr/local/bin/\n")
        yield World(ltf, counted, github, config)


def rows(folder: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    found: dict[tuple[str, str], list[Job]] = {}
    openapi(), graphql_schema()  # so that the first job's calls do not wait for the stand-in to read them
    os.environ |= {f"GIT_{who}_{what}": f"a@{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    with running_registry(folder) as hub, private_base(hub) as base:
        for number in range(TIMES):
            for way in (*WAYS[number % len(WAYS) :], *WAYS[: number % len(WAYS)]):
                for scenario, job in zip(SCENARIOS, _jobs(way, base), strict=True):
                    found.setdefault((scenario, way.name), []).append(job)
    return [
        _row(scenario, way.name, found[scenario, way.name], found[scenario, REFERENCE])
        for scenario in SCENARIOS
        for way in WAYS
    ]


@contextmanager
def private_base(hub: str) -> Iterator[str]:
    """Push the base image, by a daemon that is gone then."""
    with TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as short, private_daemon(Path(short)) as daemon:
        push_debian(f"{hub}/debian:1", {"DOCKER_HOST": daemon, "PATH": "/usr/bin:/bin", "DOCKER_CONFIG": short})
    yield f"{hub}/debian:1"


def _jobs(way: Way, base: str) -> Iterator[Job]:
    with world(base, way.workflow) as made:
        first, later = made.tag(1), ""
        for scenario in SCENARIOS:
            later = later or (made.tag(2) if scenario != SCENARIOS[0] else "")
            job = made.job(way, later or first)
            sys.stderr.write(f"{way.name}: {scenario}: {job}\n")
            yield job


def _row(scenario: str, way: str, jobs: Sequence[Job], reference: Sequence[Job]) -> list[str]:
    seconds = [job.seconds for job in jobs]
    median, beside = statistics.median(seconds), statistics.median(job.seconds for job in reference)
    requests, up, down = (statistics.median(getattr(j.traffic, n) for j in jobs) for n in ("requests", "up", "down"))
    return [
        f"{scenario}: {way}",
        f"{median:.2f} s",
        f"{min(seconds):.2f} - {max(seconds):.2f}",
        f"{requests:.0f}",
        f"{up / 1e6:.1f}",
        f"{down / 1e6:.1f}",
        f"{median / beside:.2f} x",
    ]
