"""The browser of the person who starts the server, if there is one to be started."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from pathlib import Path


def has_desktop() -> bool:
    """Whether a person sits at this machine, who would see a browser open: not over SSH, nor without a display."""
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_in_browser(page: Path) -> None:
    """Show a file in the browser. Does not wait, and does nothing if only browsers for terminals are there."""
    threading.Thread(target=_open, args=(page.as_uri(),), daemon=True).start()


def _open(address: str) -> None:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    # This very class stands for browsers that would take over the terminal, unless $BROWSER asks for one.
    if type(browser) is not webbrowser.GenericBrowser or os.environ.get("BROWSER"):
        browser.open(address)
