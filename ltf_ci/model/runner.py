"""What cyber-dojo's runner requires of an image."""

from __future__ import annotations

USER, UID, GID, HOME = "sandbox", 41966, 51966, "/home/sandbox"
PROGRAMS = ("bash", "file", "find", "grep", "gzip", "mktemp", "stat", "truncate", "xargs")
TAR = "GNU tar"  # so it names itself; another tar does not know the runner's options
