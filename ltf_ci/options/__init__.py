"""What commands can be told: one table, from which flags and environment come.

An option has one name everywhere: `--language-version` as a flag is `LTF_CI_LANGUAGE_VERSION` in the environment.
The first of these that is given wins; then the repository's settings (settings.py); then the default.
"""

from __future__ import annotations

from ltf_ci.options.fleet import FLEET
from ltf_ci.options.lists import LISTS
from ltf_ci.options.release import RELEASE

ALL = (*RELEASE, *LISTS, *FLEET)
OPTIONS = {option.name: option for option in ALL}
