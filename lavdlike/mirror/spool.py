"""The tree of this machine that stands for an address: where it is, and which address a folder stands for."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from lavdlike.disk.stores.store_addresses import checked_address
from lavdlike.disk.user_state import state_folder
from lavdlike.errors import UsageError

# In the spool: whose copy it is, and all that the mirror keeps. Hidden, and lavdlike's, as all such names are.
MIRROR_FOLDER = ".lavdlike-mirror"
FOLDER_VARIABLE = "LAVDLIKE_SPOOL"
LIMIT_VARIABLE = "LAVDLIKE_SPOOL_LIMIT"

_ADDRESS_FILE = "address"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)i?B?", re.IGNORECASE)
_known: dict[Path, str] = {}


def spool_of(address: str) -> Path:
    """The folder that stands for an address: in `$LAVDLIKE_SPOOL`, else in the user's state. It is not made.

    Raises:
        ValueError: it is no address of a store, or holds credentials.
    """
    try:
        address = checked_address(address)
        chosen = os.environ.get(FOLDER_VARIABLE, "")
        base = Path(chosen).expanduser().absolute() if chosen else state_folder() / "spool"
    except UsageError as error:
        raise ValueError(f"log_dir: {error}") from None
    except RuntimeError:
        raise ValueError(
            f"there is no home folder: say in {FOLDER_VARIABLE} where {address} is kept"
        ) from None
    import hashlib  # a Logger of a folder of this machine needs none

    digest = hashlib.sha256(address.encode(errors="surrogateescape")).hexdigest()[:8]
    folder = base / f"{_NOT_IN_NAMES.sub('-', address)[:80]}-{digest}"
    _known[folder] = address
    return folder


def spool_with(folder: Path) -> tuple[Path, str] | None:
    """The spool that a folder is or lies in, and its address; None if it lies in none."""
    for each in (folder, *folder.parents):
        if each in _known:
            return each, _known[each]
        with contextlib.suppress(OSError, UsageError):
            text = (each / MIRROR_FOLDER / _ADDRESS_FILE).read_text("utf-8", "surrogateescape")
            return each, checked_address(text.strip())
    return None


def mark(folder: Path, address: str) -> None:
    """Note in a folder that it stands for an address.

    Raises:
        OSError: the disk refuses.
    """
    notes = folder / MIRROR_FOLDER
    notes.mkdir(parents=True, exist_ok=True)
    file = notes / _ADDRESS_FILE
    if not file.exists():
        temporary = notes / f"{_ADDRESS_FILE}.{os.getpid()}"
        temporary.write_text(f"{address}\n", "utf-8", "surrogateescape")
        temporary.replace(file)


def limit_bytes() -> int:
    """How large spools may become: `$LAVDLIKE_SPOOL_LIMIT` (`20GB`); 0: as large as the disk.

    Raises:
        ValueError: the variable says no size.
    """
    text = os.environ.get(LIMIT_VARIABLE, "").strip()
    if not text:
        return 0
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError(f"{LIMIT_VARIABLE} must be a size such as 20GB, not {text!r}")
    return int(float(found[1]) * 2 ** (10 * " KMGT".index(found[2].upper() or " ")))
