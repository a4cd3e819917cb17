"""The errors of the original, by its names: scripts catch them."""

from __future__ import annotations


class Error(Exception):
    """What the original raises, and what it is derived from."""

    def __init__(self, message: str, context: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.context = context


class CommError(Error):
    """Never raised: nothing is sent anywhere."""


class UsageError(Error):
    """A call that the original refuses, or one that only its server could answer."""


class AuthenticationError(CommError):
    """Never raised: nobody signs in."""


class ConfigError(Error):
    """Never raised: a setting may be changed at any time."""
