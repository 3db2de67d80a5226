"""Files that are written as a whole, or not at all."""

from __future__ import annotations

from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit

import pytest

from ltf_ci.clients.files import exists, read_file, read_named, write_whole
from ltf_ci.errors import BadInput


def test_a_file_that_was_there_is_replaced_and_has_its_rights(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"before")
    write_whole(tmp_path / "list", b"after", 0o640)
    assert ((tmp_path / "list").read_bytes(), (tmp_path / "list").stat().st_mode & 0o777) == (b"after", 0o640)
    assert [path.name for path in tmp_path.iterdir()] == ["list"]


def test_a_disk_that_takes_no_more_leaves_what_was_there_and_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"before")
    before = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(BadInput, match="list cannot be written: File too large"):
            write_whole(tmp_path / "list", b"x" * 11, 0o640)
    finally:
        setrlimit(RLIMIT_FSIZE, before)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("list", b"before")]


@pytest.mark.parametrize(
    ("name", "why"),
    [("circle", "Too many levels of symbolic links"), ("x" * 300, "File name too long"), ("nowhere", "")],
)
def test_what_cannot_be_read_is_an_error_on_every_python(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "nowhere").symlink_to("not-there")
    with pytest.raises(BadInput, match=f"{name}: it cannot be read: {why}" if why else "nowhere: it is no file"):
        read_file(tmp_path, name)


def test_only_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").touch()
    assert [exists(tmp_path / name) for name in ("circle", "file", "none", "file/below")] == [
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(OSError, match="too long"):
        exists(tmp_path / ("x" * 300))


def test_a_folder_that_takes_no_file_is_told() -> None:
    with pytest.raises(BadInput, match="/proc/list cannot be written"):
        write_whole(Path("/proc/list"), b"", 0o640)


@pytest.mark.parametrize("name", [".", "lists", "lists/urls"])
def test_a_fault_of_a_file_that_was_named_is_where_it_was_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (folder / "lists/urls").mkdir(parents=True)
    monkeypatch.chdir(folder)
    with pytest.raises(BadInput) as caught:
        read_named(Path(name))
    assert str(caught.value.place) == name
