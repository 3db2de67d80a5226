"""Runs a rag_lambda, which is other people's code, in a container: no network, no files of this machine, no login."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ltf_ci.clients.docker.containers import Containers
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.ruby_files import ruby_files
from ltf_ci.errors import BadInput, LtfError, MissingTool
from ltf_ci.model.container import ContainerSpec, StartFilesRun
from ltf_ci.model.image import ImageName
from ltf_ci.traffic_light.colour import Colour, Verdict
from ltf_ci.traffic_light.daemon_image import in_daemon

SECONDS = 60  # for all runs together; each has ten
_LONGEST = 200  # characters of a message of Ruby's
_READY = "ready"
_PACKED = "ltf-ci/ruby"
_SCRIPT = """\
ENV.clear
require "json"
asked = JSON.parse($stdin.binmode.read.force_encoding("UTF-8"))
Encoding.default_external = Encoding::UTF_8
OUT = $stdout.dup
[$stdout, $stderr].each { |stream| stream.reopen(File::NULL) }
OUT.puts("ready")
OUT.flush
def nothing = binding
def line(*texts) = JSON.generate(texts.map { |text| text.dup.force_encoding("UTF-8").scrub[0, 300] })
def colour(source, run)
  { AS: 1 << 30, CPU: 5, CORE: 0 }.each { |limit, most| Process.setrlimit(limit, most) rescue nil }
  light = eval(source, nothing, "red_amber_green.rb")
  line(light.call(run["stdout"], run["stderr"], run["status"]).to_s, "")
rescue Exception => error
  line("", "#{error.class}: #{error.message}")
end
asked["runs"].each do |run|
  from, to = IO.pipe
  fork do
    [OUT, from].each(&:close)
    to.syswrite(colour(asked["source"], run))
    exit!
  end
  to.close
  answer = IO.select([from], nil, nil, 10) ? (from.readpartial(4096) rescue "") : ""
  Process.kill(:KILL, -1) rescue nil
  Process.waitall
  OUT.puts(answer.tr("\\n", " "))
  OUT.flush
end
exit!
"""


@dataclass(frozen=True, slots=True)
class Ruby:
    """A ruby in an image of the daemon: the image's id, and the program's name or path there."""

    image: str
    program: str


def verdicts(
    rag_lambda: str, runs: Sequence[StartFilesRun], tested: str, lambda_image: str, containers: Containers
) -> tuple[Verdict, ...]:
    """Return what a rag_lambda makes of each run.

    It runs in `lambda_image` if one is named; else by this machine's ruby, which is packed into an image; else in the
    image that is tested, if that has ruby. Raise MissingTool where none of them has.
    """
    if not runs:
        return ()
    for ruby in _rubies(tested, lambda_image, containers.docker):
        lines = _lines(ruby, rag_lambda, runs, containers)
        if lines is not None:
            return tuple(_verdict(lines[number] if number < len(lines) else "") for number in range(len(runs)))
    if lambda_image:
        raise BadInput(
            f"{lambda_image} has no ruby that runs",
            expected="an image with ruby",
            cure="name another image: lambda-image",
        )
    raise MissingTool(
        "there is no ruby to run the rag_lambda by: not on this machine, nor in the image",
        expected="ruby, which runs in a container of its own: the rag_lambda is other people's code",
        cure="install ruby, or name an image that has it: lambda-image: HOST/IMAGE@sha256:DIGEST",
    )


def prepare(lambda_image: str, containers: Containers) -> None:
    """Bring the daemon this machine's ruby, where that will run a rag_lambda, before `verdicts` needs it."""
    if not lambda_image:
        with suppress(LtfError):  # who needs it will report it
            _packed(containers.docker)


def _rubies(tested: str, lambda_image: str, docker: Docker) -> Iterator[Ruby]:
    if lambda_image:
        yield Ruby(in_daemon(ImageName.parse(lambda_image), docker), "ruby")
        return
    if packed := _packed(docker):
        yield packed
    yield Ruby(tested, "ruby")


def _packed(docker: Docker) -> Ruby | None:
    """Return this machine's ruby, in an image that the daemon keeps; None where there is none for the daemon."""
    found = ruby_files()
    if found is None:
        return None
    name = f"{_PACKED}:{found.key}"
    image_id = docker.image_id(ImageName.parse(name)) or docker.imported(found.layer(), name)
    return Ruby(image_id, str(found.program))


def _lines(ruby: Ruby, rag_lambda: str, runs: Sequence[StartFilesRun], containers: Containers) -> Sequence[str] | None:
    """Return a line for each run; fewer where ruby had to stop, and None where no ruby ran."""
    data = [{"stdout": run.stdout.text, "stderr": run.stderr.text, "status": run.status} for run in runs]
    words = [ruby.program, "--disable=all", "-W0", "-e", _SCRIPT]
    spec = ContainerSpec(image=ruby.image, name="", seconds=SECONDS, is_first=True)
    ended = containers.run(spec, words, json.dumps({"source": rag_lambda, "runs": data}).encode())
    ready, *lines = ended.stdout.decode("utf-8", "replace").split("\n")
    return lines if ready == _READY else None


def _verdict(line: str) -> Verdict:
    answer = _answer(line)
    if answer is None:
        return Verdict(None, "the rag_lambda does not answer: it ends, or takes too much time or memory")
    colour, complaint = answer
    if complaint:
        return Verdict(None, f"the rag_lambda raises {' '.join(complaint.split())[:_LONGEST]}")
    if colour not in tuple(Colour):
        return Verdict(None, f"the rag_lambda answers {colour[:_LONGEST]!r}, which is no colour")
    return Verdict(Colour(colour))


def _answer(line: str) -> tuple[str, str] | None:
    """Return the colour and the complaint in a line; None for any other line: a lambda can write one too."""
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return None
    is_a_pair = isinstance(answer, list) and [type(each) for each in answer] == [str, str]
    return (answer[0], answer[1]) if is_a_pair else None
