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
from ltf_ci.model.container import Printed, StartFilesRun, Verdict
from ltf_ci.model.image import ImageName
from ltf_ci.model.start_file_edit import Colour
from ltf_ci.traffic_light.image_test import lambda_image
from ltf_ci.traffic_light.rag_lambda import verdicts
from tests.support.publishing import Publisher
from tests.support.runnable import SHELLS, docker

pytestmark = [pytest.mark.machine, pytest.mark.both_daemons]
NO_ANSWER = Verdict(None, "the rag_lambda does not answer: it ends, or takes too much time or memory")


def judged(source: str, *outputs: str, tested: str = SHELLS, image: str = "") -> tuple[Verdict, ...]:
    runs = [StartFilesRun(stdout=Printed(text)) for text in outputs or ("",)]
    return verdicts(source, runs, tested, image, Containers(Docker()))


def test_one_container_judges_all_runs(runner: str) -> None:
    source = "$n = ($n || 0) + 1; lambda { |out, _, _| $n == 1 ? { '54' => :red }.fetch(out, :amber) : :green }"
    assert judged(source, "54", "x") == (Verdict(Colour.RED), Verdict(Colour.AMBER))


def test_what_ends_one_run_ends_no_other(runner: str) -> None:
    ends = "lambda { |out, _, _| out == 'ends' ? exit!(3) : :red }"
    assert judged(ends, "ends", "54") == (NO_ANSWER, Verdict(Colour.RED))


@pytest.mark.parametrize(
    "seen",
    [
        "ENV.to_h.keys.join",
        "Dir['{FOLDER}/*'].join + Dir['/home/*'].join + Dir['{HOME}/.docker'].join",
        "(TCPSocket.new('127.0.0.1', PORT) && 'network' rescue '')",
        "(UNIXSocket.new('SOCKET') && 'daemon' rescue '')",
        "(File.write('{FOLDER}/genv', 'BASH_ENV=evil.sh') && File.exist?('{FOLDER}') ? 'written' : '' rescue '')",
        "Dir['/proc/[0-9]*/environ'].map { |file| File.binread(file) rescue '' }.join[/LTF_CI_TOKEN/].to_s",
        "Process.uid.zero? ? 'root' : ''",
    ],
)
def test_it_sees_nothing_of_the_machine(
    runner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: str
) -> None:
    monkeypatch.setenv("LTF_CI_TOKEN", "ghp_TOKEN")
    (tmp_path / "secret").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        values = {"{FOLDER}": tmp_path, "PORT": server.getsockname()[1], "SOCKET": runner.removeprefix("unix://")}
        for name, value in {**values, "{HOME}": Path.home()}.items():
            seen = seen.replace(name, str(value))
        (answer,) = judged(f"require 'socket'; lambda {{ |*| saw = {seen}; saw.empty? ? :green : saw }}")
    assert answer == Verdict(Colour.GREEN)
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


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
    tested = Docker().pull(image_with_ruby(publisher))
    assert tested
    with monkeypatch.context() as narrow:
        narrow.setenv("PATH", "/nowhere")
        assert judged("lambda { |*| :green }", tested=tested) == (Verdict(Colour.GREEN),)
        with pytest.raises(MissingTool, match="no ruby to run the rag_lambda"):
            judged("lambda { |*| :green }")
