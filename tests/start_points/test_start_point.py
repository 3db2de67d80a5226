"""What cyber-dojo's own scripts read of a start point's image."""

from __future__ import annotations

import pytest

from ltf_ci.model.image import ImageName
from ltf_ci.start_points.start_point import dockerfile

SHA256 = "4acae1c6" * 8


@pytest.mark.parametrize(
    ("base", "image", "tag", "digest"),
    [
        ("cyberdojo/start-points-base:df28e04", "cyberdojo/start-points-base", "df28e04", ""),
        (f"cyberdojo/start-points-base:df28e04@sha256:{SHA256}", "cyberdojo/start-points-base", "df28e04", SHA256),
        (f"localhost:5000/a/base@sha256:{SHA256}", "localhost:5000/a/base", "", SHA256),
    ],
)
def test_the_image_says_which_base_it_has_as_commander_writes_it(base: str, image: str, tag: str, digest: str) -> None:
    lines = dockerfile(ImageName.parse(base)).splitlines()
    assert lines[0] == f"FROM {base}"
    words = {word for line in lines if line.startswith("ENV ") for word in line.split()[1:]}
    name = "CYBER_DOJO_START_POINTS_BASE"
    assert {f"{name}_IMAGE={image}", f"{name}_TAG={tag}", f"{name}_DIGEST={digest}", f"{name}_SHA=${{SHA:-}}"} <= words
