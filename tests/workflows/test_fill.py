"""Values in workflows and settings: over what is there, else in the place of the comment that shows them."""

from importlib.resources import files

import pytest

from ltf_ci.clients import yaml_file
from ltf_ci.model.file_text import apply_edits
from ltf_ci.workflows.fill import Values, input_edits, settings_with

TEMPLATE = files("ltf_ci").joinpath("settings.example.yml").read_text()
USES = "    uses: cyber-dojo-tools/ltf-ci/.github/workflows/release.yml@v1\n"


JOB = "on: push\njobs:\n  a:\n"


def given(before: str) -> str:
    """Return a workflow with the input."""
    text, root = yaml_file.read(before.encode(), "workflow")
    jobs = root.member("jobs")
    job = jobs.member("a") if jobs else None
    assert job
    return apply_edits(text, input_edits(text, job, {"app-client-id": "Iv23"}))


def settled(text: str, values: Values) -> str:
    return settings_with(*yaml_file.read(text.encode(), "settings"), values)


@pytest.mark.parametrize("tag", ["9e3179c", "2733119"])  # digits alone, which YAML takes for a number
def test_settings_are_written_in_the_place_of_their_comments(tag: str) -> None:
    text = settled(TEMPLATE, {"image-from": f"ghcr.io/o/python:{tag}", "platform": ("linux/amd64", "linux/arm64")})
    _, root = yaml_file.read(text.encode(), "settings")
    assert {name: str(member.value) for name, _ in root.keys if (member := root.member(name)) and not member.items} == {
        "image-from": f"ghcr.io/o/python:{tag}"
    }
    assert "\nplatform: [linux/amd64, linux/arm64]\n" in text
    assert len(text.splitlines()) == len(TEMPLATE.splitlines())


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        ("", {"languages": "o/l"}, "languages: o/l\n"),
        ("# mine", {"languages": "o/l"}, "# mine\nlanguages: o/l\n"),
        ("latest: never # mine\n", {"languages": "o/l"}, "latest: never # mine\nlanguages: o/l\n"),
        ("latest: never\r\n", {"languages": "o/l"}, "latest: never\r\nlanguages: o/l\r\n"),
        ("languages: 'o/l' # mine\n", {"languages": "o/l"}, "languages: 'o/l' # mine\n"),
        ("languages: 'o/x' # mine\n", {"languages": "o/l"}, "languages: o/l # mine\n"),
        ("platform: linux/arm64\n", {"platform": ("linux/arm64",)}, "platform: linux/arm64\n"),
        ("platform: [a/b]\n", {"platform": ("a/b", "c/d")}, "platform: [a/b, c/d]\n"),
        ("image: {from: o/p:1}\n", {"image-from": "o/p:2"}, 'image: {from: "o/p:2"}\n'),
        ("image: {from: o/p:2}\n", {"image-from": "o/p:2"}, "image: {from: o/p:2}\n"),
        ("# version-command: x\n", {"version-command": "sh -c 'a # b'"}, "version-command: \"sh -c 'a # b'\"\n"),
        ("# languages: x\nlanguages: o/x\n", {"languages": "o/l"}, "# languages: x\nlanguages: o/l\n"),
    ],
)
def test_settings_that_are_there_get_a_value_and_keep_every_other_byte(before: str, values: Values, after: str) -> None:
    assert settled(before, values) == after
    assert settled(after, values) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    with:\n", "    with: {app-client-id: Iv23}\n"),
        ("    with: {tag: x}\n", "    with: {tag: x, app-client-id: Iv23}\n"),
        ("    with:\n      tag: x # y\n", "    with:\n      tag: x # y\n      app-client-id: Iv23\n"),
        ("    with:\n      app-client-id: Iv1 # y\n", "    with:\n      app-client-id: Iv23 # y\n"),
        (
            "    with:\n      tag: x\n      # app-client-id: Iv1   # the App\n      # registry: y\n",
            "    with:\n      tag: x\n      app-client-id: Iv23   # the App\n      # registry: y\n",
        ),
    ],
)
def test_a_workflow_is_given_an_input(before: str, after: str) -> None:
    assert given(f"{JOB}{USES}{before}") == f"{JOB}{USES}{after}"


def test_a_workflow_without_inputs_is_given_its_first() -> None:
    assert given(f"{JOB}{USES}") == f"{JOB}    with:\n      app-client-id: Iv23\n{USES}"
