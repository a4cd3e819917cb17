"""What an event file says of its run beside numbers: settings and session (hparams), the layout of custom scalars.

Writers put both into a file's first records, and the end of a session into its last ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lavdlike import protobuf
from lavdlike.protobuf import BYTES, BadMessageError, Field
from lavdlike.sources.descriptions.description import Description, Ended, json_values
from lavdlike.sources.events import custom_scalars, hparams
from lavdlike.sources.events.event_records import RecordReader

# Enough of a file's begin and of its end.
BEGIN_BYTES = 256 * 2**10
END_BYTES = 16 * 2**10
SOURCE = "TensorBoard"
_HPARAMS = hparams.PLUGIN.encode()
_STATUSES: dict[hparams.Status, Ended] = {
    "": "",
    "success": "finished",
    "failure": "crashed",
    "running": "running",
}
_SUMMARY = 5
_STRING_VALUES = 8  # of a tensor


class EventDescription(NamedTuple):
    """`session`: None if the hparams plugin says nothing; `layout`: None if there is none."""

    session: hparams.Session | None
    layout: tuple[custom_scalars.Category, ...] | None


def description_of(begin: bytes, end: bytes = b"") -> EventDescription:
    """What a file says by its first bytes and its last ones; what is broken is left out.

    Args:
        begin: up to `BEGIN_BYTES`, from the file's begin on.
        end: up to `END_BYTES` before its end, from anywhere on; those of `begin` may be among them.
    """
    contents: list[bytes] = []
    layout = None
    for data, is_lost in ((begin, False), (end, True)):
        for plugin, content, value in _described_values(data, is_lost=is_lost):
            if plugin == hparams.PLUGIN:
                contents.append(content)
            elif plugin == custom_scalars.PLUGIN and value and layout is None:
                try:
                    layout = custom_scalars.layout_of(value)
                except BadMessageError:
                    continue
    return EventDescription(hparams.session_of(contents), layout)


def run_of(begin: bytes, end: bytes = b"") -> Description:
    """What it says of the run, as of any other program's; arguments as of `description_of`."""
    # Most files have none, and looking for a text takes no time.
    session, categories = None, None
    if _HPARAMS in begin or _HPARAMS in end or custom_scalars.TAG in begin:
        session, categories = description_of(begin, end if _HPARAMS in end else b"")
    charts = custom_scalars.charts_of(categories or ())
    if session is None:
        return Description(SOURCE, charts=charts)
    status = _STATUSES[session.status]
    return Description(
        SOURCE,
        config=json_values(session.config),
        status=status,
        started=session.started,
        ended=session.ended,
        outcome={"finished": "finished", "crashed": "failed"}.get(status, ""),
        charts=charts,
    )


def _described_values(data: bytes, *, is_lost: bool) -> Iterator[tuple[str, bytes, bytes]]:
    """Of values with metadata: plugin, its content, and the first string of their tensor."""
    reader = RecordReader()
    reader.is_lost = is_lost
    records = reader.split(data)
    for begin, length in zip(records.begins.tolist(), records.lengths.tolist(), strict=True):
        try:
            for summary in _messages(data, Field(0, BYTES, begin, begin + length), _SUMMARY):
                for value in _messages(data, summary, 1):
                    found = _described(data, value)
                    if found is not None:
                        yield found
        except BadMessageError:
            continue


def _described(data: bytes, value: Field) -> tuple[str, bytes, bytes] | None:
    plugin, content, text = "", b"", b""
    for metadata in _messages(data, value, 9):
        for of_plugin in _messages(data, metadata, 1):
            for part in protobuf.fields(data, of_plugin.begin, of_plugin.end):
                if part[:2] == (1, BYTES):
                    plugin = protobuf.text(data, part)
                elif part[:2] == (2, BYTES):
                    content = data[part.begin : part.end]
    if plugin == custom_scalars.PLUGIN:
        for tensor in _messages(data, value, 8):
            text = next((data[of.begin : of.end] for of in _messages(data, tensor, _STRING_VALUES)), b"")
    return (plugin, content, text) if plugin else None


def _messages(data: bytes, message: Field, number: int) -> Iterator[Field]:
    return (part for part in protobuf.fields(data, message.begin, message.end) if part[:2] == (number, BYTES))
