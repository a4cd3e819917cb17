"""`python -m lavdlike ROOT` is `lavdlike ROOT`."""

from __future__ import annotations

import sys

from lavdlike.cli import main

if __name__ == "__main__":
    sys.exit(main())
