"""Makes a root of hostile files and names, each with what must be shown of it (docs/security.md, "A file in the tree").

Whatever could run in a browser calls `canary(...)`, so that a page can tell whether anything did. Beside each hostile
thing, in the same experiment, stands a harmless one that must be shown all the same.
"""

from __future__ import annotations

import io
import json
import math
import os
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from lavdlike import layout
from lavdlike.kinds import places, registry
from lavdlike.kinds.scalars import HEADER

CANARY = "canary('{}')"
GOOD_TEXT = "shown all the same"
GOOD_LABEL = "good"
SPARSE_BYTES = 2**40
MIB = 2**20


class Shown(NamedTuple):
    """An item, at its place."""

    kind: str
    label: str
    step: int | None = None


class Bad(NamedTuple):
    """A problem: regular expressions of its reason and position. `item`: the item that is shown with it, if any."""

    reason: str
    position: str = ""
    item: Shown | None = None


NOTHING = None


class Case(NamedTuple):
    """One hostile thing. `path`: relative to the experiment, as `os.fsdecode` gives it."""

    experiment: str
    path: str
    make: Callable[[Path], None]
    expected: Shown | Bad | None

    @property
    def id(self) -> str:
        return ascii(f"{self.experiment}/{self.path}")[1:61]


def make_root(root: Path) -> list[Case]:
    """Write the corpus below `root`, and say what it is."""
    cases = list(corpus())
    for case in cases:
        _make(root, case)
    for experiment in {case.experiment for case in cases}:
        folder = root / experiment / "0007"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{GOOD_LABEL}.txt").write_text(GOOD_TEXT)
        with suppress(FileExistsError), (root / experiment / "scalars.good.tsv").open("x") as file:
            file.write(HEADER + f"7\t1763600000.000\t{GOOD_LABEL}\t0.5\n")
    return cases


def corpus() -> Iterator[Case]:
    yield from _names()
    yield from _folders()
    yield from _special()
    yield from _json()
    yield from _kinds_in_json()
    yield from _scalars()
    yield from _meshes()
    yield from _media()
    yield from _pictures()
    yield from _overlays()
    yield from _texts()
    yield from _documents()
    yield from _experiments()


def _make(root: Path, case: Case) -> None:
    path = root / case.experiment / case.path
    path.parent.mkdir(parents=True, exist_ok=True)
    case.make(path)


def _writes(content: bytes | str) -> Callable[[Path], None]:
    data = content.encode() if isinstance(content, str) else content

    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


# --- names ------------------------------------------------------------------------------------------------------

_ODD_NAMES = [
    b"\xff",
    b"\xff\xfe",
    b"\x80begin",
    b"overlong\xc0\xaf",
    b"surrogate\xed\xa0\x80",
    b"beyond\xf5\x80\x80\x80",
    b"cut\xe2\x82",
    *(b"control" + bytes([code]) for code in range(1, 32)),
    b"delete\x7f",
    b"c1\xc2\x9b31m",
    b"esc\x1b[2Jclear",
    b"osc\x1b]0;title\x07",
    b"-rf",
    b" leading",
    b"trailing ",
    b"trailing..",
    b"quote'",
    b'quote"',
    b"back\\slash",
    b"back\\..\\slash",
    b"C:",
    b"CON",
    b"$(canary)",
    b"`canary`",
    b"${canary}",
    b"{{canary}}",
    b"; canary",
    b"a&b",
    b"a?b",
    b"a#b",
    b"a=b",
    b"%00",
    b"%2e%2e%2f",
    b"%252e",
    b"a%",
    b"*",
    b"~",
    b"javascript:canary('name')",
    b"<script>canary('name')<%2fscript>",
    b"<img src=x onerror=canary('name')>",
    b"\"><img src=x onerror=canary('name')>",
    b"<svg onload=canary('name')>",
    b"__proto__",
    b"constructor",
    b"null",
    b"undefined",
    b"NaN",
    b"true",
    b"x" * 251,
    "ä".encode() * 125,
    *(
        text.encode()
        for text in (
            "right\u202eleft",
            "isolate\u2066",
            "mark\u200f",
            "joiner\u200d",
            "zero\u200bwidth",
            "\ufeffbom",
            "line\u2028separator",
            "next\u0085line",
            "nbsp\u00a0",
            "👩‍👩‍👧‍👦",
            "🏳️‍🌈",
            "e\u0301",  # twin of the next one
            "é",
            "Case",
            "case",
            "z̸̡̢a̴͓l̵g̷o̶",
            "\U0010ffff",
            "\ufffe",
            "²",
            "１",
            "ﬁ",
            "İ",
        )
    ),
]


def _names() -> Iterator[Case]:
    for number, name in enumerate(_ODD_NAMES):
        text = os.fsdecode(name)
        label = layout.shown(text)
        yield Case("names", f"{text}.txt", _writes(name), Shown("texts", label))
        if number % 4 == 0:
            yield Case("names", f"0003/{text}.txt", _writes(name), Shown("texts", label, 3))
    for hidden in (".hidden.txt", "..hidden.txt", "...txt", ".lavdlike-12345678", "0003/.hidden.txt"):
        yield Case("names", hidden, _writes("hidden"), NOTHING)
    for suffix in (".txt", ".TXT", ".tXt"):
        yield Case(
            "names", f"suffix {suffix[1:]}{suffix}", _writes("x"), Shown("texts", f"suffix {suffix[1:]}")
        )
    yield Case("names", "no suffix", _writes("x"), Shown("files", "no suffix"))
    yield Case("names", "two.dots.txt", _writes("x"), Shown("texts", "two.dots"))


def _folders() -> Iterator[Case]:
    """What looks like a number and is no step is a folder of labels."""
    no_steps = [
        "²",
        "１",
        "٣",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "0x1",
        "1_000",
        " 1",
        "1 ",
        "01a",
        "9" * 16,
        "9" * 17,
        "1" * 200,
    ]
    for name in no_steps:
        yield Case("folders", f"{name}/in.txt", _writes("x"), Shown("texts", f"{name}/in"))
    for name, step in (("0", 0), ("00000", 0), ("5", 5), (str(2**53 - 1), 2**53 - 1)):
        yield Case("folders", f"{name}/in {name}.txt", _writes("x"), Shown("texts", f"in {name}", step))
    deep = "/".join(f"level {number}" for number in range(150))
    yield Case("folders", f"{deep}/in.txt", _writes("x"), Shown("texts", f"{deep}/in"))
    for name in (
        "picture.png",
        "text.txt",
        "data.json",
        "scalars.tsv",
        "command.json",
        "a.md",
    ):
        yield Case("folders", f"{name}/in.txt", _writes("x"), Shown("texts", f"{name}/in"))
    yield Case("folders", ".hidden/in.txt", _writes("x"), NOTHING)
    yield Case("folders", "0001/twin.txt", _writes("x"), Bad("same item", item=Shown("texts", "twin", 1)))
    yield Case("folders", "1/twin.txt", _writes("x"), Shown("texts", "twin", 1))


# --- what is no file, or too much of one ------------------------------------------------------------------------


def _special() -> Iterator[Case]:
    for name in ("fifo", "fifo.txt", "fifo.png", "fifo.json", "fifo.log", "scalars.fifo.tsv", "0001/fifo.md"):
        yield Case("special", name, os.mkfifo, Bad("not a regular file"))
    for name in ("socket", "socket.png", "socket.json"):
        yield Case("special", name, _make_socket, Bad("not a regular file"))
    for name, target in (
        ("zero.png", "/dev/zero"),
        ("random.txt", "/dev/urandom"),
        ("terminal.log", "/dev/tty"),
        ("full.json", "/dev/full"),
        ("memory.bin", "/proc/self/mem"),
        ("environment.txt", "/proc/self/environ"),
        ("passwd.txt", "/etc/passwd"),
        ("scalars.out.tsv", "/etc/passwd"),
        ("experiment.json", "/etc/passwd"),
        ("up.txt", "../../../../../../../../etc/passwd"),
        ("folder out", "/"),
        ("folder up", "../.."),
        ("0001/out.md", "/etc/hostname"),
    ):
        yield Case("special", name, _makes_link(target), Bad("^link, not followed|link to nothing"))
    for name, target in (
        ("self.txt", "self.txt"),
        ("ring a.txt", "ring b.txt"),
        ("ring b.txt", "ring a.txt"),
    ):
        yield Case("special", name, _makes_link(target), Bad("link"))
    yield Case("special", "gone.txt", _makes_link("not there.txt"), Bad("link to nothing"))
    yield Case("special", "to hidden.txt", _makes_link(".hidden.txt"), Bad("link"))
    yield Case("special", "loop", _makes_link("."), Bad("leads to a folder that holds it"))
    yield Case("special", "0001/loop", _makes_link(".."), Bad("leads to a folder that holds it"))
    for suffix, expected in (
        (".bin", Shown("files", "sparse bin")),
        (".log", Shown("logs", "sparse log")),
        (".txt", Bad("larger than 5 MiB", item=Shown("texts", "sparse txt"))),
        (".md", Bad("larger than 5 MiB", item=Shown("markdown", "sparse md"))),
        (".json", Bad("larger than 64 MiB")),
        (".png", Bad(".", item=Shown("images", "sparse png"))),
        (".mp4", Bad("not MP4", item=Shown("videos", "sparse mp4"))),
    ):
        yield Case("special", f"sparse {suffix[1:]}{suffix}", _make_sparse, expected)
    endless = Bad("longer than 16 MiB", "line 3, byte 55")
    yield Case("special", "scalars.sparse.tsv", _make_sparse_scalars, endless)
    is_root = os.geteuid() == 0
    for name, shown in (
        ("0001/locked.txt", Shown("texts", "locked", 1)),
        ("locked.bin", Shown("files", "locked")),
    ):
        yield Case("special", name, _make_locked, shown if is_root else Bad("permission", item=shown))
    locked = Case("special", "locked.json", _make_locked, Shown("files", "locked.json"))
    yield locked._replace(expected=Bad("not JSON" if is_root else "permission"))
    for kind, suffix in (("texts", ".txt"), ("markdown", ".md"), ("logs", ".log"), ("files", ".bin")):
        yield Case("special", f"empty {kind}{suffix}", _writes(b""), Shown(kind, f"empty {kind}"))


def _make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        # A path of a socket is at most 107 bytes long.
        before = Path.cwd()
        os.chdir(path.parent)
        try:
            made.bind(path.name)
        finally:
            os.chdir(before)


def _makes_link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _make_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(SPARSE_BYTES)


def _make_sparse_scalars(path: Path) -> None:
    path.write_text(HEADER + "1\t1763600000.000\tsparse\t0.5\n")
    os.truncate(path, SPARSE_BYTES)


def _make_locked(path: Path) -> None:
    path.write_bytes(b"locked")
    path.chmod(0)


# --- JSON -------------------------------------------------------------------------------------------------------

_BAD_JSON: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "not JSON", "line 1, column 1"),
    "spaces": (b"  \n ", "not JSON", "line 2"),
    "cut": (b'{"scalars": {"value": 0.', "not JSON", "line 1"),
    "cut string": (b'{"texts": {"actual": "abc', "not JSON", "line 1"),
    "second line": (b'{"a": 1,\n "b": }', "not JSON", "line 2, column 7"),
    "trailing comma": (b'{"a": 1,}', "not JSON", "line 1"),
    "two values": (b"{} {}", "not JSON", "line 1, column 4"),
    "single quotes": (b"{'a': 1}", "not JSON", "line 1"),
    "comment": (b'{"a": 1} // no', "not JSON", "line 1"),
    "list": (b"[]", "list where an object|array where an object", ""),
    "string": (b'"a"', "where an object", ""),
    "number": (b"1", "where an object", ""),
    "null": (b"null", "where an object", ""),
    "true": (b"true", "where an object", ""),
    "nan": (b"NaN", "where an object", ""),
    "not utf-8": (b'{"a": "\xff"}', "not UTF-8", "byte 7"),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8", "byte 0"),
    "zeros": (b"\0" * 4096, "not JSON", "line 1"),
    "zeros behind": (b'{"a": 1}' + b"\0" * 100, "not JSON", "line 1"),
    "binary": (bytes(range(256)), "not JSON|not UTF-8", ""),
    "html": (b"<html>canary</html>", "not JSON", "line 1"),
    "deep list": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper than 100", ""),
    "deep object": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "deeper than 100", ""),
    "unclosed": (b'{"a": ' + b"[" * 200_000, "deeper than 100|not JSON", ""),
    "keys": (json.dumps(dict.fromkeys(map(str, range(100_001)))).encode(), "more than 100,000 keys", ""),
    "digits": (b'{"a": ' + b"9" * 5000 + b"}", "not JSON", ""),
    "control in string": (b'{"a": "\x01"}', "not JSON", "line 1"),
    "bad escape": (b'{"a": "\\x"}', "not JSON", "line 1"),
}

_GOOD_JSON: dict[str, bytes] = {
    "nan inside": b'{"a": NaN}',
    "huge float": b'{"a": 1e400}',
    "lone surrogate": b'{"a\\ud800": "\\udfff"}',
    "bom": b'\xef\xbb\xbf{"a": 1}',
    "twice": b'{"a": 1, "a": 2}',
    "prototype": b'{"__proto__": {"canary": 1}, "constructor": 1}',
    "script": b'{"a": "<script>canary(1)</script>"}',
    "kind of no object": b'{"texts": 1, "images": [], "scalars": "x"}',
    "depth 99": b'{"a":' * 99 + b"1" + b"}" * 99,
}


def _json() -> Iterator[Case]:
    for name, (content, reason, position) in _BAD_JSON.items():
        yield Case("json", f"0001/{name}.json", _writes(content), Bad(reason, position))
    for name, content in _GOOD_JSON.items():
        yield Case("json", f"0001/{name}.json", _writes(content), Shown("files", name, 1))
    for name, content in (("list", b"[]"), ("cut", b'{"command": {'), ("not utf-8", b"\xff")):
        yield Case(f"command {name}", "command.json", _writes(content), Bad("."))


_BAD_CONTENT: dict[str, tuple[object, str, str]] = {
    "value is text": ({"scalars": {"value": "1"}}, "Expected", r"scalars\.value"),
    "value is null": ({"scalars": {"value": None}}, "Expected", r"scalars\.value"),
    "value is a list": ({"scalars": {"value": [1]}}, "Expected", r"scalars\.value"),
    "no value": ({"scalars": {}}, "value", "scalars"),
    "actual is a number": ({"texts": {"actual": 1}}, "Expected", r"texts\.actual"),
    "expected is a list": ({"texts": {"actual": "a", "expected": []}}, "Expected", r"texts\.expected"),
    "boxes are text": ({"images": {"boxes": "none"}}, "Expected", r"images\.boxes"),
    "boxes are null": ({"images": {"boxes": None}}, "Expected", r"images\.boxes"),
    "box is a number": ({"images": {"boxes": [1]}}, "Expected", r"images\.boxes\[(0|\.\.\.)\]"),
    "box without corners": ({"images": {"boxes": [{}]}}, "xStart", r"images\.boxes"),
    "box of text": (
        {"images": {"boxes": [{"xStart": "1", "yStart": 1, "xEnd": 1, "yEnd": 1}]}},
        "Expected",
        r"xStart",
    ),
    "box with nesting": (
        {"images": {"boxes": [{"xStart": 1, "yStart": 1, "xEnd": 1, "yEnd": 1, "className": {}}]}},
        "Expected",
        "className",
    ),
    "source is a number": ({"images": {"source": 1}}, "Expected", r"images\.source"),
    "classes are a number": ({"images": {"classes": 3}}, "Expected", r"images\.classes"),
    "edges go down": ({"histograms": {"edges": [2, 1], "counts": [1]}}, "never decrease", "histograms"),
    "counts are null": ({"histograms": {"edges": [1, 2], "counts": None}}, "Expected", r"histograms\.counts"),
    "precision beyond 1": (
        {"pr_curves": {"thresholds": [1], "precision": [7], "recall": [1]}},
        "from 0 to 1",
        "pr_curves",
    ),
    "matrix without a row": (
        {"confusion_matrices": {"classes": ["a", "b"], "counts": [[1, 2]]}},
        "a row and a column",
        "confusion_matrices",
    ),
    "vectors are a number": ({"embeddings": {"vectors": 1}}, "Expected", r"embeddings\.vectors"),
    "probability is text": ({"images": {"minProbability": "high"}}, "Expected", "minProbability"),
    "masks are text": ({"images": {"masks": "bird.mask.png"}}, "Expected", r"images\.masks"),
    "mask without source": ({"images": {"masks": [{}]}}, "source", r"images\.masks"),
    "points are text": ({"images": {"keypoints": [{"points": "none"}]}}, "Expected", r"images\.keypoints"),
    "points of one number": ({"images": {"polygons": [{"points": [[1]]}]}}, "length", r"images\.polygons"),
    "edges are text": ({"images": {"keypoints": [{"points": [], "edges": ["a"]}]}}, "Expected", "edges"),
    "caption is a list": ({"images": {"caption": ["canary(1)"]}}, "Expected", r"images\.caption"),
}

_ODD_CONTENT: dict[str, tuple[object, str]] = {
    "text of nothing": ({"texts": {}}, "texts"),
    "text with script": (
        {"texts": {"actual": "<script>canary(1)</script>", "expected": "\x1b[31m"}},
        "texts",
    ),
    "source out": ({"images": {"source": "../../../etc/passwd", "boxes": []}}, "images"),
    "source absolute": ({"images": {"source": "/etc/passwd"}}, "images"),
    "source is an address": ({"images": {"source": "https://example.org/a.png"}}, "images"),
    "source runs": ({"images": {"source": "javascript:canary(1)"}}, "images"),
    "vectors out": ({"embeddings": {"vectors": "../../../../etc/passwd"}}, "embeddings"),
    "vectors far": ({"embeddings": {"vectors": "https://example.org/a.npy"}}, "embeddings"),
    "class is a script": (
        {"confusion_matrices": {"classes": ["<img src=x onerror=canary(1)>"], "counts": [[1e308]]}},
        "confusion_matrices",
    ),
    "counts overflow": (
        {"histograms": {"edges": [-1e308, 0, 1e308], "counts": [1e308, 1e308]}},
        "histograms",
    ),
    "boxes beyond": (
        {"images": {"boxes": [{"xStart": -1e308, "yStart": 1e308, "xEnd": 10**30, "yEnd": 0}]}},
        "images",
    ),
    "boxes many": (
        {"images": {"boxes": [{"xStart": 1, "yStart": 1, "xEnd": 2, "yEnd": 2}] * 20_000}},
        "images",
    ),
}


def _kinds_in_json() -> Iterator[Case]:
    for name, (content, reason, position) in _BAD_CONTENT.items():
        yield Case("content", f"0001/{name}.json", _writes(json.dumps(content)), Bad(reason, position))
    for name, (content, kind) in _ODD_CONTENT.items():
        shown = Shown(kind, name, 1)
        no_picture = Bad("picture that it describes is not there", item=shown)
        expected = no_picture if kind == "images" else shown
        yield Case("content", f"0001/{name}.json", _writes(json.dumps(content)), expected)


# --- scalars ----------------------------------------------------------------------------------------------------

_NO_VALUES: dict[str, tuple[bytes, str]] = {
    "words": (b"no value at all", "fields"),
    "three fields": (b"1\t2\tloss", "3 fields"),
    "five fields": (b"1\t2\tloss\t1\t2", "5 fields"),
    "cut": (b"1\t2\tloss\t0.1\t!cut", "cut short"),
    "no label": (b"1\t2\t\t1", "label is empty"),
    "label not utf-8": (b"1\t2\t\xff\t1", "not UTF-8"),
    "negative step": (b"-1\t2\tloss\t1", "step is not a whole number"),
    "step of 60 bits": (b"1152921504606846976\t2\tloss\t1", "step"),
    "step of 54 bits": (b"9007199254740992\t2\tloss\t1", r"larger than 2\*\*53"),
    "step is a float": (b"1.5\t2\tloss\t1", "step is not"),
    "step is superscript": ("²\t2\tloss\t1".encode(), "step is not"),
    "step is full width": ("１\t2\tloss\t1".encode(), "step is not"),
    "no step": (b"\t2\tloss\t1", "step is not"),
    "value is a word": (b"1\t2\tloss\tmuch", "value is not a number"),
    "value is hexadecimal": (b"1\t2\tloss\t0x10", "value is not a number"),
    "value with underscores": (b"1\t2\tloss\t1_000", "value is not a number"),
    "value with a comma": (b"1\t2\tloss\t1,5", "value is not a number"),
    "no value": (b"1\t2\tloss\t", "value is not a number"),
    "value of 5000 digits": (b"1\t2\tloss\t" + b"9" * 5000, "too many digits"),
    "time is a word": (b"1\tnow\tloss\t1", "wall time"),
    "time is infinite": (b"1\t1e999\tloss\t1", "wall time"),
    "time is nan": (b"1\tnan\tloss\t1", "wall time"),
    "zeros": (b"\0" * 4000, "fields"),
    "binary": (bytes(range(32, 256)), "fields"),
    "long": (b"x" * (3 * MIB), "fields"),
    "script": (b"<script>canary(1)</script>", "fields"),
    "escape": (b"\x1b[2J\x1b]0;x\x07", "fields"),
}

_ODD_VALUES = [
    b"nan",
    b"-inf",
    b"inf",
    b"Infinity",
    b"1e400",
    b"-1e400",
    b"5e-324",
    b"18446744073709551616",
    b"-0.0",
    b"9" * 400,
    b".5",
    b"+1",
]


def _scalars() -> Iterator[Case]:
    good = f"7\t1763600000.000\t{GOOD_LABEL}\t0.5\n".encode()
    for name, (line, reason) in _NO_VALUES.items():
        content = HEADER.encode() + line + b"\n" + good
        yield Case("scalars", f"scalars.{name}.tsv", _writes(content), Bad(reason, "line 2, byte 27"))
    for number, value in enumerate(_ODD_VALUES):
        line = b"1\t1763600000.000\todd/%d\t%s\n" % (number, value)
        expected = Shown("scalars", f"odd/{number}")
        yield Case("odd values", f"scalars.{number}.tsv", _writes(HEADER.encode() + line), expected)
    steps = b"".join(b"%d\t1763600000.000\tback\t1\n" % step for step in (5, 5, 3, 0, 2**53 - 1, 1))
    yield Case("odd values", "scalars.back.tsv", _writes(HEADER.encode() + steps), Shown("scalars", "back"))
    times = b"".join(
        b"%d\t%s\tclock\t1\n" % (step, time) for step, time in enumerate((b"9e9", b"0", b"-5", b"1e308"))
    )
    yield Case("odd values", "scalars.clock.tsv", _writes(HEADER.encode() + times), Shown("scalars", "clock"))
    for name, content in (
        ("other table", b"a\tb\n1\t2\n"),
        ("empty table", b""),
        ("half header", b"step\twall"),
    ):
        yield Case("odd values", f"scalars.{name}.tsv", _writes(content), Shown("tables", f"scalars.{name}"))
    labels = b"".join(b"1\t2\tlabel/%d\t1\n" % number for number in range(20_000))
    yield Case(
        "labels", "scalars.many.tsv", _writes(HEADER.encode() + labels), Shown("scalars", "label/19999")
    )
    for number, label in enumerate(
        ("<img src=x onerror=canary(1)>", "\x1b[31m", "\u202e", "__proto__", "x" * 5000)
    ):
        text = HEADER + f"1\t2\t{label}\t1\n"
        yield Case("labels", f"scalars.{number}.tsv", _writes(text), Shown("scalars", label))


# --- meshes -----------------------------------------------------------------------------------------------------

_BAD_MESHES: dict[str, tuple[bytes, str]] = {
    "empty.ply": (b"", "no header"),
    "bomb.ply": (b"ply\nformat ascii 1.0\nelement vertex 999999999999\nend_header\n", "cut short"),
    "words.ply": (b"ply\nformat ascii 1.0\nelement vertex canary(1)\nend_header\n", "not PLY"),
    "html.glb": (b"<html><script>canary(1)</script></html>", "does not begin"),
    "zeros.stl": (b"\0" * 200, "not STL"),
    "binary.obj": (bytes(range(256)), "not text"),
}


def _meshes() -> Iterator[Case]:
    for name, (content, reason) in _BAD_MESHES.items():
        label = name.partition(".")[0]
        bad = Bad(reason, item=Shown("meshes", label, 1))
        yield Case("meshes", f"0001/{name}", _writes(content), bad)


# --- sounds, videos, figures, tables, arrays -----------------------------------------------------------------------


def _npy(header: str) -> bytes:
    return b"\x93NUMPY\1\0\x76\0" + header.encode().ljust(118)


_BAD_MEDIA: dict[str, tuple[bytes, str]] = {
    "script.wav": (b"<html><script>canary(1)</script></html>", "not WAV"),
    "empty.mp3": (b"", "not MP3"),
    "page.mp4": (b"<html><script>canary(1)</script></html>", "not MP4"),
    "drawing.webm": (b"<svg onload=canary(1)>", "not WEBM"),
    "words.svg": (b"canary(1)", "not SVG"),
    "pickle.npy": (
        _npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }") + b"cos\nsystem\n",
        "never read",
    ),
    "bomb.npy": (
        _npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999999), }"),
        "cut short",
    ),
    "code.npy": (_npy("__import__('os').system('touch canary')"), "no array of numpy"),
}
_ODD_MEDIA: dict[str, bytes] = {
    "rate.wav": b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\xff\xff"
    + b"\xff" * 12
    + b"data\xff\xff\xff\xff",
    "nothing.mp4": b"\0\0\0\x18ftypisom" + b"\0" * 100,
    "nothing.flac": b"fLaC" + b"\xff" * 100,
    "script.csv": b"step,<img src=x onerror=canary(1)>,=cmd()\n1,<script>canary(1)</script>,../../../etc/passwd\n",
    "quotes.csv": b'step,a\n1,"' + b'"",\n' * 1000,
    "columns.csv": b"," * 5000 + b"\n",
    "zeros.tsv": b"\0" * 5000,
}


def _media() -> Iterator[Case]:
    for name, (content, reason) in _BAD_MEDIA.items():
        label, suffix = places.split_suffix(name)
        kind = registry.kind_of_suffix(suffix)
        assert kind is not None
        bad = Bad(reason, item=Shown(kind.name, label, 1))
        yield Case("media", f"0001/{name}", _writes(content), bad)
    for name, content in _ODD_MEDIA.items():
        label, suffix = places.split_suffix(name)
        kind = registry.kind_of_suffix(suffix)
        assert kind is not None
        yield Case("media", f"0001/{name}", _writes(content), Shown(kind.name, label, 1))
    for name in ("script.csv", "columns.csv"):  # where the columns of a table may be scalars
        yield Case("media", name, _writes(_ODD_MEDIA[name]), Shown("tables", name.partition(".")[0]))
    yield Case("media", "quotes.csv", _writes(_ODD_MEDIA["quotes.csv"]), Bad("as scalars, not all is shown"))


# --- pictures ---------------------------------------------------------------------------------------------------


def _pictures() -> Iterator[Case]:
    for name, content in _bad_pictures():
        stem = name.rpartition(".")[0]
        yield Case("pictures", f"0001/{name}", _writes(content), Bad(".", item=Shown("images", stem, 1)))
    for name, content in _odd_pictures():
        stem = name.rpartition(".")[0]
        yield Case("pictures", f"0002/{name}", _writes(content), Shown("images", stem, 2))


def _bad_pictures() -> Iterator[tuple[str, bytes]]:
    for suffix in (".png", ".jpg", ".gif", ".tiff", ".bmp", ".webp", ".jp2"):
        yield f"empty {suffix[1:]}{suffix}", b""
        yield f"text {suffix[1:]}{suffix}", b"this is no picture\n"
        yield f"html {suffix[1:]}{suffix}", b"<html><script>canary(1)</script></html>"
        picture = _encoded(suffix)
        yield f"head only {suffix[1:]}{suffix}", picture[: 4 if suffix == ".gif" else 10]
        yield f"zeros {suffix[1:]}{suffix}", b"\0" * len(picture)
    whole = _encoded(".png")
    for part in (2, 3):
        yield f"cut to 1 of {part}.png", whole[: len(whole) // part]
    yield "wrong checksum.png", whole[:29] + b"\0\0\0\0" + whole[33:]
    yield "no pixels.png", _png(0, 0)
    yield "large bomb.png", _png(60_000, 60_000)
    yield "bomb of numbers.png", _png(2**31 - 1, 2**31 - 1)
    yield (
        "bomb of animation.gif",
        b"GIF89a"
        + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0)
        + b"\x02\x00;",
    )
    yield (
        "bomb of rows.bmp",
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0),
    )
    yield "loop.tiff", b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 0) + struct.pack("<I", 8)
    text = zlib.compress(b"x" * (10 * MIB), 9)
    yield "text bomb.png", _png(1, 1, _chunk(b"zTXt", b"comment\0\0" + text))
    yield "script.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>canary(1)</script></svg>'


def _odd_pictures() -> Iterator[tuple[str, bytes]]:
    for suffix in (".png", ".jpg", ".gif", ".tiff", ".bmp", ".webp"):
        yield (
            f"with a page behind {suffix[1:]}{suffix}",
            _encoded(suffix) + b"<html><script>canary(1)</script></html>",
        )
    yield "jpeg in truth.png", _encoded(".jpg")
    yield "one pixel.png", _png(1, 1)
    yield "long.png", _png(20_000, 1)


def _encoded(suffix: str) -> bytes:
    picture = Image.radial_gradient("L").convert("RGB").resize((64, 48))
    name = {".jpg": "JPEG", ".tiff": "TIFF", ".jp2": "JPEG2000"}.get(suffix, suffix[1:].upper())
    out = io.BytesIO()
    picture.save(out, name)
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    """A grey picture; only small ones have all their pixels."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = b"".join(b"\0" * (width + 1) for _ in range(height)) if width * height <= 10**6 else b"\0"
    data = _chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + data + _chunk(b"IEND", b"")


# --- what lies on pictures --------------------------------------------------------------------------------------

_ODD_OVERLAYS: dict[str, dict[str, object]] = {
    "points that are nowhere": {
        "keypoints": [
            {"points": [[math.nan, 1], [2, math.inf], [None, None], None, [3, 3]], "edges": [[0, 4], [4, 9]]}
        ]
    },
    "polygons of too little": {
        "polygons": [{"points": []}, {"points": [[1, 1]]}, {"points": [[1, 1], [5, 5]]}]
    },
    "points far away": {"polygons": [{"points": [[-1e308, 1e308], [10**30, 0], [0, 0]]}]},
    "points many": {"keypoints": [{"points": [[1, 1]] * 50_000}]},
    "edges outside": {"keypoints": [{"points": [[1, 1]], "edges": [[-1, 0], [2**70, 0]]}]},
    "caption runs": {"caption": "<img src=x onerror=canary('caption')>\u202e" + "x" * 10_000},
    "names run": {
        "keypoints": [
            {"points": [[1, 1]], "names": ["<img src=x onerror=canary(1)>"], "className": "__proto__"}
        ],
        "classes": ["__proto__", "<script>canary(1)</script>"],
    },
    "grid of none": {"grid": {"columns": 0, "padding": -5}},
    "grid of many": {"grid": {"columns": 10**9, "padding": 10**9}},
    "masks many": {"masks": [{"source": "good.mask.png"}] * 1_000},
}
_ODD_MASKS: dict[str, bytes | None] = {
    "gone": None,
    "empty": b"",
    "text": b"this is no picture\n",
    "html": b"<html><script>canary(1)</script></html>",
}
_MASKS_ELSEWHERE = {
    "out": "../../../../etc/passwd",
    "of another experiment": "../../names/0003/%00.txt",
    "absolute": "/etc/passwd",
    "address": "https://example.org/a.png",
    "script": "javascript:canary(1)",
    "query": "a.png?size=64#x",
    "encoded": "..%2f..%2f..%2fapi/root",
    "folder": ".",
}


def _overlays() -> Iterator[Case]:
    """Each on a good picture, which is shown whatever lies on it."""
    for name, keys in _ODD_OVERLAYS.items():
        yield from _overlaid(name, keys)
    for name, source in _MASKS_ELSEWHERE.items():
        yield from _overlaid(f"mask {name}", {"masks": [{"source": source}]})
    masks = dict(_ODD_MASKS)
    masks["of another size"] = _png(3, 2)
    masks["of no size"] = _png(0, 0)
    masks["of 100 megapixels"] = _png(10_000, 10_000)
    masks["of numbers"] = _png(2**31 - 1, 2**31 - 1)
    masks["cut"] = _encoded(".png")[:200]
    masks["in colour"] = _encoded(".png")
    masks["of jpeg"] = _encoded(".jpg")
    for number, (name, content) in enumerate(masks.items()):
        file = f"mask {name}.mask.png"
        yield from _overlaid(f"mask {name}", {"masks": [{"source": file, "name": f"n{number}"}]})
        if content is not None:
            yield Case("overlays", f"0001/{file}", _writes(content), Shown("images", f"mask {name}", 1))
    yield from _overlaid("mask linked", {"masks": [{"source": "mask linked.mask.png"}]})
    yield Case(
        "overlays",
        "0001/mask linked.mask.png",
        lambda path: path.symlink_to("/etc/passwd"),
        Bad("link"),
    )


def _overlaid(name: str, keys: dict[str, object]) -> Iterator[Case]:
    shown = Shown("images", name, 1)
    yield Case("overlays", f"0001/{name}.png", _writes(_png(40, 30)), shown)
    document = json.dumps({"images": {"source": f"{name}.png", **keys}})
    yield Case("overlays", f"0001/{name}.json", _writes(document), shown)


# --- texts, logs, documents -------------------------------------------------------------------------------------

_ODD_TEXTS: dict[str, bytes] = {
    "binary": bytes(range(256)) * 16,
    "utf-16": "text".encode("utf-16"),
    "bom": b"\xef\xbb\xbftext",
    "zeros": b"\0" * 10_000,
    "one line": b"x" * MIB,
    "carriage returns": b"a\rb\rc\r\n" * 100,
    "colours": b"\x1b[31mred\x1b[0m\x1b]8;;javascript:canary(1)\x07link\x1b]8;;\x07",
    "string that never ends": b"\x1b]0;title",
    "device control": b"\x1bPq#0;2;0;0;0\x1b\\",
    "script": b"<script>canary('text')</script><img src=x onerror=canary('text')>",
    "directions": "\u202e\u2066 right to left \u2069".encode(),
    "combining": ("a" + "\u0301" * 10_000).encode(),
}


def _texts() -> Iterator[Case]:
    for name, content in _ODD_TEXTS.items():
        yield Case("texts", f"0001/{name}.txt", _writes(content), Shown("texts", name, 1))
        yield Case("texts", f"{name}.log", _writes(content), Shown("logs", name))
    too_large = Bad("larger than 5 MiB", item=Shown("texts", "too large", 1))
    yield Case("texts", "0001/too large.txt", _writes(b"x" * (5 * MIB + 1)), too_large)
    yield Case("texts", "lines.log", _writes(b"\n" * 200_000), Shown("logs", "lines"))


_DOCUMENTS: dict[str, bytes] = {
    "script.md": b"# A\n<script>canary('markdown')</script>\n",
    "handler.md": b"<img src=x onerror=canary('markdown')>\n\n<details open ontoggle=canary('markdown')>x</details>\n",
    "links.md": b"[a](javascript:canary('markdown')) [b](data:text/html,x) <javascript:canary(1)>",
    "frames.md": b"<iframe src=/api/root></iframe><object data=x></object><embed src=x><base href=//example.org>\n",
    "form.md": b"<form action=https://example.org><input name=token><button formaction=x()>x</button>",
    "style.md": b"<style>*{display:none}</style><p style='position:fixed;inset:0'>x</p><link rel=stylesheet href=x>\n",
    "ids.md": b"<p id=app name=body>x</p>\n\n# root\n",
    "svg.md": b"<svg><script>canary(1)</script><a xlink:href=javascript:canary(1)>x</a></svg><math><mi//href=x>",
    "mutation.md": b"<noscript><p title='</noscript><img src=x onerror=canary(1)>'>\n",
    "remote.md": b"![x](https://example.org/a.png) ![y](//example.org/b.png) ![z](../../../../etc/passwd)\n",
    "brackets.md": b"[" * 1_000,
    "quotes.md": b">" * 100 + b"x",
    "emphasis.md": b"*a **b " * 300,
    "binary.md": bytes(range(256)) * 8,
    "page.html": b"<!doctype html><script>canary('html'); parent.canary('html'); top.location='/'</script>",
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="canary(1)"><script>canary(\'svg\')</script></svg>',
    "entities.svg": b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
    "external.xml": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "code.js": b"canary('js')",
    "module.mjs": b"export default canary('mjs')",
    "style.css": b"* { display: none }",
    "module.wasm": b"\0asm\1\0\0\0",
    "page.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>canary(1)</script></html>',
    "object.pkl": b"cposix\nsystem\n(S'touch canary'\ntR.",
    "plot.plotly.json": b'{"data": [{"x": ["<script>canary(1)</script>"]}], "layout": {"title": "<b onclick=x>"}}',
}


def _documents() -> Iterator[Case]:
    for name, content in _DOCUMENTS.items():
        label, suffix = places.split_suffix(name)
        known = registry.kind_of_suffix(suffix)
        kind = known.name if known else "files"
        yield Case("documents", f"0001/{name}", _writes(content), Shown(kind, label, 1))


# --- experiments ------------------------------------------------------------------------------------------------

_BAD_EXPERIMENT_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON"),
    "cut": (b'{"created": 1', "not JSON"),
    "list": (b"[]", "where an object"),
    "not utf-8": (b"\xff", "not UTF-8"),
    "deep": (b'{"config":' * 200 + b"1" + b"}" * 200, "deeper than 100"),
    "large": (b'{"a": "' + b"x" * (5 * MIB) + b'"}', "larger than 4 MiB"),
    "created is text": (b'{"created": "now"}', "Expected"),
    "tags are a number": (b'{"tags": 1}', "Expected"),
    "sessions are a number": (b'{"sessions": 1}', "Expected"),
    "session without start": (b'{"sessions": [{}]}', "started"),
    "config is a list": (b'{"config": []}', "Expected"),
}

_EXPERIMENT_NAMES = [
    b"\xff experiment",
    b"new\nline",
    b"<img src=x onerror=canary('experiment')>",
    "right\u202eleft".encode(),
    b"-rf",
    b"%2e%2e",
    b"x" * 255,
    "² steps".encode(),
    b"0001",
    b"\x1b[2J",
]


def _experiments() -> Iterator[Case]:
    for name, (content, reason) in _BAD_EXPERIMENT_FILES.items():
        yield Case(f"experiment {name}", "experiment.json", _writes(content), Bad(reason))
    for odd in _EXPERIMENT_NAMES:
        yield Case(os.fsdecode(odd), "in.txt", _writes("x"), Shown("texts", "in"))
