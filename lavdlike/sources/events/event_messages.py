"""One event of an event file: what of it scalars need, and where in its bytes that stands.

Fields as in TensorFlow's `event.proto`, `summary.proto`, `tensor.proto`, `tensor_shape.proto` and `types.proto`.
"""

from __future__ import annotations

import itertools
import math
import struct
from typing import NamedTuple

from lavdlike import protobuf
from lavdlike.protobuf import BYTES, FIXED32, FIXED64, VARINT

# Fields of an event.
_WALL_TIME, _STEP, _VERSION, _SUMMARY, _SESSION_LOG = 1, 2, 3, 5, 7
_START = 1  # of a session log's status
# Fields of a value of a summary.
_TAG, _SIMPLE_VALUE, _TENSOR, _METADATA = 1, 2, 8, 9
_SCALAR_CLASS = 1  # of metadata
# numpy's names of the types of tensors, as they stand in `tensor_content`; bfloat16 has none there.
_BFLOAT16 = 14
_STRING = 7
_TYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 17: "<u2", 19: "<f2", 22: "<u4",
    23: "<u8", _BFLOAT16: "bf2",
}  # fmt: skip
_FORMATS = {
    "<f4": "<f", "<f8": "<d", "<i4": "<i", "u1": "<B", "<i2": "<h", "i1": "<b", "<i8": "<q", "?": "<?", "<u2": "<H",
    "<f2": "<e", "<u4": "<I", "<u8": "<Q",
}  # fmt: skip
_SIGNED = {"<i4", "<i2", "i1", "<i8"}
_SIZES = {1: 1, 2: 2, 4: 4, 8: 8}
# Fields of a tensor with its elements: by its type. float_val, double_val, int_val, int64_val, bool_val, ...
_SHAPE, _CONTENT = 2, 4
_VALUES = {
    "<f4": 5, "<f8": 6, "<i4": 7, "u1": 7, "<i2": 7, "i1": 7, "<u2": 7, "<i8": 10, "?": 11, "<f2": 13, "bf2": 13,
    "<u4": 16, "<u8": 17,
}  # fmt: skip
_MAX_DIMENSIONS = 254  # as TensorFlow


class Number(NamedTuple):
    """A number of a summary. `form`: how it stands at `begin`, as numpy names it; "" if only here, as a varint."""

    value: float | int
    form: str
    begin: int


class Value(NamedTuple):
    """A value of a summary.

    `is_simple`: in the old style, which needs no metadata. `plugin`: whose its metadata says it is, None without
    metadata. `number`: None if it is not one number.
    """

    tag: bytes
    tag_begin: int
    is_simple: bool
    plugin: str | None
    number: Number | None


class Event(NamedTuple):
    """An event. `step`: any number of 64 bits. `step_at`, `wall_time_at`: where they stand; 0 if they do not.

    `version`: of the file, in the first event of each. `is_start`: a session begins. `values`: None without a summary.
    """

    wall_time: float
    step: int
    wall_time_at: int
    step_at: tuple[int, int]
    version: str | None
    is_start: bool
    values: list[Value] | None


def event(data: bytes) -> Event:
    """Raises BadMessageError: it is none."""
    wall_time, step, wall_time_at, step_at = 0.0, 0, 0, (0, 0)
    version, is_start, values = None, False, None
    for field in protobuf.fields(data):
        number, wire, begin, end, value = field
        if number == _WALL_TIME and wire == FIXED64:
            (wall_time,), wall_time_at = struct.unpack_from("<d", data, begin), begin
        elif number == _STEP and wire == VARINT:
            step, step_at = protobuf.signed(value), (begin, end)
        elif number == _SUMMARY and wire == BYTES:
            values = values or []
            values += [_value(data, of) for of in protobuf.fields(data, begin, end) if of[:2] == (1, BYTES)]
        elif number == _VERSION and wire == BYTES:
            version = protobuf.text(data, field)
        elif number == _SESSION_LOG and wire == BYTES:
            is_start = any(
                of[:2] == (1, VARINT) and of.value == _START for of in protobuf.fields(data, begin, end)
            )
    return Event(wall_time, step, wall_time_at, step_at, version, is_start, values)


def may_hold_scalars(begin: bytes) -> bool:
    """Whether an event of which this is the begin may: a graph, or a picture alone, does not."""
    try:
        for field in protobuf.fields(begin, 0, 2**62):
            if field.number in (4, 6, 8, 9):
                return False
            if field[:2] == (_SUMMARY, BYTES):
                return not _is_one_item(begin, field)
    except (protobuf.BadMessageError, IndexError):
        pass
    return True


def _is_one_item(begin: bytes, summary: protobuf.Field) -> bool:
    """Whether all of a summary is one picture, sound, histogram, or tensor of strings. Raises IndexError."""
    (value, *_) = itertools.islice(protobuf.fields(begin, summary.begin, summary.end), 1)
    if value[:2] != (1, BYTES) or value.end != summary.end:
        return False
    for field in protobuf.fields(begin, value.begin, value.end):
        if field[:2] == (_TENSOR, BYTES):
            (type_, *_) = itertools.islice(protobuf.fields(begin, field.begin, field.end), 1)
            return type_[:2] == (1, VARINT) and type_.value == _STRING
        if field.number != _TAG:
            return field.number in (4, 5, 6)
    return False


def version_number(version: str) -> float:
    """Of `brain.Event:2`; negative if it is none, as in TensorBoard."""
    _, colon, number = version.partition("brain.Event:")
    try:
        return float(number) if colon else -1.0
    except ValueError:
        return -1.0


def _value(data: bytes, message: protobuf.Field) -> Value:
    tag, tag_begin, is_simple, plugin = b"", 0, False, None
    number = tensor = None
    for field in protobuf.fields(data, message.begin, message.end):
        if field.number == _TAG and field.wire == BYTES:
            tag, tag_begin = data[field.begin : field.end], field.begin
        elif field.number == _SIMPLE_VALUE and field.wire == FIXED32:
            number = Number(struct.unpack_from("<f", data, field.begin)[0], "<f4", field.begin)
            is_simple, tensor = True, None
        elif field.number == _TENSOR and field.wire == BYTES:
            is_simple, tensor = False, field
        elif field.number == _METADATA and field.wire == BYTES:
            plugin = _plugin(data, field)
        elif field.number in (3, 4, 5, 6):  # another kind of value, of which there is one, the last
            number, is_simple, tensor = None, False, None
    if tensor is not None:
        number = _number_of_tensor(data, tensor)
    return Value(tag, tag_begin, is_simple, plugin, number)


def _plugin(data: bytes, metadata: protobuf.Field) -> str:
    """Whose the values are; scalars of any plugin are `scalars`."""
    name = ""
    for field in protobuf.fields(data, metadata.begin, metadata.end):
        if field.number == 1 and field.wire == BYTES:
            for of_plugin in protobuf.fields(data, field.begin, field.end):
                if of_plugin[:2] == (1, BYTES):
                    name = protobuf.text(data, of_plugin)
        elif field.number == 4 and field.wire == VARINT and field.value == _SCALAR_CLASS:
            return "scalars"
    return name


def _number_of_tensor(data: bytes, tensor: protobuf.Field) -> Number | None:
    """Of a tensor of one element."""
    type_, shape, content = 0, None, None
    elements: list[protobuf.Field] = []
    for field in protobuf.fields(data, tensor.begin, tensor.end):
        if field.number == 1 and field.wire == VARINT:
            type_ = field.value
        elif field.number == _SHAPE and field.wire == BYTES:
            shape = field
        elif field.number == _CONTENT and field.wire == BYTES:
            content = field
        elif field.number in (5, 6, 7, 10, 11, 13, 16, 17):
            if len(elements) > 1:
                return None
            elements.append(field)
    form = _TYPES.get(type_)
    if form is None or (shape is not None and not _is_of_one(data, shape)):
        return None
    if content is not None and content.end > content.begin:
        return _fixed(data, content.begin, content.end, form)
    if len(elements) != 1 or elements[0].number != _VALUES[form]:
        return None
    return _element(data, elements[0], form)


def _is_of_one(data: bytes, shape: protobuf.Field) -> bool:
    dimensions = [field for field in protobuf.fields(data, shape.begin, shape.end) if field[:2] == (2, BYTES)]
    if len(dimensions) > _MAX_DIMENSIONS:
        return False
    sizes = [
        next((of.value for of in protobuf.fields(data, field.begin, field.end) if of[:2] == (1, VARINT)), 0)
        for field in dimensions
    ]
    return all(size == 1 for size in sizes)


def _element(data: bytes, field: protobuf.Field, form: str) -> Number | None:
    """The only one of `float_val` and the like, which stand there one by one or packed."""
    if form in ("<f4", "<f8"):
        return _fixed(data, field.begin, field.end, form)
    if field.wire == VARINT:
        number = field.value
    elif field.wire == BYTES and field.end > field.begin:
        number, end = protobuf.varint(data, field.begin, field.end)
        if end != field.end:
            return None
    else:
        return None
    if form in ("<f2", "bf2"):
        return Number(_of_bits(number & 0xFFFF, form), "", 0)
    if form == "?":
        return Number(int(number != 0), "", 0)
    number = protobuf.signed(number) if form in _SIGNED else number
    return Number(number, "", 0)


def _fixed(data: bytes, begin: int, end: int, form: str) -> Number | None:
    if form == "bf2":
        return (
            Number(_of_bits(int.from_bytes(data[begin:end], "little"), form), form, begin)
            if end - begin == 2
            else None
        )
    format_ = _FORMATS[form]
    if end - begin != struct.calcsize(format_):
        return None
    (value,) = struct.unpack_from(format_, data, begin)
    return Number(int(value) if isinstance(value, bool) else value, form, begin)


def _of_bits(bits: int, form: str) -> float:
    """A half, or a bfloat16, which is the first half of a float."""
    packed = struct.pack("<H", bits) if form == "<f2" else struct.pack("<I", bits << 16)
    (value,) = struct.unpack("<e" if form == "<f2" else "<f", packed)
    return float(value) if not math.isnan(value) else math.nan
