"""How much memory a program of ours takes at most, itself or a program that it starts: measured in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

MEGABYTE = 1024 * 1024
_MEASURED = """
import json, resource, sys
from ltf_ci.errors import LtfError
def asked(words):
{code}
for words in json.loads(sys.argv[1]):
    try:
        said = repr(asked(words))
    except LtfError as error:
        said = f"{{type(error).__name__}}: {{error}}"
    own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
    most = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    print("\\n" + json.dumps([most // 1024, said[:2000]]))
"""


class Peak(NamedTuple):
    """The most megabytes that were resident until then, and what came of it: a value, or an error."""

    megabytes: int
    said: str


def peaks(code: str, *calls: Sequence[str]) -> list[Peak]:
    """Run code, the body of a function of `words`, once for each call, all in one process: a peak grows with them."""
    body = "".join(f"    {line.strip()}\n" for line in code.split("; "))
    environ = {name: value for name, value in os.environ.items() if name != "GIT_ALLOW_PROTOCOL"}
    line = [sys.executable, "-c", _MEASURED.format(code=body), json.dumps(calls)]
    ended = subprocess.run(line, env=environ, capture_output=True, text=True, check=True, timeout=300)
    return [Peak(*json.loads(line)) for line in ended.stdout.splitlines() if line.startswith("[")]
