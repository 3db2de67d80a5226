"""What `ltf-ci check` imports: it runs before each commit, and waits for nothing that it does not need."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from ltf_ci.verbs import COMMANDS
from tests.support import ROOT
from tests.support.repositories import LtfRepository

ROOMS = {"clients", "commands", "manifest", "model", "options", "publish", "traffic_light", "workflows"}
PACKAGES = {"ltf_ci"}
SLOW = {  # takes milliseconds each: what needs one of these imports it when it does
    *("asyncio", "concurrent.futures", "ctypes", "difflib", "email", "hashlib", "http", "importlib.metadata"),
    *("multiprocessing", "random", "shutil", "socket", "ssl", "tempfile", "urllib.request", "uuid"),
}
OF_OTHER_COMMANDS = {  # many dataclasses, which Python makes in half a millisecond each
    *("ltf_ci.manifest.rules.image_version", "ltf_ci.model.build_spec"),
    *("ltf_ci.model.container", "ltf_ci.model.registry", "ltf_ci.model.repository_place"),
    *("ltf_ci.publish.requests", "ltf_ci.workflows.requests"),
}


@pytest.fixture(params=["without settings", "with the settings that init writes: comments alone"])
def loaded(ltf: LtfRepository, request: pytest.FixtureRequest) -> set[str]:
    if request.param != "without settings":
        (ltf.directory / ".github").mkdir()
        ltf.write(".github/ltf-ci.yml", (ROOT / "ltf_ci/settings.example.yml").read_text())
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
