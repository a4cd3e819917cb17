"""`python -m tests.soak.small_cache ROOT` is `lavdlike ROOT` that keeps only 32 MiB of scalars in memory."""

from __future__ import annotations

import functools
import sys
from unittest import mock

from lavdlike.cli import main
from lavdlike.series.store import SeriesStore
from lavdlike.server.live import hub

CACHE_BYTES = 32 * 2**20

if __name__ == "__main__":
    with mock.patch.object(hub, "SeriesStore", functools.partial(SeriesStore, budget_bytes=CACHE_BYTES)):
        sys.exit(main())
