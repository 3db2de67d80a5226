"""The main job on the example, for real: a first release, the next one, one that is refused, one of an older line."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import groupby
from pathlib import Path

from embedded.example import LIST, LOCK, Example, git
from ltf_ci.cli import INTERRUPTED, main
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import Refused
from ltf_ci.model.registry import Present

_REVISION = "org.opencontainers.image.revision"
_VERSION = "org.opencontainers.image.version"
_LONG = re.compile(r"\b((?:sha256:)?[0-9a-f]{12})(?:[0-9a-f]{28}|[0-9a-f]{52})\b")
_BY_DOCKER = re.compile(r"#\d+ |[0-9a-f]{12} |The push refers to |\S+: digest: ")
_OF_A_PULL_REQUEST = re.compile(r"    |text of the pull request:")
_OF_A_DIFF = re.compile(r"diff |index |@@ |--- |\+\+\+ ")
_CONCLUSION = """\
{first}, {second} and {older} are images now, each labelled with its commit; latest only moved forward.
Before each push its start files were run in the image as cyber-dojo runs them: red, and with an edit amber and green.
Each release is one branch of the languages repository, its list and lock in one commit: at GitHub, a pull request.
A tag that was pushed kept its image when git's tag was moved, and ltf-ci said which revision is free."""


class Demonstration:
    """Types the commands, shows what they say, and holds what is there then against what is expected.

    The current folder is the example's repository.
    """

    def __init__(
        self, example: Example, registry: Registry, environ: Mapping[str, str], go_on: Callable[[], None]
    ) -> None:
        self._example = example
        self._registry = registry
        self._environ = environ
        self._go_on = go_on  # raises where the person does not want it any more
        self._first, self._second, self._third = (f"{example.version}-{revision}" for revision in (1, 2, 3))
        self._older = f"{example.older}-1"
        self._pull_request_shown = False
        self.failures: list[str] = []

    def run(self) -> None:
        """Show all four steps."""
        self.first_release()
        self.next_revision()
        self.refused()
        self.older_line()
        if not self.failures:
            heading("What you saw")
            say(_CONCLUSION.format(first=self._first, second=self._second, older=self._older))

    def first_release(self) -> None:
        """Release the tag that the manifest names."""
        heading(f"1. The first release: {self._first}")
        self.ltf_ci("next", "--push", releases=False)
        self.ltf_ci("release", "--tag", self._first)
        labels = self._labels(self._first)
        say(f"  the labels of {self._example.image.tagged(self._first)}:")
        table(labels)
        self.expect("its commit is the tag's", so=labels[_REVISION] == self._commit(self._first))
        self.latest_is(self._first)
        self.listed(self._first)

    def next_revision(self) -> None:
        """Change a start file, and release the next revision."""
        heading(f"2. A start file changes: {self._second}")
        self.merge(self._first)
        self.changed("s/life/Life/", "start_point/test_hiker.sh", "Begin with a capital letter")
        self.ltf_ci("next", "--push", releases=False)
        self.ltf_ci("release")
        self.latest_is(self._second)
        self.listed(self._second)
        say(f"  {LOCK} there:")
        table(self._locked(self._second))
        listed = git(self._example.languages, "show", f"{self._branch(self._second)}:{LIST}")
        gone = f"?tag={self._first}" not in listed and not self._locked(self._first)
        self.expect(f"no line and no entry of {self._first} is left", so=gone)

    def refused(self) -> None:
        """Try to give a pushed tag other content."""
        heading(f"3. Other content under the tag {self._first}")
        before = self._digest(self._first)
        self.typed(["git", "switch", "--detach", self._first])
        self.changed("s/PASSED/GOOD/", "docker/assert.sh", "Other content")
        self.typed(["git", "tag", "--force", "-a", "-m", "Moved", self._first])
        said = self.ltf_ci("release", "--tag", self._first, code=Refused.exit_code)
        self.expect(f"the next free revision is named: {self._third}", so=f" {self._third} " in said)
        self.expect(f"the registry has what it had: {before}", so=self._digest(self._first) == before)
        self.typed(["git", "fetch", "--tags", "--force"])

    def older_line(self) -> None:
        """Release a revision of an older language version."""
        version, older = self._example.version, self._example.older
        heading(f"4. A release of an older language version: {self._older}")
        say(f"(this machine has one busybox, so the base image {older} only stands in for an older one)")
        self.merge(self._second)
        self.typed(["git", "switch", "--create", str(older), "main"])
        self.changed(f"1s/:{version}$/:{older}/", "docker/Dockerfile", f"Build on BusyBox {older}")
        self.ltf_ci("next", "--language-version", str(older), "--push", releases=False)
        self.ltf_ci("release")
        made_of = self._labels(self._older)[_REVISION]
        self.expect(f"{self._older} is in the registry", so=made_of == self._commit(self._older))
        self.latest_is(self._second)
        self.listed(self._older)

    def latest_is(self, tag: str) -> None:
        """Expect `latest` to be this release."""
        digest, said = self._digest("latest"), self._labels("latest")[_VERSION]
        self.expect(f"latest is {tag}: {digest}", so=said == tag and digest == self._digest(tag))

    def listed(self, tag: str) -> None:
        """Show the branch that stands for a release's pull request."""
        branch = self._branch(tag)
        say(f"  {LIST} on the branch {branch}, against main:")
        changed = git(self._example.languages, "diff", "--unified=1", "main", branch, "--", LIST).splitlines()
        indented(line for line in changed if not _OF_A_DIFF.match(line))
        entry, line = self._locked(tag), f"+{self._example.origin}?tag={tag}"
        right = entry.get("digest") == self._digest(tag) and entry.get("commit") == self._commit(tag)
        self.expect("the list has its line, the lock its commit and digest", so=line in changed and right)

    def merge(self, tag: str) -> None:
        """Merge a release's branch, as the keeper of the languages list would merge the pull request."""
        say("the keeper of the languages list merges the pull request:")
        pulled = ["git", "pull", "--ff-only", "origin", self._branch(tag)]
        self.typed(pulled, ["git", "push"], folder=self._example.folder / "languages")

    def changed(self, edit: str, file: str, message: str) -> None:
        """Change and commit a file."""
        self.typed(["sed", "-i", edit, file], ["git", "commit", "-am", message])

    def typed(self, *commands: Sequence[str], folder: Path | None = None) -> None:
        """Run a line of commands that a person would type."""
        say(f"{f'{folder.name}/ ' if folder else ''}$ {' && '.join(map(shlex.join, commands))}")
        for words in commands:
            ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
            if ended.returncode:
                raise RuntimeError(f"{shlex.join(words)} failed: {ended.stdout}{ended.stderr}".strip())

    def ltf_ci(self, *words: str, code: int = 0, releases: bool = True) -> str:
        """Run ltf-ci and show what it says; raise RuntimeError where it ends with another exit code."""
        say(f"$ ltf-ci {shlex.join(words)}")
        with redirect_stdout(StringIO()) as told, redirect_stderr(told):
            ended = main(words, self._environ)
        self._go_on()
        if ended == INTERRUPTED:
            raise KeyboardInterrupt
        lines = counted(told.getvalue().splitlines(), _BY_DOCKER, "of docker's build and push")
        if self._pull_request_shown:
            lines = counted(lines, _OF_A_PULL_REQUEST, "of the pull request's text, as above")
        indented(lines)
        self._pull_request_shown |= releases
        if ended != code:
            raise RuntimeError(f"ltf-ci {words[0]} ended with exit code {ended}, not {code} as expected")
        if code:
            self.expect(f"exit code {ended}", so=True)
        return told.getvalue()

    def expect(self, what: str, *, so: bool) -> None:
        """Show a fact, and keep it where it is not so."""
        say(f"  {'ok' if so else 'NO':<4}{what}")
        self.failures += [] if so else [what]

    def _branch(self, tag: str) -> str:
        return f"ltf-ci/busybox-sh-{tag.rpartition('-')[0]}"

    def _commit(self, tag: str) -> str:
        return git(self._example.repository, "rev-parse", f"{tag}^{{commit}}")

    def _labels(self, tag: str) -> Mapping[str, str]:
        return self._registry.labels(self._example.image.tagged(tag))

    def _digest(self, tag: str) -> str:
        answer = self._registry.resolve(self._example.image.tagged(tag))
        return str(answer.digest) if isinstance(answer, Present) else "absent"

    def _locked(self, tag: str) -> Mapping[str, str]:
        lock = json.loads(git(self._example.languages, "show", f"{self._branch(tag)}:{LOCK}"))
        return dict(lock.get(f"{self._example.origin}?tag={tag}", {}))


def say(text: str) -> None:
    """Show a line; of commits and digests the first twelve digits."""
    print(_LONG.sub(r"\1…", text), flush=True)


def heading(text: str) -> None:
    """Show a heading."""
    say(f"\n== {text}")


def indented(lines: Iterable[str]) -> None:
    """Show lines that another program said."""
    for line in lines:
        say(f"    {line}")


def table(values: Mapping[str, str]) -> None:
    """Show names and values."""
    width = max(map(len, values), default=0) + 2
    indented(f"{name:<{width}}{value}" for name, value in values.items())


def counted(lines: Iterable[str], form: re.Pattern[str], what: str) -> Iterator[str]:
    """Count the lines of this form instead of giving them; leave out the empty ones."""
    for found, group in groupby(filter(None, lines), lambda line: bool(form.match(line))):
        known = list(group)
        yield from [f"({len(known)} lines {what})"] if found else known
