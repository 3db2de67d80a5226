"""What is released is what the tag's commit has, and the tag is one that others can fetch."""

from __future__ import annotations

import io
import os
import random
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.publishing import Publisher, environ_of
from tests.support.random_trees import lie_beside, random_tree
from tests.support.repositories import git
from tests.support.result import ErrorRow, Result
from tests.support.retagging import Retagger

pytestmark = pytest.mark.machine


def in_image(publisher: Publisher, tag: str) -> dict[str, tuple[str, bytes]]:
    """Return what the image has in /context: rights (of a link `link`) and content, by path."""
    image = publisher.image.tagged(tag)
    _, layers = publisher.registry.manifest(image).parts
    found: dict[str, tuple[str, bytes]] = {}
    with tarfile.open(fileobj=io.BytesIO(publisher.registry.blob(image, layers[-1]))) as layer:
        for member in layer:
            path = member.name.removeprefix("context/").strip("/")
            if member.issym():
                found[path] = ("link", os.fsencode(member.linkname))
            elif content := layer.extractfile(member):
                found[path] = (f"{member.mode & 0o777:o}", content.read())
    return found


def nothing_is_pushed(publisher: Publisher) -> bool:
    return publisher.registry.tags(publisher.image) == ()


def module(publisher: Publisher, tmp_path: Path, at: str = "docker/lib") -> Path:
    """Add a submodule with one file."""
    folder = tmp_path / "module"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "inside").write_text("of the submodule")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    git(publisher.ltf.directory, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(folder), at)
    return folder


def test_what_the_folder_has_and_the_commit_lacks_is_refused_by_its_path(publisher: Publisher, tmp_path: Path) -> None:
    module(publisher, tmp_path)
    publisher.tagged("3.7.4-1")
    docker = publisher.ltf.directory / "docker"
    for stray in (docker / "tools/never-committed", docker / "lib/stray", docker / "deep/er/stray", docker / ".stray"):
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_text("local")
        if stray.parent.name == "tools":
            git(stray.parent, "init", "--quiet")
        refused = publisher.publish()
        assert (refused.code, refused.error.kind) == (4, "Refused"), refused
        assert str(stray.relative_to(docker)) in refused.error.found
        stray.unlink()
    assert nothing_is_pushed(publisher)


def test_the_image_has_what_the_commit_has_whatever_the_folder_is_like(publisher: Publisher, tmp_path: Path) -> None:
    module(publisher, tmp_path)
    docker = publisher.ltf.directory / "docker"
    for path, text in {"a": "committed", "b": "committed", "c/d": "committed", "ignored": "committed"}.items():
        (docker / path).parent.mkdir(exist_ok=True)
        (docker / path).write_text(text)
    (docker / "program").write_text("#!/bin/sh\n")
    (docker / "program").chmod(0o700)
    (docker / "link").symlink_to("../outside")
    (docker / ".dockerignore").write_text("ignored\n")
    publisher.tagged("3.7.4-1")
    git(publisher.ltf.directory, "update-index", "--skip-worktree", "docker/a")
    (docker / "a").write_text("other")
    git(publisher.ltf.directory, "update-index", "--assume-unchanged", "docker/b")
    (docker / "b").write_text("other")
    (docker / "c/d").chmod(0o600)
    (docker / "empty").mkdir()
    before = os.umask(0o077)
    try:
        released = publisher.publish("--no-test")
    finally:
        os.umask(before)
    assert released.code == 0, released
    found = in_image(publisher, "3.7.4-1")
    assert {path: found.pop(path) for path in ("a", "b", "c/d", "lib/inside", "program", "link")} == {
        "a": ("644", b"committed"),
        "b": ("644", b"committed"),
        "c/d": ("644", b"committed"),
        "lib/inside": ("644", b"of the submodule"),
        "program": ("755", b"#!/bin/sh\n"),
        "link": ("link", b"../outside"),
    }
    assert set(found) <= {"Dockerfile", ".dockerignore"}


def test_a_sparse_clone_without_its_submodule_releases_all_the_same(publisher: Publisher, tmp_path: Path) -> None:
    module(publisher, tmp_path)
    (publisher.ltf.directory / "docker/kept").write_text("committed")
    publisher.tagged("3.7.4-1")
    git(publisher.ltf.directory, "push", "--quiet", "origin", "main")
    clone = tmp_path / "clone"
    origin = git(publisher.ltf.directory, "remote", "get-url", "origin")
    git(tmp_path, "clone", "--quiet", origin, str(clone))
    git(clone, "sparse-checkout", "set", "--no-cone", "/*", "!/docker/kept")
    released = publisher.run("publish", str(clone), "--no-test", environ=environ_of(publisher.host))
    assert released.code == 0, released
    found = in_image(publisher, "3.7.4-1")
    assert (found["kept"], found["lib/inside"]) == (("644", b"committed"), ("644", b"of the submodule"))


def test_a_pointer_of_git_lfs_is_no_content(publisher: Publisher) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 7\n"
    publisher.ltf.write("docker/f.jar", pointer)
    publisher.ltf.write(".gitattributes", "*.jar filter=lfs diff=lfs -text\n")
    publisher.tagged("3.7.4-1")
    refused = publisher.publish()
    assert (refused.code, refused.error.kind) == (4, "Refused"), refused
    assert "docker/f.jar is a pointer of Git LFS" in refused.error.found
    assert nothing_is_pushed(publisher)


def test_a_retag_has_the_submodules_files(retagger: Retagger, tmp_path: Path) -> None:
    module(retagger.publisher, tmp_path)
    retagger.released("3.7.6-1")
    retagged = retagger.retag(lines="3.7.6")
    assert retagged.code == 0, retagged
    assert in_image(retagger.publisher, "3.7.6-2")["lib/inside"] == ("644", b"of the submodule")


@pytest.mark.parametrize("seed", range(6))
def test_a_random_folder_is_released_as_the_commit_has_it(publisher: Publisher, seed: int) -> None:
    """Change, hide, add and ignore files at random: what the daemon makes, and what is reused, is the commit."""
    released_at_random(publisher, seed)


@pytest.mark.parametrize("seed", range(6, 12))
def test_a_builder_makes_the_same_of_a_random_folder(publisher: Publisher, builder: str, seed: int) -> None:
    released_at_random(publisher, seed, "--builder", builder)


def released_at_random(publisher: Publisher, seed: int, *words: str) -> None:
    """Release a tree, where it can be released, and the next revision, of which start files alone differ."""
    directory = publisher.ltf.directory
    dockerfile = (directory / "docker/Dockerfile").read_bytes()
    tree = replace(random_tree(random.Random(seed), dockerfile), attributes=(), submodules={})
    lie_beside(directory, replace(tree, strays=(), otherwise=(), lacking=()))
    git(directory, "add", "--force", "docker")
    publisher.tagged("3.7.4-1")
    hidden = [f"docker/{path}" for path in {*tree.otherwise, *tree.lacking}]
    git(directory, "update-index", "--skip-worktree", "--", *hidden)
    lie_beside(directory, tree)
    released: Result = publisher.publish("--no-test", *words)
    if tree.image is None:
        assert (released.code, nothing_is_pushed(publisher)) == (4, True), released
        return
    assert released.code == 0, released
    assert in_image(publisher, "3.7.4-1") == tree.image, tree
    assert publisher.release("3.7.4-2", "--no-test", *words).plan["how"] == "reuse"
    assert in_image(publisher, "3.7.4-2") == tree.image, tree


def test_a_tag_that_is_not_at_origin_is_refused_before_the_build(publisher: Publisher) -> None:
    publisher.ltf.write("docker/Dockerfile", "FROM scratch\nCOPY what-is-not-there /\n")
    publisher.tagged("3.7.4-1")
    directory = publisher.ltf.directory
    environ = environ_of(publisher.host)
    moved = git(directory, "rev-parse", "HEAD^")

    def refused(*words: str, command: str = "publish") -> ErrorRow:
        ended = publisher.run(command, str(directory), *words, environ=environ)
        assert ended.code == 4, ended
        return ended.error

    git(directory, "push", "--quiet", "--delete", "origin", "3.7.4-1")
    for words in ((), ("--dry-run",)):
        assert "3.7.4-1 is not at origin" in refused(*words).found
    assert "git push --atomic origin main 3.7.4-1" in refused(command="release").cure
    git(directory, "push", "--quiet", "origin", f"{moved}:refs/tags/3.7.4-1")
    assert f"{moved[:7]} at origin" in refused().found
    git(directory, "remote", "remove", "origin")
    assert "no remote origin" in refused().found
    assert nothing_is_pushed(publisher)


def test_a_rehearsal_needs_no_pushed_tag(publisher: Publisher) -> None:
    publisher.tagged("3.7.4-1")
    directory, environ = str(publisher.ltf.directory), environ_of(publisher.host)
    git(publisher.ltf.directory, "push", "--quiet", "--delete", "origin", "3.7.4-1")
    alone = publisher.run("publish", directory, "--allow-unpushed", environ=environ)
    assert (alone.code, alone.error.kind) == (2, "UsageError"), alone
    words = ("--allow-unpushed", "--no-test", "--push-to", f"{publisher.host}/rehearsal")
    rehearsed = publisher.run("publish", directory, *words, environ=environ)
    assert rehearsed.code == 0, rehearsed
    assert nothing_is_pushed(publisher)
