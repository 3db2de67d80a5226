"""What docker is given of a commit: the tag's tree less .dockerignore, or nothing, whatever the work tree is like."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from ltf_ci.clients.docker.build_context import context_files, context_paths, sent
from ltf_ci.clients.docker.dockerignore import own_ignore
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import Refused
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.commit import Commit
from ltf_ci.publish.content import write_commit
from tests.support.random_trees import Files, RandomTree, lie_beside, random_trees, repository_of
from tests.support.repositories import git

pytestmark = pytest.mark.machine  # several processes of git a tree
SEEDS = 4


@pytest.mark.parametrize("seed", range(SEEDS))
def test_docker_is_given_what_the_commit_has_or_nothing(tmp_path: Path, pytestconfig: pytest.Config, seed: int) -> None:
    trees = random_trees(random.Random(seed), int(pytestconfig.getoption("--trees")) // SEEDS)
    repository = repository_of(tmp_path / "repository", trees)
    counts = Counter[str]()
    images: dict[str, Files] = {}
    for number, tree in enumerate(trees):
        lie_beside(repository, tree)
        inputs, given = given_of(repository, f"t{number}", tmp_path / "written")
        assert given == tree.image, f"tree {number} of seed {seed}: {tree}"
        counts["refused" if given is None else "built"] += 1
        if given is not None:  # what has the same inputs is reused, whatever builder would be asked
            counts["reused"] += inputs in images
            assert images.setdefault(inputs, given) == given, f"tree {number} of seed {seed}: {tree}"
    print(f"\nseed {seed}: {dict(counts)}")
    assert counts["refused"] > len(trees) / 20
    assert counts["built"] > len(trees) / 3
    assert counts["reused"] > len(trees) / 50


def given_of(repository: Path, branch: str, folder: Path) -> tuple[str, Files | None]:
    """Return the inputs' hash of a commit's build, and what docker's words give it; None where it is refused."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    commit = Commit.parse(git(repository, "rev-parse", branch))
    try:
        write_commit(Git(repository), commit, None, folder)
    except Refused:
        return "", None
    context = folder / "docker"
    files = context_files(context, "Dockerfile")
    text = (context / "Dockerfile").read_text()
    spec = BuildSpec(dockerfile=text, context=context, files=files, ignore=own_ignore(context, "Dockerfile"))
    (folder / "words").mkdir()
    given = sent(spec, folder / "words")[-1]
    assert isinstance(given, Path)
    return spec.inputs, {path: found(given / path) for path in context_paths(given, "Dockerfile")}


def found(file: Path) -> tuple[str, bytes]:
    if file.is_symlink():
        return "link", os.fsencode(file.readlink())
    return f"{file.stat().st_mode & 0o777:o}", file.read_bytes()


def test_an_edit_of_the_work_tree_alone_is_not_given(tmp_path: Path) -> None:
    tree = RandomTree({"Dockerfile": ("644", b"FROM x\n"), "a": ("755", b"committed")}, otherwise=("a",))
    repository = repository_of(tmp_path / "repository", [tree])
    lie_beside(repository, tree)
    assert (repository / "docker/a").read_bytes() == b"edited"
    assert given_of(repository, "t0", tmp_path / "written")[1] == tree.image
