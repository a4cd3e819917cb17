"""What the server keeps for its user outside the root, readable by nobody else: the signing key, the link, a socket."""

from __future__ import annotations

import html
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from lavdlike.disk.user_state import key_of, state_folder
from lavdlike.errors import NoFolderError
from lavdlike.server.host.private_files import is_private, write_private

_KEY_BYTES = 32


# --- the signing key ----------------------------------------------------------------------------------------


def signing_key(root: Path, *, renew: bool = False) -> tuple[bytes, str]:
    """The signing key of this user and root, made at the first start.

    Args:
        renew: put another one in its place, so that everything ends that was signed with it.

    Returns:
        The key, and "" or the reason why it could not be kept: sign-ins then end with this server.
    """
    try:
        folder = state_folder() / "keys"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / key_of(root)
        key = None if renew else _read_key(path)
        return key or _write_key(path), ""
    except (OSError, RuntimeError) as error:
        return secrets.token_bytes(_KEY_BYTES), str(error)


def _read_key(path: Path) -> bytes | None:
    """The key in the file; None if there is none or somebody else may know it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        key = file.read(_KEY_BYTES + 1) if stat.S_ISREG(found.st_mode) and is_private(found) else b""
    return key if len(key) == _KEY_BYTES else None


def _write_key(path: Path) -> bytes:
    """Put a new key at `path`; of two servers that start at once, the later one's stays."""
    write_private(path, secrets.token_bytes(_KEY_BYTES))
    key = _read_key(path)
    if key is None:
        raise OSError(f"{path} cannot be kept private (does its file system know permissions?)")
    return key


# --- the link to open ---------------------------------------------------------------------------------------


class LinkFiles(NamedTuple):
    """`text` holds the links for people and scripts; `page` sends a browser there, so that no command line shows it."""

    text: Path
    page: Path


@contextmanager
def link_files(folder: Path, links: Sequence[str], name: str) -> Iterator[LinkFiles]:
    """The links, a line each, in files that only this user can read, while the server runs. Raises `OSError`.

    A browser is sent to the first.
    """
    files = LinkFiles(folder / f"{name}.link", folder / f"{name}.html")
    target = html.escape(links[0])
    try:
        write_private(files.text, "".join(f"{link}\n" for link in links).encode())
        write_private(
            files.page,
            '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
            f'<meta http-equiv="refresh" content="0; url={target}"><a href="{target}">lavdlike</a>\n'.encode(),
        )
        yield files
    finally:
        for path in files:
            path.unlink(missing_ok=True)


# --- folders ------------------------------------------------------------------------------------------------


@contextmanager
def runtime_folder() -> Iterator[Path]:
    """A folder of this user alone for what ends with the server.

    In `$XDG_RUNTIME_DIR`, else beside the keys, else a temporary one, which is removed. A full disk is passed over.

    Raises:
        NoFolderError: none of them can be written to.
    """
    for folder in _lasting_folders():
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_private(folder.lstat()):
                _write_and_remove(folder / ".probe")
                break
    else:
        try:
            temporary = tempfile.TemporaryDirectory(prefix="lavdlike-")
        except OSError as error:
            raise NoFolderError(
                f"there is no folder to keep the link in: {error.strerror or error}"
            ) from None
        with temporary as path:
            yield Path(path)
        return
    yield folder


def _write_and_remove(path: Path) -> None:
    write_private(path, b"?")
    path.unlink(missing_ok=True)  # another server may try at the same time


def _lasting_folders() -> Iterator[Path]:
    configured = os.environ.get("XDG_RUNTIME_DIR", "")
    if configured.startswith("/"):
        yield Path(configured) / "lavdlike"
    with suppress(RuntimeError):  # no home folder
        yield state_folder() / "run"
