"""What an exported run of Neptune says of itself: settings, tags, title and times, from its attributes.

Those in `sys/` are Neptune's own (docs.neptune.ai, "System namespace").
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import msgspec

from lavdlike.disk.made import status_of
from lavdlike.sources.descriptions.description import Description, Ended, json_values
from lavdlike.sources.json_files.rewritten import stamp_of
from lavdlike.sources.neptune import parquet_child, parquet_reader
from lavdlike.sources.neptune.parquet_child import Fact
from lavdlike.sources.neptune.parquet_reader import NoAnswerError

SOURCE = "Neptune"
# What Neptune's client notes by itself.
_NO_SETTINGS = (parquet_child.SYSTEM, "monitoring/", "source_code/")
_TITLES = ("sys/name", "sys/experiment/name", "sys/custom_run_id", "sys/id")
_TAGS = ("sys/tags", "sys/group_tags")
_ENDS = ("sys/ping_time", "sys/modification_time")
_MAX_KEPT = 4096

# By what a file is: a child process is asked, and rows are read again whenever anything changes around them.
_kept: OrderedDict[tuple[int, ...], Description | NoAnswerError] = OrderedDict()
_lock = threading.Lock()


def description_of(descriptor: int) -> Description:
    """Of a file; nothing if it is another program's.

    Raises:
        NoAnswerError: it cannot be read.
        GivenUpError: nobody waits for it any more.
    """
    stamp = stamp_of(status_of(descriptor))
    with _lock:
        found = _kept.get(stamp)
    if found is None:
        try:
            answer = parquet_reader.answer(descriptor, parquet_child.FACTS)
            facts = msgspec.msgpack.decode(answer, type=list[Fact]) if answer is not None else []
            found = description_in(facts) if answer is not None else Description()
        except NoAnswerError as error:
            found = error
        with _lock:
            _kept[stamp] = found
            while len(_kept) > _MAX_KEPT:
                _kept.popitem(last=False)
    if isinstance(found, NoAnswerError):
        raise NoAnswerError(*found.args)
    return found


def description_in(facts: Sequence[Fact]) -> Description:
    """Of a run; where a file holds several, their settings by run, and nothing else."""
    if len({fact.run for fact in facts}) > 1:
        return Description(
            SOURCE, {f"{fact.run}/{fact.attribute}": json_values(fact.value) for fact in facts}
        )
    said = {fact.attribute: fact.value for fact in facts if fact.attribute.startswith(parquet_child.SYSTEM)}
    settings = [fact for fact in facts if not fact.attribute.startswith(_NO_SETTINGS)]
    tags = (tag for name in _TAGS if isinstance(each := said.get(name), list) for tag in each)
    status = _status(said)
    return Description(
        SOURCE,
        {fact.attribute: json_values(fact.value) for fact in settings},
        tuple(dict.fromkeys(map(str, tags))),
        next((text for name in _TITLES if isinstance(text := said.get(name), str) and text), ""),
        status,
        _time(said, "sys/creation_time"),
        next((time for name in _ENDS if (time := _time(said, name)) is not None), None),
        {"finished": "finished", "crashed": "failed"}.get(status, ""),
        host if isinstance(host := said.get("sys/hostname"), str) else "",
    )


def _status(said: dict[str, Any]) -> Ended:
    """None goes on: what was exported is over. Of several parts, only that speaks in which it stands."""
    failed = said.get("sys/failed")
    return ("crashed" if failed else "finished") if isinstance(failed, bool) else ""


def _time(said: dict[str, Any], name: str) -> float | None:
    value = said.get(name)
    return value if isinstance(value, float) else None
