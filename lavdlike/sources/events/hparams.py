"""What TensorBoard's hparams plugin says of a run in its event file: settings, how it began and ended, its results.

Messages as in `plugin_data.proto` and `api.proto` of `tensorboard/plugins/hparams`, settings as protobuf's `Value`.
They stand in the metadata of values, with which writers begin a file; only the end of a session comes last.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from lavdlike import protobuf
from lavdlike.protobuf import BYTES, FIXED64, VARINT, BadMessageError, Field

PLUGIN = "hparams"
Setting = float | str | bool
Status = Literal["", "success", "failure", "running"]
_STATUSES: dict[int, Status] = {1: "success", 2: "failure", 3: "running"}


@dataclass(frozen=True)
class Session:
    """A run as hparams describes it.

    `config`: settings by name; numbers are doubles there, whole ones are given as integers. `group`: the trial that it
    belongs to. `started`, `ended`: Unix seconds, None if it is not said. `metrics`: labels that count as its results,
    as (group, tag): the group is a folder below the run.
    """

    config: dict[str, float | int | str | bool] = field(default_factory=dict)
    group: str = ""
    started: float | None = None
    ended: float | None = None
    status: Status = ""
    name: str = ""
    description: str = ""
    metrics: tuple[tuple[str, str], ...] = ()


def session_of(contents: Iterable[bytes]) -> Session | None:
    """What the plugin's metadata of a file come to; None without any. What is broken is left out.

    Args:
        contents: `SummaryMetadata.plugin_data.content` of values of this plugin, in the order of the file.
    """
    session = None
    for content in contents:
        try:
            for part in protobuf.fields(content):
                if part.wire == BYTES and part.number in _PARTS:
                    session = _PARTS[part.number](session or Session(), content, part)
        except BadMessageError:
            continue
    return session


def _experiment(session: Session, data: bytes, message: Field) -> Session:
    name, description, metrics = session.name, session.description, list(session.metrics)
    for part in protobuf.fields(data, message.begin, message.end):
        if part.wire == BYTES and part.number == 6:
            name = protobuf.text(data, part)
        elif part.wire == BYTES and part.number == 1:
            description = protobuf.text(data, part)
        elif part.wire == BYTES and part.number == 5:
            metrics += [
                (_string(data, of, 1), _string(data, of, 2)) for of in _messages(data, part, 1)
            ]  # a MetricName in a MetricInfo
    return replace(session, name=name, description=description, metrics=tuple(dict.fromkeys(metrics)))


def _start(session: Session, data: bytes, message: Field) -> Session:
    config = dict(session.config)
    for entry in _messages(data, message, 1):
        values = list(_messages(data, entry, 2))
        setting = _setting(data, values[-1]) if values else None
        if setting is not None:
            config[_string(data, entry, 1)] = setting
    return replace(
        session, config=config, group=_string(data, message, 4), started=_seconds(data, message, 5)
    )


def _end(session: Session, data: bytes, message: Field) -> Session:
    numbers = [of.value for of in protobuf.fields(data, message.begin, message.end) if of[:2] == (1, VARINT)]
    status = _STATUSES.get(numbers[-1], "") if numbers else ""
    return replace(session, status=status, ended=_seconds(data, message, 2))


_PARTS = {2: _experiment, 3: _start, 4: _end}


def _setting(data: bytes, message: Field) -> Setting | None:
    """Of a `Value`; None of null, and of lists and objects, which hparams does not have."""
    setting: Setting | None = None
    for part in protobuf.fields(data, message.begin, message.end):
        if part.number == 2 and part.wire == FIXED64:
            (number,) = struct.unpack_from("<d", data, part.begin)
            is_whole = math.isfinite(number) and number == int(number) and abs(number) < 2**53
            setting = int(number) if is_whole else number
        elif part.number == 3 and part.wire == BYTES:
            setting = protobuf.text(data, part)
        elif part.number == 4 and part.wire == VARINT:
            setting = bool(part.value)
    return setting


def _messages(data: bytes, message: Field, number: int) -> Iterator[Field]:
    return (part for part in protobuf.fields(data, message.begin, message.end) if part[:2] == (number, BYTES))


def _string(data: bytes, message: Field, number: int) -> str:
    texts = [protobuf.text(data, part) for part in _messages(data, message, number)]
    return texts[-1] if texts else ""


def _seconds(data: bytes, message: Field, number: int) -> float | None:
    for part in protobuf.fields(data, message.begin, message.end):
        if part[:2] == (number, FIXED64):
            (seconds,) = struct.unpack_from("<d", data, part.begin)
            return seconds if math.isfinite(seconds) and seconds > 0 else None
    return None
