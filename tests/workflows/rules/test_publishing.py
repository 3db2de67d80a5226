import pytest

from ltf_ci.workflows.rules.publishing import also_publishing


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("      - run: ./pipe_build_up_test.sh", "workflow-publishes-too"),
        ("        run: docker push ghcr.io/o/python:latest", "workflow-publishes-too"),
        ("        run: docker buildx build --platform linux/amd64 --push .", "workflow-publishes-too"),
        ("      - uses: docker/build-push-action@v6", ""),  # it pushes where it is told to
        ("      - uses: docker/build-push-action@v6\n        with:\n          push: true", "workflow-publishes-too"),
        ("      - uses: docker/bake-action@v6\n        with:\n          push: ${{ x }}", "workflow-publishes-too"),
        (
            "      - uses: docker/build-push-action@v6\n        with:\n          outputs: type=registry",
            "workflow-publishes-too",
        ),
        ("      - uses: docker/build-push-action@v6\n        with:\n          push: 'false'\n          load: true", ""),
        ("      - uses: docker/build-push-action@v6\n      - run: tag\n        with:\n          push: true", ""),
        ("      - uses: docker/build-push-action@v6\n  push:\n    needs: build", ""),
        ("      - run: docker  image push ghcr.io/o/python", "workflow-publishes-too"),
        ("      - run: docker compose -f a.yml push", "workflow-publishes-too"),
        ("      - run: podman push ghcr.io/o/python", "workflow-publishes-too"),
        ("      - run: docker buildx bake --push", "workflow-publishes-too"),
        ("      - run: docker buildx build --output type=registry .", "workflow-publishes-too"),
        ("      - run: docker buildx build --load . && git subtree --push", ""),
        ("      - run: skopeo copy docker://a docker://b", "workflow-publishes-too"),
        ("      - uses: redhat-actions/push-to-registry@v2", "workflow-publishes-too"),
        ("      - name: docker push is done elsewhere", ""),
        ('      - run: echo "docker push is done elsewhere"', ""),
        ("      - run: echo done && docker push x", "workflow-publishes-too"),
        ("      - run: ./run_tests.sh", "workflow-tests-too"),
        ("      - run: ./red_amber_green_test.sh .", "workflow-tests-too"),
        ("      - run: make test", ""),
        ("      - uses: aevea/action-kaniko@v0", "workflow-publishes-too"),
        ("      - run: docker run gcr.io/kaniko-project/executor:v1 --destination=o/i:1", "workflow-publishes-too"),
        ("      - run: /kaniko/executor --no-push --destination=o/i:1", ""),
        ("      - run: /kaniko/executor --destination=o/i:1 --no-push", ""),
        ("      - run: make push", "workflow-may-publish"),
        ("      - run: make -C docker image_push VERSION=1", "workflow-may-publish"),
        ("      - run: make all # push", ""),
        ("      - run: ./bin/push_image.sh", "workflow-may-publish"),
        ("      - run: bash publish.sh latest", "workflow-may-publish"),
        ("      - uses: docker/login-action@v3", "workflow-may-publish"),
        ("      - run: echo $TOKEN | docker login ghcr.io --password-stdin", "workflow-may-publish"),
        ("      - run: crane auth login ghcr.io", "workflow-may-publish"),
        ("    permissions: {packages: write}", "workflow-may-publish"),
        ("    permissions:\n      packages: read", ""),
        ("      - run: git push origin main", ""),
        ("      - run: ./login.sh && ./pull.sh", ""),
        ("      # - run: ./pipe_build_up_test.sh", ""),
        ("        run: docker pull ghcr.io/o/python # no docker push", ""),
    ],
)
def test_a_workflow_that_does_the_same_work_is_named_once(line: str, rule: str) -> None:
    text = f"on: push\njobs:\n  build:\n    steps:\n{line}\n{line}\n"
    findings = [*also_publishing([(".github/workflows/main.yml", text)])]
    found = [f"{finding.place} {finding.rule}" for finding in findings]
    assert found == ([f".github/workflows/main.yml:5 {rule}"] if rule else [])


@pytest.mark.parametrize(
    ("commands", "line"),
    [
        (("docker buildx build \\", "  --push \\", "  ."), 6),
        (("docker pull x", "docker buildx build \\", "  --platform linux/amd64 \\", "  --push ."), 7),
        (("docker buildx build --load .", "./mirror.sh --push"), 0),
        (("# docker push x", "make", "docker push x"), 8),
    ],
)
def test_a_command_may_go_on_for_several_lines(commands: tuple[str, ...], line: int) -> None:
    text = "on: push\njobs:\n  build:\n    steps:\n      - run: |\n" + "".join(
        f"          {each}\n" for each in commands
    )
    assert [finding.place.line for finding in also_publishing([("main.yml", text)])] == ([line] if line else [])
