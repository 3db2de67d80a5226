import pytest

from ltf_ci.workflows.rules.publishing import also_publishing


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("      - run: ./pipe_build_up_test.sh", "workflow-publishes-too"),
        ("        run: docker push ghcr.io/o/python:latest", "workflow-publishes-too"),
        ("        run: docker buildx build --platform linux/amd64 --push .", "workflow-publishes-too"),
        ("      - uses: docker/build-push-action@v6", "workflow-publishes-too"),
        ("      - run: ./run_tests.sh", "workflow-tests-too"),
        ("      - run: ./red_amber_green_test.sh .", "workflow-tests-too"),
        ("      - run: make test", ""),
        ("      # - run: ./pipe_build_up_test.sh", ""),
        ("        run: docker pull ghcr.io/o/python # no docker push", ""),
    ],
)
def test_a_workflow_that_does_the_same_work_is_named_once(line: str, rule: str) -> None:
    text = f"on: push\njobs:\n  build:\n    steps:\n{line}\n{line}\n"
    findings = [*also_publishing([(".github/workflows/main.yml", text)])]
    found = [f"{finding.place} {finding.rule}" for finding in findings]
    assert found == ([f".github/workflows/main.yml:5 {rule}"] if rule else [])
