"""What is hashed of a build's context is what docker would be given."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from ltf_ci.clients.docker.build_context import context_files, sent
from ltf_ci.clients.docker.dockerignore import own_ignore
from ltf_ci.model.build_spec import BuildSpec

ALL = ["Dockerfile", "a", "a/b", "a/b/deep", "a/linked", "link", "plain"]
LEFT_IN = {
    "nothing": ("", ALL),
    "comments alone": ("# nothing\n\n  \n", ALL),
    "a pattern that fits nothing": ("none-such\n", ALL),
    "a file": ("plain\n", [path for path in ALL if path != "plain"]),
}


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "a/b").mkdir(parents=True)
    for path in ("Dockerfile", "plain", "a/b/deep"):
        (tmp_path / path).write_text(path)
    (tmp_path / "link").symlink_to("plain")
    (tmp_path / "a/linked").symlink_to("b")  # not followed: docker sends a link
    return tmp_path


@pytest.mark.parametrize("name", LEFT_IN)
def test_what_dockerignore_leaves_in(name: str, context: Path) -> None:
    patterns, left = LEFT_IN[name]
    (context / ".dockerignore").write_text(patterns)
    assert [file.path for file in context_files(context, "Dockerfile")] == sorted([*left, ".dockerignore"])


def test_each_file_has_its_own_hash(context: Path) -> None:
    found = {file.path: file.sha256 for file in context_files(context, "Dockerfile")}
    for path, content in (("plain", "plain"), ("a/b/deep", "a/b/deep"), ("link", "plain"), ("a/linked", "b")):
        assert found[path] == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize(("own", "left"), [("plain\n", ["a", "link"]), ("", ["a", "link", "plain"])])
def test_a_dockerfiles_own_dockerignore_counts_in_place_of_the_contexts(
    context: Path, own: str, left: list[str]
) -> None:
    (context / ".dockerignore").write_text("link\n.dockerignore\na/*\n")
    (context / "Dockerfile.dockerignore").write_text(f"{own}.dockerignore\na/*\n")
    names = [file.path for file in context_files(context, "Dockerfile")]
    assert names == ["Dockerfile", "Dockerfile.dockerignore", *left]
    assert own_ignore(context, "Dockerfile.base") is None


@pytest.mark.parametrize(("plain", "folder", "program"), [(0o600, 0o700, 0o700), (0o664, 0o775, 0o775)])
def test_a_context_goes_with_the_modes_that_git_knows(
    context: Path, tmp_path_factory: pytest.TempPathFactory, plain: int, folder: int, program: int
) -> None:
    (context / "plain").chmod(plain)
    (context / "a").chmod(folder)
    (context / "a/b/deep").chmod(program)
    (context / "a/left-out").write_text("")
    (context / ".dockerignore").write_text("a/left-out\n")
    spec = BuildSpec(dockerfile="FROM a\n", context=context, files=context_files(context, "Dockerfile"))
    _, dockerfile, copy = sent(spec, tmp_path_factory.mktemp("sent"))
    assert Path(dockerfile).read_text() == "FROM a\n"
    found = {str(path.relative_to(copy)): path.lstat().st_mode for path in Path(copy).rglob("*")}
    assert sorted(found) == sorted([*ALL, ".dockerignore"])
    modes = {path: stat.S_IMODE(mode) for path, mode in found.items() if not stat.S_ISLNK(mode)}
    executable = ("a", "a/b", "a/b/deep")
    assert modes == {path: 0o755 if path in executable else 0o644 for path in modes}
    assert (Path(copy) / "link").readlink() == Path("plain")


def test_a_context_with_these_modes_is_not_copied(context: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    context.chmod(0o755)
    spec = BuildSpec(dockerfile="FROM a\n", context=context, files=context_files(context, "Dockerfile"))
    assert sent(spec, tmp_path_factory.mktemp("sent"))[-1] == context
