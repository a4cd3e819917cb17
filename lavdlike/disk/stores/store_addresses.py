"""Which texts name an object store, and how one is carried as a path. Pure.

Roots are paths everywhere. That of a store has its scheme with a colon as first folder (`/s3:/bucket/logs`), as no path
of this machine has: so both can stand side by side, and parts of an address are those of the path. `Path("s3://bucket")`,
which is `s3:/bucket`, is understood as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from lavdlike.errors import UsageError

# By obstore. All other schemes are given to fsspec, if it knows them.
OBSTORE_SCHEMES = frozenset({"s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss"})
MEMORY_SCHEME = "memory"
# What is a folder of this machine, or no store.
_OTHER_SCHEMES = frozenset({"file", "local", "http", "https", "ssh"})
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
_FIRST_FOLDER = re.compile(r"[a-z][a-z0-9+.-]+:")
_CARRIED = re.compile(r"(?<![\w/.~-])/([a-z][a-z0-9+.-]+:)/(?=[^/\s])")
_CREDENTIALS = "it must hold no key, password or token: give them as the provider's own tools take them"


def is_store_address(text: str) -> bool:
    """Whether a text names a store, right or wrong: those of `file`, `http` and `ssh` name none.

    >>> is_store_address("s3://bucket/logs"), is_store_address("logs/s3:"), is_store_address("http://host/")
    (True, False, False)
    """
    found = _ADDRESS.match(text)
    return found is not None and found[1].lower() not in _OTHER_SCHEMES


def checked_address(text: str) -> str:
    """The address in its one form: scheme in lower case, no `/` at its end, none twice.

    >>> checked_address("S3://bucket//logs/")
    's3://bucket/logs'

    Raises:
        UsageError: it is none, holds credentials, or leads upwards. The text itself is not repeated where it may hold
            a secret.
    """
    found = _ADDRESS.match(text)
    if found is None:
        raise UsageError(f"{text!r} is not the address of a store, such as s3://bucket/logs")
    scheme, rest = found[1].lower(), found[2]
    if "::" in text:
        raise UsageError("an address of a store names one place: it must hold no `::`")
    if "?" in rest or "#" in rest:
        raise UsageError(f"the address of a {scheme} store ends before `?` or `#`; {_CREDENTIALS}")
    host, *names = rest.split("/")
    user, at, _ = host.rpartition("@")
    if at and (":" in user or scheme in ("s3", "s3a", "gs", "gcs")):
        raise UsageError(f"the address of a {scheme} store has something in front of `@`; {_CREDENTIALS}")
    names = [name for name in names if name]
    if any(name in (".", "..") for name in names) or any(ord(character) < 32 for character in rest):
        raise UsageError(
            f"{text!r} is not the address of a store: `.`, `..` and control characters lead nowhere in one"
        )
    if not host and scheme in OBSTORE_SCHEMES:
        raise UsageError(f"{text!r} names no bucket: {scheme}://BUCKET/FOLDER")
    return f"{scheme}://{'/'.join([host, *names])}"


def path_of_address(address: str) -> Path:
    """How an address is carried where roots are paths.

    >>> path_of_address("s3://bucket/logs").as_posix()
    '/s3:/bucket/logs'
    """
    scheme, _, rest = checked_address(address).partition("://")
    return Path(f"/{scheme}:", *rest.split("/"))


def address_of_path(path: PurePath) -> str | None:
    """The address that a path carries; None of a path of this machine.

    >>> address_of_path(path_of_address("s3://bucket/logs") / "run"), address_of_path(Path("/logs/s3:/bucket"))
    ('s3://bucket/logs/run', None)
    """
    first, *rest = (path.parts[1:] if path.is_absolute() else path.parts) or ("",)
    return f"{first}//{'/'.join(rest)}" if _FIRST_FOLDER.fullmatch(first) else None


def shown_place(path: PurePath) -> str:
    """How a root's path is shown to people: an address as one."""
    return address_of_path(path) or str(path)


def with_addresses(text: str) -> str:
    """A sentence in which paths that carry addresses stand as those.

    >>> with_addresses("there is no /s3:/bucket/logs"), with_addresses("see /tmp/s3:/x")
    ('there is no s3://bucket/logs', 'see /tmp/s3:/x')
    """
    return _CARRIED.sub(r"\1//", text)


def joined(address: str, names: Sequence[str]) -> str:
    """The address of what lies below another one."""
    return "/".join([address.rstrip("/"), *names]) if names else address
