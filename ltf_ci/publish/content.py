"""What an image is made of: the files that the tag's commit has, and no others."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from ltf_ci.clients.docker.build_context import context_paths
from ltf_ci.clients.git.commit_files import write_files
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import Refused
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.commit import Commit
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILE, DOCKERFILE_BASE
from ltf_ci.publish.committed import is_needed

_MOST_NAMED = 5


def write_commit(git: Git, commit: Commit, manifest: Manifest | None, folder: Path) -> None:
    """Write a commit's files into a folder, in which the image is then built and tested; raise Refused without them.

    Raise Refused, too, where the work tree has files in docker/ that the commit lacks: the image would not have them.
    """
    write_needed(git, commit, manifest, folder)
    _refuse_uncommitted(git.directory, folder)
    if (folder / DOCKER_FOLDER).is_symlink():
        raise Refused(f"{DOCKER_FOLDER} is a link", expected="a folder", cure="commit a folder in its place")


def write_needed(git: Git, commit: Commit, manifest: Manifest | None, folder: Path) -> None:
    """Write a commit's files into a folder: those that an image is made of, and that are tested in it."""
    write_files(git, commit, folder, is_needed(manifest))


def _refuse_uncommitted(work_tree: Path, committed: Path) -> None:
    """Refuse a file that docker would be given from the work tree, and that the commit lacks; git may ignore it."""
    dockerfile = DOCKERFILE_BASE if (committed / DOCKERFILE_BASE).exists() else DOCKERFILE
    there = context_paths(work_tree / DOCKER_FOLDER, PurePosixPath(dockerfile).name)
    paths = [f"{DOCKER_FOLDER}/{path}" for path in there if ".git" not in path.split("/")]
    found = [path for path in paths if not os.path.lexists(committed / path)]
    if found:
        is_left_over = found == [DOCKERFILE] and dockerfile == DOCKERFILE_BASE
        commit_or_ignore = f"commit them, or name them in {DOCKER_FOLDER}/.dockerignore"
        raise Refused(
            f"the commit lacks {', '.join(found[:_MOST_NAMED])}",
            expected=f"a {DOCKER_FOLDER}/ folder in which all files are committed: the image is made of the commit",
            cure=f"remove it (rm {DOCKERFILE}): an earlier builder left it" if is_left_over else commit_or_ignore,
        )
