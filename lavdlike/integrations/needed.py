"""Frameworks that have to be installed for a module of this room, and what to say where one is not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from lavdlike.errors import MissingLibraryError


class MissingFrameworkError(MissingLibraryError, ImportError):
    """The framework of this module is not installed; says how to install it."""


@contextlib.contextmanager
def needs(*packages: str, install: str) -> Iterator[None]:
    """Around imports of a framework.

    Args:
        packages: names that are imported; what is missing inside of an installed framework is its own error.
        install: what to give to pip.

    Raises:
        MissingFrameworkError: one of them is not installed.

    >>> with needs("no_such", install="no-such"):
    ...     import no_such
    Traceback (most recent call last):
    lavdlike.integrations.needed.MissingFrameworkError: no_such is not installed: pip install no-such
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in packages:
            raise
        raise MissingFrameworkError(
            f"{missing} is not installed: pip install {install}", name=missing
        ) from None
