"""Example LTF repositories in real languages, each with a test of its own and a rag_lambda that reads its output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.repositories import manifest_text

BY_WORD = "lambda { |out, err, status| out.include?('FAIL') ? :red : status == 0 ? :green : :amber }\n"


@dataclass(frozen=True)
class ExampleLtf:
    """A start point: what its manifest says, its visible files, and the files that lie beside them."""

    name: str
    files: Mapping[str, str]
    rag_lambda: str = BY_WORD
    beside: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def script(self, text: str, **more: Any) -> ExampleLtf:
        """Return the same with another cyber-dojo.sh."""
        return replace(self, files={**self.files, "cyber-dojo.sh": text}, more={**self.more, **more})

    def write(self, folder: Path, image: str) -> Path:
        start_point = folder / "start_point"
        start_point.mkdir()
        names = {"visible_filenames": list(self.files), "filename_extension": ".txt"}
        names |= {"rag_lambda": "red_amber_green.rb"} if self.rag_lambda else {}
        (start_point / "manifest.json").write_text(manifest_text(self.name, image, **{**names, **self.more}))
        lambdas = {"red_amber_green.rb": self.rag_lambda} if self.rag_lambda else {}
        for name, text in {**self.files, **self.beside, **lambdas}.items():
            (start_point / name).write_text(text)
        return folder


BASH = ExampleLtf(
    "Bash 5.2, tap",
    {
        "test_hiker.sh": '. ./hiker.sh || exit 3\nif [ "$(answer)" = 42 ]; then echo ok 1; else echo not ok 1; fi\n',
        "hiker.sh": "answer() { local -i it; it=$((6 * 9)); echo $it; }\n",
        "cyber-dojo.sh": "bash ./test_hiker.sh\n",
    },
    "lambda { |out, err, _| !err.empty? ? :amber : out =~ /^ok/ ? :green : out =~ /^not ok/ ? :red : :amber }\n",
)
ASH = ExampleLtf(
    "BusyBox 1.35, sh",
    {
        "cyber-dojo.sh": "source ~/cyber_dojo_fs_cleaners.sh\ncyber_dojo_reset_dirs made\nsh ./test_hiker.sh\n",
        "test_hiker.sh": 'answer=$(sh ./hiker.sh) || exit 2\n[ "$answer" = 42 ] || { echo FAIL; exit 1; }\n',
        "hiker.sh": "echo $((6 * 9))\n",
    },
)
AWK = ExampleLtf(
    "Awk 1.35, asserts",
    {
        "hiker.awk": "function answer() { return 6 * 9 }\n",
        "hiker_test.awk": 'BEGIN { print answer() == 42 ? "PASS" : "FAIL" }\n',
        "cyber-dojo.sh": "cat hiker.awk hiker_test.awk >/tmp/all.awk && awk -f /tmp/all.awk\n",
    },
    beside={
        "options.json": json.dumps(
            {
                "red": {"filename": "hiker.awk", "from": "6 * 9", "to": "6 * 8"},
                "amber": {"filename": "hiker.awk", "from": "6 * 9", "to": "6 * (9"},  # 9sd is two words to awk
                "green": {"filename": "hiker_test.awk", "from": "42", "to": "54"},
            }
        )
    },
)
PYTHON = ExampleLtf(
    "Python 3, unittest",
    {
        "test_hiker.py": "import unittest, hiker\n\n\nclass TestHiker(unittest.TestCase):\n    def test_it(self):\n"
        "        self.assertEqual(42, hiker.answer())\n",
        "hiker.py": "def answer():\n    return 6 * 9\n",
        "cyber-dojo.sh": "python3 -B -m unittest\n",
    },
    "lambda { |_, err, _| err =~ /^OK$/ ? :green : err =~ /^FAILED \\(failures=/ ? :red : :amber }\n",
)
C = ExampleLtf(
    "C (tcc 0.9.27), assert",
    {
        "test_hiker.c": '#include "hiker.h"\n#include <assert.h>\n#include <stdio.h>\n\nint main(void)\n{\n'
        '    assert(answer() == 42);\n    puts("All tests passed");\n    return 0;\n}\n',
        "hiker.c": '#include "hiker.h"\n\nint answer(void)\n{\n    return 6 * 9;\n}\n',
        "hiker.h": "int answer(void);\n",
        "cyber-dojo.sh": "tcc -Wall -o /tmp/test *.c && /tmp/test\n",
    },
    "lambda { |out, err, _| out =~ /^All tests passed$/ ? :green : err =~ /Assertion .* failed/ ? :red : :amber }\n",
)
