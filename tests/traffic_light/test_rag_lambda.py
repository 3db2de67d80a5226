"""A rag_lambda runs apart from the machine: what it does harms its own container alone. On both image stores."""

from __future__ import annotations

import gzip
import hashlib
import socket
from pathlib import Path

import pytest

from embedded.base_image import push_image, runnable_layer
from ltf_ci.clients.docker.containers import Containers
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.ruby_files import ruby_files
from ltf_ci.errors import BadInput, MissingTool
from ltf_ci.model.container import Printed, StartFilesRun
from ltf_ci.model.image import ImageName
from ltf_ci.traffic_light.colour import Colour, Verdict
from ltf_ci.traffic_light.image_test import lambda_image
from ltf_ci.traffic_light.rag_lambda import verdicts
from tests.support.publishing import Publisher, login
from tests.support.runnable import SHELLS, docker

pytestmark = [pytest.mark.machine, pytest.mark.both_daemons]
NO_ANSWER = Verdict(None, "the rag_lambda does not answer: it ends, or takes too much time or memory")


def judged(source: str, *outputs: str, tested: str = SHELLS, image: str = "") -> tuple[Verdict, ...]:
    runs = [StartFilesRun(stdout=Printed(text)) for text in outputs or ("",)]
    return verdicts(source, runs, tested, image, Containers(Docker(credentials=login)))


def test_one_container_judges_all_runs(runner: str) -> None:
    source = "$n = ($n || 0) + 1; lambda { |out, _, _| $n == 1 ? { '54' => :red }.fetch(out, :amber) : :green }"
    assert judged(source, "54", "x") == (Verdict(Colour.RED), Verdict(Colour.AMBER))


@pytest.mark.parametrize(
    "ends",
    [
        "exit!(3)",
        "Process.kill(:STOP, Process.ppid)",
        "[:STOP, :KILL].each { |signal| Process.kill(signal, 1, Process.ppid) }",
        "100.times { fork { sleep 600 } }; exit!",
        "fork { Process.setsid; loop { Process.kill(:STOP, Process.ppid) rescue 0; sleep 0.01 } }; exit!",
    ],
)
def test_what_ends_one_run_ends_no_other(runner: str, ends: str) -> None:
    source = f"lambda {{ |out, _, _| out == 'ends' ? ({ends}; exit!) : :red }}"
    assert judged(source, "ends", "54", "ends", "54") == (NO_ANSWER, Verdict(Colour.RED)) * 2


SEES = {
    "its environment": "ENV.to_h.keys.join",
    "a folder of the machine": "Dir['{FOLDER}/*'].join + Dir['/home/*'].join + Dir['{HOME}/.docker'].join",
    "the machine's network": "TCPSocket.new('127.0.0.1', {PORT}) && 'network'",
    "another network": "File.readlines('/proc/net/route').drop(1).join + Dir['/sys/class/net/*'].join[/eth|dock/].to_s",
    "a service of the cloud": "Socket.tcp('169.254.169.254', 80, connect_timeout: 1) && 'metadata'",
    "docker": "UNIXSocket.new('{SOCKET}') && 'daemon'",
    "any socket": "Dir['/var/run/**/*.sock', '/run/**/*.sock'].join + File.readlines('/proc/net/unix').drop(1).join",
    "GITHUB_ENV": "File.write('{FOLDER}/genv', 'BASH_ENV=evil.sh') && Dir.exist?('{FOLDER}') ? 'written' : ''",
    "other environments": "Dir['/proc/[0-9]*/environ'].map { |file| File.binread(file) }.join[/LTF_CI_T|GITHUB_/].to_s",
    "other programs": "Dir['/proc/[0-9]*/cmdline'].map { |file| File.binread(file) }.join[/python|pytest/].to_s",
    "mounts of the machine": "File.readlines('/proc/mounts').map(&:split).reject { |_, to, kind, _| "
    "%w[overlay tmpfs proc sysfs devpts mqueue cgroup cgroup2].include?(kind) || "
    "%w[/sbin/docker-init /etc/resolv.conf /etc/hostname /etc/hosts].include?(to) }.join",
    "rights": "File.readlines('/proc/self/status').grep(/CapEff|NoNewPrivs/).map { |line| line.split.last.to_i(16) } "
    "== [0, 1] && Process.uid > 0 ? '' : 'rights'",
    "the kernel": "File.write('/proc/sys/kernel/core_pattern', '|/x') && 'kernel'",
}


def test_it_sees_nothing_of_the_machine(runner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTF_CI_TOKEN", "ghp_TOKEN")
    monkeypatch.setenv("GITHUB_ENV", str(tmp_path / "genv"))
    (tmp_path / "secret").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        values = {"FOLDER": tmp_path, "HOME": Path.home(), "SOCKET": runner.removeprefix("unix://")}
        asked = "".join(f"saw[%q({name})] = (({look}) rescue '')\n" for name, look in SEES.items())
        for name, value in {**values, "PORT": server.getsockname()[1]}.items():
            asked = asked.replace(f"{{{name}}}", str(value))
        found = "found = saw.reject { |_, what| what.empty? }"
        colour = f"saw.size == {len(SEES)} && found.empty? ? :green : found"
        (answer,) = judged(f"require 'socket'; lambda {{ |*| saw = {{}}\n{asked}\n{found}\n{colour} }}")
    assert answer == Verdict(Colour.GREEN)
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    "does",
    [
        "10.times { fork { loop { fork { sleep 600 } } } }",
        "File.open('/tmp/big', 'w') { |file| loop { file.write('x' * 1_000_000) } }",
        "20.times { fork { a = []; loop { a << 'x' * 10_000_000 } } }",
        "Process.kill(:KILL, -1)",
    ],
)
def test_what_it_uses_up_ends_with_its_container(runner: str, does: str) -> None:
    (answer,) = judged(f"lambda {{ |*| {does}; :red }}")
    assert answer.colour in (None, Colour.RED)
    assert docker(runner, "ps", "--all", "--quiet") == ""


def test_what_it_leaves_running_ends_with_its_container(runner: str) -> None:
    leaves = "lambda { |*| fork { Process.setsid; sleep 600 }; :red }"
    assert judged(leaves) == (Verdict(Colour.RED),)
    assert docker(runner, "ps", "--quiet") == ""


@pytest.mark.parametrize(
    "line", ["", "5", "null", "[]", '[1, ""]', '["red", 5]', "[" * 999, '{"a": 1, "b": 2}', '["red", ""']
)
def test_one_that_answers_in_our_place_gives_no_colour(runner: str, line: str) -> None:
    source = f"lambda {{ |*| ObjectSpace.each_object(IO) {{ |io| io.syswrite('{line}') rescue 0 }}; exit!(3) }}"
    assert judged(source) == (NO_ANSWER,)


def image_with_ruby(publisher: Publisher) -> ImageName:
    """Push an image with this machine's ruby on its PATH."""
    files = ruby_files()
    assert files
    layer = runnable_layer(more=files.files, links={"bin/ruby": str(files.program)})
    settings = {"Env": ["PATH=/bin"]}
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]}
    config = {"architecture": "amd64", "os": "linux", "config": settings, "rootfs": rootfs}
    image = ImageName.parse(f"{publisher.base.untagged}:ruby")
    return image.at(push_image(publisher.registry, image, config, [gzip.compress(layer, 1, mtime=0)]))


def test_an_image_that_is_named_runs_it(publisher: Publisher, runner: str) -> None:
    image = image_with_ruby(publisher)
    named = lambda_image(str(image))
    assert judged("lambda { |*| :green }", image=named) == (Verdict(Colour.GREEN),)
    with pytest.raises(BadInput, match="names no digest"):
        lambda_image(str(image.untagged))
    with pytest.raises(BadInput, match="no ruby that runs"):
        judged("lambda { |*| :green }", image=str(publisher.base))


def test_the_images_own_ruby_runs_it_where_the_machine_has_none(
    publisher: Publisher, runner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tested = Docker(credentials=login).pull(image_with_ruby(publisher))
    assert tested
    with monkeypatch.context() as narrow:
        narrow.setenv("PATH", "/nowhere")
        assert judged("lambda { |*| :green }", tested=tested) == (Verdict(Colour.GREEN),)
        with pytest.raises(MissingTool, match="no ruby to run the rag_lambda"):
            judged("lambda { |*| :green }")
