"""The manifest's rules by their names, and what each asks. docs/manifest.md shows both tables."""

from __future__ import annotations

from ltf_ci.errors import UsageError

AS_CYBER_DOJO = {
    "manifest-object": "the manifest is an object",
    "repeated-key": "no key is there twice, at any depth (cyber-dojo: at the outermost level)",
    "manifest-unknown-key": "each key is one that cyber-dojo knows, spelled so",
    "manifest-missing-key": "`image_name`, `display_name`, `visible_filenames` and `filename_extension` are there",
    "image-name": "`image_name` is a text, and a well-formed image name",
    "display-name": "`display_name` is a text that is not empty",
    "visible-filenames": "`visible_filenames` is a list, not empty, of texts, none empty",
    "visible-filenames-repeated": "no visible filename is there twice",
    "filename-characters": "a visible filename has only letters and digits of ASCII and `/._-`, and no `-` in front",
    "file-missing": "a visible file, and the `rag_lambda` file, is there",
    "file-size": "a visible file has at most 25 KiB (25600 bytes)",
    "cyber-dojo-sh": "`visible_filenames` has `cyber-dojo.sh`",
    "filename-extension": "`filename_extension` is a text, or a list, not empty, of texts, none empty",
    "filename-extension-dot": "an extension is a dot and more",
    "filename-extension-repeated": "no extension is there twice",
    "hidden-filenames": "`hidden_filenames` is a list of texts, none empty",
    "hidden-filenames-repeated": "no hidden filename is there twice",
    "regex": "each of `hidden_filenames` and `progress_regexs` is a regular expression of Ruby's",
    "regex-not-judged": "ruby is there to judge them (a warning)",
    "tab-size": "`tab_size` is an integer: not `4.0`, not `true`",
    "tab-size-range": "`tab_size` is from 1 to 8",
    "max-seconds": "`max_seconds` is an integer: not `4.0`, not `true`",
    "max-seconds-range": "`max_seconds` is from 1 to 20",
    "highlight-filenames": "`highlight_filenames` is a list, not empty, of texts, none empty",
    "highlight-filenames-repeated": "no highlighted filename is there twice",
    "highlight-filenames-visible": "each is in `visible_filenames`, spelled the same",
    "progress-regexs": "`progress_regexs` is a list of 2 texts, none empty",
    "rag-lambda": "`rag_lambda` is a text that is not empty, or null",
    "language": "`language` is a list of 2 texts, the first not empty",
    "test-framework": "`test_framework` is a list of 2 texts, the first not empty",
    "language-and-test-framework": "both are there, or neither",
}
STRICTER = {
    "manifest-no-value": "no required key is null, nor false (`visible_filenames` apart): cyber-dojo looks no further",
    "file-outside": "a named file is in the repository: no `..` in its name, no link that leads out or into `.git`",
    "file-kind": "a named file is a regular file that can be read: a folder keeps the whole service from starting",
    "file-text": "a named file is UTF-8 text without NUL: another makes the service answer 500",
    "same-file": "no two visible filenames are one file, as `hiker.sh` and `./hiker.sh` are",
    "rag-lambda-size": "the `rag_lambda` file has at most 64 KiB (65536 bytes)",
    "further-manifest": "no other `manifest.json` is in the repository, but below a dot folder: cyber-dojo serves each",
    "rag-lambda-ruby": "the `rag_lambda` file is Ruby (a notice where there is no ruby to judge it)",
}


def allowed_rule(text: str) -> str:
    """Read the name of a rule that may be switched off, or raise UsageError: cyber-dojo insists on the others."""
    if text not in STRICTER:
        raise UsageError(
            f"{text[:80]!r} is no rule that can be allowed to be broken", expected="one of " + ", ".join(STRICTER)
        )
    return text
