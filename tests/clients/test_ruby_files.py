"""The archive of this machine's ruby, as a daemon is given it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from ltf_ci.clients.ruby_files import RubyFiles


def test_each_folder_is_named_before_what_is_in_it_and_is_open_to_all(tmp_path: Path) -> None:
    """A daemon makes up what is not named: docker 20.10 without root lets nobody else in there."""
    files = [tmp_path / name for name in ("bin/ruby", "lib/ruby/json.rb", "lib/ruby/json/ext.so")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    with tarfile.open(fileobj=io.BytesIO(RubyFiles(files[0], tuple(files)).layer())) as tar:
        members = tar.getmembers()
    folders = {member.name: number for number, member in enumerate(members) if member.isdir()}
    assert {member.mode for member in members if member.isdir()} == {0o755}
    for number, member in enumerate(members):
        above = str(Path(member.name).parent)
        assert above == "." or folders[above] < number
    assert [member.name for member in members if member.isfile()] == [str(file).lstrip("/") for file in files]
