"""A folder of the user for what outlives a restart: never in a root (`user_cache` is for what can be made anew)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def state_folder() -> Path:
    """`$XDG_STATE_HOME/lavdlike` or `~/.local/state/lavdlike`; not made.

    Raises:
        RuntimeError: the user has no home folder.
    """
    configured = os.environ.get("XDG_STATE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".local" / "state"
    return base / "lavdlike"


def key_of(root: Path) -> str:
    """The name of what is kept for a root, whatever links lead to it. Raises RuntimeError: they lead in a circle."""
    import hashlib  # what a Logger needs of this module needs none, and it takes milliseconds

    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:32]


def note_shown(root: Path) -> None:
    """Note that a server of this user begins to show a root; a disk that refuses is passed over."""
    with suppress(OSError, RuntimeError):
        folder = state_folder() / "shown"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / key_of(root)
        path.touch(mode=0o600)
        os.utime(path)


def shown_at(root: Path) -> float:
    """When a server of this user last began to show a root, Unix seconds; 0 if none did."""
    try:
        return (state_folder() / "shown" / key_of(root)).stat().st_mtime
    except (OSError, RuntimeError):
        return 0.0
