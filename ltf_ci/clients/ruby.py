"""The one door to ruby: it checks regular expressions and sources, without running them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ltf_ci.clients import process
from ltf_ci.errors import MissingTool

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
        raise MissingTool(
            f"ruby cannot be used: {ended.complaint[:_LONGEST]}", expected="ruby 2.7 or newer", cure="install ruby"
        )
    return [" ".join(json.loads(line)[0].split())[:_LONGEST] for line in lines[1:]]
