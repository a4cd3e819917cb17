"""Changes a YAML file and keeps its comments, its order and what it says that we do not know. Bytes in, bytes out.

ruamel.yaml writes. Whether it wrote what was meant is for the caller to look at, with the reader that decides what the
file says.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from lavdlike.errors import EditError

# Makes a value ready for the document: text is quoted where other programs would take it for something else.
Say = Callable[[Any], Any]
# Changes a document, a mapping of mappings, lists and scalars.
Change = Callable[[dict[str, Any], Say], None]


def written(data: bytes, change: Change, path: str, *, dash_offset: int = 0) -> bytes:
    """The file after a change.

    Args:
        dash_offset: how far the dashes of a list stand to the right of its key.

    Raises:
        EditError: names `path`; a person has to change it.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    writer = YAML(typ="rt")
    writer.preserve_quotes = True
    writer.width = 2**20  # no line is broken that was not
    writer.indent(mapping=2, sequence=2 + dash_offset, offset=dash_offset)
    try:
        document = writer.load(data)
        begin = data if document is None else b""  # only comments, which it would forget
        document = writer.map() if document is None else document
        change(document, ready)
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
        raise EditError(path, f"it cannot be changed by a program: {error!s:.200}") from None
    separator = b"\n" if begin and not begin.endswith(b"\n") else b""
    return begin + separator + out.getvalue()


def ready(value: Any) -> Any:
    """A value as it is put into a document."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, dict):
        return CommentedMap({key: ready(entry) for key, entry in value.items()})
    if isinstance(value, list):
        return CommentedSeq([ready(entry) for entry in value])
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


def with_all_comments(before: bytes, after: bytes) -> bytes:
    """With the lines of comments at the end that went with a removed entry: they may be about the next one."""
    lost = list((Counter(_comments(before)) - Counter(_comments(after))).elements())
    return after + b"".join(line + b"\n" for line in lost)


def _comments(data: bytes) -> Iterator[bytes]:
    for line in data.splitlines():
        if line.lstrip().startswith(b"#"):
            yield line.strip()
