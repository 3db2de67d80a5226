"""How other programs are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.clients import process


def test_programs_come_in_the_order_of_path_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [tmp_path / name for name in ("first", "second", "alias")]
    for place in places[:2]:
        place.mkdir()
        (place / "tool").write_text(place.name)
        (place / "tool").chmod(0o755)
    places[2].symlink_to("second")  # as /bin is of /usr/bin
    monkeypatch.setenv("PATH", ":".join(map(str, [places[2], *places[:2]])))
    assert process.programs("tool") == (places[2] / "tool", places[0] / "tool")
