"""This machine's ruby as files: for a container in which it runs apart from the machine."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool

_WHERE = """\
require "json"
require "rbconfig"
config = RbConfig::CONFIG
puts JSON.generate([config["host_os"], RbConfig.ruby, config["rubylibdir"], config["rubyarchdir"]])
"""
_LINKED = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x", re.MULTILINE)
_FORM = 2  # of the archive: rises with each change of what is in it besides the files
_LEFT_OUT = {
    "bundler",
    "rubygems",
    "rdoc",
    "irb",
    "debug",
    "gems",
    "ruby_vm",
    "syntax_suggest",
}  # seldom in a rag_lambda


@dataclass(frozen=True, slots=True)
class RubyFiles:
    """Ruby's program, the libraries that it is linked with, and its standard library."""

    program: Path
    files: tuple[Path, ...]

    @property
    def key(self) -> str:
        """Sixteen digits that change whenever a file does, or what the archive has besides."""
        stats = [(str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in self.files]
        return hashlib.sha256(json.dumps([_FORM, stats]).encode()).hexdigest()[:16]

    def layer(self) -> bytes:
        """Return a tar archive of the files, at their own paths, and of the folders that they are in.

        A folder that no archive names is closed to all but root where docker 20.10 runs without root.
        """
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as tar:
            for folder in sorted({parent for path in self.files for parent in path.parents} - {Path("/")}):
                info = tarfile.TarInfo(str(folder).lstrip("/"))
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(info)
            for path in self.files:
                info = tar.gettarinfo(path.resolve(), str(path).lstrip("/"))
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                with path.open("rb") as content:
                    tar.addfile(info, content)
        return raw.getvalue()


def ruby_files() -> RubyFiles | None:
    """Return the files of this machine's ruby; None where there is none, or none that runs on Linux."""
    try:
        asked = process.run(["ruby", "--disable=all", "-e", _WHERE])
        system, program, *folders = json.loads(asked.output)
        if not str(system).startswith("linux"):
            return None
        linked = process.run(["ldd", program, *_extensions(folders)]).text
    except (MissingTool, ValueError, OSError):
        return None
    found = {Path(program), *map(Path, _LINKED.findall(linked)), *(path for each in folders for path in _below(each))}
    return RubyFiles(Path(program), tuple(sorted(found)))


def _extensions(folders: Sequence[str]) -> list[Path]:
    """Return the extension that reads JSON: its libraries are needed in any case."""
    return [path for folder in folders for path in Path(folder, "json").rglob("*.so")]


def _below(folder: str) -> Iterator[Path]:
    for at, names, files in os.walk(folder):
        names[:] = [name for name in names if name not in _LEFT_OUT]
        yield from (path for name in files if (path := Path(at, name)).is_file())
