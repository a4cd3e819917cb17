"""Changes `lavdlike.yaml` and keeps its comments, its order and what it says that we do not know. Bytes in, bytes out.

ruamel.yaml writes. Whether it wrote what was meant is looked at with our own reader, which decides what the file says.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import yaml

from lavdlike import root_settings
from lavdlike.errors import EditError, LogFormatError
from lavdlike.root_settings import ROOT_SETTINGS_FILE

# Makes a value ready for the document: text is quoted where other programs would take it for something else.
Say = Callable[[Any], Any]
# Changes a document, a mapping of mappings, lists and scalars.
Change = Callable[[dict[str, Any], Say], None]


def changed(data: bytes | None, change: Change) -> bytes | None:
    """The file after a change; the same bytes if it changes nothing, None if nothing is left.

    Raises:
        EditError: the file cannot be read or changed by a program; a person has to do it.
    """
    before = _parsed(data or b"")
    wanted = _as_text(before)  # a copy in which nothing is shared, whatever aliases there are
    try:
        change(wanted, lambda value: value)
    except (TypeError, AttributeError):
        raise EditError(ROOT_SETTINGS_FILE, "a part of it is of another form than it should be") from None
    wanted = _as_text(wanted)
    if wanted == before:
        return data
    content = _written(data or b"", change)
    content = _with_all_comments(data or b"", content)
    if not wanted and not content.strip():
        return None
    try:
        is_right = _parsed(content) == wanted
    except EditError:
        is_right = False
    if not is_right:
        raise EditError(ROOT_SETTINGS_FILE, "it cannot be changed by a program (anchors?); edit it by hand")
    return content


def put(document: dict[str, Any], path: Sequence[str], value: object, say: Say) -> None:
    """Set a value in mappings of mappings; None removes it, and the mappings that are empty then."""
    first, *rest = path
    if not rest:
        if value is None:
            document.pop(first, None)
        elif document.get(first) != value:
            document[first if first in document else say(first)] = say(value)
        return
    below = document.get(first)
    if not isinstance(below, dict):
        if value is None:
            return
        below = document[first if first in document else say(first)] = say({})
    put(below, rest, value, say)
    if not below:
        del document[first]


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        document, repeated = root_settings.parse(data, ROOT_SETTINGS_FILE)
    except LogFormatError as error:
        raise EditError(ROOT_SETTINGS_FILE, f"{error.reason}, so that it is not changed") from None
    if repeated:
        raise EditError(ROOT_SETTINGS_FILE, f"a key comes twice ({repeated[0]}), so that it is not changed")
    return document


def _as_text(value: Any) -> Any:
    """As our reader gives it: every scalar is a text."""
    if isinstance(value, dict):
        return {key: _as_text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_as_text(entry) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


def _written(data: bytes, change: Change) -> bytes:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    writer = YAML(typ="rt")
    writer.preserve_quotes = True
    writer.width = 2**20  # no line is broken that was not
    try:
        document = writer.load(data)
        begin = data if document is None else b""  # only comments, which it would forget
        document = writer.map() if document is None else document
        change(document, _ready)
        if not document:
            return begin
        out = io.BytesIO()
        writer.dump(document, out)
    except (
        YAMLError,
        ValueError,
        LookupError,
        ArithmeticError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise EditError(ROOT_SETTINGS_FILE, f"it cannot be changed by a program: {error!s:.200}") from None
    separator = b"\n" if begin and not begin.endswith(b"\n") else b""
    return begin + separator + out.getvalue()


def _ready(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        return CommentedMap({key: _ready(entry) for key, entry in value.items()})
    if isinstance(value, list):
        return CommentedSeq([_ready(entry) for entry in value])
    return _quoted(value) if isinstance(value, str) else value


def _quoted(text: str) -> object:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    lines = text.split("\n")
    is_plain = text.replace("\n", "").isprintable() and not any(line != line.rstrip() for line in lines)
    if len(lines) > 1 and is_plain and lines[0] and not lines[0].startswith(" "):
        return LiteralScalarString(text)
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    if tag != "tag:yaml.org,2002:str" or not is_plain or len(lines) > 1:
        return DoubleQuotedScalarString(text)
    return text


def _with_all_comments(before: bytes, after: bytes) -> bytes:
    """With the lines of comments at the end that went with a removed entry: they may be about the next one."""
    lost = list((Counter(_comments(before)) - Counter(_comments(after))).elements())
    return after + b"".join(line + b"\n" for line in lost)


def _comments(data: bytes) -> Iterator[bytes]:
    for line in data.splitlines():
        if line.lstrip().startswith(b"#"):
            yield line.strip()
