"""What a kind says of itself, so that readers can be chosen by a file's name or by what a JSON file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

# Of one text; a longer one is shown by its file.
MAX_FILE_BYTES = 5 * 2**20


@dataclass(frozen=True)
class Kind:
    """One kind of item.

    `name`: as in messages and addresses.
    `suffixes`: lower case, with their dot; a file that ends in one of them is one item of this kind.
    `json_key`: an object at this key of a JSON file is one item of this kind; "" if it has none.
    `is_document`: for a kind without a key: whether a JSON file as a whole is one item of it.
    `read_file`: (bytes of the file, path for errors) -> content; None if a file is its own content (pictures)
    or is read in parts (logs, scalars). `max_bytes`: of a file that is read so.
    `read_head`: (first bytes of the file, its size in bytes, path for errors) -> content, for files that are their own
    content but say at their beginning what they hold. `head_bytes`: how many it is given at most.
    `read_part`: (the opened file, what is asked for, path for errors) -> content, for files too large to be sent whole
    (`api/parts`). Raises ValueError if there is no such part.
    `read_json`: (value at the key or the whole document, path for errors) -> content.
    Readers raise `LogFormatError`.
    """

    name: str
    suffixes: frozenset[str] = frozenset()
    json_key: str = ""
    read_file: Callable[[bytes, str], Any] | None = None
    read_json: Callable[[object, str], Any] | None = None
    is_document: Callable[[Mapping[str, object]], bool] | None = None
    read_part: Callable[[BinaryIO, Mapping[str, str], str], Any] | None = None
    read_head: Callable[[bytes, int, str], Any] | None = None
    max_bytes: int = MAX_FILE_BYTES
    head_bytes: int = 64 * 2**10

    def part_of(self, document: Mapping[str, object]) -> Mapping[str, object] | None:
        """What of a JSON file's document `read_json` is for; None if it holds no item of this kind."""
        if self.is_document is not None:
            return document if self.is_document(document) else None
        part = document.get(self.json_key) if self.json_key else None
        return part if isinstance(part, dict) else None
