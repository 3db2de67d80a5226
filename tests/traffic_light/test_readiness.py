"""What keeps start files from being run in any image is known without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ltf_ci.manifest.repository import read_repository
from ltf_ci.traffic_light.start_files import readiness
from ltf_ci.traffic_light.tested import NOT_TESTED
from tests.support.repositories import LtfRepository, manifest_text

NAMES = ("Python (3.7.4), unittest", "o/python:3.7.4-1")


@pytest.mark.parametrize(
    ("files", "more", "rules"),
    [
        ({}, {}, []),
        ({"start_point/hiker.sh": "echo $((6 * 8))\n"}, {}, ["traffic-light-edit"]),
        ({"start_point/options.json": "{}"}, {}, ["traffic-light-options"] * 3),
        ({}, {"visible_filenames": ["hiker.sh", "cyber-dojo.sh", "gone.sh"]}, ["traffic-light-files"]),
        ({}, {"rag_lambda": "gone.rb"}, ["traffic-light-lambda"]),
        ({"start_point/there.rb": "lambda { |*| :red }\n"}, {"rag_lambda": "there.rb"}, []),
        (
            {"start_point/hiker.sh": "echo $((6 * 8))\n"},
            {"rag_lambda": "gone.rb"},
            ["traffic-light-lambda", "traffic-light-edit"],
        ),
    ],
)
def test_what_no_image_could_pass(folder: Path, files: dict[str, str], more: dict[str, Any], rules: list[str]) -> None:
    ltf = LtfRepository(folder, *NAMES)
    for path, text in files.items():
        ltf.write(path, text)
    ltf.manifest.write_text(manifest_text(*NAMES, **more))
    manifest = read_repository(folder).manifest
    assert manifest is not None
    found = readiness(folder, manifest)
    assert [finding.rule for finding in found.findings] == rules
    assert (found == NOT_TESTED) is (not rules)
