"""The files of a large fleet are read."""

from __future__ import annotations

import json
from pathlib import Path

from ltf_ci.clients.files import LARGEST
from ltf_ci.languages.listed_repositories import read_list
from ltf_ci.watch.files import Files

IMAGES = 8000


def test_the_list_and_the_lock_of_thousands_are_read(tmp_path: Path) -> None:
    said = {"commit": "c" * 40, "image": "o/ltf:3.7.4-1", "digest": f"sha256:{'d' * 64}", "display_name": "A, b"}
    lines = [f"https://github.com/owner/{'of-a-long-name-' * 5}{number}?tag=3.7.4-1" for number in range(IMAGES)]
    listed, lock = tmp_path / "git_repo_urls.tagged", tmp_path / "languages.lock.json"
    listed.write_text("".join(f"{line} # {'x' * 30}\n" for line in lines))
    lock.write_text(json.dumps(dict.fromkeys(lines, said)))
    assert min(file.stat().st_size for file in (listed, lock)) > LARGEST
    files = Files.read(tmp_path, listed.name, "dependents.json")
    assert files.lock
    assert len(files.lock.entries) == len(read_list(listed).every_line()) == IMAGES
