"""What may not be copied into a start point's folder, and where none is put."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.errors import BadInput, Refused
from ltf_ci.start_points.folder import refuse_foreign, refuse_links_out


@pytest.mark.parametrize("target", ["out", "../elsewhere", "/etc/passwd", "."])
def test_a_link_that_leads_out_or_nowhere_is_refused_on_every_python(folder: Path, target: str) -> None:
    (folder / "out").symlink_to(target)
    if target == ".":
        refuse_links_out(folder)
        return
    with pytest.raises(BadInput, match="out leads out of the repository"):
        refuse_links_out(folder)


def test_a_place_that_cannot_be_looked_at_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: File name too long"):
        refuse_foreign(tmp_path / ("x" * 300))


def test_a_link_that_leads_nowhere_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(Refused):
        refuse_foreign(tmp_path / "link")
