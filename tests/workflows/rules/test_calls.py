import pytest

from ltf_ci.workflows.rules.calls import called

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
