"""The one door to ruby: it judges regular expressions and source texts in its own dialect, and runs neither."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool

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


def complaints(regexes: Sequence[str], sources: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what Ruby has against each regular expression and each source text: "" where it has nothing.

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
