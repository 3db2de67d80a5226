"""The job that releases an LTF, beside the usual composition of actions: the commands of both, on a new runner each."""

from __future__ import annotations

import os
import re
import statistics
import sys
import textwrap
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
from tests.support.repositories import LtfRepository, manifest_text

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

CHECKOUT = """\
git init --quiet ltf && cd ltf
git remote add origin "$REPOSITORY"
git config --local gc.auto 0
git -c protocol.version=2 fetch --quiet --prune --no-recurse-submodules $DEPTH
git checkout --quiet --force "refs/tags/$TAG"
git log -1 --format=%H >/dev/null
"""
BUILDX = """\
"$DOCKER" buildx version
"$DOCKER" buildx create --name builder --driver remote --use "$BUILDKITD"
"$DOCKER" buildx inspect --bootstrap --builder builder
"""
COMPOSITION = f"""\
export DEPTH="--no-tags --depth=1 origin +refs/tags/$TAG:refs/tags/$TAG"
{CHECKOUT}
{BUILDX}
printf %s "$PASSWORD" | "$DOCKER" login --username "$USERNAME" --password-stdin "$HOST"
commit=$(git rev-parse HEAD)
"$DOCKER" buildx version
"$DOCKER" buildx build --iidfile ../iid --metadata-file ../metadata.json --provenance mode=max $CACHE \\
  --label "org.opencontainers.image.revision=$commit" --label "org.opencontainers.image.version=$TAG" \\
  --label "org.opencontainers.image.source=$REPOSITORY" --tag "$IMAGE:$TAG" --tag "$IMAGE:latest" --push docker
cd ..
git init --quiet languages && cd languages
git remote add origin "https://github.com/$LANGUAGES"
git -c protocol.version=2 fetch --quiet --no-tags --depth=1 origin +refs/heads/main:refs/remotes/origin/main
git checkout --quiet --force -B main refs/remotes/origin/main
sed -i "s|^$REPOSITORY?tag=.*|$REPOSITORY?tag=$TAG|" git_repo_urls.tagged
git checkout --quiet -B bump
git -c user.name=bot -c user.email=bot@example.org commit --quiet --all --message "Bump to $TAG"
git fetch --quiet origin main
git push --quiet --force origin bump:refs/heads/bump
ask() {{ curl --silent --fail-with-body --header "Authorization: Bearer $TOKEN" "$@"; }}
pulls="$GITHUB_API_URL/repos/$LANGUAGES/pulls"
body="{{\\"title\\": \\"Bump to $TAG\\", \\"head\\": \\"bump\\", \\"base\\": \\"main\\"}}"
if ! ask --request POST "$pulls" --data "$body"; then
  ask "$pulls?state=open&head=cyber-dojo:bump&base=main"
  ask --request PATCH "$pulls/1" --data "{{\\"title\\": \\"Bump to $TAG\\"}}"
fi
"""
_TIMING = re.compile(r" +[0-9.]+ s  ")  # of --timings
_RUN = re.compile(r"id: ltf-ci\n.*?run: \|\n(.*?)\n      env:", re.DOTALL)


def ours() -> str:
    """Return what release.yml's steps do, and action.yml's after uv is there."""
    found = _RUN.search((ROOT / "action.yml").read_text())
    if found is None:
        raise LookupError("action.yml runs no ltf-ci")
    history = "origin +refs/heads/*:refs/remotes/origin/* +refs/tags/*:refs/tags/*"
    return f"export DEPTH='{history}'\n{CHECKOUT}\n{BUILDX}\n{textwrap.dedent(found[1])}"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to release: its name, the commands of its job, and what is special in their environment."""

    name: str
    script: str
    more: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Job:
    """What a job took."""

    seconds: float
    traffic: Traffic


CACHE = "--cache-from type=registry,ref=$IMAGE:buildcache --cache-to type=registry,ref=$IMAGE:buildcache,mode=max"
REFERENCE = "composition, with a registry cache"
WAYS = (
    Way("composition", COMPOSITION.replace("$CACHE", ""), {}),
    Way(REFERENCE, COMPOSITION.replace("$CACHE", CACHE), {}),
    Way("ltf-ci, nothing to run", ours(), {"LTF_CI_TEST": "false"}),
    Way("ltf-ci, with its tests", ours(), {}),
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
        return name

    def job(self, way: Way, tag: str) -> Job:
        """Run the job for a tag on a new runner."""
        with new_runner(self.git_config) as runner:
            self.registry.taken()
            seconds, printed = runner.run(way.script, {**self._environ(tag), **way.more})
            sys.stderr.writelines(f"{line}\n" for line in printed.splitlines() if _TIMING.match(line))
            return Job(seconds, self.registry.taken())

    def _environ(self, tag: str) -> dict[str, str]:
        return {
            "TAG": tag,
            "REPOSITORY": URL,
            "IMAGE": self.image,
            "HOST": self.registry.host,
            "USERNAME": USERNAME,
            "PASSWORD": PASSWORD,
            "TOKEN": self.github.token,
            "LANGUAGES": NAME,
            "GITHUB_API_URL": self.github.api,
            "GITHUB_REPOSITORY": OWN,
            "UV_COMPILE_BYTECODE": "1",
            "UV_NO_CONFIG": "1",
            "UV_PYTHON": str(Path(sys.executable).resolve()),
            "LTF_CI_COMMAND": "release",
            "LTF_CI_TAG": tag,
            "LTF_CI_LANGUAGES": NAME,
            "LTF_CI_TIMINGS": "true",
            "LTF_CI_REGISTRY": self.registry.host,
            "LTF_CI_REGISTRY_USERNAME": USERNAME,
            "LTF_CI_REGISTRY_PASSWORD": PASSWORD,
            **self.github.app.environ,
        }


@contextmanager
def world(base: str) -> Iterator[World]:
    """Make one over a base image."""
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
        ltf = LtfRepository(folder / "github" / OWN, "Python (3.7.4), unittest", name)
        ltf.write("docker/red_amber_green.rb", LAMBDA)
        install = f"FROM {base}\nRUN {INSTALL} && {USER}\n"
        ltf.write("docker/Dockerfile", f"{install}COPY red_amber_green.rb /usr/local/bin/\n")
        yield World(ltf, counted, github, config)


def rows(folder: Path) -> list[list[str]]:
    """Measure, and give the table's rows."""
    found: dict[tuple[str, str], list[Job]] = {}
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
    with world(base) as made:
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
