"""Visdom's API over plain files: `from lavdlike.compat.visdom import Visdom` (docs/visdom.md). No server is needed.

`visdom_client` makes the messages that Visdom's client sends, `visdom_files` answers them as its server does: an
environment is an experiment (`environment`), a window an item in it (`lavdlike/window_records.py`, `window_files`).
"""

from lavdlike.compat.visdom.visdom_client import Visdom

__all__ = ["Visdom"]
