"""What the objects of a commit are read as."""

from __future__ import annotations

import pytest

from ltf_ci.clients.git.tree_entries import lfs_pointer

ID = "5" * 64
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{ID}\nsize 12\n"


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (POINTER, True),
        (POINTER.replace("\n", "\r\n"), True),
        (POINTER.rstrip(), True),
        (f"{POINTER}\n", True),
        (POINTER.replace("oid", f"ext-0-zip sha256:{'6' * 64}\noid"), True),
        (POINTER.replace("git-lfs", "hawser"), True),
        (POINTER.replace("https://git-lfs.github.com/spec/v1", "http://git-media.io/v/2"), True),
        (f"{POINTER}#\n", False),
        (f"{POINTER}more than that\n", False),
        (POINTER.replace("oid", "note x\noid"), False),
        (POINTER.replace("spec/v1", "spec/v3"), False),
        (POINTER.replace("size 12", "size -1"), False),
        (POINTER.replace("size 12\n", ""), False),
        (POINTER.replace("sha256", "sha512"), False),
        (f"#{POINTER}", False),
        (POINTER + " " * 1024, False),
        ("", False),
    ],
)
def test_a_pointer_of_git_lfs_has_its_lines_and_no_others(content: str, *, is_one: bool) -> None:
    assert lfs_pointer(content.encode()) == (ID if is_one else "")
