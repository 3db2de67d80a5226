"""Git's objects of a repository, and of its submodules: read without a work tree."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from ltf_ci.clients import process
from ltf_ci.clients.git.cat_file import blobs_in
from ltf_ci.clients.git.program import GitProgram
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.git.tree_entries import Submodule, TreeEntry, read_entries, read_submodules, submodule_url
from ltf_ci.errors import BadInput, GitFailed
from ltf_ci.model.repository_url import RepositoryUrl

_SHA256 = 64  # digits


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder of a commit whose objects can be read.

    `root` names the commit; `prefix` is the folder's path in it, empty at its top, else with a `/` at its end. `url` is
    where its repository was cloned from, `places` are its git folders.
    """

    root: str
    prefix: str
    url: RepositoryUrl | None
    places: tuple[Path, ...]


class Objects:
    """Reads the objects of a repository; `scratch` takes what must be fetched."""

    def __init__(self, git: Git, scratch: Path) -> None:
        self._git = GitProgram(git.top(), git.login)
        self._common_folder = git.common_folder()
        self._scratch = scratch
        self._added: list[Path] = []

    def _attempt(self, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> process.Finished:
        """Run git with the objects of every submodule that was brought so far."""
        added = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(map(str, self._added))} if self._added else {}
        return self._git.attempt(*words, env={**added, **(env or {})}, stdin=stdin)

    @cached_property
    def places(self) -> tuple[Path, ...]:
        """The repository's git folder, and those that it borrows objects from."""
        own = self._common_folder
        borrowed = own / "objects/info/alternates"
        lines = os.fsdecode(borrowed.read_bytes()).splitlines() if borrowed.exists() else []
        return (own, *(Path(own, "objects", line).resolve().parent for line in lines))

    def entries(self, tree: Tree) -> tuple[TreeEntry, ...]:
        """Return the files, links and submodules of a tree."""
        words = ("ls-tree", "-r", "-z", "--full-tree", f"{tree.root}:{tree.prefix}")
        return read_entries(self._output(*words))

    def contents(self, entries: Sequence[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
        """Return each file or link with its content."""
        waiting = iter(entries)
        while chunk := tuple(islice(waiting, 200)):
            names = "".join(f"{entry.object_id}\n" for entry in chunk)
            yield from zip(chunk, blobs_in(self._output("cat-file", "--batch", stdin=names.encode())), strict=True)

    def attributes(self, tree: Tree, entries: Sequence[TreeEntry], *names: str) -> Mapping[str, Mapping[str, str]]:
        """Return which of these attributes each path has, as the tree's own .gitattributes say."""
        index = self._scratch / f"index-{tree.root}"
        env = {"GIT_INDEX_FILE": str(index), "GIT_ATTR_NOSYSTEM": "1", **self._apart(tree.root)}
        self._output("read-tree", tree.root, env=env)
        asked = b"".join(os.fsencode(f"{tree.prefix}{entry.path}") + b"\0" for entry in entries)
        words = ("-c", "core.attributesFile=", "check-attr", "--cached", "--stdin", "-z", *names)
        fields = [os.fsdecode(word) for word in self._output(*words, env=env, stdin=asked).split(b"\0")]
        found: dict[str, dict[str, str]] = {}
        for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
            if value not in ("unspecified", "unset"):
                found.setdefault(path.removeprefix(tree.prefix), {})[name] = value
        return found

    def _apart(self, root: str) -> Mapping[str, str]:
        """Return the environment in which a tree's attributes are asked: those of this clone alone count for nothing.

        Git has no switch for info/attributes: where there is one, another git folder with the same objects is asked.
        """
        own = self.places[0]
        if not (own / "info/attributes").exists():
            return {}
        every = read_entries(self._output("ls-tree", "-r", "-z", "--full-tree", root))
        asked = [each for each in every if each.path.rpartition("/")[2] == ".gitattributes"]
        for _ in self.contents(asked):  # a partial clone fetches them now
            pass
        place = self._scratch / "attributes.git"
        kind = "sha256" if len(root) == _SHA256 else "sha1"
        GitProgram(self._scratch).run("init", "--quiet", "--bare", "--template=", f"--object-format={kind}", str(place))
        objects = os.pathsep.join(map(str, (own / "objects", *self._added)))
        return {"GIT_DIR": str(place), "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects}

    def submodules(self, tree: Tree) -> Mapping[str, Submodule]:
        """Return a tree's submodules by their paths in it, as its .gitmodules has them."""
        words = (
            "config",
            "--blob",
            f"{tree.root}:.gitmodules",
            "--null",
            "--get-regexp",
            r"^submodule\..*\.(path|url)$",
        )
        printed = self._attempt(*words).output.decode("utf-8", "surrogateescape")
        return {each.path.removeprefix(tree.prefix): each for each in read_submodules(printed)}

    def bring(self, entry: TreeEntry, submodule: Submodule | None, tree: Tree) -> Tree:
        """Return a submodule's tree, fetched where no git folder has its commit; raise LtfError where it cannot be."""
        if submodule is None:
            raise BadInput(
                ".gitmodules does not name it",
                expected="a section for each submodule",
                cure="git submodule add URL PATH, or git rm PATH",
            )
        url = self._url(submodule, tree)
        places = tuple(place / "modules" / submodule.name for place in tree.places)
        own = self._git.directory / tree.prefix / entry.path / ".git"
        places = tuple(place for place in (*places, own) if (place / "objects").is_dir())
        self._added += [place / "objects" for place in places]
        if self._attempt("cat-file", "-e", f"{entry.object_id}^{{commit}}").status != 0:
            self._added.append(self._fetched(url, entry.object_id))
        return Tree(entry.object_id, "", url, places)

    def lfs_object(self, sha256: str, tree: Tree) -> bytes | None:
        """Return the content of a file that Git LFS keeps, or None where it cannot be had."""
        if self._lfs_object(sha256, tree) is None and tree.places == self.places:
            self._attempt("lfs", "fetch", "origin", tree.root)  # where git-lfs is installed
        return self._lfs_object(sha256, tree)

    def _lfs_object(self, sha256: str, tree: Tree) -> bytes | None:
        for place in tree.places:
            with suppress(OSError):
                content = (place / "lfs/objects" / sha256[:2] / sha256[2:4] / sha256).read_bytes()
                if hashlib.sha256(content).hexdigest() == sha256:
                    return content
        return None

    def _url(self, submodule: Submodule, tree: Tree) -> RepositoryUrl:
        """Return where a submodule is; a path on this machine is none for a repository that is elsewhere."""
        url = RepositoryUrl.parse(submodule_url(submodule.url, str(tree.url or self._git.directory)))
        if url.is_local and tree.url and not tree.url.is_local:
            raise BadInput(
                f"its address is {url}, on this machine",
                expected="an address that others have too",
                cure="git submodule set-url PATH URL, and commit .gitmodules",
            )
        return url

    def _fetched(self, url: RepositoryUrl, commit: str) -> Path:
        """Fetch a commit, alone where the server lets it, and return the folder of its objects."""
        folder = self._scratch / f"fetched-{len(self._added)}"
        GitProgram(self._scratch).run("init", "--quiet", "--bare", "--template=", str(folder))
        fetching = GitProgram(folder, self._git.login)
        words, env = ("fetch", "--quiet", "--no-tags"), {"GIT_DIR": str(folder)}  # for safe.bareRepository=explicit
        if fetching.attempt(*words, "--depth=1", "--", str(url), commit, env=env).status != 0:
            fetching.run(*words, "--", str(url), "+refs/*:refs/*", env=env)
        if fetching.attempt("cat-file", "-e", f"{commit}^{{commit}}", env=env).status != 0:
            raise GitFailed(
                f"{url} has no commit {commit[:7]}",
                expected="the commit that the submodule is at",
                cure="push that commit to its repository, or git submodule update --remote, and commit",
            )
        return folder / "objects"

    def _output(self, *words: str, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> bytes:
        ended = self._attempt(*words, env=env, stdin=stdin)
        if ended.status != 0:
            raise self._git.failure(words, ended)
        return ended.output
