"""How long tests wait before they fail."""

from __future__ import annotations

# Of one event: it says that something never comes, also on a busy machine, and nothing about how fast it should be.
# pytest's `timeout` and `_ASYNC_LIMIT_S` (conftest.py) leave room for it.
LIMIT_S = 30.0
