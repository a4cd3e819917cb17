"""Settings and sessions as the hparams plugin's own writers have made them."""

from __future__ import annotations

import json

import pytest

from lavdlike.sources.events import event_descriptions, hparams
from lavdlike.sources.events.hparams import Session
from tests.scripts import ROOT
from tests.sources.events.event_bytes import field, varint

CORPUS = ROOT / "tests" / "corpus" / "events"
EXPECTED = json.loads((CORPUS / "expected.json").read_text())
STATUSES = {1: "success", 2: "failure", 3: "running"}


@pytest.mark.parametrize("run", [name for name, expected in EXPECTED.items() if "config" in expected])
def test_a_session_is_what_tensorboard_reads(run: str) -> None:
    (path,) = (CORPUS / run).glob("*tfevents*")
    expected = EXPECTED[run]
    session = event_descriptions.description_of(path.read_bytes()).session
    assert session is not None
    assert session.config == expected["config"]
    assert (session.group, session.started or 0.0) == (
        expected["session"]["group"],
        expected["session"]["start"],
    )
    assert session.status == STATUSES.get(expected.get("end", {}).get("status"), "")
    assert [list(metric) for metric in session.metrics] == expected.get("metrics", [])


def test_whole_numbers_are_whole_and_others_are_not() -> None:
    path = next((CORPUS / "tensorflow_hparams").glob("*tfevents*"))
    session = event_descriptions.description_of(path.read_bytes()).session
    assert session is not None
    assert {name: repr(value) for name, value in session.config.items()} == {
        "lr": "0.25",
        "units": "16",
        "dropout": "False",
        "name": "'a'",
    }


def test_a_run_without_hparams_has_no_session() -> None:
    path = next((CORPUS / "torch_old").glob("*tfevents*"))
    assert event_descriptions.description_of(path.read_bytes()) == (None, None)


def test_what_is_broken_or_of_another_kind_is_left_out() -> None:
    def entry(name: bytes, value: bytes) -> bytes:
        return field(1, field(1, name) + field(2, value))

    nothing, listed = b"\x08\x00", field(6, b"")
    start = field(3, entry(b"a", field(3, b"text")) + entry(b"b", nothing) + entry(b"c", listed))
    end = field(4, b"\x08" + varint(2))
    assert hparams.session_of([start, b"\x1a\xff", end]) == Session({"a": "text"}, status="failure")
    assert hparams.session_of([]) is None
