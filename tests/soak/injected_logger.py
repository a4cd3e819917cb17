"""`python -m tests.soak.injected_logger ROOT NAME`: what `injected` logs, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.soak.injected import log

if __name__ == "__main__":
    log(Path(sys.argv[1]), sys.argv[2])
