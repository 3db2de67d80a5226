"""Which older workflow does nothing that ltf-ci's do not."""

from __future__ import annotations

import pytest

from ltf_ci.adopt.rules.older_workflows import in_the_way, is_replaced

HEAD = "on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(("uses: o/pinned-checkout@main", "run: ./pipe_build_up_test.sh"), True, id="an image's"),
        pytest.param(("uses: actions/checkout@v4", "run: ./run_tests.sh"), True, id="a start point's"),
        pytest.param(
            ("uses: actions/checkout@v4", "run: bash sh/run_tests.sh --fast"), True, id="by bash, in a folder"
        ),
        pytest.param(("uses: actions/checkout@v4", "run: ./run_tests.sh", "run: make lint"), False, id="and more"),
        pytest.param(
            ("uses: actions/checkout@v4", "uses: o/lint@v1", "run: ./run_tests.sh"), False, id="and an action"
        ),
        pytest.param(("uses: actions/checkout@v4",), False, id="no script"),
        pytest.param(("uses: actions/checkout@v4", "run: make run_tests.sh"), False, id="another program"),
        pytest.param(
            ("uses: actions/checkout@v4", "run: ./run_tests.sh && ./deploy.sh"), False, id="one line, two things"
        ),
        pytest.param(
            ("uses: actions/checkout@v4", "run: |\n          ./run_tests.sh\n          ./more.sh"), False, id="a block"
        ),
        pytest.param(("run: ./run_tests.sh", "{run: ./deploy.sh}"), False, id="a step in braces"),
        pytest.param(("run: ./run_tests.sh", '"run": ./deploy.sh'), False, id="a key in quotes"),
        pytest.param(("run: ./run_tests.sh", "*deploy"), False, id="a step by its anchor"),
    ],
)
def test_a_workflow_is_replaced_where_all_its_steps_are_the_fleets_older_scripts(
    steps: tuple[str, ...], *, expected: bool
) -> None:
    assert is_replaced(HEAD + "".join(f"      - {step}\n" for step in steps)) is expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("uses: actions/checkout@v4", "run: ./run_tests.sh"), "remove"),
        (("uses: actions/checkout@v4", "run: make lint"), ""),
        (("uses: o/ltf-ci@v1", "run: docker push o/i:latest"), ""),
        (("run: make lint", "run: docker push o/i:latest"), "take the push out of"),
        (("run: make lint", "run: bash -e run_tests.sh"), "tests an image that a release has not made yet"),
    ],
)
def test_a_workflow_that_does_more_may_be_in_the_way(steps: tuple[str, ...], expected: str) -> None:
    text = HEAD + "".join(f"      - {step}\n" for step in steps)
    found = [*in_the_way({".github/workflows/docker.yml": text, ".github/workflows/x.yml": "on: push"})]
    assert len(found) == bool(expected)
    assert all(expected in why and ".github/workflows/docker.yml" in why for why in found)
