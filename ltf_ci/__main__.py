"""`python -m ltf_ci`."""

from __future__ import annotations

import sys

from ltf_ci.cli import main

sys.exit(main())
