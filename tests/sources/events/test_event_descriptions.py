from __future__ import annotations

import struct

from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.events.event_descriptions import END_BYTES, description_of, run_of
from tests.sources.events.event_bytes import VERSION, event, field, point


def hparams(content: bytes) -> bytes:
    metadata = field(9, field(1, field(1, b"hparams") + field(2, content)))
    return event(field(5, field(1, field(1, b"_hparams_/x") + metadata)))


START = hparams(field(3, field(4, b"trial")))
END = hparams(field(4, b"\x08\x01"))


def test_a_session_ends_with_the_last_records_of_a_file() -> None:
    data = VERSION + START + b"".join(point(step) for step in range(1000)) + END
    session = description_of(data[:1000], data[-END_BYTES + 5 :]).session
    assert session is not None
    assert (session.group, session.status) == ("trial", "success")


def test_broken_files_say_what_they_can() -> None:
    assert description_of(b"") == (None, None)
    assert description_of(b"rubbish of some length, at least of a header") == (None, None)
    session = description_of(VERSION + b"\x01" * 50 + START).session
    assert session is not None
    assert session.group == "trial"


def test_what_is_said_of_a_run_is_what_others_say() -> None:
    setting = field(1, field(1, b"lr") + field(2, b"\x11" + struct.pack("<d", 0.5)))
    start = hparams(field(3, setting + b"\x29" + struct.pack("<d", 1.7e9)))
    run = run_of(VERSION + start, END)
    assert run == Description(
        "TensorBoard", {"lr": 0.5}, status="finished", started=1.7e9, outcome="finished"
    )
    assert run_of(VERSION + point(1)) == Description("TensorBoard")
