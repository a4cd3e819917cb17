"""`annotations.tsv`: texts that people put to steps (docs/format.md, "What people write"). Pure: bytes in, bytes out.

Not `annotations.py`: `from __future__ import annotations` gives a package an attribute of that name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lavdlike import layout
from lavdlike.edit_messages import Annotation
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.messages import Problem

ANNOTATIONS_FILE = layout.ANNOTATIONS_FILE
HEADER = "id\tstep\tend_step\tlabel\tauthor\ttime\ttext\n"
MAX_BYTES = 8 * 2**20
# Of one file; all of them are held in memory and drawn.
MAX_ANNOTATIONS = 10_000
# With those that are none: of a file of newlines each would be an object.
MAX_LINES = 100_000

_HEADER_LINE = HEADER.rstrip("\n").encode()
_FIELDS = HEADER.count("\t") + 1
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
_STEP = re.compile(r"[0-9]{1,16}\Z")
_TIME = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?\Z")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPED = re.compile(r"[\\\t\n\r]")
_ESCAPE = re.compile(r"\\([\\tnr])")
_UNESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
_MAX_PROBLEMS = 100


class Line(NamedTuple):
    """One line behind the header, without its newline. `annotation` None: it is none, and is kept as it is."""

    text: bytes
    annotation: Annotation | None


class AnnotationsRead(NamedTuple):
    """A file's annotations in its order; `problems`: bad lines, at most 100 of them."""

    annotations: list[Annotation]
    problems: list[Problem]
    lines: list[Line]


def is_ours(data: bytes) -> bool:
    """Whether a file of this name is what the name says, by its first line; else it is somebody's table."""
    return not data or data.partition(b"\n")[0].rstrip(b"\r") == _HEADER_LINE


def read(data: bytes, path: str) -> AnnotationsRead:
    """The content of an `annotations.tsv`.

    Raises:
        LogFormatError: it has another header.
        LimitError: larger than 8 MiB, more than 100,000 lines, or more than 10,000 annotations.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of it")
    if not is_ours(data):
        raise LogFormatError(path, "the first line is not that of annotations", "line 1")
    if data.count(b"\n") > MAX_LINES:
        raise LimitError(path, f"more than {MAX_LINES:,} lines, the most that are read of it")
    found: dict[str, Annotation] = {}
    problems: list[Problem] = []
    lines: list[Line] = []
    for number, text in enumerate(data.removesuffix(b"\n").split(b"\n")[1:], start=2):
        parsed = _parsed(text.rstrip(b"\r"))
        if isinstance(parsed, Annotation) and parsed.id in found:
            parsed = f"the id {parsed.id} comes again"
        if isinstance(parsed, str) and parsed and len(problems) < _MAX_PROBLEMS:
            problems.append(Problem(path, parsed, f"line {number}"))
        annotation = parsed if isinstance(parsed, Annotation) else None
        if annotation is not None:
            found[annotation.id] = annotation
        lines.append(Line(text, annotation))
    if len(found) > MAX_ANNOTATIONS:
        raise LimitError(path, f"more than {MAX_ANNOTATIONS:,} annotations, the most that are read")
    return AnnotationsRead(list(found.values()), problems, lines)


def changed(data: bytes | None, annotation: Annotation) -> bytes | None:
    """The file with the annotation added, or put in the place of that of its id, or removed if it has no text.

    The same bytes if that changes nothing, None if no line is left. Bad lines are kept.

    Args:
        annotation: with its id.

    Raises:
        LogFormatError: the file is not ours.
        LimitError: it is too large, or would be.
    """
    if not _ID.match(annotation.id):
        raise ValueError(f"not an id of an annotation: {annotation.id!r}")
    lines = [] if data is None else read(data, ANNOTATIONS_FILE).lines
    kept, is_found = [], False
    for line in lines:
        if line.annotation is None or line.annotation.id != annotation.id:
            kept.append(line.text)
            continue
        is_found = True
        if annotation.text:
            kept.append(line.text if line.annotation == annotation else format_line(annotation))
    if not is_found:
        if not annotation.text:
            return data
        kept.append(format_line(annotation))
    content = b"\n".join([_HEADER_LINE, *kept, b""]) if kept else None
    if content is not None and [line.text for line in lines] == kept:
        return data
    if content is not None:
        read(content, ANNOTATIONS_FILE)  # the limits
    return content


def format_line(annotation: Annotation) -> bytes:
    """The line of an annotation, without a newline."""
    fields = (
        annotation.id,
        str(annotation.step),
        "" if annotation.end_step is None else str(annotation.end_step),
        _escaped(annotation.label),
        _escaped(annotation.author),
        f"{annotation.time:.3f}",
        _escaped(annotation.text),
    )
    return "\t".join(fields).encode()


def _parsed(line: bytes) -> Annotation | str:
    """The annotation of a line, or why it is none; "" for a line that is blank or the header again."""
    if not line or line == _HEADER_LINE:
        return ""
    try:
        fields = line.decode().split("\t", _FIELDS)  # one more than there may be; not each of millions
    except UnicodeDecodeError:
        return "not UTF-8"
    if len(fields) != _FIELDS:
        count = line.count(b"\t") + 1
        return f"{count} fields where {_FIELDS} are expected between tabs"
    id_, step, end_step, label, author, time, text = fields
    if not _ID.match(id_):
        return "the id is not 1 to 64 letters, digits, - or _"
    if not _is_step(step) or (end_step and not _is_step(end_step)):
        return "a step is not a whole number from 0 to 2**53 - 1"
    if end_step and int(end_step) < int(step):
        return "the range ends before it begins"
    if not _TIME.match(time):
        return "the time is not a number of seconds"
    if not text:
        return "the text is empty"
    return Annotation(
        step=int(step),
        text=_unescaped(text),
        id=id_,
        end_step=int(end_step) if end_step else None,
        label=_unescaped(label),
        author=_unescaped(author),
        time=float(time),
    )


def _is_step(text: str) -> bool:
    return bool(_STEP.match(text)) and int(text) <= layout.MAX_STEP


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _UNESCAPES[found[1]], text)
