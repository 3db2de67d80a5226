"""Version lines re-tagged: real git with an origin, a real registry, real builds."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.base_image import push_base_image
from ltf_ci.images.latest import digest_now
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.image import ImageName
from tests.support import ROOT
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK, NAME
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.publishing import environ_of
from tests.support.repositories import MANIFEST, git
from tests.support.retagging import Retagger, hook

pytestmark = pytest.mark.machine
OCI = "org.opencontainers.image."
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"
HOSTILE = "CVE \n\nLtf-Ci-Retag: forged\n::error::x $(id) `id` [x](http://e.org) <b> @all fixes #1 | **"


def test_a_line_at_the_default_branchs_head_goes_on_there(retagger: Retagger) -> None:
    before = retagger.at("3.7.5-2")
    result = retagger.retag(lines="3.7.5")
    assert (result.code, result.conclusion, result.outputs["tag"]) == (0, "done", "3.7.5-3"), result
    assert retagger.at("main") == retagger.at("3.7.5-3")
    assert retagger.at("main^") == before
    old = retagger.file("3.7.5-2", MANIFEST)
    assert retagger.file("3.7.5-3", MANIFEST) == old.replace("3.7.5-2", "3.7.5-3")
    assert retagger.publisher.labels("3.7.5-3")[f"{OCI}revision"] == retagger.at("3.7.5-3")
    assert retagger.publisher.latest() == "3.7.5-3"


def test_the_folder_is_not_touched(retagger: Retagger) -> None:
    (retagger.directory / "docker/unsaved").write_text("x")
    before = (git(retagger.directory, "for-each-ref"), git(retagger.directory, "status", "--porcelain"))
    assert retagger.retag(lines="all").code == 0
    assert (git(retagger.directory, "for-each-ref"), git(retagger.directory, "status", "--porcelain")) == before


def test_a_line_behind_gets_a_branch_of_its_own_which_is_used_again(retagger: Retagger) -> None:
    main, first = retagger.at("main"), retagger.at("3.7.4-1")
    assert retagger.retag().code == 0
    assert (retagger.at("main"), retagger.at("release/3.7.4")) == (main, retagger.at("3.7.4-2"))
    assert retagger.at("3.7.4-2^") == first
    assert retagger.publisher.latest() == "3.7.5-2"
    assert retagger.retag().code == 0
    assert retagger.at("release/3.7.4") == retagger.at("3.7.4-3")
    assert retagger.at("3.7.4-3^") == retagger.at("3.7.4-2")


def test_what_nobody_released_yet_stays_unreleased(retagger: Retagger) -> None:
    retagger.publisher.ltf.commit_more()
    retagger.push()
    main = retagger.at("main")
    assert retagger.retag(lines="3.7.5").code == 0
    assert (retagger.at("main"), retagger.at("3.7.5-3^")) == (main, retagger.at("3.7.5-2"))
    merged = git(retagger.origin, "merge-tree", "--write-tree", "main", "release/3.7.5")
    assert "3.7.5-3" in git(retagger.origin, "show", f"{merged}:{MANIFEST}")


def test_commits_on_a_lines_branch_that_nobody_released_are_not_lost(retagger: Retagger) -> None:
    retagger.retag()
    git(retagger.directory, "fetch", "--quiet", "origin")
    git(retagger.directory, "switch", "--quiet", "release/3.7.4")
    retagger.publisher.ltf.commit_more()
    git(retagger.directory, "push", "--quiet", "origin", "release/3.7.4")
    refs = retagger.refs
    result = retagger.retag()
    assert (result.code, retagger.refs) == (4, refs)
    assert "release/3.7.4" in result.error.found


def test_a_request_is_carried_out_once(retagger: Retagger) -> None:
    assert retagger.retag("--request", "17", lines="all").code == 0
    refs = retagger.refs
    result = retagger.retag("--request", "17", lines="all")
    assert (result.code, result.conclusion, retagger.refs) == (0, "nothing-to-do", refs), result
    assert retagger.retag("--request", "18").outputs["tag"] == "3.7.4-3"


def test_a_red_line_stops_no_other_and_nothing_of_it_is_pushed(retagger: Retagger) -> None:
    publisher = retagger.publisher
    push_base_image(publisher.registry, publisher.base, note="gated", runs=True)
    publisher.is_tested = True
    publisher.ltf.write("docker/red_amber_green.rb", LAMBDA)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY red_amber_green.rb /usr/local/bin/\n")
    retagger.released("3.7.5-3")
    publisher.ltf.write("start_point/hiker.sh", "echo $((6 * 8))\n")
    publisher.tagged("3.7.4-7")
    retagger.push()
    refs = retagger.refs
    result = retagger.retag(lines="3.7.4,3.7.5")
    assert (result.code, result.conclusion, result.outputs["released"]) == (1, "failed", "true"), result
    (found,) = [finding.found for finding in result.findings if finding.severity == "error"]
    assert found.startswith("3.7.4: ")
    assert set(retagger.refs) - set(refs) == {"3.7.5-4", "release/3.7.5"}
    assert (publisher.digest("3.7.4-8"), publisher.digest("3.7.5-4") is None) == (None, False)
    assert (result.step("3.7.4 tag").state, result.step("3.7.5 tag").state) == ("skipped", "done")


def test_a_floating_base_is_rebuilt_only_where_the_version_is_asked(retagger: Retagger) -> None:
    publisher = retagger.publisher
    push_base_image(publisher.registry, publisher.base.tagged("latest"), note="floats")
    retagger.released("3.7.6-1", **{"docker/Dockerfile": f"FROM {publisher.base.tagged('latest')}\n"})
    refused = retagger.retag("--dry-run", lines="3.7.6")
    assert (refused.code, refused.error.kind) == (4, "Refused"), refused
    assert "version-command" in refused.error.cure
    (retagger.directory / ".github").mkdir()
    retagger.released("3.7.6-2", **{".github/ltf-ci.yml": "version-command: python3 --version\n"})
    untested = retagger.retag("--dry-run", lines="3.7.6", LTF_CI_TEST="false")
    assert (untested.code, "--no-test" in untested.error.cure) == (4, True), untested
    planned = retagger.retag("--dry-run", lines="3.7.6", LTF_CI_TEST="true")
    assert (planned.code, planned.conclusion) == (0, "planned"), planned


def test_a_build_that_fails_stops_no_other(retagger: Retagger) -> None:
    retagger.publisher.ltf.write("docker/Dockerfile", f"FROM {retagger.publisher.base.tagged('gone')}\n")
    retagger.publisher.tagged("3.7.4-7")
    retagger.push()
    result = retagger.retag(lines="3.7.4,3.7.5")
    assert result.ended == (3, "failed"), result
    assert result.outputs["tag"] == "3.7.5-3"
    assert "3.7.4-8" not in retagger.tags


def test_the_base_is_fresh(retagger: Retagger) -> None:
    publisher = retagger.publisher
    push_base_image(publisher.registry, publisher.base, note="newer")
    assert retagger.retag().code == 0
    digest = publisher.labels("3.7.4-2")[f"{OCI}base.digest"]
    assert digest != publisher.labels("3.7.4-1")[f"{OCI}base.digest"]


def test_an_image_that_lends_files_is_fresh_too(retagger: Retagger) -> None:
    publisher, tool = retagger.publisher, retagger.publisher.base.tagged("1.0-1")
    push_base_image(publisher.registry, tool, note="tool")
    dockerfile = f"FROM {publisher.base}\nCOPY . /context/\nCOPY --from={tool} /etc/note /note\n"
    retagger.released("3.7.5-3", **{"docker/Dockerfile": dockerfile})
    assert retagger.retag_changed(lines="3.7.5").conclusion == "did-nothing"
    push_base_image(publisher.registry, tool, note="newer tool")
    result = retagger.retag_changed(lines="3.7.5")
    rows = {str(step.detail).partition(": ")[0]: step.state for step in result.steps if step.name == "3.7.5 base"}
    assert rows == {str(publisher.base): "unchanged", str(tool): "done"}, result
    push_base_image(publisher.registry, tool.tagged("1.0-2"), note="newer release")
    named = retagger.retag_changed("--base", str(tool.tagged("1.0-2")), lines="3.7.5")
    assert named.conclusion == "done", named
    assert f"--from={tool.tagged('1.0-2')} " in git(retagger.origin, "show", "3.7.5-5:docker/Dockerfile")


def test_what_has_not_changed_is_not_built_again(retagger: Retagger) -> None:
    refs = retagger.refs
    result = retagger.retag_changed("--reason", "CVE-2026-1", lines="all")
    assert (result.code, result.conclusion, retagger.refs) == (0, "did-nothing", refs), result
    assert "--rebuild" in result.reason
    assert (result.step("3.7.4 tag").state, result.step("list").state) == ("unchanged", "skipped")
    assert retagger.retag_changed("--rebuild").outputs["tag"] == "3.7.4-2"


def test_the_same_words_are_the_same_request_until_something_changes(retagger: Retagger) -> None:
    publisher = retagger.publisher
    push_base_image(publisher.registry, publisher.base, note="newer")
    assert retagger.retag_changed(lines="3.7.4").outputs["tag"] == "3.7.4-2"
    refs = retagger.refs
    again = retagger.retag_changed(lines="3.7.4")
    assert (again.conclusion, again.outputs["tag"], retagger.refs) == ("nothing-to-do", "3.7.4-2", refs), again
    other = retagger.retag_changed("--reason", "another", lines="3.7.4")
    assert (other.conclusion, retagger.refs) == ("did-nothing", refs), other
    push_base_image(publisher.registry, publisher.base, note="newest")
    assert retagger.retag_changed(lines="3.7.4").outputs["tag"] == "3.7.4-3"


def test_a_base_that_is_not_rebuilt_is_named(retagger: Retagger) -> None:
    publisher = retagger.publisher
    place = publisher.base.path.rpartition("/")[0]
    base = ImageName.parse(f"{publisher.host}/{place}/python:3.7.5-1")
    digest = digest_now(publisher.base, publisher.registry)
    names = {
        f"{OCI}base.name": str(publisher.base),
        f"{OCI}base.digest": str(digest),
        f"{OCI}source": "https://e.org/python",
    }
    push_base_image(publisher.registry, base, note="ours", Labels=names)
    retagger.released("3.7.5-3", **{"docker/Dockerfile": f"FROM {base}\nCOPY . /context/\n"})
    push_base_image(publisher.registry, publisher.base, note="moved")
    result = retagger.retag_changed("--reason", "CVE-2026-1", lines="3.7.5")
    assert (result.code, result.conclusion) == (0, "did-nothing"), result
    (found,) = [each for each in result.findings if each.rule == "base-behind"]
    assert (found.found, "https://e.org/python" in found.cure) == (
        f"3.7.5: {base} is made of an older {publisher.base} than is there now",
        True,
    )


def test_no_layer_is_of_an_earlier_build(retagger: Retagger) -> None:
    publisher = retagger.publisher
    drawn = 'RUN ["/bin/busybox", "sh", "-c", "/bin/busybox head -c 9 /dev/urandom > /drawn"]'
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\n{drawn}\n")
    retagger.released("3.7.5-3")
    assert retagger.retag(lines="3.7.5").code == 0
    images = [publisher.registry.manifest(publisher.image.tagged(tag)) for tag in ("3.7.5-3", "3.7.5-4")]
    old, new = (image.data["layers"][-1]["digest"] for image in images)
    assert old != new


def test_a_bases_release_is_named_in_the_same_commit(retagger: Retagger) -> None:
    publisher = retagger.publisher
    place = publisher.base.path.rpartition("/")[0]
    bases = [ImageName.parse(f"{publisher.host}/{place}/python:3.7.5-{number}") for number in (1, 2)]
    for base in bases:
        push_base_image(publisher.registry, base, note=str(base))
    text = f"# mine\nfrom   {bases[0]}  as  one # x\nCOPY . /context/\n"
    publisher.ltf.write("docker/Dockerfile", text.replace(" # x", ""))
    retagger.released("3.7.5-3")
    result = retagger.retag("--base", str(bases[1]), lines="3.7.5,3.7.4")
    assert result.code == 0, result
    expected = text.replace(" # x", "").replace(str(bases[0]), str(bases[1]))
    assert retagger.file("3.7.5-4", "docker/Dockerfile") + "\n" == expected
    assert git(retagger.origin, "diff", "--name-only", "3.7.5-3", "3.7.5-4").split() == ["docker/Dockerfile", MANIFEST]
    assert git(retagger.origin, "diff", "--name-only", "3.7.4-1", "3.7.4-2").split() == [MANIFEST]
    assert publisher.labels("3.7.5-4")[f"{OCI}base.name"] == str(bases[1])


@pytest.mark.parametrize("written", ["image-from: '{}'  # where\n", "image: {{from: '{}'}}  # where\n"])
def test_a_start_point_names_the_new_image_in_its_settings(retagger: Retagger, written: str) -> None:
    publisher = retagger.publisher
    place = publisher.base.path.rpartition("/")[0]
    images = [ImageName.parse(f"{publisher.host}/{place}/python:3.7.4-{number}") for number in (1, 2)]
    for image in images:
        push_base_image(publisher.registry, image, note=str(image))
    shutil.rmtree(retagger.directory / "docker")
    (retagger.directory / ".github").mkdir()
    publisher.ltf.write(".github/ltf-ci.yml", written.format(images[0]))
    retagger.released("3.7.4-2")
    publisher.ltf.write(".github/ltf-ci.yml", "latest: never\n")
    result = retagger.retag("--base", str(images[1]))
    assert result.code == 0, result
    assert retagger.file("3.7.4-3", ".github/ltf-ci.yml") == written.format(images[1]).strip()
    assert publisher.labels("3.7.4-3")[f"{OCI}base.name"] == str(images[1])


def test_a_start_point_whose_image_is_as_it_was_is_not_released_again(retagger: Retagger) -> None:
    publisher = retagger.publisher
    place = publisher.base.path.rpartition("/")[0]
    image = ImageName.parse(f"{publisher.host}/{place}/python:9e3179c")
    push_base_image(publisher.registry, image, note="first")
    shutil.rmtree(retagger.directory / "docker")
    (retagger.directory / ".github").mkdir()
    publisher.ltf.write(".github/ltf-ci.yml", f"image-from: '{image}'\n")
    retagger.released("3.7.4-2")
    other = f"{publisher.host}/{place}/another:3.7.4-9"
    refs = retagger.refs
    result = retagger.retag("--base", other, "--reason", "CVE-2026-1")  # there is nothing to rebuild
    assert (result.code, result.conclusion, retagger.refs) == (0, "did-nothing", refs), result
    assert publisher.digest("3.7.4-3") is None
    steps = [(row.name, row.state) for row in result.steps]
    assert steps == [("3.7.4 tag", "unchanged"), ("3.7.4 base", "skipped"), ("list", "skipped")]
    assert other in result.step("3.7.4 base").detail
    push_base_image(publisher.registry, image, note="moved")
    result = retagger.retag("--reason", "CVE-2026-1")
    assert (result.code, result.conclusion) == (0, "done"), result
    assert " → " in result.step("3.7.4 base").detail


def test_an_images_own_repository_is_tagged_at_the_same_commit(retagger: Retagger) -> None:
    publisher = retagger.publisher
    retagger.released_alone()
    refs = retagger.refs
    result = retagger.retag(lines="3.7.6")
    assert result.code == 0, result
    assert set(retagger.refs) - set(refs) == {"3.7.6-2"}
    assert retagger.at("3.7.6-2") == retagger.at("3.7.6-1")
    assert publisher.labels("3.7.6-2")[f"{OCI}version"] == "3.7.6-2"
    assert result.step("list").state == "skipped"


def test_the_list_is_asked_first_only_where_something_is_to_be_listed(retagger: Retagger, github: GithubServer) -> None:
    """An image's own repository is in no list, whatever its folder looks like now; a start point's lines are."""
    nobody = {"LTF_CI_LANGUAGES": NAME, "LTF_CI_TOKEN": "wrong", "GITHUB_API_URL": github.api}
    retagger.released_alone()
    alone = retagger.retag(lines="3.7.6", **nobody)
    assert (alone.code, alone.outputs["tag"]) == (0, "3.7.6-2"), alone
    refs, asked = retagger.refs, len(github.asked)
    both = retagger.retag(lines="3.7.4,3.7.5", **nobody)
    assert (both.failure[0], retagger.refs) == (6, refs), both
    assert len(github.asked) - asked == 1


def test_a_line_whose_git_tag_was_moved_is_not_built_from_there(retagger: Retagger, github: GithubServer) -> None:
    """A security re-tag must not release what somebody put under a released tag."""
    entry = f"{retagger.origin}?tag=3.7.4-1"
    image, digest = retagger.publisher.image.tagged("3.7.4-1"), retagger.publisher.digest("3.7.4-1")
    locked = LockEntry(retagger.at("3.7.4-1"), str(image), str(digest), "Python (3.7.4), unittest")
    github.create_repository(NAME, {LIST: f"{entry}\n", LOCK: json.dumps({entry: locked.as_data()})})
    git(retagger.origin, "tag", "--force", "3.7.4-1", "3.7.5-1")
    refs = retagger.refs
    known = {"LTF_CI_LANGUAGES": NAME, "LTF_CI_TOKEN": github.token, "GITHUB_API_URL": github.api}
    refused = retagger.retag(**known)
    assert (refused.failure, retagger.refs) == ((4, "TagTaken"), refs), refused
    assert f"its git tag is at commit {retagger.at('3.7.5-1')} now" in refused.error.found


def test_one_pull_request_for_all_lines_with_a_reason_that_is_only_text(
    retagger: Retagger, github: GithubServer
) -> None:
    listed = f"{retagger.origin}?tag=3.7.4-1\n{retagger.origin}?tag=3.7.5-2\n"
    hosted = github.create_repository(NAME, {LIST: listed, LOCK: "{}\n"})
    words = ("--reason", HOSTILE, "--languages", NAME, "--request", "7")
    result = retagger.retag(*words, lines="all", LTF_CI_TOKEN=github.token, GITHUB_API_URL=github.api)
    assert result.code == 0, result
    (pull,) = hosted.pulls
    assert hosted.read(LIST, pull.head) == listed.replace("3.7.4-1", "3.7.4-2").replace("3.7.5-2", "3.7.5-3")
    assert (pull.head, list(pull.labels)) == ("ltf-ci/security", ["security"])
    assert "Reason: CVE Ltf-Ci-Retag: forged ::error::x" in pull.body
    for live in ("[x](", "<b>", "@all", "fixes #1", "http://"):
        assert live not in pull.body
    message = git(retagger.origin, "for-each-ref", "--format=%(contents)", "refs/tags/3.7.4-2").splitlines()
    assert [line.partition(" ")[0] for line in message] == ["Release", "", "Reason:", "", "Ltf-Ci-Retag:"]
    assert retagger.retag("--request", "forged").outputs["tag"] == "3.7.4-3"


def test_a_dry_run_shows_the_plan_and_pushes_nothing(retagger: Retagger) -> None:
    refs = retagger.refs
    result = retagger.retag("--dry-run", lines="all")
    assert result.ended == (0, "planned"), result
    told = [(line["line"], line["git"], line["tag"], line["how"]) for line in result.plan["lines"]]
    assert told == [
        ("3.7.4", "3.7.4-2 after 3.7.4-1, on release/3.7.4", "3.7.4-2", "build"),
        ("3.7.5", "3.7.5-3 after 3.7.5-2, on main", "3.7.5-3", "build"),
    ]
    assert [line["files"] for line in result.plan["lines"]] == [[MANIFEST], [MANIFEST]]
    assert retagger.refs == refs
    assert retagger.publisher.digest("3.7.5-3") is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--lines", "3.9.9"), 3),
        (("--lines", "3.7"), 3),
        (("--lines", "3.7.4-1"), 2),
        (("--lines", ""), 2),
        (("--request", "a b"), 2),
        (("--base", "a/b"), 2),
        (("--reason", "x" * 501), 2),
    ],
)
def test_what_cannot_be_is_said_and_pushes_nothing(retagger: Retagger, words: tuple[str, ...], code: int) -> None:
    refs = retagger.refs
    assert retagger.retag(*words).code == code
    assert retagger.refs == refs


def test_without_an_origin_it_is_refused(retagger: Retagger) -> None:
    git(retagger.directory, "remote", "remove", "origin")
    assert retagger.retag().code == 2


@pytest.mark.parametrize(("theirs", "mine"), [("17", "3.7.4-2"), ("18", "3.7.4-3")])
def test_two_at_once(retagger: Retagger, tmp_path: Path, theirs: str, mine: str) -> None:
    """While the first one pushes, another run goes its whole way, and is first."""
    once, said_there = tmp_path / "once", tmp_path / "result.json"
    other = f"{other_run(retagger, theirs)} > {shlex.quote(str(said_there))}"
    go_on = f"[ -e {once} ] && exit 0\ntouch {once}"
    outside = "unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH"
    hook(retagger.origin, f"{go_on}\n{outside}\n{other}")
    result = retagger.retag("--request", "17")
    assert json.loads(said_there.read_text())["outputs"]["tag"] == "3.7.4-2"
    assert (result.code, result.outputs["tag"]) == (0, mine), result
    tags = {"3.7.4-2", mine}
    assert {tag for tag in retagger.tags if tag.startswith("3.7.4")} == {"3.7.4-1", *tags}
    assert all(retagger.publisher.labels(tag)[f"{OCI}revision"] == retagger.at(tag) for tag in tags)
    assert retagger.at("release/3.7.4") == retagger.at(mine)


def test_an_image_that_another_run_pushed_meanwhile_is_not_what_was_asked(retagger: Retagger) -> None:
    """Its base may be older: the other run's tag lacks its image when we look, and has it when we have built ours."""
    assert retagger.retag("--request", "17").code == 0
    publisher, asked_for = retagger.publisher, list[str]()
    prefix = f"{publisher.image.path.partition('/')[0]}m"

    def late(asked: Asked, pass_on: Pass) -> Answered:
        if asked.path.endswith("/manifests/3.7.4-2"):
            asked_for.append(asked.path)
            if len(asked_for) == 3:  # before our push
                other = other_run(retagger, "17", LTF_CI_PUSH_TO=f"{publisher.host}/{prefix}")
                subprocess.run(shlex.split(other), check=True, capture_output=True)
        return pass_on(asked)

    with proxy_before(publisher.host, late) as proxy:
        place = {**environ_of(proxy.host), "LTF_CI_PUSH_TO": f"{proxy.host}/{prefix}"}
        result = retagger.retag("--request", "18", **place)
    assert (result.code, result.outputs["tag"]) == (0, "3.7.4-3"), result
    assert set(publisher.registry.tags(publisher.image.under(f"{publisher.host}/{prefix}"))) >= {"3.7.4-2", "3.7.4-3"}


def test_an_images_commit_is_the_same_for_another_run_whose_image_is_not_ours(retagger: Retagger) -> None:
    """Its tag is at the same commit, and its image is there when we ask whether ours is."""
    publisher, asked_for = retagger.publisher, list[str]()
    retagger.released_alone()
    prefix = publisher.image.path.partition("/")[0]

    def late(asked: Asked, pass_on: Pass) -> Answered:
        if asked.path.endswith("/manifests/3.7.6-2") and not asked_for:
            asked_for.append(asked.path)
            other = other_run(retagger, "17", lines="3.7.6", LTF_CI_PUSH_TO=f"{publisher.host}/{prefix}")
            subprocess.run(shlex.split(other), check=True, capture_output=True)
        return pass_on(asked)

    with proxy_before(publisher.host, late) as proxy:
        place = {**environ_of(proxy.host), "LTF_CI_PUSH_TO": f"{proxy.host}/{prefix}"}
        result = retagger.retag("--request", "18", lines="3.7.6", **place)
    assert (result.code, result.outputs["tag"], result.outputs["released"]) == (0, "3.7.6-3", "true"), result
    assert retagger.at("3.7.6-2") == retagger.at("3.7.6-3") == retagger.at("3.7.6-1")


def other_run(retagger: Retagger, request: str, lines: str = "3.7.4", **more: str) -> str:
    """Return the shell's words for another run of the same lines."""
    environ = [f"{name}={value}" for name, value in {**environ_of(retagger.publisher.host), **more}.items()]
    words = ["env", "-C", str(ROOT), *environ, sys.executable, "-m", "ltf_ci", "retag", str(retagger.directory)]
    return shlex.join([*words, "--lines", lines, "--request", request, "--rebuild"])
