"""What `ltf-ci check` imports, and asks git: it runs before each commit, and waits for nothing it does not need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from ltf_ci.verbs import COMMANDS
from tests.support import ROOT
from tests.support.repositories import LtfRepository, git

ROOMS = {"clients", "commands", "manifest", "model", "options", "publish", "traffic_light", "workflows"}
PACKAGES = {"ltf_ci"}
SLOW = {  # takes milliseconds each: what needs one of these imports it when it does; dataclasses all of inspect too
    *(
        "asyncio",
        "concurrent.futures",
        "ctypes",
        "dataclasses",
        "difflib",
        "email",
        "hashlib",
        "http",
        "importlib.metadata",
    ),
    *("logging", "multiprocessing", "random", "shutil", "socket", "ssl", "tempfile", "urllib.request", "uuid"),
}
OF_OTHER_COMMANDS = {  # dataclasses, which Python makes in a third of a millisecond each
    *("ltf_ci.manifest.rules.image_version", "ltf_ci.model.build_spec"),
    *("ltf_ci.model.commit", "ltf_ci.model.container", "ltf_ci.model.credentials", "ltf_ci.model.github"),
    *("ltf_ci.model.registry", "ltf_ci.model.remote_refs", "ltf_ci.model.repository_place", "ltf_ci.stopwatch"),
    *("ltf_ci.clients.limits", "ltf_ci.manifest.rules.head_tags"),
    *("ltf_ci.publish.requests", "ltf_ci.traffic_light.image_test", "ltf_ci.workflows.requests"),
}


COMMENTS, AT_GITHUB = "with the settings that init writes: comments alone", "at GitHub, with a workflow of ltf-ci"


@pytest.fixture(params=["without settings", COMMENTS, AT_GITHUB])
def loaded(ltf: LtfRepository, request: pytest.FixtureRequest) -> set[str]:
    (ltf.directory / ".github/workflows").mkdir(parents=True)
    if request.param == COMMENTS:
        ltf.write(".github/ltf-ci.yml", (ROOT / "ltf_ci/settings.example.yml").read_text())
    if request.param == AT_GITHUB:
        git(ltf.directory, "remote", "add", "origin", "https://github.com/o/python")
        shutil.copy(ROOT / "workflows/ltf-ci-release.yml", ltf.directory / ".github/workflows")
        ltf.commit("A workflow")
    ltf.write("docker/Dockerfile", "FROM python:3.7.4\n")
    code = f"import sys; from ltf_ci.cli import main; main(['check', {str(ltf.directory)!r}], {{}})"
    words = [sys.executable, "-c", f"{code}; print('loaded', *sys.modules)"]
    return {*subprocess.run(words, capture_output=True, text=True, check=True).stdout.rpartition("loaded ")[2].split()}


def test_a_check_imports_only_what_it_needs(loaded: set[str]) -> None:
    assert "ltf_ci.manifest.check" in loaded
    rooms = {name.split(".")[1] for name in loaded if name.startswith("ltf_ci.")}
    assert {room for room in rooms if (ROOT / "ltf_ci" / room).is_dir()} <= ROOMS
    assert loaded & {*packages_distributions()} <= PACKAGES
    assert sorted(loaded & (SLOW | OF_OTHER_COMMANDS)) == []
    verbs = {f"ltf_ci.commands.{name.replace(' ', '_').replace('-', '_')}" for name in COMMANDS}
    assert loaded & verbs == {"ltf_ci.commands.check"}


@pytest.mark.parametrize(
    ("tag", "origin", "asked"),
    [
        ("3.7.4-18", "", "for-each-ref config cat-file cat-file"),
        ("", "", "for-each-ref for-each-ref config cat-file cat-file"),
        ("3.7.4-18", "https://example.org/a/b", "for-each-ref config cat-file cat-file"),
        ("3.7.4-18", "https://github.com/a/b", "for-each-ref config ls-tree cat-file cat-file"),
    ],
    ids=["tag", "no tag", "tag and origin", "tag and origin at GitHub"],
)
def test_a_check_asks_git_each_thing_once(
    ltf: LtfRepository, tag: str, origin: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ltf.directory / ".github/workflows"
    folder.mkdir(parents=True)
    for name in ("one.yml", "two.yml", "three.md"):
        (folder / name).write_text("on: push\n")
    ltf.commit("Workflows")
    if tag:
        ltf.tag(tag)
    if origin:
        git(ltf.directory, "remote", "add", "origin", origin)
    log = tmp_path / "calls"
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/bash\nprintf "%s\\n" "$*" >> {log}\nexec {shutil.which("git")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    subprocess.run([sys.executable, "-m", "ltf_ci", "check", str(ltf.directory)], capture_output=True, check=False)
    verbs = {"for-each-ref", "config", "rev-parse", "ls-tree", "cat-file", "status", "ls-files", "log", "show"}
    calls = [next(word for word in line.split(" ") if word in verbs) for line in log.read_text().splitlines()]
    assert " ".join(calls) == asked
