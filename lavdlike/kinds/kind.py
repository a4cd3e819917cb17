"""What a kind says of itself, so that readers can be chosen by a file's name or by a key of a JSON file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of item.

    `name`: as in messages and addresses.
    `suffixes`: lower case, with their dot; a file that ends in one of them is one item of this kind.
    `json_key`: an object at this key of a JSON file is one item of this kind; "" if it has none.
    `read_file`: (bytes of the file, path for errors) -> content; None if a file is its own content (pictures)
    or is read in parts (logs, scalars).
    `read_json`: (value at the key, path for errors) -> content.
    Readers raise `LogFormatError`.
    """

    name: str
    suffixes: frozenset[str] = frozenset()
    json_key: str = ""
    read_file: Callable[[bytes, str], Any] | None = None
    read_json: Callable[[object, str], Any] | None = None
