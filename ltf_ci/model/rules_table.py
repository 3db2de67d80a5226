"""Every rule that a finding can name, once: docs, dashboard and issue are made of this table, and tests hold it."""

from __future__ import annotations

from collections.abc import Mapping

from ltf_ci.model import ltf_rules
from ltf_ci.model.rule import Rule, Section, Severity

_LIST = (
    Rule("list-line", "the line can be read"),
    Rule("list-address", "it is an https address"),
    Rule("list-punycode", "its host is of ASCII letters, and stands for no others", severity=Severity.WARNING),
    Rule(
        "list-capitals",
        "no two addresses differ by capitals alone, where the server is not known to read them as one repository",
    ),
    Rule("list-repeated", "there is one line for each repository and language version"),
    Rule(
        "list-two-addresses",
        "no two addresses lead to one repository, as an older and a newer name of it do",
        severity=Severity.WARNING,
    ),
    Rule(
        "list-renamed",
        "the address is the one that the repository has today, not an older one that its server still leads on from",
        severity=Severity.WARNING,
    ),
    Rule("list-unreachable", "the repository answers"),
    Rule("list-tag", "the repository has the tag (or branch)"),
    Rule("list-clone", "its files can be had"),
    Rule("list-display-name", "no other line has its display name"),
    Rule("list-choice", "no other line has its language, version and framework"),
    Rule("list-image", "the image is there"),
    Rule("list-image-commit", "the image's label has the tag's commit"),
    Rule("list-image-unknown", "the registry answers"),
    Rule(
        "list-older-form",
        "the line is `URL?tag=TAG`, not `SHA7@URL`: such a line is checked at that commit, its image's label is not",
        severity=Severity.NOTICE,
    ),
    Rule("list-no-pair", "the manifest has both `language` and `test_framework`", severity=Severity.WARNING),
    Rule(
        "list-same-pair",
        "no two manifests have the same two names, as two versions of one LTF have; for one such pair cyber-dojo "
        "shows the raw display names of all",
        severity=Severity.WARNING,
    ),
)
_CONVERSION = (Rule("list-not-converted", "a release tag names the commit of the line", severity=Severity.WARNING),)
_LOCK = (
    Rule("lock", "the lock can be read"),
    Rule("lock-entry", "each release of the list has an entry in the lock"),
    Rule("lock-unlisted", "each entry is of a release of the list"),
    Rule("lock-commit", "the entry has the commit that the git tag names"),
    Rule("lock-image", "the entry has the manifest's image"),
    Rule("lock-digest", "the entry has the image's digest"),
    Rule("lock-display-name", "the entry has the manifest's display name"),
)
_DEPENDENTS = (
    Rule(
        "dependents-entry",
        "a key, `from`, `image_name` or `test_framework` is missing, is repeated, or cannot be read",
    ),
    Rule("dependents-version", "the version in the key is not that of `image_name`'s tag"),
    Rule(
        "dependents-from",
        "the base is made by entries of this file, and none of them makes that version line or revision; or it names "
        "no version line, where they do",
    ),
    Rule(
        "dependents-from-older",
        "the base is an older revision than its entry makes: a re-release is due",
        severity=Severity.WARNING,
    ),
    Rule(
        "dependents-from-commit",
        "the base is named by a commit, where its entries have releases",
        severity=Severity.WARNING,
    ),
    Rule("dependents-mixed", "a repository has entries with a version and one without"),
    Rule("dependents-image-twice", "two entries make the same version line of an image"),
    Rule("dependents-cycle", "images are made from each other; the whole cycle is named: `a → b → c → a`"),
)
_SCAN = (
    Rule("scan-from-differs", "an entry's `from` is not what its repository's Dockerfile is made FROM"),
    Rule(
        "scan-image-name-differs",
        "an entry's `image_name` is not its repository's; of revisions of one version line none is wrong",
    ),
    Rule("scan-entry-missing", "a repository of LIST has no entry"),
    Rule("scan-unlisted", "an entry's repository is not in LIST", severity=Severity.WARNING),
    Rule(
        "scan-files",
        "a repository of LIST has files that cannot be read as what they should be (`scan` reports it too)",
    ),
    Rule("scan-name", "a repository or a FROM has a name that cyber-dojo cannot use (`scan` reports it too)"),
    Rule("scan-repeated", "LIST has a repository twice in one version (`scan` reports it too)"),
    Rule(
        "scan-other-image",
        "a start point's image is not the one that the image repository of its name makes (`scan` reports it too)",
        severity=Severity.WARNING,
    ),
)
_NOTIFY = (
    Rule("dependent-failed", "its run failed, or could not be started"),
    Rule("dependent-running", "its run had not ended when the time was over"),
    Rule("dependent-left-out", "it failed too often", severity=Severity.WARNING),
    Rule("dependent-blocked", "a base of it was not built", severity=Severity.WARNING),
)
_WATCH = (
    Rule(
        "upstream-patch",
        "an image upstream has a newer patch of the same version: `3.7.5` for `python:3.7.4`",
        "newer patch upstream",
        Severity.NOTICE,
    ),
    Rule(
        "upstream-version",
        "it has a newer version: the newest of all up to `latest`, and whether `latest` is that",
        "newer version upstream",
        Severity.NOTICE,
    ),
    Rule(
        "upstream-latest",
        "`latest` is another version than these, or none that is known (of tags without a suffix)",
        "another latest upstream",
        Severity.NOTICE,
    ),
    Rule(
        "base-version",
        "a base that we make ourselves is released in a newer version than what is made FROM it",
        "newer version of its base",
        Severity.NOTICE,
    ),
    Rule(
        "entry-missing",
        "a version is released that `dependents.json` has no entry of",
        "no entry in dependents.json",
        Severity.NOTICE,
    ),
    Rule(
        "base-moved",
        "a base's tag has another digest than its images were made of: what a rebuild reaches, in order",
        severity=Severity.WARNING,
    ),
    Rule(
        "repository-renamed",
        "the list or its lock has a repository by an older address, which its server still leads on from",
        severity=Severity.WARNING,
    ),
    Rule("base-gone", "a base is not in its registry any more", severity=Severity.WARNING),
    Rule(
        "tag-without-image",
        "git tags that were never released: of more than three pushed at once GitHub starts no workflow",
        "git tag without image",
        Severity.WARNING,
    ),
    Rule(
        "image-without-tag",
        "releases in the registry that git has no tag of",
        "image without git tag",
        Severity.WARNING,
    ),
    Rule("tag-moved", "a git tag is not at the lock's commit", "git tag moved"),
    Rule("tag-gone", "a git tag of the lock is not there", "git tag gone"),
    Rule("image-overwritten", "an image has not the lock's digest"),
    Rule("image-gone", "an image is not there"),
    Rule("latest-behind", "`latest` is there, and not the newest release (`--heal`)", "latest is behind"),
    Rule(
        "unknown",
        "a registry or repository that did not answer: nothing of it is taken for gone",
        "could not be asked",
    ),
)
_DASHBOARD = (
    Rule(
        "base-behind",
        "an image is made of an older image than its base is now",
        "made of an older base",
        Severity.WARNING,
    ),
)

SECTIONS = (
    Section("manifest.md", "As cyber-dojo asks", ltf_rules.AS_CYBER_DOJO),
    Section("manifest.md", "Stricter than cyber-dojo", ltf_rules.STRICTER),
    Section("manifest.md", "What must agree", ltf_rules.AGREEMENT),
    Section("workflow.md", "The settings", ltf_rules.SETTINGS_FILE),
    Section("workflow.md", "Older workflows", ltf_rules.WORKFLOWS),
    Section("releasing.md", "What an image needs", (*ltf_rules.IMAGE, *ltf_rules.DOCKERFILES)),
    Section("releasing.md", "Before anything is built", ltf_rules.READINESS),
    Section("releasing.md", "The traffic light", ltf_rules.TRAFFIC_LIGHT),
    Section("releasing.md", "`latest`", ltf_rules.LATEST),
    Section("languages-list.md", "Checking the list", (*_LIST, *_LOCK)),
    Section("languages-list.md", "Images, and the older form", _CONVERSION),
    Section("dependents.md", "Check", _DEPENDENTS, "what is wrong"),
    Section("dependents.md", "Scan", _SCAN, "what is wrong"),
    Section("dependents.md", "Notify", _NOTIFY, "what is wrong"),
    Section("watch.md", "What it finds", _WATCH, "what"),
    Section("dashboard.md", "What it finds itself", _DASHBOARD, "what"),
)
RULES: Mapping[str, Rule] = {rule.name: rule for section in SECTIONS for rule in section.rules}
