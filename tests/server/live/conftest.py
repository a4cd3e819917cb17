"""inotify, where the system has it."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import pytest

HAS_INOTIFY = sys.platform == "linux"
collect_ignore = [] if HAS_INOTIFY else ["test_inotify.py"]


@pytest.fixture
def inotify() -> Any:
    """The module; other systems have watchdog's observer instead, and its tests."""
    if not HAS_INOTIFY:
        pytest.skip("no inotify on this system")
    return importlib.import_module("lavdlike.server.live.inotify")
