"""`python -m tests.soak.all_states ...` is `lavdlike ...` that keeps all states of files instead of the last 50."""

from __future__ import annotations

import sys

from lavdlike.cli import main
from lavdlike.edits import history

if __name__ == "__main__":
    history.MAX_STATES = history.MAX_LATE = 10**6
    sys.exit(main())
