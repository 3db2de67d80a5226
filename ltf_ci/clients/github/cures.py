"""What to do about refusals of GitHub that stay until somebody changes something, by words of GitHub's own.

The first words that fit count. What fits none is told in GitHub's words alone: never that it be run again.
"""

from __future__ import annotations

LOOK_AT_ADDRESS = "look at GITHUB_API_URL, and at a proxy or a login page in front of it"
AS_GITHUB_SAYS = "do as GitHub's words say; nothing else is known of this refusal"
_SSO = "authorize the token for the organization's single sign-on"
_RULES = "let the account of this token bypass the rulesets for the branches ltf-ci*/**"
_PROTECTED = "let the account of this token push to the branches ltf-ci*/**"
_ISSUES = "turn issues on in the repository's settings, or name another repository"
_MEMBER = "give the account of this token write access to the repository"
_OLD_SERVER = "use a newer GitHub Enterprise Server: this one does not know the call"
_CURES = {
    "SAML": _SSO,
    "single sign-on": _SSO,
    "IP allow list": "add this machine's address to the organization's IP allow list, or run it elsewhere",
    "not permitted to create or approve pull requests": "allow it in the settings: Actions, General, Allow GitHub "
    "Actions to create and approve pull requests; or give a GitHub App's login",
    "forbids access via": "use a token of a kind and lifetime that the organization allows, or a GitHub App",
    "suspended": "have the account, or the installation of the App, restored by who suspended it",
    "archived": "unarchive the repository, or name another one",
    "for migration": "wait until the repository has been moved",
    "access blocked": "look at the repository's page: GitHub says there why it is blocked",
    "queued for merging": "wait until the pull request is merged, or take it out of the merge queue",
    "contain secrets": "remove the secret, or allow it in the repository's push protection",
    "secret detected": "remove the secret, or allow it in the repository's push protection",
    "workflows` permission": "give the App, or the token, the right to write workflows",
    "workflow` scope": "give the token the right to write workflows",
    "Interactions on this repository": "lift the limit on interactions in the repository's settings",
    "to collaborators": _MEMBER,
    "be a collaborator": _MEMBER,
    "rule violation": _RULES,
    "verified signature": _RULES,
    "must be made through": _RULES,
    "required status check": _RULES,
    "being restricted": "let the account of this token create the branches ltf-ci*/**",
    "protected branch": _PROTECTED,
    "protected ref": _PROTECTED,
    "locked branch": _PROTECTED,
    "force-push": "let the account of this token force-push to the branches ltf-ci*/**",
    "force push": "let the account of this token force-push to the branches ltf-ci*/**",
    "Draft pull requests are not supported": "leave --draft out",
    "pull requests are disabled": "turn pull requests on in the repository's settings",
    "pull requests has been disabled": "turn pull requests on in the repository's settings",
    "Issues are disabled": _ISSUES,
    "Issues has been disabled": _ISSUES,
    "Actions has been disabled": "turn Actions on in the repository's settings",
    "Actions is disabled": "turn Actions on in the repository's settings",
    "doesn't exist on type": _OLD_SERVER,
    "isn't a defined input type": _OLD_SERVER,
    "doesn't accept argument": _OLD_SERVER,
    "not a supported version": _OLD_SERVER,
    "resource limits": "close pull requests that are not needed any more: the answer is too large for GitHub",
}


def cure_for(message: str) -> str:
    """Return what to do about a refusal in these words of GitHub's; empty where nothing is known of them."""
    said = message.lower()
    return next((cure for words, cure in _CURES.items() if words.lower() in said), "")
