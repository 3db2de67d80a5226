# ruff: noqa: E501 - a row a line
"""The table of the manifest's rules: the rule, what it accepts, what it refuses, and the words of its finding.

What is accepted and refused are changes of a complete manifest; the words are found | expected | cure.
"""

from __future__ import annotations

from typing import Any

from ltf_ci.model.named_file import FileKind, NamedFile

ABSENT: Any = object()
COMPLETE: dict[str, Any] = {
    "image_name": "ghcr.io/cyber-dojo/python_unittest:3.7.4-1",
    "display_name": "Python (3.7.4), unittest",
    "visible_filenames": ["test_hiker.py", "hiker.py", "cyber-dojo.sh"],
    "filename_extension": [".py"],
    "hidden_filenames": ["coverage/.*", r"(?<ext>\.pyc)\z"],
    "tab_size": 4,
    "max_seconds": 10,
    "highlight_filenames": ["hiker.py"],
    "progress_regexs": ["FAILED", "OK"],
    "rag_lambda": "red_amber_green.rb",
    "language": ["Python", "3.7.4"],
    "test_framework": ["unittest", ""],
}
FILES = {
    "none.py": NamedFile(FileKind.ABSENT),
    "/etc/passwd": NamedFile(FileKind.ABSENT),
    "../x": NamedFile(FileKind.OUTSIDE),
    "link.py": NamedFile(FileKind.OUTSIDE),
    "folder": NamedFile(FileKind.FOLDER),
    "fifo": NamedFile(FileKind.OTHER),
    "secret": NamedFile(FileKind.UNREADABLE),
    "latin-1": NamedFile(FileKind.FILE, 3),
    "full": NamedFile(FileKind.FILE, 25 * 1024, "x"),
    "over": NamedFile(FileKind.FILE, 25 * 1024 + 1, "x"),
    "full.rb": NamedFile(FileKind.FILE, 64 * 1024, "x"),
    "over.rb": NamedFile(FileKind.FILE, 64 * 1024 + 1),
}
THERE = NamedFile(FileKind.FILE, 1, "x")
SHOWN = "a visible filename, spelled the same"
TEXT = "a text that is not empty"
PAIR = "a list of 2 texts: the name, and the version, which may be empty"
EACH = "each once | take one of them out"
CHARACTERS = "letters and digits of ASCII, and / . _ - (no - at its front) | rename the file"
BELOW = "a file of the repository, named from . downwards, without '..'"
NAME = "[HOST/]PATH:TAG in lower case, without spaces: ghcr.io/cyber-dojo/python:3.7.4-1"
SMALL = "write it in lower case: 'a/b'"
KNOWN = ", ".join(COMPLETE)


def visible(*names: Any) -> dict[str, Any]:
    return {"visible_filenames": ["cyber-dojo.sh", "hiker.py", *names]}


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("display-name-letters", {"display_name": "λProlog (1.0), 試験"}, {"display_name": "Pyth\u043en (3.7.4), unittest"}, "display_name is 'Pyth\u043en (3.7.4), unittest', with U+043E | letters that are what they look like | write it anew"),
    ("manifest-unknown-key", {}, {"Tab_size": 4}, "the key 'Tab_size' is not known to cyber-dojo | a key that cyber-dojo knows | did you mean tab_size?"),
    ("manifest-unknown-key", {}, {"xyz": 0}, f"the key 'xyz' is not known to cyber-dojo | a key that cyber-dojo knows | take it out; the known ones are {KNOWN}"),
    ("manifest-missing-key", {"tab_size": ABSENT}, {"image_name": ABSENT}, "image_name is missing | the image that the start files run in, HOST/PATH:TAG | add image_name"),
    ("manifest-missing-key", {}, {"display_name": ABSENT}, "display_name is missing | what people choose: NAME (VERSION), FRAMEWORK | add display_name"),
    ("manifest-missing-key", {"highlight_filenames": ABSENT}, {"visible_filenames": ABSENT, "highlight_filenames": ABSENT}, "visible_filenames is missing | the start files, from the manifest's folder; cyber-dojo.sh among them | add visible_filenames"),
    ("manifest-missing-key", {}, {"filename_extension": ABSENT}, "filename_extension is missing | the extensions of source files, each with its dot | add filename_extension"),
    ("manifest-no-value", {}, {"image_name": None}, "image_name is null | the image that the start files run in, HOST/PATH:TAG | write its value"),
    ("manifest-no-value", {}, {"display_name": False}, "display_name is false | what people choose: NAME (VERSION), FRAMEWORK | write its value"),
    ("manifest-no-value", {}, {"filename_extension": None}, "filename_extension is null | the extensions of source files, each with its dot | write its value"),
    ("manifest-no-value", {}, {"visible_filenames": None, "highlight_filenames": ABSENT}, "visible_filenames is null | the start files, from the manifest's folder; cyber-dojo.sh among them | write its value"),
    ("image-name", {"image_name": "python"}, {"image_name": 3}, f"image_name is 3 | {TEXT}"),
    ("image-name", {"image_name": "localhost:5000/a-b/c__d:latest"}, {"image_name": "a/B"}, f"image_name is 'a/B' | {NAME} | {SMALL}"),
    ("image-name", {"image_name": f"a@sha256:{'0' * 64}"}, {"image_name": ""}, f"image_name is '' | {TEXT}"),
    ("image-name", {}, {"image_name": "a/b\nrm"}, f"image_name is 'a/b\\nrm' | {NAME}"),
    ("image-name", {}, {"image_name": "a/b "}, f"image_name is 'a/b ' | {NAME} | take the blank space off its ends: 'a/b'"),
    ("image-name", {}, {"image_name": ["a/b"]}, f"image_name is a list of 1 | {TEXT}"),
    ("display-name", {"display_name": " "}, {"display_name": ""}, f"display_name is '' | {TEXT}"),
    ("display-name", {}, {"display_name": {}}, f"display_name is an object | {TEXT}"),
    ("visible-filenames", {}, {"visible_filenames": "cyber-dojo.sh", "highlight_filenames": ABSENT}, "visible_filenames is 'cyber-dojo.sh' | a list of at least one text"),
    ("visible-filenames", {}, {"visible_filenames": False, "highlight_filenames": ABSENT}, "visible_filenames is false | a list of at least one text"),
    ("visible-filenames", {}, {"visible_filenames": [], "highlight_filenames": ABSENT}, "visible_filenames is an empty list | a list of at least one text"),
    ("visible-filenames", {}, visible(3), f"visible_filenames[2] is 3 | {TEXT}"),
    ("visible-filenames", {}, visible("a", ""), f"visible_filenames[3] is '' | {TEXT}"),
    ("visible-filenames-repeated", visible("Hiker.py"), visible("hiker.py"), f"visible_filenames[2] is 'hiker.py', as visible_filenames[1] is | {EACH}"),
    ("filename-characters", visible("a/b-c_D.9"), visible("a b$a b"), f"visible_filenames[2] is 'a b$a b', with ' ', '$' | {CHARACTERS}"),
    ("filename-characters", visible("a-"), visible("-a"), f"visible_filenames[2] is '-a', which begins with '-' | {CHARACTERS}"),
    ("filename-characters", visible("a/-b"), visible("é"), f"visible_filenames[2] is 'é', with 'é' | {CHARACTERS}"),
    ("file-missing", visible("a.py"), visible("none.py"), "visible_filenames[2] is 'none.py', and there is no such file | a file none.py | write the file, and commit it, or remove its name here"),
    ("file-missing", {}, visible("/etc/passwd"), "visible_filenames[2] is '/etc/passwd', and there is no such file | a file etc/passwd | write the file, and commit it, or remove its name here"),
    ("file-missing", {}, {"rag_lambda": "none.py"}, "rag_lambda is 'none.py', and there is no such file | a file none.py | write the file, and commit it, or remove its name here"),
    ("file-size", visible("full"), visible("over"), "visible_filenames[2] is 'over', which has 25601 bytes | at most 25600 bytes (25 KiB) | make it smaller"),
    ("file-outside", visible("a/b..c"), visible("../x"), f"visible_filenames[2] is '../x', which leads out of the repository | {BELOW} | copy the file into the repository, and name that"),
    ("file-outside", {}, visible("link.py"), f"visible_filenames[2] is 'link.py', which leads out of the repository | {BELOW} | copy the file into the repository, and name that"),
    ("file-outside", {}, {"rag_lambda": "../x"}, f"rag_lambda is '../x', which leads out of the repository | {BELOW} | copy the file into the repository, and name that"),
    ("file-kind", {}, visible("folder"), "visible_filenames[2] is 'folder', which is a folder | a regular file | name a file"),
    ("file-kind", {}, visible("fifo"), "visible_filenames[2] is 'fifo', which is no regular file | a regular file | name a file"),
    ("file-kind", {}, visible("secret"), "visible_filenames[2] is 'secret', which is not to be read | a regular file | name a file"),
    ("file-kind", {}, {"rag_lambda": "folder"}, "rag_lambda is 'folder', which is a folder | a regular file | name a file"),
    ("file-text", {}, visible("latin-1"), "visible_filenames[2] is 'latin-1', which is no text | UTF-8 without NUL | save it as UTF-8"),
    ("file-text", {}, {"rag_lambda": "latin-1"}, "rag_lambda is 'latin-1', which is no text | UTF-8 without NUL | save it as UTF-8"),
    ("same-file", visible("a/hiker.py"), visible("./hiker.py"), "visible_filenames[2] is './hiker.py', the same file as visible_filenames[1], 'hiker.py' | each file once | take one of them out"),
    ("same-file", {}, visible("a/b", "/a//./b"), "visible_filenames[3] is '/a//./b', the same file as visible_filenames[2], 'a/b' | each file once | take one of them out"),
    ("cyber-dojo-sh", {}, {"visible_filenames": ["hiker.py", "Cyber-Dojo.sh"]}, "visible_filenames has no 'cyber-dojo.sh' | the script that cyber-dojo runs | write it, and add its name"),
    ("filename-extension", {"filename_extension": ".py"}, {"filename_extension": 3}, "filename_extension is 3 | a text, or a list of at least one text"),
    ("filename-extension", {}, {"filename_extension": []}, "filename_extension is an empty list | a text, or a list of at least one text"),
    ("filename-extension", {}, {"filename_extension": ""}, f"filename_extension is '' | {TEXT}"),
    ("filename-extension", {}, {"filename_extension": [".a", ""]}, f"filename_extension[1] is '' | {TEXT}"),
    ("filename-extension-dot", {"filename_extension": ".."}, {"filename_extension": "py"}, "filename_extension is 'py' | a dot and more: .sh | write '.py'"),
    ("filename-extension-dot", {}, {"filename_extension": [".a", "."]}, "filename_extension[1] is '.' | a dot and more: .sh | write the extension behind the dot"),
    ("filename-extension-repeated", {"filename_extension": [".c", ".C"]}, {"filename_extension": [".c", ".c"]}, f"filename_extension[1] is '.c', as filename_extension[0] is | {EACH}"),
    ("hidden-filenames", {"hidden_filenames": []}, {"hidden_filenames": None}, "hidden_filenames is null | a list of texts"),
    ("hidden-filenames", {"hidden_filenames": ABSENT}, {"hidden_filenames": ["a", ""]}, f"hidden_filenames[1] is '' | {TEXT}"),
    ("hidden-filenames-repeated", {"hidden_filenames": ["a", "A"]}, {"hidden_filenames": ["a", "a"]}, f"hidden_filenames[1] is 'a', as hidden_filenames[0] is | {EACH}"),
    ("regex", {}, {"hidden_filenames": ["a", "("]}, "hidden_filenames[1] is '(', and Ruby answers: no end | a regular expression as Ruby reads it | correct what Ruby names; in JSON a backslash is written twice"),
    ("regex", {}, {"progress_regexs": ["(", "a"]}, "progress_regexs[0] is '(', and Ruby answers: no end | a regular expression as Ruby reads it | correct what Ruby names; in JSON a backslash is written twice"),
    ("tab-size", {"tab_size": ABSENT}, {"tab_size": "4"}, "tab_size is '4' | an integer from 1 to 8 | write 4, without quotes"),
    ("tab-size", {}, {"tab_size": 4.0}, "tab_size is 4.0 | an integer from 1 to 8 | write 1, or another of these"),
    ("tab-size", {}, {"tab_size": 10 ** 400}, "tab_size is a number of 401 characters | an integer from 1 to 8 | write 1, or another of these"),
    ("tab-size", {}, {"tab_size": True}, "tab_size is true | an integer from 1 to 8 | write a number, without quotes"),
    ("tab-size", {}, {"tab_size": None}, "tab_size is null | an integer from 1 to 8 | write a number, without quotes"),
    ("tab-size-range", {"tab_size": 1}, {"tab_size": 0}, "tab_size is 0 | an integer from 1 to 8 | write one of these"),
    ("tab-size-range", {"tab_size": 8}, {"tab_size": 9}, "tab_size is 9 | an integer from 1 to 8 | write one of these"),
    ("max-seconds", {"max_seconds": ABSENT}, {"max_seconds": "10"}, "max_seconds is '10' | an integer from 1 to 20 | write 10, without quotes"),
    ("max-seconds-range", {"max_seconds": 20}, {"max_seconds": 21}, "max_seconds is 21 | an integer from 1 to 20 | write one of these"),
    ("max-seconds-range", {"max_seconds": 1}, {"max_seconds": -1}, "max_seconds is -1 | an integer from 1 to 20 | write one of these"),
    ("highlight-filenames", {"highlight_filenames": ABSENT}, {"highlight_filenames": []}, "highlight_filenames is an empty list | a list of at least one text"),
    ("highlight-filenames", {}, {"highlight_filenames": [None]}, f"highlight_filenames[0] is null | {TEXT}"),
    ("highlight-filenames-repeated", {}, {"highlight_filenames": ["hiker.py"] * 2}, f"highlight_filenames[1] is 'hiker.py', as highlight_filenames[0] is | {EACH}"),
    ("highlight-filenames-visible", {}, {"highlight_filenames": ["./hiker.py"]}, f"highlight_filenames[0] is './hiker.py', which is not in visible_filenames | {SHOWN} | add it to visible_filenames, or take it out here"),
    ("progress-regexs", {"progress_regexs": ["a", "a"]}, {"progress_regexs": ["a"]}, "progress_regexs is a list of 1 | a list of 2 texts"),
    ("progress-regexs", {"progress_regexs": ABSENT}, {"progress_regexs": ["a", "b", "c"]}, "progress_regexs is a list of 3 | a list of 2 texts"),
    ("progress-regexs", {}, {"progress_regexs": ["a", 3]}, f"progress_regexs[1] is 3 | {TEXT}"),
    ("rag-lambda", {"rag_lambda": None}, {"rag_lambda": ""}, f"rag_lambda is '' | {TEXT}"),
    ("rag-lambda", {"rag_lambda": ABSENT}, {"rag_lambda": ["a"]}, f"rag_lambda is a list of 1 | {TEXT}"),
    ("rag-lambda-size", {"rag_lambda": "full.rb"}, {"rag_lambda": "over.rb"}, "rag_lambda is 'over.rb', which has 65537 bytes | at most 65536 bytes (64 KiB) | make it smaller"),
    ("language", {"language": ["Python", ""]}, {"language": "Python"}, f"language is 'Python' | {PAIR}"),
    ("language", {}, {"language": ["Python"]}, f"language is a list of 1 | {PAIR}"),
    ("language", {}, {"language": ["", "3"]}, f"language[0] is '' | {TEXT}"),
    ("language", {}, {"language": ["Python", 3.7]}, "language[1] is 3.7 | a text"),
    ("test-framework", {}, {"test_framework": ["a", "b", "c"]}, f"test_framework is a list of 3 | {PAIR}"),
    ("test-framework", {}, {"test_framework": [None, ""]}, "test_framework[0] is null | a text"),
    ("language-and-test-framework", {"language": ABSENT, "test_framework": ABSENT}, {"language": ABSENT}, "test_framework is given, and language is not | both or neither | write language too"),
    ("language-and-test-framework", {}, {"test_framework": ABSENT}, "language is given, and test_framework is not | both or neither | write test_framework too"),
]  # fmt: skip
