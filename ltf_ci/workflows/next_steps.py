"""What a person does when `init` has written its files."""

from __future__ import annotations

from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import GitFailed, LtfError
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import ImageName
from ltf_ci.workflows.rules.secrets import needed_secrets

_NO_LIST = (
    "no languages repository is named, so that a release opens no pull request; to have them:\n"
    "       ltf-ci init --update --languages OWNER/NAME"
)


def next_steps(
    git: Git, github: GithubHost, image: ImageName | None, *, opens_pull_requests: bool, lacks_list: bool
) -> str:
    """Return it as lines, in order; `image` is an LTF's, whose releases no list has where it lacks one."""
    owner, name = _at_github(git, github)
    secrets = [*needed_secrets(image, owner, opens_pull_requests=opens_pull_requests)]
    where = github.secrets_page(name) if name else "the repository's settings"
    lines = [*_git_first(git), "look at the files, correct them, and commit them"]
    lines += [f"set the secrets at {where}:" + "".join(f"\n       {line}" for line in secrets)] if secrets else []
    lines += [_NO_LIST] if image and lacks_list else []
    lines += ["ltf-ci check; then ltf-ci next --push, which starts the release"] if image else []
    return "next:\n" + "".join(f"  {number}. {line}\n" for number, line in enumerate(lines, 1))


def _git_first(git: Git) -> tuple[str, ...]:
    """Return what comes before a commit, where the folder is no repository yet."""
    try:
        git.top()
    except GitFailed:
        return ("git init: the folder is no git repository yet",)
    return ()


def _at_github(git: Git, github: GithubHost) -> tuple[str, str]:
    """Return the owner, and OWNER/NAME, of the repository at GitHub; nothing where it is not there."""
    try:
        origin = git.origin()
    except LtfError:
        origin = None
    name = github.name_of(origin) if origin else ""
    return name.partition("/")[0], name
