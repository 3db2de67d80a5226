"""Writes every file that is made from the code, or with `--check` names those that are not up to date."""

from __future__ import annotations

import sys

from generators.files import FILES, ROOT, stale


def run(words: list[str]) -> int:
    """Write what is not up to date, or only name it; return 1 where something is only named."""
    found = stale()
    for path in found:
        file = ROOT / path
        if "--check" not in words:
            file.write_text(FILES[path](file.read_text()))
        print(path, "is not up to date: bin/generate writes it" if "--check" in words else "is written")
    return 1 if found and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
