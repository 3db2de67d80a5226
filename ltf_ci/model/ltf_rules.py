"""The rules that one LTF repository is held to: its manifest, its workflows, its image, and what a release needs."""

from __future__ import annotations

from ltf_ci.model.rule import Rule, Severity

UNREADABLE = "unreadable"

AS_CYBER_DOJO = (
    Rule("manifest-object", "the manifest is an object"),
    Rule("repeated-key", "no key is repeated, at any depth (cyber-dojo: at the outermost level)"),
    Rule("manifest-unknown-key", "each key is one that cyber-dojo knows, spelled so"),
    Rule(
        "manifest-missing-key", "`image_name`, `display_name`, `visible_filenames` and `filename_extension` are there"
    ),
    Rule("image-name", "`image_name` is a text, and a well-formed image name"),
    Rule("display-name", "`display_name` is a text that is not empty"),
    Rule("visible-filenames", "`visible_filenames` is a list, not empty, of texts, none empty"),
    Rule("visible-filenames-repeated", "no visible filename is repeated"),
    Rule(
        "filename-characters", "a visible filename has only letters and digits of ASCII and `/._-`, and no `-` in front"
    ),
    Rule("file-missing", "a visible file, and the `rag_lambda` file, is there"),
    Rule("file-size", "a visible file has at most 25 KiB (25600 bytes)"),
    Rule("cyber-dojo-sh", "`visible_filenames` has `cyber-dojo.sh`"),
    Rule("filename-extension", "`filename_extension` is a text, or a list, not empty, of texts, none empty"),
    Rule("filename-extension-dot", "an extension is a dot and more"),
    Rule("filename-extension-repeated", "no extension is repeated"),
    Rule("hidden-filenames", "`hidden_filenames` is a list of texts, none empty"),
    Rule("hidden-filenames-repeated", "no hidden filename is repeated"),
    Rule("regex", "each of `hidden_filenames` and `progress_regexs` is a regular expression of Ruby's"),
    Rule("regex-not-judged", "ruby is there to judge them", severity=Severity.WARNING),
    Rule("tab-size", "`tab_size` is an integer: not `4.0`, not `true`"),
    Rule("tab-size-range", "`tab_size` is from 1 to 8"),
    Rule("max-seconds", "`max_seconds` is an integer: not `4.0`, not `true`"),
    Rule("max-seconds-range", "`max_seconds` is from 1 to 20"),
    Rule("highlight-filenames", "`highlight_filenames` is a list, not empty, of texts, none empty"),
    Rule("highlight-filenames-repeated", "no highlighted filename is repeated"),
    Rule("highlight-filenames-visible", "each is in `visible_filenames`, spelled the same"),
    Rule("progress-regexs", "`progress_regexs` is a list of 2 texts, none empty"),
    Rule("rag-lambda", "`rag_lambda` is a text that is not empty, or null"),
    Rule("language", "`language` is a list of 2 texts, the first not empty"),
    Rule("test-framework", "`test_framework` is a list of 2 texts, the first not empty"),
    Rule("language-and-test-framework", "both are there, or neither"),
)
STRICTER = (
    Rule(
        "manifest-no-value",
        "no required key is null, nor false (`visible_filenames` apart): cyber-dojo looks no further",
    ),
    Rule(
        "file-outside", "a named file is in the repository: no `..` in its name, no link that leads out or into `.git`"
    ),
    Rule(
        "file-kind", "a named file is a regular file that can be read: a folder keeps the whole service from starting"
    ),
    Rule("file-text", "a named file is UTF-8 text without NUL: another makes the service answer 500"),
    Rule("same-file", "no two visible filenames are one file, as `hiker.sh` and `./hiker.sh` are"),
    Rule("rag-lambda-size", "the `rag_lambda` file has at most 64 KiB (65536 bytes)"),
    Rule(
        "display-name-letters",
        "no letter of `display_name` looks like one of ASCII among letters of ASCII, or is not seen next to one",
        severity=Severity.WARNING,
    ),
    Rule(
        "further-manifest",
        "no other `manifest.json` is in the repository, but below a dot folder: cyber-dojo serves each",
    ),
    Rule("rag-lambda-ruby", "the `rag_lambda` file is Ruby (a notice where there is no ruby to judge it)"),
)
AGREEMENT = (
    Rule("image-name-tag", "`image_name` has the tag; without one a tag of a known form"),
    Rule("display-name-version", "`display_name` has the tag's version"),
    Rule("language-name", "the first of the pair `language`, where it is there, is as `display_name` has it"),
    Rule(
        "language-version",
        "the second, where it is there and not empty, is the version of the tag and of `display_name`",
    ),
    Rule("image-organisation", "the image's organisation is not one letter off a known one"),
    Rule("image-under-two-versions", "the image did not have another version in `display_name` before"),
    Rule("readme-copy", "names that `README.md` repeats are the manifest's", severity=Severity.WARNING),
    Rule(
        "tag-at-head",
        "the release tags at HEAD can be released, and others do not look like one (`next`)",
        severity=Severity.WARNING,
    ),
    Rule(
        "image-name-json",
        "`docker/image_name.json` names the manifest's image, where both are there",
        severity=Severity.WARNING,
    ),
    Rule(
        "no-tag",
        "there is a release tag at HEAD; if not, this names the next one",
        severity=Severity.NOTICE,
    ),
)
DOCKERFILES = (
    Rule(
        "dockerfile-not-built",
        "`docker/Dockerfile` is not committed next to `docker/Dockerfile.base`, which is what is built",
        severity=Severity.WARNING,
    ),
)
WORKFLOWS = (
    Rule("workflow-publishes-too", "no other workflow of the repository pushes the image", severity=Severity.WARNING),
    Rule(
        "workflow-may-publish",
        "no other workflow may push to a registry: by a login, the right to write packages, or a script of such a name",
        severity=Severity.NOTICE,
    ),
    Rule(
        "workflow-tests-too",
        "no other workflow tests the image that a start point names: at a release's push it does not exist yet",
        severity=Severity.WARNING,
    ),
)
IMAGE = (
    Rule("image-run", "the image starts, and its bash runs"),
    Rule("image-lacks", "the image has each of what cyber-dojo's runner needs"),
)
SETTINGS_FILE = (
    Rule(UNREADABLE, "the settings, and each other file, can be read; each key and value there is a known one"),
    Rule(
        "settings-of-list",
        "an LTF's settings have no `list-form` and no `list-places`: these count in a languages repository alone",
        severity=Severity.WARNING,
    ),
)
READINESS = (
    Rule("cyber-dojo-sh-line-ends", "`cyber-dojo.sh` has no line that ends with CR LF: bash fails at it"),
    Rule("dockerfile", "the Dockerfile can be read; each `FROM` names an image, its ARGs filled in"),
    Rule(
        "script-line-ends",
        "no other script has lines that end with CR LF: bash fails at them where it runs it",
        severity=Severity.WARNING,
    ),
    Rule("no-dockerfile", "`docker/` has a Dockerfile: `Dockerfile.base`, or `Dockerfile`"),
    Rule(
        "from-version",
        "a `FROM` of this language's image has the release's version, as far as it goes",
        severity=Severity.WARNING,
    ),
    Rule(
        "version-unchecked",
        "something shows that the version is in the image: no `FROM` floats (`latest`, `python:slim`, `python:3` for "
        "3.7.4), or `version-command` asks the image. A re-tag is refused without",
        severity=Severity.WARNING,
    ),
    Rule(
        "no-workflow",
        "a workflow of HEAD calls ltf-ci, where origin is at github.com (`check`, `next`)",
        severity=Severity.WARNING,
    ),
    Rule(
        "workflow-registry",
        "the workflow logs in where the image goes: `registry` is that of `image_name`, or of `push-to`",
        severity=Severity.WARNING,
    ),
    Rule(
        "not-committed",
        "the files that `ltf-ci init` writes are in the commit (`check`, `next`)",
        severity=Severity.WARNING,
    ),
    Rule(
        "start-file-not-committed",
        "each start file is in the commit as it is here, and not in Git LFS: cyber-dojo takes it from there (`check`; "
        "`next` refuses without)",
        severity=Severity.WARNING,
    ),
    Rule(
        "converted-file",
        "no file of `docker/` or of the start point passes through a filter, or another encoding, in a checkout",
    ),
    Rule(
        "no-image-from",
        "a repository without `docker/` names the image that it is made of (`check`; `next` refuses without)",
        severity=Severity.WARNING,
    ),
    Rule("image-from-version", "the release that `image-from` names is of the tag's version (`check`, `next`)"),
    Rule(
        "secret-needed",
        "the secrets that a first release needs: a login of its registry, the key of the GitHub App (`next`)",
        severity=Severity.NOTICE,
    ),
    Rule(
        "no-pull-request",
        "the languages repository is named, and the GitHub App that opens pull requests there (`next`)",
        severity=Severity.NOTICE,
    ),
)
LATEST = (Rule("latest-platforms", "a release has each platform that `latest` has", severity=Severity.WARNING),)
TRAFFIC_LIGHT = (
    Rule("traffic-light-red", "the start files, unchanged, are red"),
    Rule("traffic-light-amber", "with an edit that breaks the syntax they are amber"),
    Rule("traffic-light-green", "with the edit that makes them right they are green"),
    Rule("traffic-light-edit", "the edit's text is in the start files"),
    Rule("traffic-light-options", "`start_point/options.json` names a visible file, `from` and `to` for each colour"),
    Rule("traffic-light-lambda", "the manifest or the image has a rag_lambda that gives a colour"),
    Rule("traffic-light-files", "each visible file can be read"),
    Rule("traffic-light-version", "what `version-command` prints has the tag's version"),
)
