"""One version line's re-tag: its newest release, made anew as the next revision, in a clone of its own.

The image is built and tested first. Then git's branch and tag are pushed, both or neither: that decides who is first.
Then the image. Who was not first looks again; a tag of ours that was left without its image is given it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ltf_ci.clients.run import Run
from ltf_ci.errors import GitFailed, HeadMoved, LtfError
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.outcome import Conclusion, Step, StepState
from ltf_ci.model.registry import Absent, Unknown
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.publish.options import build_args
from ltf_ci.publish.publish import Published, publish
from ltf_ci.retag.base_edits import base_edits
from ltf_ci.retag.push import push
from ltf_ci.retag.rules import retagging
from ltf_ci.retag.rules.retagging import PREFIX, TRAILER, WORKFLOWS, Branch

ROUNDS = 10  # far more than there are re-tags of one line at the same moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of each line of the repository in a folder."""

    directory: Path
    reason: str
    request: str
    bases: tuple[ImageName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """What became of a line: its git tag's step, the files of its commit, the release; or the error that ended it."""

    version: LanguageVersion
    step: Step
    files: tuple[str, ...] = ()
    published: Published | None = None
    error: LtfError | None = None


def retag_line(version: LanguageVersion, asked: Asked, run: Run) -> Retagged:
    """Re-tag a line; an error is its own, and stops no other line."""
    try:
        for _ in range(ROUNDS):
            with run.timed(str(version)), TemporaryDirectory(prefix="ltf-ci-retag-") as folder:
                done = _Line(version, asked, Path(folder), run).retagged()
            if done:
                return done
    except LtfError as error:
        return Retagged(version=version, step=Step("tag", StepState.SKIPPED, error.found), error=error)
    crowded = GitFailed(f"{version} is re-tagged by others all the time", cure="run it again when it is quiet")
    return Retagged(version=version, step=Step("tag", StepState.SKIPPED, crowded.found), error=crowded)


class _Line:
    """A line in a new clone of origin."""

    def __init__(self, version: LanguageVersion, asked: Asked, folder: Path, run: Run) -> None:
        here = run.git(asked.directory)
        self.version, self.asked, self.run = version, asked, run
        self.tags_here = here.tags()
        self.prefix = here.prefix()
        self.git = here.clone_of_origin(folder)
        self.default = self.git.default_branch() or ""
        self.directory = folder / self.prefix
        self.files: tuple[str, ...] = ()
        self.going = ""  # where the commit goes
        self.has_pushed = False

    def retagged(self) -> Retagged | None:
        """Look, decide, act; None where somebody was faster."""
        requests = self.git.tag_trailers(TRAILER)
        mine = retagging.made_by(self.asked.request, self.version, requests)
        if mine:
            self._switch(mine)
            return self._released(mine, f"{mine} is this request's already")
        newest = retagging.newest(self.version, requests)
        commit = self._switch(newest)
        release = self._release(newest)
        edits = base_edits(self.directory, self.asked.bases, build_args(release.build_arg))
        if requests[str(newest)] and not edits and self._lacks_its_image(newest, release):
            return self._finished(newest)
        return self._made_anew(newest, commit, edits, release)

    def _switch(self, tag: ReleaseTag) -> Commit:
        commit = self.git.commit_of(str(tag))
        if commit is None:
            raise GitFailed(f"git's tag {tag} names no commit", cure="look at it: git show")
        self.git.switch(commit)
        return commit

    def _release(self, tag: ReleaseTag) -> ReleaseRequest:
        """Return how the line is released: by its own settings, with nothing that an earlier build left."""
        request: ReleaseRequest = self.run.request("release", self.directory)
        return replace(request, tag=tag, no_cache=True)

    def _finished(self, tag: ReleaseTag) -> Retagged | None:
        """Return a re-tag that was left without its image what it lacks.

        Where another run did so meanwhile, its base may be older than this request: then the next revision it is.
        """
        done = self._released(tag, f"{tag} had no image yet")
        published = done.published
        overtaken = published and published.digest and published.outcome.outputs["released"] == "false"
        return None if overtaken else done

    def _made_anew(
        self, newest: ReleaseTag, commit: Commit, edits: Mapping[str, bytes], release: ReleaseRequest
    ) -> Retagged | None:
        tag = revisions.next_tag(self.version, {*self.git.tags(), *self.tags_here, *self._image_tags(newest, release)})
        files, workflows_of = {**edits, **self._manifest(tag)}, self._workflows_of(commit)
        branches = self._branches(newest, commit) if files or workflows_of else ()
        self.going = retagging.going(branches) if files or workflows_of else ""
        self._commit(files, tag, workflows_of)
        self.git.tag(str(tag), retagging.message(tag, self.asked.reason, self.asked.request))
        said = f"{tag} after {newest}" + (f", with {workflows_of}'s workflow files" if workflows_of else "")
        try:
            done = self._released(tag, said, lambda: self._push(tag, branches))
        except HeadMoved:
            return None
        is_anothers = done.published and done.published.digest and not self.has_pushed
        return None if is_anothers else done

    def _released(self, tag: ReleaseTag, said: str, before_push: Callable[[], None] | None = None) -> Retagged:
        """Publish a tag of the clone; a new one is pushed to git before its image is."""
        try:
            published = publish(self._release(tag), self.run, before_push=before_push)
        except HeadMoved:
            raise
        except LtfError as error:
            step = Step("tag", StepState.DONE if self.has_pushed else StepState.SKIPPED, f"{said}{self.going}")
            return Retagged(version=self.version, step=step, files=self.files, error=error)
        step = Step("tag", self._state(published, is_new=before_push is not None), f"{said}{self.going}")
        return Retagged(version=self.version, step=step, files=self.files, published=published)

    def _state(self, published: Published, *, is_new: bool) -> StepState:
        if not is_new:
            return StepState.UNCHANGED
        if self.has_pushed:
            return StepState.DONE
        return StepState.PLANNED if published.outcome.conclusion is Conclusion.PLANNED else StepState.SKIPPED

    def _push(self, tag: ReleaseTag, branches: Sequence[str]) -> None:
        refused = push(self.git, tag, branches)
        self.has_pushed = True
        if refused:
            self.going = retagging.going(branches, refused)

    def _branches(self, newest: ReleaseTag, commit: Commit) -> tuple[str, ...]:
        """Return the branches that the next revision's commit may go to."""
        default, own = (
            Branch(name, self.git.branch_at_origin(name)) for name in (self.default, f"{PREFIX}{self.version}")
        )
        if self.git.branch_at_origin(PREFIX.removesuffix("/")):  # then git lets no branch be below that name
            return retagging.branches_for(newest, commit, default, None, ())
        with_owns = self.git.tags_with(own.head) if own.head else ()
        return retagging.branches_for(newest, commit, default, own, with_owns)

    def _manifest(self, tag: ReleaseTag) -> Mapping[str, bytes]:
        manifest = read_repository(self.directory).manifest
        raw = revisions.retagged(manifest, tag) if manifest else b""
        return {manifest.path: raw} if manifest and raw != manifest.text.encode() else {}

    def _workflows_of(self, commit: Commit) -> str:
        """Return the branch whose workflow files the commit after this one takes: none where some branch has its own.

        GitHub lets a workflow's token push no others: the same path with the same content must be on a branch.
        """
        strange = self.git.files_at(str(commit), WORKFLOWS)
        for head in self.git.heads_at_origin():
            strange -= self.git.files_at(head, WORKFLOWS)
        return self.default if strange else ""

    def _commit(self, files: Mapping[str, bytes], tag: ReleaseTag, workflows_of: str) -> None:
        for path, content in files.items():
            (self.directory / path).write_bytes(content)
        self.files = tuple(f"{self.prefix}{path}" for path in files)
        if workflows_of:
            self.git.take(WORKFLOWS, f"refs/remotes/origin/{workflows_of}")
            self.files = (*self.files, WORKFLOWS)
        if self.files:
            self.git.commit(retagging.commit_message(tag, workflows_of), *self.files)

    def _image(self, tag: ReleaseTag, release: ReleaseRequest) -> ImageName:
        image = read_repository(self.directory).image_of(tag)
        return image.under(release.push_to) if release.push_to else image

    def _image_tags(self, newest: ReleaseTag, release: ReleaseRequest) -> tuple[str, ...]:
        """Return the image's tags: a revision that the registry has and git lacks is not free."""
        never = release.latest is LatestPolicy.NEVER  # the registry may be one that cannot list them
        return () if never else self.run.registry.tags(self._image(newest, release))

    def _lacks_its_image(self, tag: ReleaseTag, release: ReleaseRequest) -> bool:
        image = self._image(tag, release)
        found = self.run.registry.resolve(image)
        if isinstance(found, Unknown):
            raise found.error(f"whether {image} is there")
        return isinstance(found, Absent)
