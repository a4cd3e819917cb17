"""Experiment logger whose database is the folder tree.

>>> import lavdlike
>>> logger = lavdlike.Logger("example")
>>> logger.log_scalar(0.8, "accuracy", step=1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Logger", "__version__"]

if TYPE_CHECKING:
    from lavdlike.logger import Logger


def __getattr__(name: str) -> object:
    """Load the logger when it is asked for: the server's start does not need it."""
    if name == "Logger":
        from lavdlike.logger import Logger

        return Logger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
