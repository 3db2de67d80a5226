import pytest

from ltf_ci.workflows.rules.calls import called, calls

OURS = "cyber-dojo-tools/ltf-ci"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"    uses: {OURS}/.github/workflows/release.yml@v1", {"release.yml"}),
        (f"    uses: 'acme/ltf-ci/.github/workflows/retag.yml@{'a' * 40}' # v1.2.0", {"retag.yml"}),
        (f"  a: {{uses: {OURS}/.github/workflows/watch.yml@v1}}", {"watch.yml"}),
        (f'  - {{"uses": "{OURS}@v1"}}', {""}),
        (f"    uses: {OURS}@v1\n    uses: {OURS}/.github/workflows/list.yml@v1", {"", "list.yml"}),
        (f"    # uses: {OURS}/.github/workflows/release.yml@v1", set()),
        ("    uses: acme/not-ltf-ci/.github/workflows/release.yml@v1", set()),
        ("    uses: acme/ltf-ci-fork@v1", set()),
        ("    run: uvx ltf-ci check", set()),
        (f"    reuses: {OURS}@v1", set()),
        ("", set()),
    ],
)
def test_what_a_workflow_calls_of_ltf_ci(text: str, found: set[str]) -> None:
    assert called(text) == found


JOB = f"    uses: {OURS}/.github/workflows/release.yml@v1"
STEP = f"uses: {OURS}@v1"


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (
            f"jobs:\n  a:\n    steps: x\n  release:\n    needs: a\n{JOB}\n    with:\n      x: 1\n  b:\n    x: 2",
            5,
            "needs x",
        ),
        (f"jobs:\n  release:\n{JOB}\n\n    # y: 1\n    with: {{x: 1}}\n  b:\n    z: 2\n", 3, "x"),
        (
            f"jobs:\n  a: {{z: 1}}\n  release: {{ {JOB.strip()}, with: {{x: 1}} }}\n  b: {{z: 2}}",
            3,
            "x",
        ),
        (f"jobs:\n  a:\n    z: 1\n  release: {{\n{JOB},\n    with: {{x: 1}}\n  }}\n  b: {{z: 2}}", 5, "x"),
        (
            f"jobs:\n  release: {{uses: {OURS}/.github/workflows/release.yml@v1,\n    with: {{x: 1}}}}\n  b:\n    z: 2",
            2,
            "x",
        ),
        (f"steps:\n  - name: a\n    z: 1\n  - {STEP}\n    with:\n      x: 1\n  - z: 2", 4, "x"),
        (f"steps:\n- with:\n    x: 1\n  {STEP}\n- z: 2", 2, "x"),
        (f"steps:\n  - {{z: 1}}\n  - {{{STEP}, with: {{x: 1}}}}\n  - {{z: 2}}", 3, "x"),
        (f'    "uses": {OURS}@v1\r\n    with:\r\n      x: 1', 1, "x"),
    ],
)
def test_what_belongs_to_a_call(text: str, line: int, found: str) -> None:
    (call,) = calls(text)
    assert (call.line, [word for word in ("needs", "x", "y", "z") if f"{word}: " in call.text]) == (line, found.split())
