"""What the JSON files of the tree hold: what a look at folders has to know of each, and the content of an item.

Python parses a document at one go, in which no other thread has its turn: a second for 60 MiB of `[1,1,...]`, and as
long again to forget it. So large documents are read by a child process (`json_child`), which says what came of it.
"""

from __future__ import annotations

import posixpath
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from lavdlike import experiment, json_file, layout
from lavdlike.bounded import giving_up
from lavdlike.disk.filling import fill
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.experiment import ExperimentFile
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Kind

# Parsed in some hundredths of a second, whatever stands in it.
LARGE_BYTES = 2**20
MEMORY_BYTES = 4 * 2**30
_TIME_S = 20.0
# How often a child is asked whether anybody still waits.
_TURN_S = 0.1

# What the answer of a child begins with.
ANSWER, ERROR = b"a", b"e"
# Asks a child for the whole of an `experiment.json`; no kind is called so.
EXPERIMENT = layout.EXPERIMENT_FILE
_CHILD = "import sys; sys.path[:] = {paths!r}; from lavdlike.reading import json_child; json_child.main()"
# Each takes a core, and memory.
_turn = threading.BoundedSemaphore(2)


class Facts(NamedTuple):
    """`tree.File` has the meaning of each."""

    kinds: tuple[str, ...] = ()
    number: float | int | None = None
    names_other: bool = False
    parts: tuple[str, ...] = ()
    reason: str = ""
    position: str = ""


class Content(NamedTuple):
    """Of an item. `encoded`: as it is sent, for those of large files. `source`: the file that it is about (`Kind`)."""

    content: Any
    source: str = ""


def facts_of(opened: OpenedFile, path: str) -> Facts:
    """Args: path: relative to the experiment."""
    if not json_file.MAX_BYTES >= opened.status.st_size > LARGE_BYTES:
        try:
            return facts_in(opened.read(json_file.MAX_BYTES), path)
        except LogFormatError as error:
            return Facts(reason=error.reason, position=error.position)
    try:
        answer = msgspec.json.decode(
            _ask_child(opened, path, ""), type=tuple[list[str], str | None, bool, tuple[str, ...], str, str]
        )
    except LogFormatError as error:
        return Facts(reason=error.reason, position=error.position)
    kinds, number = answer[:2]
    return Facts(tuple(kinds), None if number is None else _number_of(number), *answer[2:])


def facts_in(data: bytes, path: str) -> Facts:
    """Of the bytes of a file. Raises LogFormatError."""
    try:
        return facts_of_document(json_file.read_object(data, path), path)
    except json_file.ArrayError:
        if layout.split_step(path)[0] is None and not registry.is_json_file(path):
            return Facts()  # another program's, and none of our business
        raise


def facts_of_document(document: dict[str, Any], path: str) -> Facts:
    kinds = registry.kinds_of_json(document, path)
    facts = Facts(tuple(kind.name for kind in kinds))
    for kind in kinds:
        if kind.read_json is None:
            continue
        try:
            content = kind.read_json(kind.part_of(document), path)
        except LogFormatError as error:
            facts = facts._replace(reason=error.reason, position=error.position)
            continue
        if kind.number_of is not None:
            facts = facts._replace(number=kind.number_of(content))
        if kind.source_of is not None and _is_other(kind.source_of(content), path):
            facts = facts._replace(names_other=True)
        if kind.parts_of is not None:
            facts = facts._replace(parts=facts.parts + tuple(_parts(kind.parts_of(content), path)))
        problems = kind.problems_of(content) if kind.problems_of is not None else ()
        if problems:
            facts = facts._replace(reason=problems[0].reason, position=problems[0].position)
    return facts


def large_content_of(opened: OpenedFile, kind: Kind) -> Content:
    """The content of a large file, as it is sent (`msgspec.Raw`). Raises LogFormatError."""
    answer = _ask_child(opened, opened.path, kind.name)
    source, _, content = answer.partition(b"\n")
    return Content(msgspec.Raw(content), msgspec.json.decode(source, type=str))


def experiment_of(opened: OpenedFile, path: str, max_bytes: int) -> ExperimentFile:
    """The content of an `experiment.json`. Of a large one `config` is as it is sent (`msgspec.Raw`).

    Raises:
        LogFormatError, NotServedError: it is something else, or larger than `max_bytes`.
    """
    if not max_bytes >= opened.status.st_size > LARGE_BYTES:
        return experiment.read(opened.read(max_bytes), path)
    return msgspec.json.decode(_ask_child(opened, path, EXPERIMENT), type=_LargeExperimentFile)


class _LargeExperimentFile(ExperimentFile):
    config: msgspec.Raw = msgspec.Raw(b"{}")  # type: ignore[assignment]  # whoever needs more of it has to parse it


def content_of(data: bytes, kind: Kind, path: str) -> Content:
    """The content of a JSON file as an item of a kind. Raises LogFormatError."""
    if places.split_suffix(path)[1].lower() == ".json" and kind.read_json is not None:
        document = json_file.read_object(data, path)
        content = kind.read_json(kind.part_of(document), path)
        return Content(content, kind.source_of(content) if kind.source_of is not None else "")
    if kind.read_file is None:
        raise LogFormatError(path, f"no file of {kind.name}")
    return Content(kind.read_file(data, path))


def _number_of(text: str) -> float | int:
    """What `repr` of a number says."""
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _is_other(source: str, path: str) -> bool:
    """Whether the file that a JSON file at `path` is about has another label. `source`: relative to its folder."""
    named = posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
    return bool(source) and places.split_label(named)[0] != places.split_label(path)[0]


def _parts(named: Iterable[str], path: str) -> Iterator[str]:
    """Relative to the experiment, those that lie in it. JSON files speak for themselves and are nobody's part."""
    for each in named:
        part = posixpath.normpath(posixpath.join(posixpath.dirname(path), each))
        if each and not part.startswith(("/", "../")) and places.split_suffix(part)[1].lower() != ".json":
            yield part


def _ask_child(opened: OpenedFile, path: str, asked: str) -> bytes:
    """Raises LogFormatError, as the child has met it or because it came to no end; GivenUpError."""
    command = [sys.executable, "-I", "-c", _CHILD.format(paths=sys.path), path, asked]
    with _turn:
        giving_up.check()
        child = subprocess.Popen(
            command,
            stdin=fill(opened.fd),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            answer = _answer_of(child)
        finally:
            child.kill()
            child.communicate()
    if answer is None:
        raise LimitError(path, f"takes longer than {_TIME_S:g} s to be read")
    if answer[:1] == ERROR:
        reason, position = msgspec.json.decode(answer[1:], type=tuple[str, str])
        raise LogFormatError(path, reason, position)
    if answer[:1] != ANSWER:
        raise LimitError(path, f"its reader has crashed (exit code {child.returncode})")
    return answer[1:]


def _answer_of(child: subprocess.Popen[bytes]) -> bytes | None:
    """None if there is none in time."""
    until = time.monotonic() + _TIME_S
    while time.monotonic() < until:
        giving_up.check()
        with suppress(subprocess.TimeoutExpired):
            return child.communicate(timeout=_TURN_S)[0]
    return None
