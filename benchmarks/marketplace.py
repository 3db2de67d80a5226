"""Other people's actions at the commits that workflows name, fetched from GitHub once and kept, for act to run."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from embedded.programs import BIN

KEPT = BIN.parent / "actions"
_USES = re.compile(r"^\s*(?:- )?uses: ([\w.-]+/[\w.-]+)@([0-9a-f]{40})", re.MULTILINE)
_API = "'https://api.github.com'"  # create-pull-request's, where its server is github.com


def local_repositories(text: str, place: Path) -> Iterator[str]:
    """Return act's `--local-repository` for each action that the text names, with a copy of its own."""
    for name, commit in sorted(set(_USES.findall(text))):
        copy = place / f"{name.replace('/', '+')}@{commit}"
        shutil.copytree(_kept(name, commit), copy, ignore=shutil.ignore_patterns(".git"))
        yield f"{name}@{commit}={copy}"


def _kept(name: str, commit: str) -> Path:
    """Return the folder of an action; raise CalledProcessError where GitHub cannot be reached for it."""
    folder = KEPT / f"{name.replace('/', '+')}@{commit}"
    if not folder.exists():
        fetched = folder.with_suffix(".new")
        shutil.rmtree(fetched, ignore_errors=True)
        _git("init", "--quiet", str(fetched))
        _git("-C", str(fetched), "fetch", "--quiet", "--depth=1", f"https://github.com/{name}", commit)
        _git("-C", str(fetched), "checkout", "--quiet", "FETCH_HEAD")
        for script in fetched.glob("dist/index.js"):
            script.write_text(script.read_text().replace(_API, f"process.env.GITHUB_API_URL || {_API}"))
        fetched.rename(folder)
    return folder


def _git(*words: str) -> None:
    subprocess.run(["git", *words], check=True)
