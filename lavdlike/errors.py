"""The errors that lavdlike raises on purpose; each says what is wrong, where, and what to do."""

from __future__ import annotations


class LavdlikeError(Exception):
    """Base of every error of ours."""


class WriteError(LavdlikeError):
    """A file of the log could not be written; raised only under `Logger(on_error="raise")`."""


class LogFormatError(LavdlikeError):
    """A file of the tree is not what its name promises.

    Args:
        path: the file, relative to the root or as the caller gave it.
        reason: what is wrong, in words for the person who looks at the log.
        position: where in the file ("line 3", "byte 26"), or "" for the file as a whole.
    """

    def __init__(self, path: str, reason: str, position: str = "") -> None:
        self.path = path
        self.reason = reason
        self.position = position
        where = f"{path}, {position}" if position else path
        super().__init__(f"{where}: {reason}")


class LimitError(LogFormatError):
    """A file is larger, deeper or slower to read than what is allowed; names the limit."""


class MissingLibraryError(LavdlikeError):
    """An optional library is needed for this call; says how to install it."""


class NotServedError(LavdlikeError):
    """Something of the tree is there but is not opened: a link out of the root, a device, no permission.

    Args:
        path: relative to the root.
        reason: in words for the person who looks at the log.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class PictureError(LavdlikeError):
    """A file is not shown as a picture: it is none, it is broken, or it is beyond the limits; says which."""


class NotFoundError(LavdlikeError):
    """What was asked for on the command line is not in the tree; says what is."""


class NoFolderError(LavdlikeError):
    """The server has no folder for the private files that it keeps while it runs; says why."""


class UsageError(LavdlikeError):
    """What was asked for on the command line cannot be done; says why."""


class EditError(LavdlikeError):
    """What a person asked to change was not changed, in no part; says why."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}" if path else reason)


class BadEditError(EditError):
    """It breaks a rule of what may be written (docs/format.md, "What people write")."""


class NothingThereError(EditError):
    """There is no such experiment, or no longer."""


class ConflictError(EditError):
    """Another state stands there than the one that was seen. `content`: that state, None if there is no file."""

    def __init__(self, path: str, content: bytes | None) -> None:
        super().__init__(path, "it was changed by somebody else meanwhile")
        self.content = content


class StoreError(LavdlikeError):
    """A request to an object store failed.

    Args:
        place: the address of the store or of the object, without credentials.
        reason: in words for the person who looks at the log.
        is_temporary: whether the same request may succeed later: too many of them, a timeout, no connection.
    """

    def __init__(self, place: str, reason: str, *, is_temporary: bool = False) -> None:
        self.place = place
        self.reason = reason
        self.is_temporary = is_temporary
        super().__init__(f"{place}: {reason}")


class StoreMissingError(StoreError):
    """There is no such object."""


class StoreConflictError(StoreError):
    """The object is not in the state that the request was for: it is there already, or was changed meanwhile."""


class StoreRightsError(StoreError):
    """The credentials are wrong or expired, or do not allow this request."""
