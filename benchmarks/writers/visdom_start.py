"""How Visdom's server is started, by its own Python."""

from __future__ import annotations

# At its start it fetches scripts for its page; without them it still takes values.
START = """
from visdom.server import run_server
run_server.download_scripts = lambda *args, **kwargs: None
run_server.download_scripts_and_run()
"""
