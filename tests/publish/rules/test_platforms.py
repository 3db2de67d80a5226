from __future__ import annotations

import pytest

from ltf_ci.publish.rules.platforms import may_run, runs

NOTHING, ARM = frozenset[str](), frozenset({"aarch64", "s390x"})


@pytest.mark.parametrize(
    ("wanted", "here", "emulated", "may"),
    [
        ([], "linux/amd64", NOTHING, True),
        (["linux/amd64"], "linux/amd64", NOTHING, True),
        (["linux/amd64/v3"], "linux/amd64", NOTHING, True),
        (["linux/arm64"], "linux/amd64", NOTHING, False),
        (["linux/arm64"], "linux/amd64", ARM, True),
        (["linux/arm64"], "linux/amd64", None, True),  # another machine's daemon: it is seen when it is run
        (["linux/arm64", "linux/amd64"], "linux/amd64", NOTHING, True),  # the daemon's own is tested
        (["linux/arm64", "linux/s390x"], "linux/amd64", NOTHING, False),
        (["linux/s390x"], "linux/amd64", ARM, True),
        (["linux/386"], "linux/amd64", NOTHING, True),
        (["linux/amd64"], "linux/arm64", NOTHING, False),
        (["linux/amd64"], "linux/arm64", frozenset({"x86_64"}), True),
        (["linux/arm/v7"], "linux/arm64", NOTHING, True),
        (["linux/arm/v7"], "linux/amd64", frozenset({"arm"}), True),
        (["windows/amd64"], "linux/amd64", NOTHING, False),
    ],
)
def test_a_platform_is_tested_where_the_daemon_has_it_or_emulates_it(
    wanted: list[str], here: str, emulated: frozenset[str] | None, *, may: bool
) -> None:
    assert may_run(wanted, here, emulated) is may


@pytest.mark.parametrize(
    ("wanted", "offered", "emulated", "is_run"),
    [
        ("linux/arm64", ["linux/amd64", "linux/amd64/v2", "linux/386"], NOTHING, False),
        ("linux/arm64", ["linux/amd64", "linux/arm64"], NOTHING, True),
        ("linux/arm64/v8", ["linux/amd64", "linux/arm64"], NOTHING, True),
        ("linux/amd64/v3", ["linux/amd64/v2"], NOTHING, True),  # the build says which variants there are
        ("linux/arm/v6", ["linux/arm/v7"], NOTHING, True),
        ("linux/s390x", ["linux/amd64"], ARM, True),
        ("linux/riscv64", ["linux/amd64"], ARM, False),
        ("linux/riscv64", ["linux/amd64"], None, True),  # it is not known what another machine emulates
    ],
)
def test_a_builder_runs_what_it_offers_or_its_kernel_emulates(
    wanted: str, offered: list[str], emulated: frozenset[str] | None, *, is_run: bool
) -> None:
    assert runs(wanted, offered, emulated) is is_run
