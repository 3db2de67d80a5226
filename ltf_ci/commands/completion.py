"""`ltf-ci completion`: the script by which a shell completes the words of ltf-ci's command line."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.completion import Shell, script
from ltf_ci.errors import UsageError
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.options.option import Options, choice


class Request(Options):
    """Which shell."""

    shell: Shell | None = choice("the shell", Shell, default=None, positional=True)


def execute(request: Request, _run: Run) -> Outcome:
    """Return the script."""
    if request.shell is None:
        raise UsageError("no shell is named", expected="bash, zsh or fish", cure="ltf-ci completion bash")
    return Outcome(conclusion=Conclusion.DONE, text=script(request.shell), is_text=True)
