"""Reading an item: its files, the shown one first, and its content. Runs in threads (`workers`)."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from lavdlike import json_file, layout
from lavdlike.disk.filling import fill, pread
from lavdlike.disk.root import OpenedFile, Root, etag_of, fingerprint_of
from lavdlike.errors import LimitError, LogFormatError, NotServedError
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Kind, Role
from lavdlike.messages import FileInfo, Item, ItemAddress, Problem
from lavdlike.reading import json_documents
from lavdlike.reading.json_documents import Content

# Of all items of one request.
MAX_ANSWER_BYTES = 64 * 2**20


@dataclass
class Budget:
    """How much may still be read for one answer."""

    left_bytes: int = MAX_ANSWER_BYTES


class ReadItem(NamedTuple):
    """An item, and the fingerprint of each of its files by path relative to the experiment."""

    item: Item
    fingerprints: dict[str, int]


class _ReadFile(NamedTuple):
    path: str
    modified: float
    fingerprint: int
    info: FileInfo
    content: Any
    source: str  # the file that it is about, as `Kind.source_of` says
    problem: Problem | None


def read_item(
    root: Root,
    address: ItemAddress,
    paths: Iterable[str],
    *,
    sequence: int,
    budget: Budget,
    encodes_large: bool = False,
) -> ReadItem | None:
    """The item; None if none of its files is there any more.

    Args:
        paths: of its files, relative to the experiment.
        encodes_large: whether the content of large JSON files may be given as it is sent (`msgspec.Raw`), so that no
            other thread has to wait while it is read.
    """
    experiment = layout.from_id(address.experiment)
    kind = registry.BY_NAME[address.kind]
    read_file = partial(_read_file, root, experiment, kind=kind, budget=budget, encodes_large=encodes_large)
    read = [read_file(path) for path in paths]
    newest_first = sorted((file for file in read if file is not None), key=lambda file: -file.modified)
    if not newest_first:
        return None
    by_role: dict[Role, list[_ReadFile]] = {role: [] for role in Role}
    for file in newest_first:
        by_role[kind.role_of(places.split_suffix(file.path)[1])].append(file)
    shown, describing, over = by_role[Role.ITEM], by_role[Role.DESCRIPTION], by_role[Role.OVERLAY]
    described_by = [*describing, *shown, *over][0]
    if describing:
        named = _named_by(described_by)
        source = read_file(named) if named else None
        if source is not None and all(source.path != file.path for file in shown[:1]):
            shown = [source, *(file for file in shown if file.path != source.path)]
    every = [*shown, *describing, *over]
    infos = [file.info for file in every]
    item = Item(address, sequence, infos, described_by.content, problem=described_by.problem)
    return ReadItem(item, {file.path: file.fingerprint for file in every})


def read_part(root: Root, address: ItemAddress, paths: Iterable[str], asked: Mapping[str, str]) -> Any:
    """A part of an item's content, of its newest file, as the kind reads it.

    Args:
        paths: of its files, relative to the experiment.
        asked: which part, in the kind's own words.

    Raises:
        FileNotFoundError: there is no such item, or it is of a kind that is not read in parts.
        NotServedError, LogFormatError: it cannot be read.
        ValueError: there is no such part.
    """
    read = registry.BY_NAME[address.kind].read_part if address.kind in registry.BY_NAME else None
    experiment = layout.from_id(address.experiment)
    newest: tuple[float, str] | None = None
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError), root.file(f"{experiment}/{path}") as opened:
            newest = max(newest or (0.0, ""), (opened.status.st_mtime, opened.path))
    if read is None or newest is None:
        raise FileNotFoundError(errno.ENOENT, "nothing that is read in parts", address.label)
    with root.file(newest[1]) as opened, os.fdopen(fill(opened.fd), "rb", closefd=False) as file:
        return read(file, asked, opened.path)


def _read_file(
    root: Root, experiment: str, path: str, *, kind: Kind, budget: Budget, encodes_large: bool
) -> _ReadFile | None:
    full_path = f"{experiment}/{path}"
    try:
        with root.file(full_path) as opened:
            status = opened.status
            info = FileInfo(layout.to_id(path), status.st_size, status.st_mtime, etag_of(status))
            content, problem = Content(None), None
            try:
                content = _content(opened, kind, budget, encodes_large=encodes_large)
            except LogFormatError as error:
                problem = Problem(layout.shown(full_path), error.reason, error.position)
            return _ReadFile(path, status.st_mtime, fingerprint_of(status), info, *content, problem)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NotServedError as error:
        problem = Problem(layout.shown(full_path), error.reason)
        return _ReadFile(path, 0.0, 0, FileInfo(layout.to_id(path), 0, 0.0, ""), None, "", problem)


def _content(opened: OpenedFile, kind: Kind, budget: Budget, *, encodes_large: bool) -> Content:
    is_json = places.split_suffix(opened.path)[1].lower().endswith(".json")
    if is_json and (kind.read_json is not None or kind.read_file is not None):
        if encodes_large and json_file.MAX_BYTES >= opened.status.st_size > json_documents.LARGE_BYTES:
            _take_from(budget, opened)
            return json_documents.large_content_of(opened, kind)
        return json_documents.content_of(_bytes(opened, json_file.MAX_BYTES, budget), kind, opened.path)
    if kind.read_file is not None:
        return Content(kind.read_file(_bytes(opened, kind.max_bytes, budget), opened.path))
    if kind.read_head is not None:
        head = pread(opened.fd, kind.head_bytes, 0)
        return Content(kind.read_head(head, opened.status.st_size, opened.path))
    return Content(None)


def _take_from(budget: Budget, opened: OpenedFile) -> None:
    """Raises LimitError: it is more than is left."""
    if opened.status.st_size > budget.left_bytes:
        raise LimitError(opened.path, "too much for one answer: ask for fewer items at a time")
    budget.left_bytes -= opened.status.st_size


def _bytes(opened: OpenedFile, limit_bytes: int, budget: Budget) -> bytes:
    if limit_bytes >= opened.status.st_size > budget.left_bytes:
        raise LimitError(opened.path, "too much for one answer: ask for fewer items at a time")
    data = opened.read(limit_bytes)
    budget.left_bytes -= len(data)
    return data


def _named_by(description: _ReadFile) -> str:
    """The file that a description names as the one that it is about, if it is in the experiment; else ""."""
    source = description.source
    path = posixpath.normpath(posixpath.join(posixpath.dirname(description.path), source)) if source else ""
    return "" if path.startswith(("/", "../")) else path
