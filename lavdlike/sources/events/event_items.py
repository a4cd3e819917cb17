"""What of an event's values are items, and the bytes of each: taken out of its record, or made in our own formats.

Fields as in TensorFlow's `summary.proto`, `histogram.proto` and `tensor.proto`; what tensors mean is said by the plugin
that their tag's first metadata names (`tensorboard/plugins/*/metadata.py`).
"""

from __future__ import annotations

import functools
import math
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from lavdlike import protobuf
from lavdlike.kinds import audio, graphs, histograms, meshes, pr_curves, registry
from lavdlike.kinds.kind import Kind
from lavdlike.protobuf import BYTES, FIXED64, VARINT, BadMessageError, Readable
from lavdlike.sources.events import event_graphs, event_tensors
from lavdlike.sources.events.event_tensors import Tensor

# Fields of a value of a summary.
_TAG, _IMAGE, _HISTOGRAM, _AUDIO, _TENSOR, _METADATA = 1, 4, 5, 6, 8, 9
_PARTS = (_IMAGE, _HISTOGRAM, _AUDIO, _TENSOR)
_SUMMARY, _WALL_TIME, _STEP = 5, 1, 2
_GRAPHS = (event_graphs.GRAPH_DEF, event_graphs.TAGGED_RUN_METADATA, event_graphs.META_GRAPH)
# Of one value, those that are found.
_MAX_PICTURES = 1000
_MAX_TEXT_CELLS = 10_000
_PICTURES = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"RIFF", ".webp"),
)
_SOUNDS = ((b"fLaC", ".flac"), (b"OggS", ".ogg"), (b"ID3", ".mp3"), (b"\xff\xfb", ".mp3"))
_MESH_PARTS = 3  # vertices, faces, colours: the content types of the mesh plugin, from 1 on
_NOTHING = (0.0, 1.0)  # edges of no values

Span = tuple[int, int]
# The bytes of an item, of those of each of its parts (b"" for one that it has not).
Make = Callable[[Sequence[bytes]], bytes]


class Metadata(NamedTuple):
    """What the first metadata of a tag say: which plugin its values are of, and what that keeps there."""

    plugin: str
    content: bytes


class Value(NamedTuple):
    """A value that is no number. `part`: which of `_PARTS` it is, and `span` where that stands."""

    tag: bytes
    metadata: Metadata | None
    part: int
    span: Span


class Values(NamedTuple):
    """Those of an event. `graphs`: further fields of it that may be graphs, by number, and where they stand."""

    wall_time: float
    step: int
    values: list[Value]
    graphs: list[tuple[int, Span]]


class Item(NamedTuple):
    """An item of an event. `suffix`: of its file; `kinds`: as of a `Member`.

    `spans`: of the parts that `make` makes it of; (0, 0) for one that it has not, or that stands in another event.
    `is_of_step`: whether it is of the event's step, and not of the run.
    """

    label: str
    suffix: str
    kinds: tuple[str, ...]
    spans: tuple[Span, ...]
    make: Make
    is_of_step: bool = True


# What is in a record of an item of each kind, and hardly in any other: a plugin's name, or how a content begins.
_SIGNS: tuple[tuple[Kind | None, tuple[bytes, ...]], ...] = (
    (registry.kind_of_suffix(".png"), (b"\n\x06images", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"GIF89a")),
    (registry.kind_of_suffix(audio.SUFFIX), (b"\n\x05audio", b"WAVEfmt ")),
    (registry.kind_of_suffix(".md"), (b"\n\x04text",)),
    (histograms.KIND, (b"\n\nhistograms",)),
    (pr_curves.KIND, (b"\n\tpr_curves",)),
    (meshes.KIND, (b"\n\x04mesh",)),
    (
        graphs.KIND,
        (b"_output_shapes", b"IO Node", b"Placeholder", b"graph_run_metadata", b"graph_keras_model"),
    ),
)
_OLD_HISTOGRAM = re.compile(rb"\x09.{8}\x11.{8}\x19.{8}\x21.{8}\x29.{8}\x32", re.DOTALL)


def kinds_at_a_glance(part: bytes) -> set[str]:
    """As `members.Members` has it."""
    found = {kind.name for kind, signs in _SIGNS if kind is not None and any(sign in part for sign in signs)}
    return found | {histograms.KIND.name} if _OLD_HISTOGRAM.search(part) else found


def values_of(data: Readable, length: int) -> Values:
    """The values of an event of this length, of which only the begin may be there.

    Raises:
        BadMessageError: it is no event.
        IndexError: more of it is needed.
    """
    wall_time, step = 0.0, 0
    values: list[Value] = []
    found_graphs: list[tuple[int, Span]] = []
    for field in protobuf.fields(data, 0, length):
        if field.number == _WALL_TIME and field.wire == FIXED64:
            (wall_time,) = struct.unpack("<d", protobuf.cut(data, field.begin, field.end))
        elif field.number == _STEP and field.wire == VARINT:
            step = protobuf.signed(field.value)
        elif field.number == _SUMMARY and field.wire == BYTES:
            found = (
                _value(data, of)
                for of in protobuf.fields(data, field.begin, field.end)
                if of[:2] == (1, BYTES)
            )
            values += [value for value in found if value is not None]
        elif field.number in _GRAPHS and field.wire == BYTES:
            found_graphs.append((field.number, (field.begin, field.end)))
    return Values(wall_time, step, values, found_graphs)


def items_of(data: Readable, event: Values, metadata: Callable[[Value], Metadata | None]) -> Iterator[Item]:
    """The items of an event, without looking at what they hold.

    Args:
        metadata: of a value's tag.

    Raises:
        BadMessageError: one of the values is none; those before it were given.
        IndexError: more of the event is needed than is there.
    """
    for number, span in event.graphs:
        if (named := event_graphs.graph_in(data, number, span)) is not None:
            ran = number == event_graphs.TAGGED_RUN_METADATA
            make = event_graphs.of_run_metadata if ran else event_graphs.of_graph_def
            yield Item(named[0], graphs.SUFFIX, (), (named[1],), make, is_of_step=False)
    for value in event.values:
        label = value.tag.decode(errors="backslashreplace")
        if value.part == _IMAGE:
            yield from _pictures(data, label, [_bytes_in(data, value.span, 4)])
        elif value.part == _AUDIO:
            yield from _sounds(data, label, [_bytes_in(data, value.span, 4)])
        elif value.part == _HISTOGRAM:
            yield Item(label, ".json", (histograms.KIND.name,), (value.span,), _old_histogram)
        elif (known := metadata(value)) is not None:
            yield from _of_plugin(data, label, known, value.span)


def _of_plugin(data: Readable, label: str, known: Metadata, span: Span) -> Iterator[Item]:
    plugin = known.plugin
    if plugin == "images":  # width, height, and then the pictures
        yield from _pictures(data, label, event_tensors.strings(data, span, _MAX_PICTURES + 2)[2:])
    elif plugin == "audio":
        sounds = event_tensors.strings(data, span, 2 * _MAX_PICTURES)
        with_labels = event_tensors.shape_of(data, span)[1:] == (2,)
        yield from _sounds(data, label, sounds[:: 2 if with_labels else 1])
    elif plugin == "text":
        yield Item(label, ".md", (), (span,), _text)
    elif plugin == "histograms":
        yield Item(label, ".json", (histograms.KIND.name,), (span,), _histogram)
    elif plugin == "pr_curves":
        yield Item(label, ".json", (pr_curves.KIND.name,), (span,), _pr_curve)
    elif plugin == "mesh":
        yield from _mesh_parts(data, label, known.content, span)
    elif plugin == event_graphs.KERAS_PLUGIN:
        for model in event_tensors.strings(data, span, 1):
            yield Item(label, graphs.SUFFIX, (), (model,), event_graphs.of_keras_model, is_of_step=False)
    elif plugin in event_graphs.PLUGINS:
        for ran in event_tensors.strings(data, span, 1):
            if event_graphs.has_graphs(data, ran):
                yield Item(label, graphs.SUFFIX, (), (ran,), event_graphs.of_run_metadata)


def _value(data: Readable, message: protobuf.Field) -> Value | None:
    tag, metadata, part, span = b"", None, 0, (0, 0)
    for field in protobuf.fields(data, message.begin, message.end):
        if field.wire != BYTES:
            part = 0 if field.number == 2 else part  # a number
        elif field.number == _TAG:
            tag = protobuf.cut(data, field.begin, field.end)
        elif field.number == _METADATA:
            metadata = _metadata(data, field)
        elif field.number in _PARTS:
            part, span = field.number, (field.begin, field.end)
    return Value(tag, metadata, part, span) if part else None


def _metadata(data: Readable, message: protobuf.Field) -> Metadata:
    plugin, content = "", b""
    for field in protobuf.fields(data, message.begin, message.end):
        if field[:2] == (1, BYTES):
            for of in protobuf.fields(data, field.begin, field.end):
                if of[:2] == (1, BYTES):
                    plugin = protobuf.text(data, of)
                elif of[:2] == (2, BYTES):
                    content = protobuf.cut(data, of.begin, of.end)
    return Metadata(plugin, content)


def _bytes_in(data: Readable, span: Span, number: int) -> Span:
    """Where the last field of that number stands in a message."""
    found = [field for field in protobuf.fields(data, *span) if field[:2] == (number, BYTES)]
    return (found[-1].begin, found[-1].end) if found else (0, 0)


# --- as they are -----------------------------------------------------------------------------------------------------


def _pictures(data: Readable, label: str, spans: Sequence[Span]) -> Iterator[Item]:
    for name, span in _numbered(label, spans):
        yield Item(name, _suffix(data, span, _PICTURES, ".png"), (), (span,), _as_it_is)


def _sounds(data: Readable, label: str, spans: Sequence[Span]) -> Iterator[Item]:
    for name, span in _numbered(label, spans):
        yield Item(name, _suffix(data, span, _SOUNDS, audio.SUFFIX), (), (span,), _as_it_is)


def _numbered(label: str, spans: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    """The only one has the label itself."""
    for number, span in enumerate(spans):
        yield label if len(spans) == 1 else f"{label}/{number}", span


def _suffix(data: Readable, span: Span, known: Sequence[tuple[bytes, str]], usual: str) -> str:
    begin = protobuf.cut(data, span[0], min(span[0] + 4, span[1]))
    for first, suffix in known:
        if begin.startswith(first):
            return suffix
    return usual


def _as_it_is(parts: Sequence[bytes]) -> bytes:
    return parts[0]


# --- made of it ------------------------------------------------------------------------------------------------------


def _text(parts: Sequence[bytes]) -> bytes:
    """Several texts one below the other; those of two dimensions as a table."""
    whole = (0, len(parts[0]))
    texts = [parts[0][begin:end] for begin, end in event_tensors.strings(parts[0], whole, _MAX_TEXT_CELLS)]
    shape = event_tensors.shape_of(parts[0], whole)
    if len(shape) < 2 or shape[1] < 1:
        return b"\n\n---\n\n".join(texts)
    cells = [b"<br>".join(text.replace(b"|", b"\\|").splitlines()) for text in texts]
    rows = [cells[begin : begin + shape[1]] for begin in range(0, len(cells), shape[1])]
    head = [[b""] * shape[1], [b"---"] * shape[1]]
    return b"".join(b"| " + b" | ".join(row) + b" |\n" for row in (*head, *rows))


def _old_histogram(parts: Sequence[bytes]) -> bytes:
    """Its buckets are told by their upper edges; the outermost ones are far beyond all values.

    Empty buckets at both ends are left out, and the outer edges are the least and the largest value, as TensorBoard
    has it (`data_compat._migrate_histogram_value`).
    """
    import numpy as np

    numbers = {field.number: _doubles(parts[0], field) for field in protobuf.fields(parts[0])}
    least, most, _, total, squares = (
        float(numbers[of][-1]) if len(numbers.get(of, ())) else 0.0 for of in range(1, 6)
    )
    upper, counts = (numbers.get(of, np.zeros(0)) for of in (6, 7))
    if upper.shape != counts.shape:
        raise BadMessageError("a histogram without a limit for each bucket")
    filled = np.flatnonzero(counts > 0)
    if not len(filled) or not least <= most:
        return _histogram_file(_NOTHING, [0.0])
    begin, end = int(filled[0]), int(filled[-1])
    edges = np.clip(np.concatenate(([least], upper[begin:end], [most])), least, most)
    return _histogram_file(edges, counts[begin : end + 1], (least, most, total, squares))


def _histogram(parts: Sequence[bytes]) -> bytes:
    """A row for each bucket: lower edge, upper edge, count."""
    rows = _array(parts[0], columns=3)
    if not len(rows):
        return _histogram_file(_NOTHING, [0.0])
    if len(rows) > histograms.MAX_BINS:
        raise BadMessageError(f"a histogram of more than {histograms.MAX_BINS:,} buckets")
    edges, counts = [float(rows[0, 0])], []
    for lower, upper, count in rows.tolist():
        if lower > edges[-1]:  # a gap
            edges.append(lower)
            counts.append(0.0)
        edges.append(max(upper, edges[-1]))
        counts.append(count)
    return _histogram_file(edges, counts)


def _histogram_file(edges: object, counts: object, known: Sequence[float] | None = None) -> bytes:
    content = histograms.of_counts(edges, counts)
    if known is not None:
        content.min, content.max, content.sum, content.sum_squares = (
            number if math.isfinite(number) else None for number in known
        )
    return msgspec.json.encode(histograms.to_json(content))


def _pr_curve(parts: Sequence[bytes]) -> bytes:
    """Rows: true and false positives, true and false negatives, precision, recall; a column for each threshold.

    Thresholds are even, from 0 to 1, as TensorBoard takes them; those beyond all predictions are left out.
    """
    import numpy as np

    table = _array(parts[0])
    if table.ndim != 2 or len(table) < 6 or not table.shape[1]:
        raise BadMessageError("a curve of another shape than 6 x n")
    if table.shape[1] > pr_curves.MAX_POINTS:
        raise BadMessageError(f"a curve of more than {pr_curves.MAX_POINTS:,} thresholds")
    is_some = np.flatnonzero(table[0] + table[1] > 0)
    count = int(is_some[-1]) + 1 if len(is_some) else 1
    precision, recall = np.clip(np.nan_to_num(table[4:6, :count].astype(np.float64)), 0, 1)
    first = np.nan_to_num(table[:4, 0].astype(np.float64))
    content = pr_curves.PrCurveContent(
        np.linspace(0, 1, table.shape[1])[:count].tolist(),
        precision.tolist(),
        recall.tolist(),
        positives=int(first[0] + first[3]),
        negatives=int(first[1] + first[2]),
    )
    return msgspec.json.encode(pr_curves.to_json(content))


def _mesh_parts(data: Readable, label: str, content: bytes, span: Span) -> Iterator[Item]:
    """A part of a mesh, or of each of several: vertices, faces and colours are values of their own."""
    name, type_ = "", 0
    for field in protobuf.fields(content):
        if field[:2] == (2, BYTES):
            name = protobuf.text(content, field)
        elif field[:2] == (3, VARINT):
            type_ = field.value
    if not 1 <= type_ <= _MESH_PARTS:
        return
    shape = event_tensors.shape_of(data, span)
    count = min(shape[0], _MAX_PICTURES) if len(shape) == 3 else 1
    spans = tuple(span if part == type_ else (0, 0) for part in range(1, _MESH_PARTS + 1))
    for number, make in enumerate(_mesh_makers(count)):
        of_several = name or label if count == 1 else f"{name or label}/{number}"
        yield Item(of_several, meshes.SUFFIX, (), spans, make)


@functools.cache
def _mesh_makers(count: int) -> tuple[Make, ...]:
    return tuple(functools.partial(_mesh, number) for number in range(count))


def _mesh(number: int, parts: Sequence[bytes]) -> bytes:
    """`number`: which one of several."""
    import numpy as np

    arrays = [_array(part) if part else None for part in parts]
    vertices, faces, colours = (
        array[number] if array is not None and array.ndim == 3 else array for array in arrays
    )
    if vertices is None:
        raise BadMessageError("a mesh without vertices")
    if faces is not None and faces.dtype.kind == "f":  # as torch writes them
        faces = np.nan_to_num(faces, nan=-1, posinf=-1, neginf=-1).clip(-1, 2**31 - 1).astype(np.int64)
    if colours is not None and colours.dtype.kind == "f" and colours.size and colours.max() > 1:
        colours = colours.round().clip(0, 255).astype("u1")
    return meshes.encode(vertices, faces, colours)


def _array(part: bytes, columns: int = 0) -> event_tensors.Numbers:
    array = Tensor.of(part, (0, len(part))).numbers()
    if columns and (array.ndim != 2 or array.shape[1] != columns):
        if array.size:
            raise BadMessageError(f"a tensor of another shape than n x {columns}")
        array = array.reshape(0, columns)
    return array


def _doubles(data: bytes, field: protobuf.Field) -> event_tensors.Numbers:
    import numpy as np

    part = data[field.begin : field.end]
    if len(part) % 8 or field.wire not in (BYTES, FIXED64):
        return np.zeros(0)
    return np.frombuffer(part, dtype="<f8")
