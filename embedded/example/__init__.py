"""The example: an LTF repository whose language is the machine's own busybox, and a languages repository; all local."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded.base_image import push_base_image
from embedded.programs import program
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion

LIST, LOCK = "git_repo_urls.tagged", "languages.lock.json"
_FILES = Path(__file__).parent / "repository"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}
_LIST = """\
# What cyber-dojo offers: a line each, URL?tag=RELEASE
https://github.com/cyber-dojo-languages/python-unittest?tag=3.14.3-2
https://github.com/cyber-dojo-languages/ruby-minitest?tag=3.4.1-7
"""


@dataclass(frozen=True, slots=True)
class Example:
    """Where the example is: a folder, a registry's HOST:PORT; and the version of busybox, the language."""

    folder: Path
    host: str
    version: LanguageVersion

    @property
    def repository(self) -> Path:
        """The LTF repository, where its maintainer works; its origin is next to it."""
        return self.folder / "busybox-sh"

    @property
    def origin(self) -> Path:
        """The bare repository that it is pushed to, and that the list names."""
        return self.folder / "busybox-sh.git"

    @property
    def languages(self) -> Path:
        """The languages repository; the folder where its keeper works is next to it."""
        return self.folder / "languages.git"

    @property
    def image(self) -> ImageName:
        """The image that is released."""
        return ImageName.parse(f"{self.host}/cyber-dojo/busybox_sh")

    @property
    def older(self) -> LanguageVersion:
        """A language version before the one that is here."""
        major, minor = (*str(self.version).split("."), "0")[:2]
        return LanguageVersion.parse(f"{major}.{int(minor) - 1}.0" if int(minor) else f"{int(major) - 1}.0.0")


def busybox_version() -> LanguageVersion:
    """Ask the machine's busybox, which goes into the image, for its version."""
    said = subprocess.run([program("busybox")], capture_output=True, text=True, check=False).stdout
    found = re.match(r"BusyBox v([0-9.]+)", said)
    if not found:
        raise RuntimeError(f"busybox does not say its version: {said[:80]!r}")
    return LanguageVersion.parse(found[1])


def make(example: Example, registry: Registry) -> None:
    """Make the base images and both repositories."""
    for version in (example.version, example.older):
        base = ImageName.parse(f"{example.host}/cyber-dojo/busybox:{version}")
        architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
        push_base_image(registry, base, note=f"{version}\n", architecture=architecture, runs=True)
    shutil.copytree(_FILES, example.repository)
    for file in filter(Path.is_file, example.repository.rglob("*")):
        file.write_text(_filled(file.read_text(), example))
    _publish(example.repository, example.origin)
    work = example.folder / "languages"
    work.mkdir()
    (work / LIST).write_text(_LIST)
    (work / LOCK).write_text("{}\n")
    _publish(work, example.languages)


def git(directory: Path, *words: str) -> str:
    """Run git and return what it prints."""
    return subprocess.run(["git", *words], cwd=directory, capture_output=True, text=True, check=True).stdout.strip()


def _filled(text: str, example: Example) -> str:
    values = {"@REGISTRY@": example.host, "@VERSION@": str(example.version), "@LANGUAGES@": str(example.languages)}
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _publish(work: Path, bare: Path) -> None:
    """Make a folder's files a first commit, and a bare repository its origin."""
    git(work, "init", "--quiet")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Begin")
    git(work.parent, "init", "--quiet", "--bare", str(bare))
    git(work, "remote", "add", "origin", str(bare))
    git(work, "push", "--quiet", "--set-upstream", "origin", "main")
