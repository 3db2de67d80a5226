"""What an image lacks, and the lines that add it: for which distribution, and for whom."""

from __future__ import annotations

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.model.container import ContainerResult
from ltf_ci.model.finding import Place
from ltf_ci.traffic_light.rules import requirements as rules

MANIFEST = Place("start_point/manifest.json", 3)


def ended(stdout: str = "", stderr: str = "", status: int | None = 0, *, timed_out: bool = False) -> ContainerResult:
    return ContainerResult(
        stdout=stdout.encode(), stderr=stderr.encode(), status=status, seconds=1, timed_out=timed_out
    )


@pytest.mark.parametrize(
    ("probe", "rule", "found"),
    [
        (ended(), "", []),
        (ended("file\nGNU tar\n"), "image-lacks", ["the image has no file", "the image has no GNU tar"]),
        (ended(stderr="[FATAL tini (7)] exec bash failed", status=127), "image-lacks", ["the image has no bash"]),
        (ended(stderr="exec format", status=1), "image-run", ["nothing can be run in the image: exec format"]),
        (ended(status=3), "image-run", ["nothing can be run in the image: status 3"]),
        (ended(status=None, timed_out=True), "image-run", ["nothing can be run in the image: its time was up"]),
    ],
)
def test_what_an_image_lacks_is_told(probe: ContainerResult, rule: str, found: list[str]) -> None:
    findings = [*rules.faults(probe, MANIFEST)]
    assert [finding.found for finding in findings] == found
    assert {finding.rule for finding in findings} <= {rule}
    assert all(finding.fails and finding.place == MANIFEST for finding in findings)


@pytest.mark.parametrize(
    ("os_release", "found"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n', "debian"),
        ("NAME='Ubuntu'\nID=ubuntu\nID_LIKE=debian\n", "ubuntu"),
        ('NAME="Alpine Linux"\nID=alpine\n', "alpine"),
        ('ID="raspbian"\nID_LIKE="debian"\n', "debian"),
        ("ID=linuxmint\nID_LIKE='ubuntu debian'\n", "ubuntu"),
        ("ID=debian\r\n", "debian"),
    ],
)
def test_the_distribution_is_what_os_release_says(os_release: str, found: str) -> None:
    assert rules.distribution(os_release, "base:1") == found


@pytest.mark.parametrize(
    ("os_release", "says"),
    [
        ("ID=fedora\nID_LIKE=rhel\n", "base:1 is of the distribution 'fedora'"),
        ("VERSION_ID=debian\n#ID=debian\n", "base:1 is of no distribution that an /etc/os-release names"),
        ("", "base:1 is of no distribution"),
        (None, "base:1 is of no distribution"),
        ("ID=$(reboot)\n", "base:1 is of the distribution '$(reboot)'"),
    ],
)
def test_another_distribution_is_told_with_what_to_do(os_release: str | None, says: str) -> None:
    with pytest.raises(BadInput) as raised:
        rules.distribution(os_release, "base:1")
    assert raised.value.found.startswith(says)
    assert "whole docker/Dockerfile" in raised.value.cure


@pytest.mark.parametrize(
    ("distribution", "installs"),
    [
        ("alpine", "apk add --no-cache bash coreutils file findutils grep gzip tar"),
        ("debian", "apt-get install --yes --no-install-recommends bash coreutils file findutils grep gzip tar"),
        ("ubuntu", "apt-get install --yes --no-install-recommends bash coreutils file findutils grep gzip tar"),
    ],
)
def test_its_own_packages_are_installed(distribution: str, installs: str) -> None:
    lines = rules.addition(distribution, "")
    assert installs in lines
    assert ("rm -rf /var/lib/apt/lists/*" in lines) == (distribution != "alpine")
    assert lines.count("\nRUN ") == 1


@pytest.mark.parametrize("user", ["", "0", "root", "0:0"])
def test_root_stays_root(user: str) -> None:
    assert "\nUSER " not in rules.addition("debian", user)


@pytest.mark.parametrize("user", ["node", "1000:1000", "$NAME", "a.b-c_d"])
def test_another_user_is_the_user_again(user: str) -> None:
    lines = rules.addition("alpine", user).splitlines()
    assert (lines[1], lines[-1]) == ("USER root", f"USER {user}")


@pytest.mark.parametrize("user", ["node\nRUN --mount=type=secret,id=x cat", "a b", "node\\", "node#"])
def test_a_user_that_is_more_than_a_name_is_refused(user: str) -> None:
    with pytest.raises(BadInput):
        rules.addition("alpine", user)


def test_scratch_is_no_base_to_add_to() -> None:
    assert rules.nothing_to_add_to("docker/Dockerfile.base").found == "docker/Dockerfile.base is made FROM scratch"
