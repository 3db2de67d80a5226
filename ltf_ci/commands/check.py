"""`ltf-ci check`: is the manifest as cyber-dojo asks, and do the git tag, the manifest and the README agree?"""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.manifest.check import check
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.requests import Allowing, CheckPart
from ltf_ci.manifest.rules.report import outcome_of
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.folder import AtTag
from ltf_ci.options.option import choice
from ltf_ci.publish.options import BuildArgs, ImageFrom, Platforms, PushTo
from ltf_ci.publish.readiness import Settled, with_readiness
from ltf_ci.traffic_light.requests import InImage, LanguageVersionCheck


class Request(AtTag, Allowing, InImage, ImageFrom, Platforms, BuildArgs, LanguageVersionCheck):
    """What to check."""

    only: CheckPart | None = choice(
        "check this part alone: manifest (as cyber-dojo asks), or agreement (with git tag and README)",
        CheckPart,
        default=None,
    )


def execute(request: Request, run: Run) -> Outcome:
    """Check, and say all that was found at once."""
    git = run.git(request.directory)
    with run.timed("check"):
        checked = check(request.directory, request.tag, git, allow=request.allow, only=request.only)
        if request.only is None:
            settled = Settled(
                build_arg=request.build_arg,
                platform=request.platform,
                version_command=request.version_command,
                image_from=request.image_from,
                push_to=lambda: run.options_for(PushTo, request.directory).push_to,
            )
            checked = with_readiness(checked, request.directory, settled, git=git, github=run.github_host)
    outcome = _outcome(request, checked)
    if request.image is None:
        return outcome
    from ltf_ci.traffic_light import image_check  # who looks into no image does not wait for docker

    return image_check.with_image(outcome, request.image, checked, run)


def _outcome(request: Request, checked: Checked) -> Outcome:
    if request.only is not CheckPart.MANIFEST:
        return outcome_of(checked)
    if checked.repository.manifest is None:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="an image's own repository has no manifest")
    return outcome_of(checked)._replace(steps=(Step("check", StepState.DONE, "the manifest alone"),))
