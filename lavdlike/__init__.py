"""Experiment logger whose database is the folder tree.

>>> import lavdlike
>>> logger = lavdlike.Logger("example")
>>> logger.log_scalar(0.8, "accuracy", step=1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Logger", "__version__", "open"]

if TYPE_CHECKING:
    from lavdlike.logger import Logger
    from lavdlike.open_root import open_root as open  # noqa: A004 - `lavdlike.open`, never imported by its name alone


def __getattr__(name: str) -> object:
    """Load what is asked for: the server's start needs no logger, and a training script no readers."""
    if name == "Logger":
        from lavdlike.late_modules import loaded_late

        with loaded_late():
            from lavdlike.logger import Logger

        return Logger
    if name == "open":
        from lavdlike.open_root import open_root

        return open_root
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
