"""The one door to ruby: it checks regular expressions and sources without running them, and runs a rag_lambda."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool
from ltf_ci.model.container import Colour, StartFilesRun, Verdict

SECONDS = 10
_LONGEST = 200  # characters of a message of Ruby's
_GAVE_UP = "it takes too much time or memory"
_CHECK = """\
require "json"
asked = JSON.parse($stdin.set_encoding("UTF-8").read)
{ AS: 1 << 30, CPU: 5, CORE: 0 }.each { |limit, most| Process.setrlimit(limit, most) rescue nil }
answer = lambda do |text|
  $stdout.puts(JSON.generate([text.dup.force_encoding("UTF-8").scrub[0, 999]]))
  $stdout.flush
end
checked = lambda do |check, text|
  check.(text)
  ""
rescue StandardError, ScriptError, NoMemoryError, SystemStackError => error
  error.message.empty? ? error.class.name : error.message
end
answer.("ready")
asked["regexes"].each { |text| answer.(checked.(Regexp.method(:new), text)) }
compile = ->(text) { RubyVM::InstructionSequence.compile(text, "line") }
asked["sources"].each { |text| answer.(checked.(compile, text)) }
"""
_COLOUR = """\
require "json"
asked = JSON.parse($stdin.set_encoding("UTF-8").read)
OUT = $stdout.dup
[$stdout, $stderr].each { |stream| stream.reopen(File::NULL) }
{ AS: 1 << 30, CPU: 5, CORE: 0 }.each { |limit, most| Process.setrlimit(limit, most) rescue nil }
def nothing = binding
def report(colour, complaint = "")
  OUT.puts(JSON.generate([colour, complaint].map { |text| text.dup.force_encoding("UTF-8").scrub[0, 999] }))
  OUT.flush
  exit!
end
begin
  light = eval(asked["source"], nothing, "red_amber_green.rb")
  report(light.call(asked["stdout"], asked["stderr"], asked["status"]).to_s)
rescue Exception => error
  report("", "#{error.class}: #{error.message}")
end
"""


def colour_of(source: str, run: StartFilesRun) -> Verdict:
    """Return what a rag_lambda makes of a run, in a process of its own; raise MissingTool without a ruby."""
    asked = {"source": source, "stdout": run.stdout.text, "stderr": run.stderr.text, "status": run.status}
    words = ["ruby", "--disable=all", "-W0", "-e", _COLOUR]
    env = {"LANG": "C.UTF-8"}
    ended = process.run(words, stdin=json.dumps(asked).encode(), more_env=env, seconds=SECONDS, bare=True)
    answer = _answer(ended.text)
    if answer is None:
        why = _GAVE_UP if ended.status < 0 else ended.complaint[:_LONGEST] or f"its process ends with {ended.status}"
        return Verdict(None, f"the rag_lambda gives no answer: {why}")
    colour, complaint = answer
    if complaint:
        return Verdict(None, f"the rag_lambda raises {' '.join(complaint.split())[:_LONGEST]}")
    if colour not in tuple(Colour):
        return Verdict(None, f"the rag_lambda answers {colour[:_LONGEST]!r}, which is no colour")
    return Verdict(Colour(colour))


def _answer(text: str) -> tuple[str, str] | None:
    """Return the colour and the complaint in an output; None for any other output: a lambda can write there too."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_a_pair = isinstance(answer, list) and [type(each) for each in answer] == [str, str]
    return (answer[0], answer[1]) if is_a_pair else None


def complaints(regexes: Sequence[str], sources: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return Ruby's error for each regular expression and each source text, "" for a valid one.

    One process checks all. Raise MissingTool where no ruby can be run.
    """
    answers = _answers(json.dumps({"regexes": regexes, "sources": sources}).encode())
    errors = [*answers, *[_GAVE_UP] * (len(regexes) + len(sources) - len(answers))]
    return tuple(errors[: len(regexes)]), tuple(errors[len(regexes) :])


def _answers(asked: bytes) -> list[str]:
    """Return ruby's answers; fewer than questions where ruby had to stop."""
    words = ["ruby", "--disable=all", "-W0", "-e", _CHECK]  # all: gems, RUBYOPT, and what else would cost a start
    ended = process.run(words, stdin=asked, more_env={"RUBYLIB": ""}, seconds=SECONDS)
    lines = ended.text.split("\n")[:-1]  # after the last line's end is half an answer, or nothing
    if not lines:
        raise MissingTool(f"ruby cannot be used: {ended.complaint[:_LONGEST]}", cure="install ruby")
    return [" ".join(json.loads(line)[0].split())[:_LONGEST] for line in lines[1:]]
