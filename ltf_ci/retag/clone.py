"""A new clone of origin in which a version line is re-tagged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import GitFailed
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.retag.rules import retagging
from ltf_ci.retag.rules.retagging import PREFIX, WORKFLOWS, Branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """Git in the clone, and the LTF repository's folder, which is below its top where `prefix` is not empty."""

    git: Git
    directory: Path
    prefix: str

    @classmethod
    def of_origin(cls, here: Git, folder: Path) -> Clone:
        """Clone the origin of a repository into a folder."""
        prefix = here.prefix()
        return cls(git=Cloner.of(here).clone_origin(folder), directory=folder / prefix, prefix=prefix)

    def switch(self, tag: ReleaseTag) -> Commit:
        """Check a tag's commit out, and return it."""
        commit = self.git.commit_of(str(tag))
        if commit is None:
            raise GitFailed(
                f"git's tag {tag} names no commit", expected="a tag of a commit", cure="look at it: git show"
            )
        self.git.checkout(commit)
        return commit

    def retagged_manifest(self, tag: ReleaseTag) -> Mapping[str, bytes]:
        """Return the manifest as it is under a tag, by its path; nothing where it is so already, or there is none."""
        manifest = read_repository(self.directory).manifest
        raw = revisions.retagged(manifest, tag) if manifest else b""
        return {manifest.path: raw} if manifest and raw != manifest.text.encode() else {}

    def workflows_of(self, commit: Commit) -> str:
        """Return the branch whose workflow files the commit after this one takes: none where some branch has its own.

        GitHub lets a workflow's token push no others: the same path with the same content must be on a branch.
        """
        strange = self.git.files_at(str(commit), WORKFLOWS)
        for head in self.git.heads_at_origin():
            strange -= self.git.files_at(head, WORKFLOWS)
        return self._default if strange else ""

    def branches_after(self, newest: ReleaseTag, commit: Commit) -> tuple[str, ...]:
        """Return the branches that may take the commit after a line's newest release."""
        default, own = (
            Branch(name, self.git.branch_at_origin(name)) for name in (self._default, f"{PREFIX}{newest.version}")
        )
        if self.git.branch_at_origin(PREFIX.removesuffix("/")):  # then git lets no branch be below that name
            return retagging.branches_for(newest, commit, default, None, ())
        with_owns = self.git.tags_with(own.head) if own.head else ()
        return retagging.branches_for(newest, commit, default, own, with_owns)

    def commit(self, files: Mapping[str, bytes], tag: ReleaseTag, workflows_of: str) -> tuple[str, ...]:
        """Commit these files, and another branch's workflow files; return the paths of what changed."""
        for path, content in files.items():
            (self.directory / path).write_bytes(content)
        changed = tuple(f"{self.prefix}{path}" for path in files)
        if workflows_of:
            self.git.restore(WORKFLOWS, f"refs/remotes/origin/{workflows_of}")
            changed = (*changed, WORKFLOWS)
        if changed:
            self.git.commit(retagging.commit_message(tag, workflows_of), *changed)
        return changed

    @property
    def _default(self) -> str:
        return self.git.default_branch() or ""
