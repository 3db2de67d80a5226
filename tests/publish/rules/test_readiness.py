"""What can be seen before a build, rule by rule: what is accepted, what is found, and how badly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model import located_json
from ltf_ci.model.finding import Place
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.publish.rules.commit import CommitFacts
from ltf_ci.publish.rules.dockerfile import DockerfileFacts, Language, floating
from ltf_ci.publish.rules.readiness import ReleaseFacts, findings
from ltf_ci.publish.rules.release_settings import SettingsFacts
from ltf_ci.publish.rules.release_workflows import ReleaseWorkflows
from ltf_ci.publish.rules.start_files import StartFiles

FILES = {"hiker.py": "return 6 * 9\n", "cyber-dojo.sh": "python3 -m unittest\n"}


def facts(name: str = "Python (3.7.4), unittest", version: str = "3.7.4", **more: Any) -> ReleaseFacts:
    """Return the facts of a start point with its image; `more` are fields of ReleaseFacts and of its parts."""
    names = {"display_name": name, "image_name": "cyberdojofoundation/python_unittest:3.7.4-1"}
    names |= more.pop("keys", {})
    given = {"texts": FILES, "path": "docker/Dockerfile", **more}
    workflows, listed = more.get("workflows"), more.get("languages")
    language = Language.of(LanguageVersion.parse(version), name, "cyberdojofoundation/python_unittest")
    return ReleaseFacts(
        manifest=Manifest.parse(json.dumps(names).encode(), "start_point/manifest.json"),
        start_files=part_of(StartFiles, given),
        dockerfile=part_of(DockerfileFacts, given),
        language=language,
        settings=part_of(SettingsFacts, given),
        commit=part_of(CommitFacts, given),
        workflows=None if workflows is None else ReleaseWorkflows(workflows, more.get("registry", ""), listed),
    )


def part_of(kind: Any, given: Mapping[str, Any]) -> Any:
    return kind(**{name: given[name] for name in kind._fields if name in given})


def alone(image: str, *bases: str) -> ReleaseFacts:
    """Return the facts of an image's own repository."""
    language = Language.of(LanguageVersion.parse("3.7.4"), "", f"cyber-dojo-languages/{image}")
    return ReleaseFacts(dockerfile=DockerfileFacts(path="docker/Dockerfile", bases=bases), language=language)


def options(**edits: Any) -> Any:
    return located_json.read(json.dumps(edits).encode(), "start_point/options.json")[1]


MAIN, OURS = ".github/workflows/main.yml", ".github/workflows/ltf-ci-release.yml"
CALLS = "uses: cyber-dojo-tools/ltf-ci/.github/workflows/release.yml@v1"
LOGIN, ELSEWHERE = f"{CALLS}\n  with:\n    registry: docker.io # whose\n", ["workflow-registry warning"]
OTHER_JOB = """jobs:
  other:
    steps:
      - uses: docker/login-action@v3
        with:
          registry: docker.io
          app-client-id: Iv23
"""
APP = ["no-pull-request warning"]
EDIT = {"filename": "hiker.py", "from": "return", "to": "raise"}
CASES = [
    (facts(), []),
    (facts(texts={"hiker.py": "42\n"}), ["traffic-light-edit error"]),
    (facts(texts={"hiker.py": "42\n", "logo.png": None}), []),
    (facts(texts={}), []),
    (facts(options=options(red=EDIT, amber=EDIT, green=EDIT)), []),
    (facts(options=options(red=EDIT, amber=EDIT)), ["traffic-light-options error"]),
    (facts(texts={**FILES, "cyber-dojo.sh": "set -e\r\nrun\r\n"}), ["cyber-dojo-sh-line-ends error"]),
    (facts(texts={**FILES, "hiker.py": "6 * 9\r\n"}), []),
    (facts(texts={**FILES, "run_tests.sh": "run\r\n"}), ["script-line-ends warning"]),
    (facts(is_missing=True), ["no-dockerfile error"]),
    (facts(lambda_complaint=""), []),
    (facts(lambda_complaint="syntax error"), ["rag-lambda-ruby error"]),
    (facts(lambda_complaint="syntax error", keys={"rag_lambda": "own.rb"}), []),
    (facts(unreadable=BadInput.at(Place("docker/Dockerfile", 3), "x", expected="y", cure="z")), ["dockerfile error"]),
    (facts(bases=("python:3.7.4",)), []),
    (facts(bases=("python:3.7.4-slim",)), []),
    (facts(bases=("ghcr.io/cyber-dojo-languages/python:3.7.4-2",)), []),
    (facts(bases=("python:3.7.5",)), ["from-version warning"]),
    (facts(bases=("cyberdojofoundation/python:3.7.5-1",)), ["from-version warning"]),
    (facts(bases=("python:3.8",)), ["from-version warning", "version-unchecked warning"]),
    (facts(bases=("python:v3.7.40",)), ["from-version warning"]),
    (facts(bases=("python:3.7.4", "python:3.7.5")), ["from-version warning"]),
    (facts(bases=("python:8f1a2b3",)), []),
    (facts(bases=("debian:12", "ubuntu:24.04")), []),
    (facts("Ubuntu (22.04), bash", bases=("ubuntu:24.04",)), ["from-version warning", "version-unchecked warning"]),
    (facts(bases=("python",)), ["version-unchecked warning"]),
    (facts(bases=("debian:latest",)), ["version-unchecked warning"]),
    (facts(bases=("python:3",)), ["version-unchecked warning"]),
    (facts(bases=("python:3",), version_command="python3 --version"), []),
    (facts(bases=("python:slim-bookworm",)), ["version-unchecked warning"]),
    (facts(bases=("python:alpine3.22",)), ["version-unchecked warning"]),
    (facts(bases=("python:slim-bookworm",), version_command="python3 --version"), []),
    (facts(bases=("debian:bookworm",)), []),
    (alone("node", "node:current-alpine"), ["version-unchecked warning"]),
    (alone("perl", "perl:stable"), ["version-unchecked warning"]),
    (alone("gcc", "gcc:15.2.0"), ["from-version warning"]),
    (alone("gcc_assert", "cyberdojofoundation/gcc:8f1a2b3"), []),
    (alone("gcc_assert", "cyberdojofoundation/gcc:3.7.4-2"), []),
    (alone("bash", "alpine:3.22"), []),
    (facts(bases=(f"python:3@sha256:{'a' * 64}",)), []),
    (facts(bases=("python:3.8",))._replace(language=None), []),
    (facts(workflows=None), []),
    (facts(workflows={}), ["no-workflow warning"]),
    (facts(workflows={MAIN: "uses: actions/checkout@v7"}), ["no-workflow warning"]),
    (facts(workflows={MAIN: "# uses: cyber-dojo-tools/ltf-ci@v1"}), ["no-workflow warning"]),
    (facts(workflows={MAIN: "", OURS: CALLS}), []),
    (facts(workflows={MAIN: "run: docker push x", OURS: CALLS}), ["workflow-publishes-too warning"]),
    (facts(workflows={MAIN: "run: make push", OURS: CALLS}), ["workflow-may-publish notice"]),
    (facts(workflows={MAIN: "run: ./run_tests.sh", OURS: CALLS}), ["workflow-tests-too warning"]),
    (facts(workflows={OURS: f"{CALLS}\nrun: docker push x"}), []),
    (facts(image_from=""), ["no-image-from warning"]),
    (facts(image_from="ghcr.io/o/python:0123456"), []),
    (facts(image_from="ghcr.io/o/python:3.7.4-2"), []),
    (facts(image_from="ghcr.io/o/python:3.7.5-2"), ["image-from-version error"]),
    (facts(image_from="ghcr.io/o/python:3.7.5"), []),  # no release of ltf-ci's
    (facts(lacking=(".github/ltf-ci.yml",)), ["not-committed warning"]),
    (facts(lacking=("start_point/more.txt",)), ["start-file-not-committed warning"]),
    (facts(converted={"docker/a": "passes through the filter x in a checkout"}), ["converted-file error"]),
    (facts(languages=""), []),  # without a workflow nothing is released anyway
    (facts(workflows={OURS: CALLS}, languages=""), ["no-pull-request notice"]),
    (facts(workflows={OURS: CALLS}, languages="o/l"), ["no-pull-request warning"]),
    (facts(workflows={OURS: CALLS}, languages="/srv/languages"), []),
    (facts(workflows={OURS: f"{CALLS}\n  app-client-id: Iv23"}, languages="o/l"), []),
    (facts(workflows={OURS: f"{CALLS}\n  # app-client-id: Iv23"}, languages="o/l"), APP),
    (facts(workflows={OURS: f"{CALLS}\n  languages: o/l\n  app-client-id: x"}, languages=""), []),
    (facts(workflows={OURS: LOGIN}, registry="docker.io"), []),
    (facts(workflows={OURS: LOGIN}), []),  # where the image goes is not known
    (facts(workflows={OURS: LOGIN}, registry="ghcr.io"), ELSEWHERE),
    (facts(workflows={OURS: LOGIN.replace("docker.io", '"docker.io"')}, registry="localhost:5000"), ELSEWHERE),
    (facts(workflows={OURS: CALLS}, registry="ghcr.io"), []),
    (facts(workflows={OURS: CALLS}, registry="docker.io"), ELSEWHERE),
    (facts(workflows={OURS: f"{CALLS}\n    # registry: docker.io"}, registry="ghcr.io"), []),
    (facts(workflows={OURS: LOGIN.replace("docker.io", "${{ vars.REGISTRY }}")}, registry="ghcr.io"), []),
    (facts(workflows={OURS: "uses: cyber-dojo-tools/ltf-ci@v1"}, registry="docker.io"), []),  # with a login of its own
    (facts(workflows={MAIN: "registry: docker.io", OURS: CALLS}, registry="ghcr.io"), []),
    (facts(workflows={OURS: f"{OTHER_JOB}  release:\n    {CALLS}\n"}, registry="ghcr.io"), []),
    (facts(workflows={OURS: f"{OTHER_JOB}  release:\n    {CALLS}\n"}, registry="docker.io"), ELSEWHERE),
    (facts(workflows={OURS: f"{OTHER_JOB}  release:\n    {CALLS}\n"}, languages="o/l"), APP),
    (ReleaseFacts(workflows=ReleaseWorkflows({OURS: CALLS}, "", None)), []),  # an image bumps nothing
    (alone("", "python"), ["version-unchecked warning"]),
]


@pytest.mark.parametrize(("given", "found"), CASES)
def test_each_rule(given: ReleaseFacts, found: list[str]) -> None:
    assert [f"{finding.rule} {finding.severity}" for finding in findings(given)] == found
    assert all(finding.cure and finding.expected for finding in findings(given))


def test_what_is_not_tested_may_give_no_colours() -> None:
    given = facts(texts={"hiker.py": "42\n", "cyber-dojo.sh": "\r\n"}, lambda_complaint="syntax error")
    assert [finding.rule for finding in findings(given, is_tested=False)] == ["cyber-dojo-sh-line-ends"]


def test_a_version_command_shows_nothing_where_it_is_not_run() -> None:
    given = facts(bases=("python:slim",), version_command="python3 --version")
    (found,) = findings(given, is_tested=False)
    assert (found.rule, found.cure.startswith("leave out")) == ("version-unchecked", True)


@pytest.mark.parametrize(
    "line",
    [
        "    registry: index.docker.io",
        "    registry: https://index.docker.io/v1/",
        '    "registry": "docker.io"',
        "    {languages: x, registry: docker.io}",
        "    registry: Docker.io",
    ],
)
def test_a_login_is_read_however_it_is_written(line: str) -> None:
    workflow = {OURS: f"{CALLS}\n  with:\n{line}\n"}
    assert [*findings(facts(workflows=workflow, registry="docker.io", languages=""))] == [
        *findings(facts(workflows={OURS: LOGIN}, registry="docker.io", languages=""))
    ]
    found = [each.rule for each in findings(facts(workflows=workflow, registry="ghcr.io"))]
    assert "workflow-registry" in found


def test_a_login_elsewhere_is_found_at_its_line() -> None:
    (found,) = findings(facts(workflows={OURS: LOGIN}, registry="ghcr.io"))
    assert (found.place.path, found.place.line) == (OURS, 3)
    assert found.cure.startswith("remove that line")


@pytest.mark.parametrize(
    ("almost", "right"),
    [
        ("docker/dockerfile", "docker/Dockerfile"),
        ("docker/DOCKERFILE", "docker/Dockerfile"),
        ("docker/dockerfile.base", "docker/Dockerfile.base"),
    ],
)
def test_a_dockerfile_of_nearly_that_name_is_renamed(almost: str, right: str) -> None:
    (found,) = findings(facts(is_missing=True, almost=almost))
    assert found.cure == f"git mv {almost} {right}, and commit it"


def floats(bases: tuple[str, ...], lenders: tuple[str, ...] = ()) -> tuple[str, ...]:
    language = Language.of(LanguageVersion.parse("3.7.4"), "Python (3.7.4), unittest", "")
    return floating(DockerfileFacts(bases=bases, lenders=lenders), language)


def test_what_floats_is_named_as_it_is_written() -> None:
    assert floats(("debian:12", "python:3", "registry:5000/gcc")) == ("python:3", "registry:5000/gcc")
    sdk = ("microsoft/sdk:3.7-alpine3.22", "ubuntu:24.04", "alpine:3", "o/sdk:3.7.4", "o/sdk:3.8")
    assert floats(sdk) == ("microsoft/sdk:3.7-alpine3.22",)
    lenders = ("o/uv:latest", "python:slim")
    assert floats(("python:3.7.4", *lenders), lenders) == ("python:slim",)
