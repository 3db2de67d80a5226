"""The one door to ruby: it judges regular expressions and source texts without running them, and runs a rag_lambda."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool
from ltf_ci.model.container import Colour, StartFilesRun, Verdict

SECONDS = 10
_LONGEST = 200  # characters of what Ruby says
_GAVE_UP = "it takes too much time or memory"
_JUDGE = """\
require "json"
asked = JSON.parse($stdin.set_encoding("UTF-8").read)
{ AS: 1 << 30, CPU: 5, CORE: 0 }.each { |limit, most| Process.setrlimit(limit, most) rescue nil }
answer = lambda do |text|
  $stdout.puts(JSON.generate([text.dup.force_encoding("UTF-8").scrub[0, 999]]))
  $stdout.flush
end
judged = lambda do |judge, text|
  judge.(text)
  ""
rescue StandardError, ScriptError, NoMemoryError, SystemStackError => error
  error.message.empty? ? error.class.name : error.message
end
answer.("ready")
asked["regexes"].each { |text| answer.(judged.(Regexp.method(:new), text)) }
compile = ->(text) { RubyVM::InstructionSequence.compile(text, "line") }
asked["sources"].each { |text| answer.(judged.(compile, text)) }
"""
_COLOUR = """\
require "json"
asked = JSON.parse($stdin.set_encoding("UTF-8").read)
OUT = $stdout.dup
[$stdout, $stderr].each { |stream| stream.reopen(File::NULL) }
{ AS: 1 << 30, CPU: 5, CORE: 0 }.each { |limit, most| Process.setrlimit(limit, most) rescue nil }
def nothing = binding
def told(colour, complaint = "")
  OUT.puts(JSON.generate([colour, complaint].map { |text| text.dup.force_encoding("UTF-8").scrub[0, 999] }))
  OUT.flush
  exit!
end
begin
  light = eval(asked["source"], nothing, "red_amber_green.rb")
  told(light.call(asked["stdout"], asked["stderr"], asked["status"]).to_s)
rescue Exception => error
  told("", "#{error.class}: #{error.message}")
end
"""


def colour_of(source: str, ran: StartFilesRun) -> Verdict:
    """Run a rag_lambda on what came back, in a process with nothing of ours; raise MissingTool without a ruby."""
    asked = {"source": source, "stdout": ran.stdout.text, "stderr": ran.stderr.text, "status": ran.status}
    words = ["ruby", "--disable=all", "-W0", "-e", _COLOUR]
    env = {"LANG": "C.UTF-8"}
    ended = process.run(words, stdin=json.dumps(asked).encode(), more_env=env, seconds=SECONDS, bare=True)
    told = _told(ended.text)
    if told is None:
        said = _GAVE_UP if ended.status < 0 else ended.complaint[:_LONGEST] or f"its process ends with {ended.status}"
        return Verdict(None, f"the rag_lambda gives no answer: {said}")
    colour, complaint = told
    if complaint:
        return Verdict(None, f"the rag_lambda raises {' '.join(complaint.split())[:_LONGEST]}")
    if colour not in tuple(Colour):
        return Verdict(None, f"the rag_lambda answers {colour[:_LONGEST]!r}, which is no colour")
    return Verdict(Colour(colour))


def _told(text: str) -> tuple[str, str] | None:
    """Read a colour and a complaint; None where it is anything else: a lambda can write there too."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    as_ours = isinstance(told, list) and [type(each) for each in told] == [str, str]
    return (told[0], told[1]) if as_ours else None


def complaints(regexes: Sequence[str], sources: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what Ruby has against each regular expression and each source text: "" where it has nothing.

    One process judges all. Raise MissingTool where there is no ruby that can.
    """
    answers = _answers(json.dumps({"regexes": regexes, "sources": sources}).encode())
    told = [*answers, *[_GAVE_UP] * (len(regexes) + len(sources) - len(answers))]
    return tuple(told[: len(regexes)]), tuple(told[len(regexes) :])


def _answers(asked: bytes) -> list[str]:
    """Ask ruby; fewer answers than questions where it had to stop."""
    words = ["ruby", "--disable=all", "-W0", "-e", _JUDGE]  # all: gems, RUBYOPT, and what else would cost a start
    ended = process.run(words, stdin=asked, more_env={"RUBYLIB": ""}, seconds=SECONDS)
    lines = ended.text.split("\n")[:-1]  # what stands behind the last line's end is half an answer, or nothing
    if not lines:
        raise MissingTool(f"ruby cannot be used: {ended.complaint[:_LONGEST]}", cure="install ruby")
    return [" ".join(json.loads(line)[0].split())[:_LONGEST] for line in lines[1:]]
