import pytest

from ltf_ci.workflows.rules.publishing import also_publishing


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("      - run: ./pipe_build_up_test.sh", "found"),
        ("        run: docker push ghcr.io/o/python:latest", "found"),
        ("        run: docker buildx build --platform linux/amd64 --push .", "found"),
        ("      - uses: docker/build-push-action@v6", "found"),
        ("      - run: ./run_tests.sh", ""),
        ("      # - run: ./pipe_build_up_test.sh", ""),
        ("        run: docker pull ghcr.io/o/python # no docker push", ""),
    ],
)
def test_a_workflow_that_pushes_the_image_is_named_once(line: str, is_found: str) -> None:
    text = f"on: push\njobs:\n  build:\n    steps:\n{line}\n{line}\n"
    findings = [*also_publishing([(".github/workflows/main.yml", text)])]
    assert [str(finding.place) for finding in findings] == ([".github/workflows/main.yml:5"] if is_found else [])
