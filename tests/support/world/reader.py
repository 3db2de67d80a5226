"""A reader of the languages list that knows the form `SHA7@URL` alone, as the ones that were there before ltf-ci."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.github import HostedRepository
from tests.support.repositories import git
from tests.support.world.files import LIST, generated


@dataclass
class OldReader:
    """Reads lists into a folder, each line once; `broken` has what it cannot read, and why."""

    folder: Path
    read: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def read_all(self, languages: HostedRepository) -> int:
        """Read the list of every commit of main, and generate it again; return how many commits there were."""
        commits = languages.bare.git("rev-list", "main").split()
        for commit in commits:
            text = languages.bare.raw("show", f"{commit}:{LIST}").decode()
            for line in text.splitlines():
                self._read(line)
            names = languages.bare.git("ls-tree", "-r", "--name-only", commit, "data/").split()
            again = generated(languages.bare.raw("show", f"{commit}:{name}").decode() for name in names)
            if again != text:
                self.broken[commit] = f"the list is {text}\nand made again it is {again}"
        return len(commits)

    def _read(self, line: str) -> None:
        """Clone the repository of a line, and check its commit out; without an `@` after seven letters all is URL."""
        if line in self.read or line in self.broken:
            return
        commit, url = (line[:7], line[8:]) if line[7:8] == "@" else ("", line)
        place = self.folder / str(len(self.read) + len(self.broken))
        try:
            git(self.folder, "clone", "--quiet", "--single-branch", "--branch", "main", url, str(place))
            git(place, "checkout", "--quiet", *([commit] if commit else []))
            self.read[line] = git(place, "rev-parse", "HEAD")
        except subprocess.CalledProcessError as error:
            self.broken[line] = error.stderr
