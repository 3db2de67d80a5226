"""An LTF repository with releases of two version lines at origin and in a registry, which are re-tagged."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from ltf_ci.clients.registry.registry import Registry
from tests.support.kept import Kept
from tests.support.publishing import Publisher, RunCommand, environ_of
from tests.support.repositories import git, init, write_hook
from tests.support.result import Result


@dataclass
class Retagger:
    """A maintainer's clone, and its origin; `environ` is what a run has besides the registry's."""

    publisher: Publisher
    origin: Path

    @property
    def directory(self) -> Path:
        return self.publisher.ltf.directory

    def released(self, tag: str, **files: str) -> str:
        """Release a tag by hand, and push it."""
        for path, text in files.items():
            self.publisher.ltf.write(path, text)
        code, said = self.publisher.release(tag)
        assert code == 0, said
        self.push()
        return self.at(tag)

    def released_alone(self, tag: str = "3.7.6-1") -> None:
        """Make it an image's own repository, and release a tag there."""
        publisher = self.publisher
        shutil.rmtree(self.directory / "start_point")
        publisher.ltf.write("docker/image_name.json", json.dumps({"image_name": str(publisher.image.untagged)}))
        publisher.ltf.commit("An image alone")
        publisher.ltf.tag(tag)
        assert publisher.publish("--tag", tag)[0] == 0
        self.push()

    def push(self) -> None:
        git(self.directory, "push", "--quiet", "--force", "--follow-tags", "origin", "main")

    def retag(self, *words: str, lines: str = "3.7.4", **more: str) -> Result:
        """Re-tag lines, whatever they are made of: as a request of its own, but where it is named."""
        named = () if "--request" in words else ("--request", secrets.token_hex(4))
        return self.retag_changed("--rebuild", *named, *words, lines=lines, **more)

    def retag_changed(self, *words: str, lines: str = "3.7.4", **more: str) -> Result:
        """Re-tag lines as `ltf-ci retag` does by itself."""
        environ = {**environ_of(self.publisher.host), **self.publisher.gate, **more}
        return self.publisher.run("retag", str(self.directory), "--lines", lines, *words, environ=environ)

    def at(self, ref: str) -> str:
        """Return the commit that a ref names at origin."""
        return git(self.origin, "rev-parse", f"{ref}^{{commit}}")

    def file(self, ref: str, path: str) -> str:
        return git(self.origin, "show", f"{ref}:{path}")

    @property
    def refs(self) -> dict[str, str]:
        """Return each ref at origin, and what it names."""
        lines = git(self.origin, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    @property
    def tags(self) -> list[str]:
        return git(self.origin, "tag", "--list").split()


def hook(origin: Path, text: str) -> None:
    """Have the origin run a program when it is pushed to, before it takes what is pushed."""
    write_hook(origin, "pre-receive", f"set -e\n{text}")


# As GitHub does for a token that may not change workflows: each must be on a branch, at the same path, the same.
AS_GITHUB = r"""
files() { git ls-tree -r "$1" -- .github/workflows; }
there=$(for head in $(git for-each-ref --format='%(objectname)' refs/heads); do files "$head"; done)
while read -r _ new ref; do
  for commit in "$new" $(git rev-list "$new" --not --all); do
    while IFS= read -r file; do
      grep -qxF -- "$file" <<< "$there" && continue
      what="create or update workflow ${file#*$'\t'}"
      echo "$ref: refusing to allow a GitHub App to $what without \`workflows\` permission" >&2
      exit 1
    done < <(files "$commit")
  done
done
"""


def protecting(pattern: str, *says: str) -> str:
    """Return a program that refuses what is pushed to a ref that a pattern fits; `says` is GitHub's text, for $ref."""
    lines = "\n".join(f'echo "{line}"' for line in says)
    return f"while read -r _ _ ref; do case $ref in {pattern}) {lines}\nexit 1;; esac; done >&2"


@pytest.fixture
def retagger(
    request: pytest.FixtureRequest,
    folder: Path,
    docker_host: str,
    kept: Kept,
    run: RunCommand,
    registry_client: Registry,
) -> Retagger:
    """Return a repository with the releases 3.7.4-1, 3.7.5-1 and, at main's head, 3.7.5-2."""
    origin = folder.with_name("python-unittest.git")
    is_publishers = "publisher" in request.fixturenames  # the test's own, which is in the folder
    if "retagger" in kept.worlds and not is_publishers:
        return Retagger(kept.put_back("retagger", folder, origin, run, registry_client), origin)
    publisher = request.getfixturevalue("publisher")
    init(origin, bare=True)
    git(publisher.ltf.directory, "remote", "set-url", "origin", str(origin))
    made = Retagger(publisher, origin)
    for tag in ("3.7.4-1", "3.7.5-1", "3.7.5-2"):
        made.released(tag)
    if not is_publishers:
        kept.keep("retagger", publisher, origin)
    return made
