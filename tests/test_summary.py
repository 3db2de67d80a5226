"""What GitHub shows for a run."""

from __future__ import annotations

import pytest

from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.summary import summary_of

DIGEST = f"sha256:{'a1' * 32}"
IMAGE = "ghcr.io/o/python_unittest:3.7.4-1"
PULL = "https://github.com/o/list/pull/14"
NAMED = "ghcr.io/o/python_unittest:3.7.4-1"


@pytest.mark.parametrize(
    ("conclusion", "outputs", "reason", "sentence"),
    [
        (
            Conclusion.DONE,
            {"image": IMAGE, "digest": DIGEST, "released": "true", "latest-moved": "true", "pull-request": PULL},
            "",
            f"✅ Released **{NAMED}** (sha256:a1a1a1a1a1a1), `latest` moved, [pull request 14]({PULL})",
        ),
        (Conclusion.DONE, {"image": IMAGE, "released": "true"}, "", f"✅ Released **{NAMED}**"),
        (Conclusion.PLANNED, {"image": IMAGE, "released": "false"}, "", f"📝 Would release **{NAMED}**"),
        (Conclusion.DONE, {"image": IMAGE}, "", f"✅ Checked **{NAMED}**"),
        (
            Conclusion.DONE,
            {"image": f"{IMAGE}\n{IMAGE}", "digest": DIGEST, "released": "true"},
            "",
            f"✅ Released **{NAMED}** (sha256:a1a1a1a1a1a1), **{NAMED}**",
        ),
        (
            Conclusion.DONE,
            {"image": IMAGE, "pull-request": "javascript:x) [a](b)/pull/1"},
            "",
            f"✅ Checked **{NAMED}**, pull request: javascript:x) \\[a\\](b)/pull/1",
        ),
        (Conclusion.NOTHING_TO_DO, {"image": IMAGE}, "it exists already", "✅ it exists already"),
        (Conclusion.FAILED, {"image": IMAGE}, "2 errors", "❌ 2 errors"),
        (Conclusion.DONE, {}, "", "✅ Done"),
    ],
)
def test_it_begins_with_the_sentence_that_a_reader_wants(
    conclusion: Conclusion, outputs: dict[str, str], reason: str, sentence: str
) -> None:
    page = summary_of("release", Outcome(conclusion=conclusion, outputs=outputs, reason=reason))
    assert page.splitlines()[2] == sentence


def test_a_version_line_is_one_row_and_a_digest_is_short() -> None:
    steps = (
        Step("3.7.4 tag", StepState.DONE, "3.7.4-2 after 3.7.4-1"),
        Step("3.7.4 test red", StepState.DONE, "red in 0.5 s: hiker.py unchanged"),
        Step("3.7.4 test green", StepState.FAILED, "amber in 0.5 s: hiker.py"),
        Step("3.7.5 push", StepState.DONE, f"a/b:1@{DIGEST}, built"),
        Step("list", StepState.DONE, "opened"),
    )
    rows = summary_of("retag", Outcome(conclusion=Conclusion.FAILED, steps=steps)).splitlines()
    assert rows[6:] == [
        "| 3.7.4 | failed | tag: 3.7.4-2 after 3.7.4-1<br>start files: red, amber |",
        "| 3.7.5 | done | push: a/b:1&#64;sha256:a1a1a1a1a1a1, built |",
        "| list | done | opened |",
    ]


def test_findings_are_a_list() -> None:
    finding = Finding(
        rule="file-missing", place=Place("m.json", 4, 2), found="x|y", expected="a file", cure="commit it"
    )
    page = summary_of("check", Outcome(conclusion=Conclusion.FAILED, findings=(finding,)))
    assert (
        "- error **file-missing** at m.json:4:2  \n  x\\|y  \n  expected: a file  \n  **what to do:** commit it\n"
        in page
    )


RUN = "https://github.com/o/python-pytest/actions/runs/4711"


@pytest.mark.parametrize(
    ("detail", "cell"),
    [
        (f"3.7.4-2 is released {RUN}", f"3.7.4-2 is released [run 4711]({RUN})"),
        (f"opened {PULL}: Bump x", f"opened [pull request 14]({PULL}): Bump x"),
        (f"{RUN} {PULL}", f"[run 4711]({RUN}) [pull request 14]({PULL})"),
        ("see https://evil.test/a/b/pull/1", "see [pull request 1 at evil.test](https://evil.test/a/b/pull/1)"),
        (
            "https://github.com@evil.test/a/issues/1",
            "[issue 1 at github.com&#64;evil.test](https://github.com@evil.test/a/issues/1)",
        ),
        (f"{RUN}/attempts/2", "https&#58;//github.com/o/python-pytest/actions/runs/4711/attempts/2"),
        ("javascript:x/pull/1", "javascript:x/pull/1"),
        ("https://a](b)/pull/1", "https&#58;//a\\](b)/pull/1"),
        ("https://a|b/pull/1", "https&#58;//a\\|b/pull/1"),
    ],
)
def test_a_page_of_github_is_a_link_in_a_row(detail: str, cell: str) -> None:
    outcome = Outcome(conclusion=Conclusion.DONE, steps=(Step("python-pytest (3.7.4)", StepState.DONE, detail),))
    assert summary_of("notify", outcome).splitlines()[-1].endswith(f"| done | {cell} |")
