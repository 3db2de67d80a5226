"""A release's commit and tag: made, and pushed both or neither; what a refused push leaves is taken back, or named."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import readme_copies, revisions
from ltf_ci.model.commit import Commit
from ltf_ci.model.file_text import text_of
from ltf_ci.model.layout import README
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.release_tag import ReleaseTag


@dataclass(frozen=True, slots=True)
class Tagging:
    """A tag and its branch; `before` is where the branch was, None where an earlier run made the tag."""

    git: Git
    branch: str
    tag: ReleaseTag
    before: Commit | None = None

    @property
    def by_hand(self) -> str:
        """The command that pushes both or neither, after what it needs."""
        origin = "" if self.git.has_origin() else "git remote add origin URL, then "
        return f"{origin}git push --atomic origin {shlex.quote(self.branch)} {self.tag}"

    @property
    def undo(self) -> str:
        """The commands that take back what this run made: the tag, and the commit where it made one."""
        removed = f"git tag -d {self.tag}"
        if self.before is None or self.before == self.git.head():
            return removed
        return f"{removed} && git reset --keep {self.before.short}"

    def not_pushed(self) -> Step:
        """Return that nothing was pushed, and what pushes it, or takes it back."""
        return Step("push", StepState.SKIPPED, f"to push it: {self.by_hand}; to take it back: {self.undo}")

    def rehearse(self, *, push: bool) -> None:
        """Raise what git would refuse of a tag and, where it is to be pushed, of that; hooks are not run."""
        self.git.run("var", "GIT_COMMITTER_IDENT")
        if push:
            branch = (f"HEAD:refs/heads/{self.branch}",) if self.branch else ()
            refs = (*branch, f"HEAD:refs/tags/{self.tag}")
            self.git.run("push", "--dry-run", "--no-verify", "--quiet", "--atomic", "origin", *refs)

    def make(self, directory: Path, manifest: Manifest | None) -> Step:
        """Write the manifest, and what its README repeats of it; commit that, and tag the commit."""
        written = self._write(directory, manifest)
        try:
            with reported_at_an_interrupt(steps=lambda: [written]):
                self.git.tag(str(self.tag), f"Release {self.tag}")
        except LtfError as error:  # it could not be signed, say
            if self.before:
                self.git.go_back(self.before)
            cure = f"{error.cure or 'see why'}; then run it again: no commit and no tag is left of it"
            raise type(error)(error.found, expected=error.expected, cure=cure) from error
        return written

    def _write(self, directory: Path, manifest: Manifest | None) -> Step:
        if manifest is None:
            return Step("write", StepState.UNCHANGED, "nothing: an image's own repository has no manifest")
        raw = revisions.retagged(manifest, self.tag)
        if raw == manifest.text.encode():
            return Step("write", StepState.UNCHANGED, f"{manifest.path} has {self.tag} already")
        after = {manifest.path: raw, **_copies(directory, manifest, raw)}
        before = {path: read_file(directory, path) or b"" for path in after}
        _write(directory, after)
        try:
            commit = self.git.commit(f"Release {self.tag}", *after)
        except LtfError:  # a hook said no: leave the folder as it was
            _write(directory, before)
            raise
        return Step("write", StepState.DONE, f"{', '.join(after)}, commit {commit.short}")

    def push(self) -> Step:
        """Push branch and tag; where origin refuses them, take back what this run made, and raise what git said."""
        try:
            self.git.push(self.branch, str(self.tag))
        except LtfError as error:
            if self._is_at_origin(error):
                return self.pushed()
            cure = self._taken_back(error.cure)
            raise type(error)(error.found, expected=error.expected, cure=cure) from error
        return self.pushed()

    def pushed(self) -> Step:
        """Return what was pushed."""
        return Step("push", StepState.DONE, f"{self.branch} and {self.tag}")

    def _is_at_origin(self, refused: LtfError) -> bool:
        """Whether the push arrived although git failed; raise where origin does not say."""
        try:
            there = self.git.remote_tags("origin").get(str(self.tag))
        except LtfError as error:
            found = f"{refused.found}; and whether it arrived could not be asked: {error.found}"
            raise type(refused)(found, expected=refused.expected, cure=self._left()) from error
        return there == self.git.head()

    def _taken_back(self, cure: str) -> str:
        """Remove the commit and the tag of this run, and return what to do; nothing of an earlier run is removed."""
        if self.before is None:
            return f"see why; the tag {self.tag} stays here, and `ltf-ci next --push` pushes it"
        try:
            self.git.delete_tag(str(self.tag))
            self.git.go_back(self.before)
        except LtfError:
            return self._left()
        done = "nothing was pushed, and the commit and the tag are removed again"
        return f"{done}: {cure}; then run it again" if cure else f"{done}: see why, then run it again"

    def _left(self) -> str:
        back = f"; or remove them: {self.undo}" if self.before else ""
        return f"the commit and the tag {self.tag} are here: `ltf-ci next --push` pushes them{back}"


def _copies(directory: Path, before: Manifest, raw: bytes) -> Mapping[str, bytes]:
    """Return the README that repeats the names of a manifest, which change; nothing where it repeats none of these."""
    try:
        text = text_of(read_file(directory, README) or b"", README)
    except BadInput:  # no text: it repeats nothing
        return {}
    copies = readme_copies.renamed(before, Manifest.parse(raw, before.path), text)
    return {README: copies.encode()} if copies != text else {}


def _write(directory: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (directory / path).write_bytes(content)
