from __future__ import annotations

import pytest

from lavdlike.errors import LogFormatError
from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.descriptions.guild import run

ATTRIBUTES = {
    "flags": b"lr: 0.1\nlayers: [1, 2]\n",
    "label": b"a run\n",
    "tags": b"- vision\n- 3\n",
    "started": b"1763600000500000\n",
    "host": b"node1\n",
}
RUNNING = Description(
    "Guild", {"lr": 0.1, "layers": [1, 2]}, ("vision",), "a run", "running", 1763600000.5, None, "", "node1"
)


def test_attributes_say_what_a_run_is() -> None:
    assert run(ATTRIBUTES, "attrs") == RUNNING
    assert run({"flags": b""}, "attrs") == Description("Guild")


@pytest.mark.parametrize(
    ("code", "status", "outcome"), [(b"0", "finished", "finished"), (b"-15\n", "crashed", "exit status -15")]
)
def test_an_exit_status_says_how_it_ended(code: bytes, status: str, outcome: str) -> None:
    found = run({**ATTRIBUTES, "exit_status": code, "stopped": b"1763600001500000"}, "attrs")
    assert (found.status, found.ended, found.outcome) == (status, 1763600001.5, outcome)


@pytest.mark.parametrize("name", ["flags", "tags", "label"])
@pytest.mark.parametrize("data", [b"\xff", b"[" * 100, b"a: b: c"])
def test_an_attribute_that_cannot_be_read_is_named(name: str, data: bytes) -> None:
    with pytest.raises(LogFormatError) as raised:
        run({**ATTRIBUTES, name: data}, "run/.guild/attrs")
    assert raised.value.path == f"run/.guild/attrs/{name}"
