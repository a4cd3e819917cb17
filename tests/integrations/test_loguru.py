"""Messages of loguru in `events.log`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from lavdlike import Logger
from lavdlike.integrations.loguru import LavdlikeSink


class _Message(str):
    """As loguru hands it over."""

    __slots__ = ("record",)
    record: dict[str, object]


def test_a_message_is_a_line_with_its_level_as_tag(tmp_path: Path) -> None:
    message = _Message("epoch 1\nat last\n")
    message.record = {"level": SimpleNamespace(name="SUCCESS")}
    with Logger("run", tmp_path) as logger:
        LavdlikeSink(logger)(message)
    line = (tmp_path / "run/events.log").read_text().rstrip("\n")
    assert line.split("\t")[1:] == ["SUCCESS", r"epoch 1\nat last"]


def test_something_else_than_a_logger_is_refused() -> None:
    with pytest.raises(ValueError, match=r"logger must be a lavdlike\.Logger, not str"):
        LavdlikeSink("run")  # type: ignore[arg-type]
