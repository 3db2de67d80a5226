"""The door to git, on the oldest git that works, the machine's and a current one: logins, questions, clones, bounds."""

from __future__ import annotations

import base64
import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.login import Login
from ltf_ci.clients.git.repository import MOST_MEMORY, Git
from ltf_ci.clients.limits import Limits
from ltf_ci.clients.pull_requests.over_git import GitRemote
from ltf_ci.errors import AccessDenied, GitFailed, MissingTool, NoRepository
from ltf_ci.model.commit import Commit
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.model.secret import Secret
from tests.support.gits import Gate, answering, guarded
from tests.support.repositories import LtfRepository, git

TOKEN = "ghs_of-the-tests"
BASIC = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
NOBODY = "Basic " + base64.b64encode(b":").decode()
PERSISTED = "AUTHORIZATION: basic " + base64.b64encode(b"x-access-token:persisted").decode()
AUTHOR = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")


@pytest.fixture(autouse=True)
def http_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http:ssh")


def script(place: Path, text: str) -> Path:
    place.parent.mkdir(exist_ok=True, parents=True)
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def configure(*words: str) -> None:
    with Path(os.environ["GIT_CONFIG_GLOBAL"]).open("a") as config:
        config.write("".join(f"{word}\n" for word in words))


@pytest.mark.usefixtures("each_git")
def test_the_token_lets_git_in_and_is_its_only_login(ltf: LtfRepository) -> None:
    ltf.tag("1-1")
    with guarded(ltf.directory.parent, gate := Gate()) as server:
        for address in (f"{server.url}/", f"{server.url}/repository", server.url.replace("//", "//x-access-token@")):
            git(ltf.directory, "config", f"http.{address}.extraheader", PERSISTED)  # as actions/checkout leaves it
        git(ltf.directory, "config", "http.extraheader", PERSISTED)
        configure("[credential]", f"helper = !echo password=another; touch {ltf.directory}/asked;")
        client = Git(ltf.directory, Login(server.url, Secret(TOKEN)))
        assert list(client.remote_tags(f"{server.url}/repository")) == ["1-1"]
    assert [given for given in gate.seen if given] == [[f"Basic {BASIC}"]] * (len(gate.seen) - 1)
    assert not (ltf.directory / "asked").exists()


def test_the_token_goes_before_a_login_of_netrc(
    each_git: str, ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ltf.tag("1-1")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login another password another\n")
    with guarded(ltf.directory.parent, gate := Gate(knows=BASIC)) as server:
        client = Git(ltf.directory, Login(server.url, Secret(TOKEN)))
        assert list(client.remote_tags(f"{server.url}/repository")) == ["1-1"]
    logins = [word for given in gate.seen for word in given]
    nobody = [] if each_git == "2.47" else [NOBODY]  # git before 2.46 tries an empty name first
    assert list(dict.fromkeys(logins)) == [*nobody, f"Basic {BASIC}"]


@pytest.mark.usefixtures("each_git")
@pytest.mark.parametrize("helper", ["!{}", "{} -E", "large -E"])
@pytest.mark.parametrize("section", ["", ' "{}"'])
def test_a_helper_may_take_more_memory_than_git(
    ltf: LtfRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, helper: str, section: str
) -> None:
    """As Git Credential Manager does, a program of .NET."""
    takes = f"import mmap; mmap.mmap(-1, {MOST_MEMORY}, flags=mmap.MAP_PRIVATE)"
    text = f'#!{sys.executable}\n{takes}\nprint("username=a", "password=b", sep="\\n")\n'
    program = script(tmp_path / "bin/git-credential-large", "")
    program.write_text(text)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    (folder := tmp_path / "clone").mkdir()
    with guarded(ltf.directory.parent, Gate()) as server:
        configure(f"[credential{section.format(server.url)}]", f'helper = "{helper.format(program)}"')
        url = RepositoryUrl(f"{server.url}/repository")
        assert list(Git(tmp_path).remote_refs(url).commits) == ["refs/heads/main"]
        Cloner.of(Git(tmp_path)).clone_ref(folder, url, "main")


@pytest.mark.usefixtures("each_git")
def test_the_token_goes_to_no_other_server(ltf: LtfRepository) -> None:
    with guarded(ltf.directory.parent, gate := Gate()) as other, guarded(ltf.directory.parent, Gate()) as server:
        client = Git(ltf.directory, Login(server.url, Secret(TOKEN)))
        with pytest.raises(AccessDenied):
            client.remote_tags(f"{other.url}/repository")
        server.gate.moved_to = other.url
        with pytest.raises(AccessDenied):
            client.remote_tags(f"{server.url}/repository")
    assert gate.seen
    assert not any(gate.seen)


@pytest.mark.usefixtures("each_git")
def test_the_token_is_in_no_environment_and_on_no_command_line(
    ltf: LtfRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    collect = f"cat /proc/$$/environ /proc/$PPID/environ /proc/$PPID/cmdline >>{seen}; exit 1"
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script(tmp_path / "ssh", collect)))
    script(ltf.directory / ".git/hooks/pre-push", collect)
    git(ltf.directory, "init", "--quiet", "--bare", str(tmp_path / "origin"))
    git(ltf.directory, "remote", "add", "origin", str(tmp_path / "origin"))
    ltf.tag("1-1")
    client = Git(ltf.directory, Login("https://github.com", Secret(TOKEN)))
    for call in (lambda: client.remote_tags("git@example.org:a/b"), lambda: client.push("main", "1-1")):
        with pytest.raises(GitFailed):
            call()
    raw = seen.read_bytes()
    assert raw.count(b"GIT_SSH_COMMAND=") > 1
    assert not any(secret.encode() in raw for secret in (TOKEN, BASIC))


@pytest.mark.usefixtures("each_git")
def test_a_clone_is_made_as_the_folder_is_known(ltf: LtfRepository, tmp_path: Path) -> None:
    with guarded(ltf.directory.parent, gate := Gate()) as server:
        git(ltf.directory, "remote", "add", "origin", "mirror:repository")
        for key, value in {
            f"url.{server.url}/.insteadOf": "mirror:",
            f"http.{server.url}/.extraheader": PERSISTED,
            "user.name": 'A "Body" \\ of it',
            "user.email": "of-the-folder@example.org",
            "core.hooksPath": str(tmp_path),
        }.items():
            git(ltf.directory, "config", key, value)
        clone = Cloner.of(Git(ltf.directory)).clone_origin(tmp_path / "clone")
        clone.checkout(clone.commit_of_ref("refs/remotes/origin/main") or clone.head())
        (clone.directory / "docker/Dockerfile").write_text("FROM x\n")
        clone.commit("Change", "docker/Dockerfile")
        assert clone.run("log", "-1", "--format=%an <%ae>").strip() == 'A "Body" \\ of it <of-the-folder@example.org>'
        assert clone.run("config", "core.hooksPath").strip() == "/dev/null"
        assert list(clone.remote_tags("origin")) == []
    assert all(len(given) == 1 for given in gate.seen)


@pytest.mark.usefixtures("each_git")
def test_a_clone_is_signed_as_the_folder_is(ltf: LtfRepository, tmp_path: Path) -> None:
    signs = script(tmp_path / "gpg", f"cat >{tmp_path}/signed; printf '\\n[GNUPG:] SIG_CREATED \\n' >&2; echo SIGNED")
    git(ltf.directory, "remote", "add", "origin", ".")
    for key, value in {"gpg.program": str(signs), "commit.gpgSign": "true", "tag.gpgSign": "true"}.items():
        git(ltf.directory, "config", key, value)
    clone = Cloner.of(Git(ltf.directory)).clone_origin(tmp_path / "clone")
    clone.checkout(clone.commit_of_ref("refs/remotes/origin/main") or clone.head())
    clone.tag("1-1", "Release")
    assert "SIGNED" in clone.run("cat-file", "tag", "1-1")


@pytest.mark.usefixtures("each_git")
def test_no_program_of_the_user_runs_in_a_clone_of_others(ltf: LtfRepository, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    touch = script(tmp_path / "touch", f"touch {ran}; cat; exit 1")
    for name in ("post-checkout", "pre-commit", "reference-transaction"):
        script(tmp_path / "hooks" / name, f"touch {ran}; exit 1")
    script(tmp_path / "template/hooks/post-checkout", f"touch {ran}; exit 1")
    ltf.write(".gitattributes", "*.sh filter=lfs\n*.json filter=other\n")
    ltf.tag(ltf.commit("Filters")[:4])
    configure("[core]", f"hooksPath = {tmp_path}/hooks", f"fsmonitor = {touch}")
    configure("[init]", f"templateDir = {tmp_path}/template")
    for name in ("lfs", "other"):
        configure(f'[filter "{name}"]', f"smudge = {touch}", f"clean = {touch}", f"process = {touch}", "required")
    where = RepositoryUrl(str(ltf.directory))
    cloner = Cloner.of(Git(tmp_path))
    for number, ask in enumerate((cloner.clone_ref, cloner.clone_commit)):
        folder = tmp_path / str(number)
        folder.mkdir()
        ask(folder, where, "main" if number == 0 else str(Git(ltf.directory).head()))
        assert (folder / "start_point/hiker.sh").read_text() == "echo $((6 * 9))\n"
    assert not ran.exists()


@pytest.mark.parametrize("key", ["ABCD1234", "key::ssh-ed25519 AAAA", "keys/id.pub"])
def test_a_mere_folder_has_a_signing_key_too(ltf: LtfRepository, tmp_path: Path, key: str) -> None:
    configure("[user]", f"signingKey = {key}")
    folder = tmp_path / "clone"
    folder.mkdir()
    clone = Cloner.of(Git(tmp_path)).clone_ref(folder, RepositoryUrl(str(ltf.directory)), "main")
    assert clone.run("config", "user.signingKey").strip() == key


@pytest.mark.usefixtures("each_git")
def test_a_commit_that_is_not_there_is_named_without_the_clones_folder(ltf: LtfRepository, tmp_path: Path) -> None:
    folder = tmp_path / "clone"
    folder.mkdir()
    with pytest.raises(GitFailed) as raised:
        Cloner.of(Git(tmp_path)).clone_commit(folder, RepositoryUrl(str(ltf.directory)), "c296f87")
    assert (raised.value.found, "URL?tag=TAG" in raised.value.cure) == ("no commit is c296f87", True)


@pytest.mark.usefixtures("each_git")
def test_what_the_caller_configured_by_its_environment_stays(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"COUNT": "1", "KEY_0": "user.name", "VALUE_0": "By environment"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    client = Git(ltf.directory, Login("https://github.com", Secret(TOKEN)))
    assert client.run("config", "user.name").strip() == (
        "By environment" if client.version() >= (2, 31) else "A Maintainer"
    )


@pytest.mark.usefixtures("each_git")
@pytest.mark.parametrize("by", ["environment", "configuration"])
def test_an_askpass_program_is_asked_where_one_repository_is(
    ltf: LtfRepository, by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_ASKPASS", raising=False)
    ask = script(tmp_path / "ask", f"echo x >>{tmp_path}/asked; echo secret")
    if by == "environment":
        monkeypatch.setenv("GIT_ASKPASS", str(ask))
    else:
        configure("[core]", f"askPass = {ask}")
    with guarded(ltf.directory.parent, Gate()) as server:
        client, url = Git(ltf.directory), f"{server.url}/repository"
        assert client.remote_tags(url) == {}
        asked = (tmp_path / "asked").read_text()
        with ThreadPoolExecutor() as pool, pytest.raises(AccessDenied):  # many would ask at once
            pool.submit(client.remote_tags, url).result()
        assert (tmp_path / "asked").read_text() == asked


@pytest.mark.usefixtures("each_git")
def test_a_login_that_is_missing_is_access_denied(ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_ASKPASS", raising=False)
    monkeypatch.delenv("SSH_ASKPASS", raising=False)
    with guarded(ltf.directory.parent, Gate()) as server, pytest.raises(AccessDenied):
        Git(ltf.directory).remote_tags(f"{server.url}/repository")


@pytest.mark.usefixtures("each_git")
def test_many_texts_are_read_by_two_calls(ltf: LtfRepository) -> None:
    texts = {"a": "", "b c": "one\n\ntwo", "d": "1234 blob 5\n", "\N{SNOWMAN}": "\N{SNOWMAN}\n"}
    for path, text in texts.items():
        ltf.write(path, text)
    ltf.write("with\nfeed", "not asked for")
    ltf.write("large", "x" * (1024 * 1024 + 1))
    (ltf.directory / "link").symlink_to("nothing")
    ltf.commit("Files")
    client = Git(ltf.directory)
    nothing = dict.fromkeys(["nothing", "docker", "link"])
    there = {path: text.encode() for path, text in texts.items()}
    assert client.contents_at("HEAD", [*nothing, "large", "with\nfeed", *texts]) == {**nothing, **there}
    assert client.contents_at("HEAD", []) == {}
    assert {line.partition("\t")[2] for line in client.files_at("HEAD", "docker", "a", "nothing")} == {
        "a",
        "docker/Dockerfile",
    }


def test_no_is_no_and_what_cannot_be_asked_is_an_error(ltf: LtfRepository, tmp_path: Path) -> None:
    client, head = Git(ltf.directory), Git(ltf.directory).head()
    other = Commit.parse("1" * 40)
    assert client.origin() is None
    assert client.branch() == "main"
    assert client.default_branch() is None
    assert client.commit_of("1-1") is None
    assert client.text_at(head, "nothing") is None
    assert client.text_at(head, "docker") is None  # a folder
    assert client.content_before_last_change("docker/Dockerfile") is None
    assert client.is_ancestor(str(head), str(head))
    with pytest.raises(GitFailed):
        client.is_ancestor(str(other), str(head))
    for ask in (Git(tmp_path).origin, Git(tmp_path).branch, Git(tmp_path).tags, Git(tmp_path).head):
        with pytest.raises(NoRepository):
            ask()
    (ltf.directory / ".git/config").write_text("[core\n")
    for ask in (client.origin, client.branch, client.tags, client.default_branch):
        with pytest.raises(GitFailed):
            ask()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_folder_has_gits_own_cure(ltf: LtfRepository, each_git: str) -> None:
    if each_git == "2.30":
        pytest.skip("git 2.30.2 of Debian 11 has no owner's check in every build")
    for place in (ltf.directory, ltf.directory / ".git"):
        os.chown(place, 1234, 1234)
    for ask in (Git(ltf.directory).origin, Git(ltf.directory).head, Git(ltf.directory).tags):
        with pytest.raises(GitFailed, match="dubious ownership") as told:
            ask()
        assert told.value.cure == f"git config --global --add safe.directory {ltf.directory}"


def test_a_git_that_is_too_old_is_named(ltf: LtfRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin/git", '[ "$1" = version ] && echo git version 2.17.1 || exit 129')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(MissingTool, match=r"git is of version 2\.17") as told:
        Git(ltf.directory).head()
    assert told.value.expected == "2.30"


@pytest.mark.usefixtures("each_git")
def test_gits_own_warnings_are_shown(ltf: LtfRepository) -> None:
    said: list[str] = []
    with guarded(ltf.directory.parent, Gate(asks=False)) as server, guarded(ltf.directory, Gate()) as old:
        old.gate.moved_to = server.url
        Git(ltf.directory, log=said.append).remote_tags(f"{old.url}/repository")
    assert said == [f"warning: redirecting to {server.url}/repository/"]


@pytest.mark.usefixtures("each_git")
def test_a_list_line_is_redirected_to_no_other_host(ltf: LtfRepository) -> None:
    with guarded(ltf.directory.parent, Gate(asks=False)) as server, guarded(ltf.directory, Gate()) as old:
        old.gate.moved_to = server.url
        here = RepositoryUrl(f"{old.url}/repository")
        answer = Git(ltf.directory).remote_refs(here)  # another port of the same host
        assert (list(answer.commits), str(answer.today)) == (["refs/heads/main"], f"{server.url}/repository")
        with pytest.raises(GitFailed, match=r"is redirected to 127\.0\.0\.1"):
            Git(ltf.directory).remote_refs(RepositoryUrl(str(here).replace("127.0.0.1", "localhost")))


@pytest.mark.usefixtures("each_git")
def test_no_redirect_leads_to_plain_http(ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_ALLOW_PROTOCOL")
    with guarded(ltf.directory.parent, Gate(asks=False)) as server, guarded(ltf.directory, Gate()) as old:
        configure(f'[url "{server.url}/"]', "insteadOf = https://configured.example/")
        configure(f'[url "{old.url}/"]', "insteadOf = https://redirected.example/")
        old.gate.moved_to = server.url
        client = Git(ltf.directory)
        assert client.remote_tags("https://configured.example/repository") == {}
        with pytest.raises(GitFailed, match="not supported or disabled"):
            client.remote_tags("https://redirected.example/repository")


def packet(text: str) -> bytes:
    return f"{len(text) + 4:04x}{text}".encode()


def begin(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
    handler.end_headers()
    handler.wfile.write(packet("# service=git-upload-pack\n") + b"0000")


def refs_without_end(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    many = b"".join(packet(f"{'1' * 40} refs/tags/{number:0200}\n") for number in range(4000))
    while True:
        handler.wfile.write(many)


def drip(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    for number in range(600):
        handler.wfile.write(packet(f"{'1' * 40} refs/tags/{number}\n"))
        time.sleep(0.1)


@pytest.mark.usefixtures("each_git")
@pytest.mark.parametrize(("answer", "found"), [(refs_without_end, "received too much"), (drip, "took too long")])
def test_a_server_has_its_bounds(ltf: LtfRepository, answer: object, found: str) -> None:
    with answering(answer) as url, pytest.raises(GitFailed, match=found):  # type: ignore[arg-type]
        Git(ltf.directory, seconds=0.5 if answer is drip else 600).remote_refs(RepositoryUrl(f"{url}/x"))


Clone = Callable[[RepositoryUrl, Path], object]
CLONES: dict[str, Clone] = {
    "of a list's line": lambda url, folder: Cloner.of(Git(folder)).clone_ref(folder, url, "bomb"),
    "of a repository that is adopted": lambda url, folder: Cloner.of(Git(folder)).clone(folder, url, "--depth=1"),
}


@pytest.mark.parametrize("kind", CLONES)
def test_a_clone_has_its_bounds(ltf: LtfRepository, tmp_path: Path, kind: str) -> None:
    blob = git(ltf.directory, "rev-parse", "HEAD:start_point/hiker.sh")
    entries = "".join(f"100644 blob {blob}\t{number}\n" for number in range(30))
    for _ in range(3):  # 30 * 30 * 30 files
        made = Git(ltf.directory).run("mktree", stdin=entries.encode()).strip()
        entries = "".join(f"040000 tree {made}\t{number}\n" for number in range(30))
    commit = git(ltf.directory, *AUTHOR, "commit-tree", "-m", "Bomb", made)
    git(ltf.directory, "update-ref", "refs/tags/bomb", commit)
    git(ltf.directory, "update-ref", "refs/heads/main", commit)
    (clone := tmp_path / "clone").mkdir()
    with pytest.raises(GitFailed, match=r"too many files|received too much"):
        CLONES[kind](RepositoryUrl(f"file://{ltf.directory}"), clone)


def test_a_server_that_drips_holds_no_clone(tmp_path: Path) -> None:
    with answering(drip) as url, pytest.raises(GitFailed, match="cannot be cloned: it took too long"):
        GitRemote(RepositoryUrl(f"{url}/x"), (), print, seconds=0.5).state("ltf-ci/x")
    with answering(drip) as url:
        clone = Git(tmp_path, limits=Limits(seconds=0.5, output=1000, memory=MOST_MEMORY))
        git(tmp_path, "init", "--quiet")
        with pytest.raises(GitFailed, match="git fetch was ended: it took too long"):
            clone.run("fetch", f"{url}/x")


def test_the_helper_answers_what_it_is_asked_alone(tmp_path: Path) -> None:
    file = (tmp_path / "token").open("w+")
    file.write("password=x")
    file.flush()
    from ltf_ci.clients import process
    from ltf_ci.clients.git import login

    words = [sys.executable, "-IS", login.__file__, str(file.fileno())]
    assert [process.run([*words, verb], fds=[file.fileno()]).text for verb in ("get", "get", "store", "erase")] == [
        "password=x",
        "password=x",
        "",
        "",
    ]
    file.close()


@pytest.mark.usefixtures("each_git")
@pytest.mark.parametrize(
    ("origin", "public"),
    [
        ("https://github.com/O/N", "https://github.com/O/N"),  # which insteadOf leads elsewhere
        ("gh:O/N", "https://github.com/O/N"),  # which insteadOf makes an address of
        ("git@gh-work:O/N.git", "https://github.com/O/N"),  # an alias of ssh's
        ("ssh://git@by-443/O/N.git", "https://github.com/O/N"),
        ("git@unknown:O/N", "git@unknown:O/N"),
        ("https://somebody:secret@github.com/O/N", "https://github.com/O/N"),
    ],
)
@pytest.mark.parametrize("by", ["PATH", "core.sshCommand", "GIT_SSH_COMMAND", "GIT_SSH"])
def test_origin_is_the_repository_and_not_the_way_to_it(
    ltf: LtfRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str, public: str, by: str
) -> None:
    aliases = tmp_path / "ssh_config"
    aliases.write_text("Host gh-work\nHostName github.com\nHost by-443\nHostName ssh.github.com\nPort 443\n")
    own = script(tmp_path / "bin/ssh", f'exec {shutil.which("ssh")} -F {aliases} "$@"')
    match by:
        case "PATH":
            monkeypatch.setenv("PATH", str(own.parent), prepend=":")
        case "GIT_SSH":  # what git passes over, as long as one of the others is set
            monkeypatch.setenv("GIT_SSH", str(own))
        case "GIT_SSH_COMMAND":
            configure("[core]", "sshCommand = false")
            monkeypatch.setenv("ALIASES", str(aliases))
            monkeypatch.setenv("GIT_SSH_COMMAND", 'ssh -F "$ALIASES"')
        case _:
            monkeypatch.setenv("GIT_SSH", "false")
            configure("[core]", f"sshCommand = ssh -F '{aliases}'")
    configure('[url "http://cache.corp:8080/github.com/"]', "insteadOf = https://github.com/")
    configure('[url "https://github.com/"]', "insteadOf = gh:")
    git(ltf.directory, "remote", "add", "origin", origin)
    url = Git(ltf.directory).origin()
    assert str(url and url.public) == public


@pytest.mark.usefixtures("each_git")
def test_a_tag_of_a_tag_is_at_the_commit_that_it_leads_to(ltf: LtfRepository) -> None:
    for name, target in (
        ("3.7.4-1", "HEAD^{tree}"),
        ("3.7.4-2", "HEAD"),
        ("3.7.4-3", "3.7.4-2"),
        ("3.7.4-4", "3.7.4-3"),
    ):
        git(ltf.directory, *AUTHOR, "tag", "--annotate", "--message", name, name, target)
    git(ltf.directory, "tag", "3.7.4-5")
    at_head = ("3.7.4-2", "3.7.4-3", "3.7.4-4", "3.7.4-5")
    assert Git(ltf.directory).tags_at_head() == at_head
    git(ltf.directory, *AUTHOR, "commit", "--quiet", "--allow-empty", "--message", "After them")
    assert Git(ltf.directory).tags_at_head() == ()
    git(ltf.directory, "switch", "--quiet", "--detach", "3.7.4-4")
    assert Git(ltf.directory).tags_at_head() == at_head
