"""`ltf-ci next`: the next revision, written into the manifest, committed and tagged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, NoRepository, Refused, UsageError
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules import agreement, revisions
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, release_tag_in
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import DryRun


@dataclass(frozen=True, kw_only=True)
class Request(InFolder, DryRun):
    """Which version's next revision, and whether to push it."""

    language_version: LanguageVersion | None = value(
        "the first, or next, revision of this version", LanguageVersion.parse, "VERSION", default=None
    )
    push: bool = switch("push the branch and the tag, both or neither")


def execute(request: Request, run: Run) -> Outcome:
    """Write, commit, tag and, where asked for, push the next revision."""
    git = run.git(request.directory)
    manifest = read_repository(request.directory).manifest
    branch = _branch(git)
    if request.push and not git.has_remote():
        raise Refused("there is no remote origin", expected="where to push to", cure="git remote add origin URL")
    if git.has_remote():
        _expect_all_of_origin(branch, git)
    made = _made_before(request, manifest, git)
    if made:
        return _again(made, branch, git, push=request.push and not request.dry_run)
    tag = _next(request, manifest, git)
    outputs = {"tag": str(tag)}
    plan = {"tag": str(tag), "branch": branch, "push": request.push, "manifest": manifest.path if manifest else ""}
    if request.dry_run:
        return Outcome(conclusion=Conclusion.PLANNED, outputs=outputs, plan=plan)
    written = _write(request.directory, manifest, tag, git)
    git.tag(str(tag), f"Release {tag}")
    if request.push:
        _push(branch, tag, git)
    steps = (written, Step("tag", StepState.DONE, str(tag)), _pushed(branch, tag, pushed=request.push))
    return Outcome(conclusion=Conclusion.DONE, steps=steps, outputs=outputs, plan=plan)


def _branch(git: Git) -> str:
    try:
        git.head()
    except NoRepository as error:
        cure = "git init, git add and git commit, then run it again"
        raise NoRepository(error.found, expected="a git repository with a commit", cure=cure) from error
    branch = git.branch()
    if branch is None:
        raise Refused("HEAD is detached", expected="a branch", cure="git switch BRANCH, then run it again")
    git.expect_clean()
    return branch


def _expect_all_of_origin(branch: str, git: Git) -> None:
    """Raise Refused where the branch has commits at origin that are not here: the push would fail after the tag."""
    there = git.commit_at_origin(f"refs/heads/{branch}")
    is_here = there is None or git.attempt("cat-file", "-e", f"{there}^{{commit}}").status == 0
    if there and not (is_here and git.is_ancestor(str(there), "HEAD")):
        raise Refused(
            f"{branch} has commits at origin that are not here: it is at {there.short} there",
            expected=f"a branch that has all of origin's {branch}",
            cure=f"git pull --rebase origin {branch}, then run it again",
        )


def _made_before(request: Request, manifest: Manifest | None, git: Git) -> ReleaseTag | None:
    """Return the release tag that HEAD has already, for the version that is wanted: nothing changed since."""
    tags = [tag for text in git.tags_at_head() if (tag := release_tag_in(text)) and tag.revision]
    wanted = request.language_version or (revisions.version_of(manifest) if manifest else None)
    return max((tag for tag in tags if wanted in (None, tag.version)), default=None)


def _again(tag: ReleaseTag, branch: str, git: Git, *, push: bool) -> Outcome:
    """Return what is left to be done of a tag that an earlier run made: to push it, where that is asked for."""
    outputs = {"tag": str(tag)}
    is_pushed = git.has_remote() and git.remote_tags("origin").get(str(tag)) == git.head()
    if push and not is_pushed:
        _push(branch, tag, git)
        return Outcome(conclusion=Conclusion.DONE, steps=(_pushed(branch, tag, pushed=True),), outputs=outputs)
    left = "" if is_pushed else f", and is not pushed yet: git push --atomic origin {branch} {tag}"
    reason = f"HEAD is {tag} already{left}"
    return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason=reason, outputs=outputs)


def _next(request: Request, manifest: Manifest | None, git: Git) -> ReleaseTag:
    version = request.language_version or _version(manifest)
    there = git.remote_tags("origin") if git.has_remote() else {}
    proposed = agreement.proposed_tag(manifest) if manifest else None
    return revisions.next_release(version, proposed, {*git.tags(), *there})


def _version(manifest: Manifest | None) -> LanguageVersion:
    if manifest is None:
        raise UsageError("an image's own repository names no version", cure="name it with --language-version")
    return revisions.version_of(manifest)


def _write(directory: Path, manifest: Manifest | None, tag: ReleaseTag, git: Git) -> Step:
    raw = revisions.retagged(manifest, tag) if manifest else b""
    if manifest is None or raw == manifest.text.encode():
        return Step("write", StepState.UNCHANGED)
    (directory / manifest.path).write_bytes(raw)
    try:
        commit = git.commit(f"Release {tag}", manifest.path)
    except LtfError:  # a hook said no: leave the folder as it was
        (directory / manifest.path).write_bytes(manifest.text.encode())
        raise
    return Step("write", StepState.DONE, f"{manifest.path}, commit {commit.short}")


def _push(branch: str, tag: ReleaseTag, git: Git) -> None:
    try:
        git.push(branch, str(tag))
    except LtfError as error:
        cure = f"see why, then git push --atomic origin {branch} {tag}: another run would make the next revision"
        raise type(error)(error.found, expected=error.expected, cure=cure) from error


def _pushed(branch: str, tag: ReleaseTag, *, pushed: bool) -> Step:
    if pushed:
        return Step("push", StepState.DONE, f"{branch} and {tag}")
    return Step("push", StepState.SKIPPED, f"git push --atomic origin {branch} {tag}")
