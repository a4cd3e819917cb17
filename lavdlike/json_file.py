"""JSON files: one object, in which each kind has a key of its own (docs/format.md, "JSON files").

Reading is what Python's `json` reads, because Lavd writes with it: `NaN`, `Infinity` and integers of any size included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from lavdlike.errors import LimitError, LogFormatError

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 100
MAX_KEYS = 100_000

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89abA-F]")

T = TypeVar("T")


class ArrayError(LogFormatError):
    """Valid JSON, but an array where an object is expected: perhaps of another program."""


def read_object(data: bytes, path: str) -> dict[str, Any]:
    """The object that a JSON file holds. Its strings are valid Unicode (lone surrogates become U+FFFD).

    Raises:
        LimitError: longer than 64 MiB, nested deeper than 100 levels, or more than 100,000 keys.
        LogFormatError: not JSON, not UTF-8, or not an object.
    """
    check_size(len(data), path)
    document = parse(data, path)
    check_limits(document, path)
    if _SURROGATE_ESCAPE.search(data):
        return {_valid(key): _valid(value) for key, value in document.items()}
    return document


def parse(data: bytes, path: str) -> dict[str, Any]:
    """The object that a JSON file holds, of any size, as its next writer needs it.

    Raises:
        LimitError: nested deeper than Python follows.
        LogFormatError: not JSON, not UTF-8, or not an object.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LogFormatError(path, "not UTF-8", f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise LogFormatError(
            path, f"not JSON: {error.msg}", f"line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise LimitError(path, _TOO_DEEP) from None
    except ValueError as error:  # an integer with more digits than Python converts
        raise LogFormatError(path, f"not JSON: {error}") from None
    if not isinstance(document, dict):
        reason = f"a JSON {_name_of(document)} where an object is expected"
        raise ArrayError(path, reason) if isinstance(document, list) else LogFormatError(path, reason)
    return document


def convert(value: object, content: type[T], path: str, key: str) -> T:
    """The value at a kind's key as that kind's content type.

    Raises:
        LogFormatError: names the place, as in `images.boxes[2].xStart`.
    """
    try:
        return msgspec.convert(value, content)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        raise LogFormatError(path, reason, key + place.rstrip("`")) from None


def dump(document: Mapping[str, Any]) -> bytes:
    """The bytes of a JSON file, as Lavd writes them, but with text readable as it is.

    Raises:
        ValueError: a value that is not JSON.
    """
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError(f"cannot be written as JSON: {error}") from None
    except UnicodeEncodeError:
        return json.dumps(document).encode()


def check_size(size_bytes: int, path: str) -> None:
    """Whether readers take a document of this size.

    Raises:
        LimitError: larger than 64 MiB.
    """
    if size_bytes > MAX_BYTES:
        raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of a JSON file")


def check_limits(document: Mapping[str, Any], path: str) -> None:
    """Whether readers take a document.

    Raises:
        LimitError: nested deeper than 100 levels, or more than 100,000 keys.
    """
    keys = 0
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for container in level:
            if isinstance(container, dict):
                keys += len(container)
                below.extend(value for value in container.values() if isinstance(value, (dict, list)))
            else:
                below.extend(value for value in container if isinstance(value, (dict, list)))
        if keys > MAX_KEYS:
            raise LimitError(path, f"more than {MAX_KEYS:,} keys, the most that are read of a JSON file")
        if not below:
            return
        level = below
    raise LimitError(path, _TOO_DEEP)


_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels, the most that is read of a JSON file"


def _valid(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_valid(entry) for entry in value]
    if isinstance(value, dict):
        return {_valid(key): _valid(entry) for key, entry in value.items()}
    return value


def _name_of(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return names[type(value)]
