"""Reading an item: its files, the shown one first, and its content. Runs in threads (`workers`)."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from lavdlike import layout
from lavdlike.errors import LimitError, LogFormatError, NotServedError
from lavdlike.kinds import json_file, registry
from lavdlike.kinds.images import ImageContent
from lavdlike.kinds.kind import Kind
from lavdlike.server import files, tree
from lavdlike.server.messages import FileInfo, Item, ItemAddress, Problem

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
    problem: Problem | None


def read_item(
    root: files.Root, address: ItemAddress, paths: Iterable[str], *, sequence: int, budget: Budget
) -> ReadItem | None:
    """The item; None if none of its files is there any more.

    Args:
        paths: of its files, relative to the experiment.
    """
    experiment = layout.from_id(address.experiment)
    kind = registry.BY_NAME[address.kind]
    read = [_read_file(root, experiment, path, kind, budget) for path in paths]
    newest_first = sorted((file for file in read if file is not None), key=lambda file: -file.modified)
    if not newest_first:
        return None
    suffixes = {file.path: layout.split_suffix(file.path)[1] for file in newest_first}
    over = [file for file in newest_first if tree.lies_over(kind, suffixes[file.path])]
    describing = [file for file in newest_first if tree.describes(kind, suffixes[file.path])]
    shown = [file for file in newest_first if file not in describing and file not in over]
    described_by = [*describing, *shown, *over][0]
    if describing and isinstance(described_by.content, ImageContent):
        picture = _named_picture(root, experiment, described_by, kind, budget)
        if picture is not None and all(picture.path != file.path for file in shown[:1]):
            shown = [picture, *(file for file in shown if file.path != picture.path)]
    every = [*shown, *describing, *over]
    infos = [file.info for file in every]
    item = Item(address, sequence, infos, described_by.content, problem=described_by.problem)
    return ReadItem(item, {file.path: file.fingerprint for file in every})


def read_part(root: files.Root, address: ItemAddress, paths: Iterable[str], asked: Mapping[str, str]) -> Any:
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
    with root.file(newest[1]) as opened, os.fdopen(opened.fd, "rb", closefd=False) as file:
        return read(file, asked, opened.path)


def _read_file(root: files.Root, experiment: str, path: str, kind: Kind, budget: Budget) -> _ReadFile | None:
    full_path = f"{experiment}/{path}"
    try:
        with root.file(full_path) as opened:
            status = opened.status
            info = FileInfo(layout.to_id(path), status.st_size, status.st_mtime, files.etag(status))
            content, problem = None, None
            try:
                content = _content(opened, kind, budget)
            except LogFormatError as error:
                problem = Problem(layout.shown(full_path), error.reason, error.position)
            return _ReadFile(path, status.st_mtime, files.fingerprint(status), info, content, problem)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NotServedError as error:
        problem = Problem(layout.shown(full_path), error.reason)
        return _ReadFile(path, 0.0, 0, FileInfo(layout.to_id(path), 0, 0.0, ""), None, problem)


def _content(opened: files.OpenedFile, kind: Kind, budget: Budget) -> Any:
    is_json = layout.split_suffix(opened.path)[1].lower() == ".json"
    if is_json and kind.read_json is not None:
        document = json_file.read_object(_bytes(opened, json_file.MAX_BYTES, budget), opened.path)
        return kind.read_json(kind.part_of(document), opened.path)
    if kind.read_file is not None:
        return kind.read_file(_bytes(opened, kind.max_bytes, budget), opened.path)
    if kind.read_head is not None:
        head = os.pread(opened.fd, kind.head_bytes, 0)
        return kind.read_head(head, opened.status.st_size, opened.path)
    return None


def _bytes(opened: files.OpenedFile, limit_bytes: int, budget: Budget) -> bytes:
    if limit_bytes >= opened.status.st_size > budget.left_bytes:
        raise LimitError(opened.path, "too much for one answer: ask for fewer items at a time")
    data = opened.read(limit_bytes)
    budget.left_bytes -= len(data)
    return data


def _named_picture(
    root: files.Root, experiment: str, description: _ReadFile, kind: Kind, budget: Budget
) -> _ReadFile | None:
    """The picture that a description names, if it is in the experiment."""
    source = description.content.source
    path = posixpath.normpath(posixpath.join(posixpath.dirname(description.path), source)) if source else ""
    if not path or path.startswith(("/", "../")):
        return None
    return _read_file(root, experiment, path, kind, budget)
