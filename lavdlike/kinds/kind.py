"""What a kind says of itself: how its items are found and read, and what everybody else may want to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

TEXT_TYPE = "text/plain; charset=utf-8"
# Of one text; a longer one is shown by its file.
MAX_FILE_BYTES = 5 * 2**20


class Role(IntEnum):
    """What a file is to the item that it belongs to, in the order in which an item lists its files."""

    ITEM = 0
    DESCRIPTION = 1  # says something about another file of the item: the boxes of a picture
    OVERLAY = 2  # is shown over another file of the item: the mask of a picture


class Overlay(NamedTuple):
    """How the files end that lie over an item's file: `begin`, `-<name>` if there are several, and `end`."""

    begin: str
    end: str

    def is_suffix(self, suffix: str) -> bool:
        """Whether a suffix (lower case, with its dot) is one of these."""
        if not (suffix.startswith(self.begin) and suffix.endswith(self.end)):
            return False
        return suffix[len(self.begin) :].startswith((".", "-"))


class ByBegin(NamedTuple):
    """How files are told by how they begin, whatever they are called.

    `may_be`: whether a file at this path, relative to its experiment, is worth opening. `is_one`: the same, by its
    first 64 KiB as well.
    """

    may_be: Callable[[str], bool]
    is_one: Callable[[str, bytes], bool]


class ContentProblem(Protocol):
    """Why a part of a content could not be read, and its place, as in `images.masks[0].source`."""

    @property
    def reason(self) -> str: ...
    @property
    def position(self) -> str: ...


@dataclass(frozen=True)
class FramePage:
    """How the page shows a kind of somebody else's: a card an item, drawn in a frame without an origin (docs/kinds.md).

    `folder`: what the frame may load, with an `index.js` that draws, or an `index.html` that loads it.
    `title`: of the tab; by default the kind's name. `noun`: what it shows, in the plural; by default the title.
    `card_height`: in pixels. `max_bytes`: of a file that is given to the frame.
    """

    folder: Path
    title: str = ""
    noun: str = ""
    card_height: int = 320
    max_bytes: int = 32 * 2**20


@dataclass(frozen=True)
class ShownPage:
    """How the page shows a kind of somebody else's without a script: a card an item, of what Python makes of it.

    `show`: content -> `("plot", figure)`, `("table", table)` or `("html", text)`: what `log_plot`, `log_table` and
    `log_html` take. It is called in threads, whenever somebody looks at an item.
    `title`, `noun`, `card_height`: as of a `FramePage`.
    """

    show: Callable[[Any], tuple[str, Any]]
    title: str = ""
    noun: str = ""
    card_height: int = 320


@dataclass(frozen=True)
class Kind:
    """One kind of item.

    `name`: as in messages and addresses.
    `suffixes`: lower case, with their dot; a file that ends in one of them is one item of this kind.
    `json_key`: an object at this key of a JSON file is one item of this kind; "" if it has none.
    `json_file`: the path in the experiment of the only JSON file in which it counts; "" for any. `other_json_files`:
    further ones.
    `is_document`: for a kind without a key: whether a JSON file as a whole is one item of it.

    `by_begin`: further files of this kind, told by how they begin. They hold no points.
    `shows_all_files`: whether all files of an item are shown, one after the other, instead of the newest.

    How an item is read; readers raise `LogFormatError`:

    `content`: the type of what the readers give; None if the file itself is all there is.
    `read_file`: (bytes of the file, path for errors) -> content; None if a file is its own content (pictures)
    or is read in parts (logs, scalars). `max_bytes`: of a file that is read so.
    `read_head`: (first bytes of the file, its size in bytes, path for errors) -> content, for files that are their own
    content but say at their beginning what they hold. `head_bytes`: how many it is given at most.
    `read_part`: (the opened file, what is asked for, path for errors) -> content, for files too large to be sent whole
    (`api/parts`). Raises ValueError if there is no such part.
    `read_json`: (value at the key or the whole document, path for errors) -> content.

    What a file is to its item:

    `json_describes`: a JSON file says something about the item's file instead of being an item of its own.
    `source_of`: content of such a JSON file -> the path of the file that it is about, relative to its folder,
    untrusted; "" for the one of the same label.
    `parts_of`: content of a JSON file -> the paths of files that are parts of its item and no items of their own,
    relative to its folder, untrusted; "" for none.
    `overlay`: how files end that lie over the item's file.

    What others want to know:

    `number_of`: content of a JSON file -> the number that it is, a point of a series.
    `problems_of`: content -> what of it could not be read although the rest is shown.
    `media_types`: by suffix, for files that a browser may show (`api/files`).
    `growing_files`: directly in an experiment, written all the time: they tell when it last changed.
    `page`: for a kind of a plug-in. Ours have a folder in `frontend/src/kinds/`.
    """

    name: str
    suffixes: frozenset[str] = frozenset()
    json_key: str = ""
    json_file: str = ""
    other_json_files: tuple[str, ...] = ()
    is_document: Callable[[Mapping[str, object]], bool] | None = None
    by_begin: ByBegin | None = None
    shows_all_files: bool = False

    content: type | None = None
    read_file: Callable[[bytes, str], Any] | None = None
    max_bytes: int = MAX_FILE_BYTES
    read_head: Callable[[bytes, int, str], Any] | None = None
    head_bytes: int = 64 * 2**10
    read_part: Callable[[BinaryIO, Mapping[str, str], str], Any] | None = None
    read_json: Callable[[object, str], Any] | None = None

    json_describes: bool = False
    source_of: Callable[[Any], str] | None = None
    parts_of: Callable[[Any], Sequence[str]] | None = None
    overlay: Overlay | None = None

    number_of: Callable[[Any], float | int] | None = None
    problems_of: Callable[[Any], Sequence[ContentProblem]] | None = None
    media_types: Mapping[str, str] = field(default_factory=dict)
    growing_files: tuple[str, ...] = ()
    page: FramePage | ShownPage | None = None

    def part_of(self, document: Mapping[str, object]) -> Mapping[str, object] | None:
        """What of a JSON file's document `read_json` is for; None if it holds no item of this kind."""
        if self.is_document is not None:
            return document if self.is_document(document) else None
        part = document.get(self.json_key) if self.json_key else None
        return part if isinstance(part, dict) else None

    def role_of(self, suffix: str) -> Role:
        """What a file with this suffix (with its dot, in any case) is to the item of this kind that it belongs to."""
        lowered = suffix.lower()
        if self.overlay is not None and self.overlay.is_suffix(lowered):
            return Role.OVERLAY
        return Role.DESCRIPTION if self.json_describes and lowered == ".json" else Role.ITEM
