"""Samples in logs of Inspect as records of rollouts. Pure: bytes in, records out; untrusted.

Format: `log/_log.py` (`EvalLog`, `EvalSample`) in a file of JSON, or, as `log/_recorders/eval.py` writes it, a ZIP with
a JSON file `samples/<id>_epoch_<epoch>.json` for each, of which the last of a name counts. Its members are squeezed
with Zstandard, which Python's `zipfile` knows from 3.14 on only; polars, which we have anyway, reads it as one cell of
a CSV.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import msgspec

MAX_SAMPLE_BYTES = 256 * 2**20
MAX_SAMPLES = 1_000_000
_ZSTANDARD = 93
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_SAMPLES = "samples/"
_ATTACHMENT = "attachment://"
# `value_to_float` of its scorers.
_GRADES = {"C": 1, "P": 0.5, "I": 0, "N": 0}
_WANTED = frozenset(
    {"id", "epoch", "input", "target", "messages", "output", "scores", "metadata", "attachments"}
)
_WANTED |= {"model_usage", "total_time", "working_time", "error"}


class _Log(msgspec.Struct):
    samples: list[msgspec.Raw] | None = None


def records_in_json(data: bytes) -> Iterator[dict[str, Any]]:
    """Of a log that is one JSON document. Raises ValueError: it is none."""
    try:
        samples: Any = msgspec.json.decode(data, type=_Log).samples
    except (msgspec.DecodeError, RecursionError):  # it may have NaN
        document = _as_python_reads(data)
        samples = document.get("samples") if isinstance(document, dict) else None
    for each in samples or ():
        yield record_of(each if isinstance(each, Mapping) else _sample(bytes(each)))


def records_in_zip(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Of a log that is a ZIP.

    Raises:
        ValueError: it is none, or broken.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = dict.fromkeys(each for each in archive.namelist() if each.startswith(_SAMPLES))
            if len(names) > MAX_SAMPLES:
                raise ValueError(f"more than {MAX_SAMPLES:,} samples, the most that are read")
            for name in names:
                if name.endswith(".json"):
                    yield record_of(_sample(_member(file, archive, archive.getinfo(name))))
    except (zipfile.BadZipFile, struct.error, EOFError, NotImplementedError, OSError) as error:
        raise ValueError(f"a broken ZIP: {error}") from None


def record_of(sample: Mapping[str, Any]) -> dict[str, Any]:
    """The record of one sample: its id is the group, the first score of a number the reward."""
    attachments = sample.get("attachments")
    attached = attachments if isinstance(attachments, dict) else {}
    numbers, texts = _scores(sample.get("scores"))
    record: dict[str, Any] = {"reward": next(iter(numbers.values()))} if numbers else {}
    record |= {
        "metrics": numbers,
        "group": str(sample.get("id", "")),
        "messages": _messages(sample, attached),
    }
    record |= texts
    for name in ("epoch", "target", "total_time", "working_time"):
        record[name] = sample.get(name)
    usage = sample.get("model_usage")
    for model, used in usage.items() if isinstance(usage, dict) else ():
        record[model] = used
    error = sample.get("error")
    record["error"] = error.get("message") if isinstance(error, dict) else error
    record["metadata"] = sample.get("metadata")
    return {name: value for name, value in record.items() if value not in (None, {}, [])}


def _messages(sample: Mapping[str, Any], attached: Mapping[str, Any]) -> list[Any]:
    messages = sample.get("messages")
    if not isinstance(messages, list) or not messages:
        asked, output = sample.get("input"), sample.get("output")
        messages = asked if isinstance(asked, list) else [{"role": "user", "content": asked}]
        choices = output.get("choices") if isinstance(output, dict) else None
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            messages = [*messages, choices[0].get("message")]
    found: list[Any] = _with_attachments(messages, attached, 0)
    return found


def _scores(scores: Any) -> tuple[dict[str, float | int], dict[str, Any]]:
    """The numbers of the scores by scorer, and what scorers say."""
    numbers: dict[str, float | int] = {}
    texts: dict[str, Any] = {}
    for scorer, score in scores.items() if isinstance(scores, dict) else ():
        if not isinstance(score, dict):
            continue
        value = score.get("value")
        values = {f"{scorer}/{key}": each for key, each in value.items()} if isinstance(value, dict) else {}
        for name, each in (values or {scorer: value}).items():
            number = _GRADES.get(each) if isinstance(each, str) else each
            if isinstance(number, (bool, int, float)):
                numbers[name] = number
            elif each is not None:
                texts[name] = each
        for what in ("answer", "explanation"):
            if score.get(what):
                texts[f"{scorer}/{what}"] = score[what]
    return numbers, texts


def _with_attachments(value: Any, attached: Mapping[str, Any], depth: int) -> Any:
    """Long texts stand beside the messages, once each."""
    if depth > 20:
        return value
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attached.get(value.removeprefix(_ATTACHMENT), value)
    if isinstance(value, list):
        return [_with_attachments(each, attached, depth + 1) for each in value]
    if isinstance(value, dict):
        return {name: _with_attachments(each, attached, depth + 1) for name, each in value.items()}
    return value


def _sample(data: bytes) -> dict[str, Any]:
    """What is wanted of a sample: its events are most of it, and are not."""
    try:
        fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        return {name: msgspec.json.decode(raw) for name, raw in fields.items() if name in _WANTED}
    except (msgspec.DecodeError, RecursionError):
        document = _as_python_reads(data)
    if not isinstance(document, dict):
        raise ValueError("a sample is no JSON object")
    return {name: value for name, value in document.items() if name in _WANTED}


def _as_python_reads(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _member(file: BinaryIO, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > MAX_SAMPLE_BYTES or info.compress_size > MAX_SAMPLE_BYTES:
        raise ValueError(
            f"a sample is larger than {MAX_SAMPLE_BYTES // 2**20} MiB, the most that is read of one"
        )
    if info.compress_type != _ZSTANDARD:
        with archive.open(info) as member:
            return member.read(MAX_SAMPLE_BYTES)
    file.seek(info.header_offset)
    _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    return _unsqueezed(file.read(info.compress_size))


def _unsqueezed(data: bytes) -> bytes:
    """As one cell: JSON has neither of the two characters that would end it."""
    import polars as pl

    try:
        cells = pl.read_csv(
            data,
            has_header=False,
            separator="\x01",
            eol_char="\x02",
            quote_char=None,
            schema={"text": pl.String},
            encoding="utf8-lossy",
        )
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"a member cannot be read: {' '.join(str(error).split())[:200]}") from None
    return b"" if cells.is_empty() else str(cells["text"][0]).encode(errors="replace")
