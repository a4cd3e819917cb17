"""What is known of windows beside their content: the lines of an environment's `windows.jsonl` (docs/visdom.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

FILE_STEM, FILE_SUFFIX = "windows", ".jsonl"
FILE = FILE_STEM + FILE_SUFFIX


class WindowRecord(msgspec.Struct, omit_defaults=True):
    """One window; the last line about it counts.

    `label`, `suffix`: of its file; `parts`: the suffixes of what stands beside it. `steps`: how many pictures a history
    has had. `opts`: all that was given, whether anything is known of it or not. `content`: what no file holds whole.
    """

    id: str
    label: str = ""
    type: str = ""
    suffix: str = ""
    parts: list[str] = []
    i: int = 0
    steps: int = 0
    selected: int | None = None
    opts: dict[str, Any] = {}
    content: Any = None
    closed: bool = False


class EnvironmentHead(msgspec.Struct):
    """The first line: the name of the environment, which the folder's may differ from."""

    env: str


_records = msgspec.json.Decoder(WindowRecord)
_heads = msgspec.json.Decoder(EnvironmentHead)
_encoder = msgspec.json.Encoder()


def to_line(record: WindowRecord | EnvironmentHead) -> bytes:
    return _encoder.encode(record) + b"\n"


def env_of(line: bytes) -> str | None:
    """The environment that a first line names."""
    try:
        return _heads.decode(line).env
    except msgspec.DecodeError:
        return None


def records_of(lines: bytes) -> Iterator[WindowRecord]:
    """Those of whole lines; what is no record is passed over."""
    for line in lines.splitlines():
        try:
            yield _records.decode(line)
        except msgspec.DecodeError:
            continue
