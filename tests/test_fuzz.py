"""Every reader is given raw bytes, and bytes near to what it reads: only the documented errors come out.

`HYPOTHESIS_PROFILE=long python -m pytest tests/test_fuzz.py` looks at 10,000 examples of each instead of 100.
"""

from __future__ import annotations

import functools
import io
import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lavdlike import crc32c, experiment, json_file, layout
from lavdlike.board_messages import BoardOperation, InsertPanel, MovePanel, RemoveFromBoard, SetInBoard
from lavdlike.boards import board_edits, board_files
from lavdlike.disk.root import OpenedFile
from lavdlike.disk.tail import Tail
from lavdlike.errors import EditError, LimitError, LogFormatError, PictureError
from lavdlike.kinds import arrays, logs, places, registry, scalars, text_file
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.scalars import HEADER, BadLine, ScalarPoint
from lavdlike.messages import Look
from lavdlike.reading import log_pages
from lavdlike.server.sandbox import markdown_pages
from lavdlike.server.sandbox.safe_html import safe_html
from lavdlike.server.sandbox.thumbnails import Thumbnails
from lavdlike.sources import scalar_lines
from lavdlike.sources.events import event_descriptions
from lavdlike.sources.events.event_files import EventFile
from lavdlike.sources.events.event_members import EventMembers
from lavdlike.sources.events.event_records import FRAME_BYTES, HEADER_BYTES, length_of
from lavdlike.sources.members import Member
from lavdlike.sources.source import REWIND
from lavdlike.sources.tables.step_tables import TableFile
from tests.boards.test_board_edits import TEXT as BOARD
from tests.boards.test_board_fields import WHOLE as WHOLE_BOARD
from tests.boards.test_streamvis_schemas import SCHEMA
from tests.scripts import ROOT
from tests.sources.reading import NOTHING_BESIDE
from tests.test_format import EXAMPLES

fuzzed = settings()
# What asks a child process for each example.
fuzzed_slowly = settings(fuzzed, max_examples=max(20, fuzzed.max_examples // 20))
# Each file system call of a temporary file counts, too.
fuzzed_on_disk = settings(fuzzed, max_examples=max(50, fuzzed.max_examples // 4))

RAW = st.binary(max_size=300)


def _mutated(*beginnings: bytes) -> st.SearchStrategy[bytes]:
    """What a reader is for, cut, doubled, or with other bytes in it."""

    def change(content: bytes, place: float, added: bytes, cut: int) -> bytes:
        at = int(place * len(content))
        return content[:at] + added + content[at + cut :]

    return st.builds(
        change, st.sampled_from(beginnings), st.floats(0, 1), st.binary(max_size=8), st.integers(0, 40)
    )


@functools.cache
def _picture(name: str) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((16, 12)).convert("RGB").save(out, name)
    return out.getvalue()


_JSON_TEXTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "actual", "boxes", "xStart", "classes", "parser"]), inner)
    ),
    max_leaves=8,
)
_KEYS = sorted(kind.json_key for kind in registry.KINDS if kind.json_key)
JSON = st.dictionaries(st.sampled_from([*_KEYS, "sessions", "config", "tags", "git"]), _JSON_TEXTS).map(
    lambda document: json.dumps(document).encode()
)
LINES = _mutated(
    HEADER.encode(),
    b"1\t1763600000.000\tloss\t0.5\n" * 3,
    b"7\t1763600009.500\tloss\t0.12\t!cut\n7\t1763600009.500\tloss\tnan\n",
    "2\t-1e5\tµ\t123456789012345678901234567890\n".encode(),
)

# What docs/format.md says of each kind that stands in JSON files.
DOCUMENTS = [json.loads(text) for path, text in EXAMPLES.items() if path.endswith(".json")]
_PLY = b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nend_header\n1 2\n"
_RIFF = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 44, b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8, b"data", 8
)
_NPY = arrays.encode([[1.5, -2.0, float("nan")], [3.0, 4.0, float("inf")]])
# How files of the kinds begin that say at their beginning what they hold.
_BEGINNINGS = (
    _NPY,
    arrays.encode([True, False]),
    _RIFF + bytes(8),
    b"fLaC\0\0\0\x22",
    b"OggS\0\2",
    b"ID3\4\0\0",
    b"\xff\xfb\x90\0",
    b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
    b"\x1aE\xdf\xa3",
    _PLY,
    struct.pack("<4sII", b"glTF", 2, 12),
    bytes(80) + struct.pack("<I", 1) + bytes(50),
    b"solid x\nendsolid x\n",
    b"v 1 2 3\nf 1 1 1\n",
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"/>',
    b"<!doctype html><p>x",
)
_EVENT_FILES = {
    path.parent.name: path.read_bytes() for path in (ROOT / "tests" / "corpus" / "events").rglob("*tfevents*")
}
EVENTS = _mutated(*_EVENT_FILES.values())
_ITEM_FILES = [path.read_bytes() for path in (ROOT / "tests/corpus/event_items").rglob("*tfevents*")]
EVENT_ITEMS = _mutated(*_ITEM_FILES)
TABLES = _mutated(
    b"step,wall_time,loss\n0,1763600000,0.5\n1,,nan\n2,-1,1e999\n",
    b'name\tcount\n"a ""b"""\t1\n\xff\t\n\n"open\n',
    b"\xef\xbb\xbfstep;x\r\n1;2\r\n",
)
_ASKED = st.dictionaries(
    st.sampled_from(
        [
            *["axes", "at", "rows", "columns", "statistics"],
            *["sort", "descending", "filter", "regex", "negate", "exact", "slice", "first", "count"],
        ]
    ),
    st.sampled_from(
        ["", "0", "1", "0,1", "1,0", "0:1", "1:0", "9" * 20, "-1", "::-1", "²", "(", "a|.*", "\0"]
    )
    | st.text(max_size=6),
    max_size=4,
)


def _replaced(value: Any, places: list[int], other: Any) -> Any:
    """`value` with something else at one place within it."""
    if not places or not isinstance(value, dict | list) or not value:
        return other
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    chosen = keys[places[0] % len(keys)]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    changed = {key: _replaced(each, places[1:], other) if key == chosen else each for key, each in items}
    return changed if isinstance(value, dict) else list(changed.values())


NEARLY_RIGHT = st.builds(
    _replaced, st.sampled_from(DOCUMENTS), st.lists(st.integers(0, 9), min_size=1, max_size=6), _JSON_TEXTS
)


def _only(call: Callable[[], object], *documented: type[Exception]) -> object:
    try:
        return call()
    except documented:
        return None


@contextmanager
def _file(content: bytes) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file.fileno()


@fuzzed
@given(RAW | JSON | _mutated(b'{"texts": {"actual": "a"}}', b"[[[[", b'{"a": 1e999, "b": NaN}'))
def test_json_files(data: bytes) -> None:
    document = _only(lambda: json_file.read_object(data, "path"), LogFormatError)
    assert document is None or isinstance(document, dict)


@pytest.mark.slow
@fuzzed
@given(JSON)
@pytest.mark.parametrize(
    "kind", [kind for kind in registry.KINDS if kind.read_json], ids=lambda kind: kind.name
)
def test_values_at_the_key_of_a_kind(kind: Kind, data: bytes) -> None:
    document = json.loads(data)
    assert kind.read_json is not None
    read = functools.partial(kind.read_json, document.get(kind.json_key), "path")
    content = _only(read, LogFormatError)
    if content is not None:
        msgspec.json.encode(content)


@fuzzed
@given(NEARLY_RIGHT)
def test_documents_that_are_nearly_right(document: dict[str, Any]) -> None:
    for kind in registry.KINDS:
        part = kind.part_of(document)
        if kind.read_json is not None and part is not None:
            msgspec.json.encode(_only(functools.partial(kind.read_json, part, "path"), LogFormatError))


@fuzzed
@given(RAW | _mutated(*_BEGINNINGS), st.sampled_from([0, 1, 2**40]))
@pytest.mark.parametrize(
    ("kind", "suffix"),
    [(kind, suffix) for kind in registry.KINDS if kind.read_head for suffix in sorted(kind.suffixes)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_beginnings_of_files(kind: Kind, suffix: str, data: bytes, rest_bytes: int) -> None:
    assert kind.read_head is not None
    read = functools.partial(kind.read_head, data[: kind.head_bytes], len(data) + rest_bytes, f"path{suffix}")
    msgspec.json.encode(_only(read, LogFormatError))


@pytest.mark.slow
@fuzzed_on_disk
@given(RAW | _mutated(_NPY) | TABLES | st.sampled_from([_NPY, b"a,b\n1,2\n3,x\n"]), _ASKED)
@pytest.mark.parametrize(
    ("kind", "suffix"),
    [(kind, suffix) for kind in registry.KINDS if kind.read_part for suffix in sorted(kind.suffixes)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_parts_of_files(kind: Kind, suffix: str, data: bytes, asked: dict[str, str]) -> None:
    assert kind.read_part is not None
    with _file(data) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        read = functools.partial(kind.read_part, file, asked, f"path{suffix}")
        msgspec.json.encode(_only(read, LogFormatError, ValueError))


@fuzzed_on_disk
@given(TABLES, st.sampled_from(["path.csv", "path.tsv"]))
def test_tables_as_scalars(data: bytes, path: str) -> None:
    table = TableFile(path, path)
    with _file(data) as descriptor:
        for columns_by_label in table.read_new(descriptor):
            assert all(len(columns.steps) == len(columns.values) for columns in columns_by_label.values())
    msgspec.json.encode(table.problems())


@fuzzed_on_disk
@given(RAW | EVENTS, st.lists(st.floats(0, 1), max_size=3))
def test_event_files(data: bytes, cuts: list[float]) -> None:
    whole, piecewise = _points_of_events(data, []), _points_of_events(data, sorted(cuts))
    # Of a broken file more may be found at once: what stands behind a broken record says whether its length is right.
    assert set(piecewise) <= set(whole) or bytes(12) in data
    event_descriptions.description_of(data, data[len(data) // 2 :])


@fuzzed_on_disk
@given(st.data())
def test_a_flipped_bit_of_an_event_file_costs_one_record(drawn: st.DataObject) -> None:
    original = _EVENT_FILES["torch_new"]
    place = drawn.draw(st.integers(0, len(original) - 1))
    flipped = bytearray(original)
    flipped[place] ^= 1 << drawn.draw(st.integers(0, 7))
    assert len(_points_of_events(bytes(flipped), [])) in (199, 200)  # 200 if it was the version's


@fuzzed_on_disk
@given(RAW | EVENT_ITEMS, st.sampled_from(["as they are", "made to fit"]))
def test_items_in_event_files(data: bytes, checksums: str) -> None:
    """Where the checksums of contents are made to fit, what is broken is parsed."""
    data = _with_checksums(data) if checksums == "made to fit" else data
    format_, found = EventMembers(), list[Member]()
    with _file(data) as descriptor:
        file = format_.file("events.out.tfevents.1", NOTHING_BESIDE)
        for some in file.find_new(descriptor):
            found += some
        for member in found:
            assert not layout.is_hidden(member.path)
            assert "\0" not in member.path
            content = _only(
                functools.partial(format_.content, descriptor, member, "path", NOTHING_BESIDE), LogFormatError
            )
            assert content is None or isinstance(content, bytes)
    msgspec.json.encode(file.problems())


def _with_checksums(data: bytes) -> bytes:
    """Records whose lengths are right get the checksums of their contents."""
    fixed, place = bytearray(data), 0
    while place + FRAME_BYTES <= len(fixed):
        length = length_of(bytes(fixed[place : place + HEADER_BYTES]))
        if length is None or place + FRAME_BYTES + length > len(fixed):
            break
        begin = place + HEADER_BYTES
        crc = crc32c.masked(bytes(fixed[begin : begin + length]))
        fixed[begin + length : begin + length + 4] = crc.to_bytes(4, "little")
        place = begin + length + 4
    return bytes(fixed)


def _points_of_events(data: bytes, cuts: list[float]) -> list[Any]:
    """Of a file that comes in pieces; what is wrong with it as well, once."""
    found: list[Any] = []
    file = EventFile("path", "events.out.tfevents.1")
    with tempfile.NamedTemporaryFile() as written:
        for cut in (*cuts, 1.0):
            written.write(data[written.tell() : int(cut * len(data))])
            written.flush()
            for block in file.read_new(written.fileno()):
                for label in block.keys() - {REWIND}:
                    points = zip(*(column.tolist() for column in block[label][:3]), strict=True)
                    found += [(label, step, repr(value)) for step, _, value in points]
    msgspec.json.encode(file.problems())
    return sorted(found)


@fuzzed
@given(RAW | JSON | _mutated(EXAMPLES["0001/pets.plotly.json"].encode(), "# µ\n".encode()))
@pytest.mark.parametrize(
    "kind", [kind for kind in registry.KINDS if kind.read_file], ids=lambda kind: kind.name
)
def test_files_of_a_kind(kind: Kind, data: bytes) -> None:
    assert kind.read_file is not None
    content = _only(functools.partial(kind.read_file, data, "path"), LogFormatError)
    msgspec.json.encode(content)


@fuzzed
@given(RAW | JSON)
def test_experiment_files(data: bytes) -> None:
    _only(lambda: experiment.read(data, "path"), LogFormatError)


@fuzzed
@given(RAW | LINES, st.none() | st.integers(0, 2**40))
def test_lines_of_scalars(line: bytes, offset: int | None) -> None:
    assert isinstance(scalars.parse_line(line, offset), ScalarPoint | BadLine | None)


@fuzzed
@given(st.lists(RAW | LINES, max_size=5).map(b"\n".join), st.integers(0, 2**40))
def test_blocks_of_scalars(lines: bytes, offset: int) -> None:
    data = lines + b"\n"
    blocks = list(scalar_lines.parse(offset, data))
    assert sum(block.lines for block in blocks) == data.count(b"\n")


@fuzzed_on_disk
@given(RAW | LINES)
def test_growing_files(data: bytes) -> None:
    with _file(data) as descriptor:
        found = b"".join(lines for _, lines in Tail().new_lines(descriptor))
    assert data.startswith(found)
    assert not found or found.endswith(b"\n")


@fuzzed
@given(st.text() | RAW.map(text_file.decode))
def test_lines_of_logs(line: str) -> None:
    msgspec.json.encode(logs.parse_line(line))


@fuzzed_on_disk
@given(
    RAW | _mutated(b"2026-03-01 09:30:00+01:00\tTAG\ttext\n" * 5),
    st.none() | st.integers(0, 400),
    st.none() | st.integers(0, 400),
    st.sampled_from([(), ("TAG",), ("\ud800",)]),
)
def test_pages_of_logs(data: bytes, start: int | None, end: int | None, tags: tuple[str, ...]) -> None:
    with _file(data) as descriptor:
        page = _only(
            lambda: log_pages.read_page(descriptor, start=start, end=end, lines=3, tags=tags), ValueError
        )
    if page is not None:
        msgspec.json.encode(page)


@fuzzed_on_disk
@given(
    data=RAW,
    text=st.text(max_size=8),
    is_regex=st.booleans(),
    backwards=st.booleans(),
    start=st.none() | st.integers(0, 400),
)
def test_searches_of_logs(
    data: bytes, text: str, *, is_regex: bool, backwards: bool, start: int | None
) -> None:
    with _file(data) as descriptor:
        page = _only(
            lambda: log_pages.search(
                descriptor, text=text, is_regex=is_regex, start=start, backwards=backwards, limit=3
            ),
            ValueError,
        )
    if page is not None:
        msgspec.json.encode(page)


@fuzzed
@given(st.binary(max_size=60).filter(lambda name: b"\0" not in name))
def test_paths_and_ids(path: bytes) -> None:
    name = os.fsdecode(path)
    assert layout.from_id(layout.to_id(name)) == name
    layout.shown(name).encode()
    place = places.place_of(name)
    assert place is None or not layout.is_hidden(name)
    layout.scalars_writer(name)
    layout.step_of_folder(name)


@fuzzed
@given(st.text(max_size=40))
def test_ids_from_browsers(identifier: str) -> None:
    layout.usual_experiment_id(identifier)
    layout.is_experiment_name(layout.from_id(identifier))


@fuzzed
@given(
    st.text(max_size=40) | st.integers(),
    st.none() | st.integers(),
    st.one_of(st.integers(), st.floats(), st.text()),
)
def test_labels_and_steps(label: object, step: int | None, other: object) -> None:
    _only(lambda: layout.check_label(label, step=step), ValueError)  # type: ignore[arg-type]
    _only(lambda: layout.check_step(other), ValueError)


@fuzzed
@given(RAW | _mutated(b'{"type": "look", "experiments": ["a"], "kinds": [], "version": ["a", 1]}'))
def test_messages_of_browsers(data: bytes) -> None:
    # UnicodeError and RecursionError are what `routes` expects as well.
    _only(lambda: msgspec.json.decode(data, type=Look), msgspec.DecodeError, UnicodeError, RecursionError)


@fuzzed
@given(RAW.map(text_file.decode) | st.text())
def test_html_is_made_safe(html: str) -> None:
    safe = safe_html(html, "experiment", "folder")
    assert "<script" not in safe.lower()
    assert "javascript:" not in safe.lower() or "<a" not in safe


@pytest.fixture(scope="module")
def renderer() -> Iterator[markdown_pages.Markdown]:
    renderer = markdown_pages.Markdown()
    yield renderer
    renderer.close()


@pytest.fixture(scope="module")
def thumbnails() -> Iterator[Thumbnails]:
    thumbnails = Thumbnails()
    yield thumbnails
    thumbnails.close()


@fuzzed_slowly
@given(
    data=RAW
    | _mutated(b"# A\n\n| a | b |\n|---|---|\n| `1` | [x](y) |\n\n```python\nx\n```\n<b>x</b>\n[^1]\n")
)
def test_markdown(renderer: markdown_pages.Markdown, data: bytes) -> None:
    msgspec.json.encode(renderer.page(data, "experiment", "notes.md"))


@fuzzed_slowly
@given(
    data=RAW
    | st.sampled_from(["png", "gif", "tiff", "webp", "bmp", "jpeg"]).flatmap(
        lambda name: _mutated(_picture(name))
    ),
    size=st.sampled_from([None, 64]),
)
def test_pictures(
    thumbnails: Thumbnails, tmp_path_factory: pytest.TempPathFactory, data: bytes, size: int | None
) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.png"
    file.write_bytes(data)

    @contextmanager
    def opened() -> Iterator[OpenedFile]:
        descriptor = os.open(file, os.O_RDONLY)
        try:
            yield OpenedFile(descriptor, file.name, os.fstat(descriptor))
        finally:
            os.close(descriptor)

    for ask in (thumbnails.info(opened), thumbnails.make(opened, size)):
        _only(lambda ask=ask: ask.result(30), PictureError)  # type: ignore[misc]


def test_limits_are_the_documented_errors() -> None:
    for data in (b"[" * 10**6, b'{"a":' * 10**5, b" " * (json_file.MAX_BYTES + 1)):
        with pytest.raises(LogFormatError) as raised:
            json_file.read_object(data, "path")
        assert isinstance(raised.value, LimitError) or "JSON" in str(raised.value)


OPERATIONS: list[BoardOperation] = [
    SetInBoard(["panels", 0, "at"], [0, 0, 6, 4]),
    SetInBoard(["title"], "b"),
    MovePanel(0, 1),
    InsertPanel({"chart": ["a"]}),
    RemoveFromBoard(["panels", 0]),
]


@fuzzed
@given(RAW | _mutated(BOARD.encode(), WHOLE_BOARD, SCHEMA), st.sampled_from(OPERATIONS))
def test_boards(data: bytes, operation: BoardOperation) -> None:
    board_files.read(data, "x")
    try:
        changed = board_edits.changed(data, [operation], "x")
    except EditError:
        return
    assert board_files.read(changed, "x").mistakes == []
