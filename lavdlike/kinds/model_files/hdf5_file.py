"""HDF5 by names, shapes and types alone (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html).

Superblock, object headers, and the groups of either style: those of symbol tables, as h5py and Keras write them, and
those whose links stand in their header. What is followed is bounded in bytes and objects, and never twice. Values,
filters, attributes, and links that are found by a fractal heap (of many, with `libver="latest"`) are not read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files.tensors import (
    MAX_HEAD_BYTES,
    MAX_NAME_LETTERS,
    ModelTensors,
    Tensor,
    checked_shape,
    listed,
)

MAGIC = b"\x89HDF\r\n\x1a\n"
# Bytes at an offset; fewer where the file ends.
ReadAt = Callable[[int, int], bytes]
_MAX_OBJECTS, _MAX_MESSAGES, _MAX_DEPTH, _MAX_NAME_BYTES = 50_000, 4000, 60, 4096
# Where a superblock may begin.
_BEGINS = (0, 512, 1024, 2048, 4096, 8192)
# Messages of an object.
_SPACE, _LINK_INFO, _TYPE, _LINK, _CONTINUES, _TABLE = 1, 2, 3, 6, 16, 17
_HARD = 0
_INTEGER, _FLOAT, _STRING, _COMPOUND, _ENUM, _VARIABLE, _ARRAY = 0, 1, 3, 6, 8, 9, 10
_CLASSES = {
    2: "time", _STRING: "string", 4: "bits", 5: "opaque", _COMPOUND: "records", 7: "reference", _VARIABLE: "text",
    _ARRAY: "array",
}  # fmt: skip


# No file is longer, and nothing can be read behind it.
_LAST_PLACE = 2**62


class Message(NamedTuple):
    """A message of an object's header."""

    type: int
    data: bytes


def read(file: BinaryIO, path: str, base: int = 0) -> ModelTensors:
    """The data sets of a file that begins at `base` of another one. Raises LogFormatError."""

    def read_at(offset: int, count: int) -> bytes:
        file.seek(base + offset)
        return file.read(count)

    reader = _Reader(read_at, path)
    tensors = sorted(reader.tensors(), key=lambda tensor: _natural(tensor.name))
    return listed(tensors, {}, reader.note)


class _Reader:
    """Follows one file; raises LogFormatError where it is broken."""

    def __init__(self, read_at: ReadAt, path: str) -> None:
        self._read_at = read_at
        self._path = path
        self._left = MAX_HEAD_BYTES
        self._seen: set[int] = set()
        self._offset_bytes = self._length_bytes = 8
        self._base = 0
        self.note = ""

    def tensors(self) -> Iterator[Tensor]:
        waiting = [("", self._root(), 0)]
        while waiting:
            name, address, depth = waiting.pop()
            if address in self._seen:
                continue
            self._seen.add(address)
            if len(self._seen) > _MAX_OBJECTS or depth > _MAX_DEPTH:
                self.note = f"More than {_MAX_OBJECTS:,} objects, or too deep: the others are not listed"
                return
            messages = list(self._messages(address))
            tensor = self._tensor(name, messages)
            if tensor is not None:
                yield tensor
                continue
            # By name, as HDF5 visits them: of several links to an object the first counts.
            for below, inner in sorted(self._links(messages), reverse=True):
                waiting.append((f"{name}/{below}" if name else below, inner, depth + 1))

    # --- bytes --------------------------------------------------------------------------------------------------------

    def _bytes(self, offset: int, count: int) -> bytes:
        self._left -= count
        if self._left < 0 or count < 0:
            raise LogFormatError(self._path, f"more than {MAX_HEAD_BYTES:,} bytes stand before its numbers")
        place = self._base + offset
        data = self._read_at(place, count) if place <= _LAST_PLACE else b""
        if len(data) < count:
            raise LogFormatError(self._path, "cut short, or an address that leads out of the file")
        return data

    def _number(self, data: bytes, place: int, count: int) -> int:
        if place + count > len(data):
            raise LogFormatError(self._path, "a header that is cut")
        return int.from_bytes(data[place : place + count], "little")

    def _address(self, data: bytes, place: int) -> int:
        return self._number(data, place, self._offset_bytes)

    def _is_nowhere(self, address: int) -> bool:
        return address == (1 << 8 * self._offset_bytes) - 1

    def _signed(self, offset: int, signature: bytes, count: int) -> bytes:
        data = self._bytes(offset, count)
        if not data.startswith(signature):
            raise LogFormatError(self._path, f"no {signature.decode()} where one has to be", f"byte {offset}")
        return data

    # --- groups -------------------------------------------------------------------------------------------------------

    def _root(self) -> int:
        """The address of the header of what holds everything."""
        begin = next((at for at in _BEGINS if self._read_at(at, len(MAGIC)) == MAGIC), None)
        if begin is None:
            raise LogFormatError(self._path, "no HDF5: it begins with other bytes")
        head = self._bytes(begin, 24)
        version = head[8]
        if version not in (0, 1, 2, 3):
            raise LogFormatError(self._path, f"HDF5 with a superblock of version {version}: 0 to 3 are read")
        sizes = (head[13], head[14]) if version < 2 else (head[9], head[10])
        if not all(size in (2, 4, 8) for size in sizes):
            raise LogFormatError(self._path, f"addresses of {sizes[0]} and lengths of {sizes[1]} bytes")
        self._offset_bytes, self._length_bytes = sizes
        fields = begin + {0: 24, 1: 28}.get(version, 12)
        addresses = self._bytes(fields, 6 * self._offset_bytes)
        # Version 2: of the root itself; before: of its entry in a table, behind the name.
        root = self._address(addresses, (3 if version >= 2 else 5) * self._offset_bytes)
        self._base = self._address(addresses, 0) or begin
        return root

    def _links(self, messages: list[Message]) -> Iterator[tuple[str, int]]:
        for type_, data in messages:
            if type_ == _TABLE:
                heap = self._address(data, self._offset_bytes)
                yield from self._of_tree(self._address(data, 0), self._heap(heap), 0)
            elif type_ == _LINK:
                yield from self._link(data)
            elif type_ == _LINK_INFO:
                place = 10 if self._number(data, 1, 1) & 1 else 2
                if not self._is_nowhere(self._address(data, place)):
                    self.note = "Groups of many links, as newer files have them, are not listed"

    def _link(self, data: bytes) -> Iterator[tuple[str, int]]:
        flags = self._number(data, 1, 1)
        place, type_ = 2, _HARD
        if flags & 8:
            type_, place = self._number(data, place, 1), place + 1
        place += (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
        width = 1 << (flags & 3)
        length = self._number(data, place, width)
        name = data[place + width : place + width + length]
        if type_ == _HARD:
            yield _text(name), self._address(data, place + width + length)

    def _of_tree(self, address: int, heap: int, depth: int) -> Iterator[tuple[str, int]]:
        """The links of a group of the older style, whose names stand in a heap."""
        if address in self._seen or depth > _MAX_DEPTH:
            return
        self._seen.add(address)
        head = self._signed(address, b"TREE", 8 + 2 * self._offset_bytes)
        level, count = head[5], self._number(head, 6, 2)
        step = self._length_bytes + self._offset_bytes
        entries = self._bytes(address + len(head), count * step)
        for number in range(count):
            child = self._address(entries, number * step + self._length_bytes)
            if level:
                yield from self._of_tree(child, heap, depth + 1)
            else:
                yield from self._of_node(child, heap)

    def _of_node(self, address: int, heap: int) -> Iterator[tuple[str, int]]:
        if address in self._seen:
            return
        self._seen.add(address)
        count = self._number(self._signed(address, b"SNOD", 8), 6, 2)
        size = 2 * self._offset_bytes + 24
        entries = self._bytes(address + 8, count * size)
        for number in range(count):
            entry = entries[number * size : (number + 1) * size]
            is_soft = self._number(entry, 2 * self._offset_bytes, 4) == 2
            if not is_soft:
                yield self._name(heap + self._address(entry, 0)), self._address(entry, self._offset_bytes)

    def _heap(self, address: int) -> int:
        """Where the names of a heap stand."""
        head = self._signed(address, b"HEAP", 8 + 2 * self._length_bytes + self._offset_bytes)
        return self._address(head, 8 + 2 * self._length_bytes)

    def _name(self, address: int) -> str:
        name = b""
        while b"\0" not in name and len(name) < _MAX_NAME_BYTES:
            self._left -= 64
            part = self._read_at(self._base + address + len(name), 64)
            if not part or self._left < 0:
                raise LogFormatError(self._path, "a name that does not end")
            name += part
        return _text(name.partition(b"\0")[0])

    # --- objects ------------------------------------------------------------------------------------------------------

    def _messages(self, address: int) -> Iterator[Message]:
        """Those of an object's header, and of where it goes on."""
        head = self._bytes(address, 16)
        is_new = head.startswith(b"OHDR")
        if is_new:
            flags = head[5]
            place = 6 + (16 if flags & 32 else 0) + (4 if flags & 16 else 0)
            width = 1 << (flags & 3)
            size = self._number(self._bytes(address + place, width), 0, width)
            blocks, extra = [(address + place + width, size)], 2 if flags & 4 else 0
        elif head[0] == 1:
            blocks, extra = [(address + 16, self._number(head, 8, 4))], 0
        else:
            raise LogFormatError(self._path, "an object without a header", f"byte {address}")
        count = 0
        for begin, size in blocks:
            data = self._bytes(begin, size)
            for message in self._in_block(data, extra) if is_new else self._in_old_block(data):
                count += 1
                if count > _MAX_MESSAGES:
                    raise LogFormatError(self._path, f"more than {_MAX_MESSAGES:,} messages of an object")
                if message.type == _CONTINUES:
                    at = self._address(message.data, 0)
                    length = self._number(message.data, self._offset_bytes, self._length_bytes)
                    # Of the newer style: a signature before it, a checksum behind.
                    blocks.append((at + 4, length - 8) if is_new else (at, length))
                else:
                    yield message

    def _in_block(self, data: bytes, extra: int) -> Iterator[Message]:
        place = 0
        while place + 4 + extra <= len(data):
            size = self._number(data, place + 1, 2)
            begin = place + 4 + extra
            yield Message(data[place], data[begin : begin + size])
            place = begin + size

    def _in_old_block(self, data: bytes) -> Iterator[Message]:
        place = 0
        while place + 8 <= len(data):
            size = self._number(data, place + 2, 2)
            yield Message(self._number(data, place, 2), data[place + 8 : place + 8 + size])
            place += 8 + size

    def _tensor(self, name: str, messages: list[Message]) -> Tensor | None:
        """None: it is a group."""
        found = {message.type: message.data for message in messages}
        if _SPACE not in found or _TYPE not in found:
            return None
        shape = checked_shape(self._shape(found[_SPACE]), self._path, name)
        dtype, item_bytes = self._dtype(found[_TYPE])
        size_bytes = None if item_bytes is None else math.prod(shape) * item_bytes
        return Tensor(name[:MAX_NAME_LETTERS], dtype, shape, size_bytes)

    def _shape(self, data: bytes) -> list[int]:
        version, rank = self._number(data, 0, 1), self._number(data, 1, 1)
        begin = 8 if version == 1 else 4
        if version == 2 and self._number(data, 3, 1) == 2:  # no values at all
            return [0]
        return [
            self._number(data, begin + place * self._length_bytes, self._length_bytes)
            for place in range(rank)
        ]

    def _dtype(self, data: bytes) -> tuple[str, int | None]:
        """The type as NumPy names it, and bytes of a value."""
        class_, bits, size = self._number(data, 0, 1) & 15, self._number(data, 1, 3), self._number(data, 4, 4)
        if class_ == _INTEGER:
            return f"{'int' if bits & 8 else 'uint'}{8 * size}", size
        if class_ == _FLOAT:
            is_brain = size == 2 and self._number(data, 13, 1) == 8  # bits of its exponent
            return "bfloat16" if is_brain else f"float{8 * size}", size
        if class_ == _ENUM:
            return ("bool" if size == 1 else f"enum{8 * size}"), size
        return _CLASSES.get(class_, f"type {class_}"), None if class_ == _VARIABLE else size


def _text(name: bytes) -> str:
    return name.decode(errors="backslashreplace")


def _natural(name: str) -> list[tuple[int, str]]:
    """So that `vars/10` comes behind `vars/9`."""
    parts = name.split("/")
    return [
        (int(part) if part.isascii() and part.isdigit() and len(part) < 10 else -1, part) for part in parts
    ]
