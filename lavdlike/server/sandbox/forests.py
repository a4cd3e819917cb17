"""Random forests that predict a result from settings, grown by a child process (`forest_program`)."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from lavdlike.reading.filter.importance import ResultTable, ranked_results
from lavdlike.server.sandbox import forest_program


class Limits(NamedTuple):
    """Of one forest. `time_s`: of the processor."""

    time_s: int = 120
    memory_bytes: int = 4 * 2**30


class Forest(msgspec.Struct, frozen=True):
    """`losses` and `explained` as of `filter_messages.Importance` and `ImportanceAnswer`; else `error` says why not."""

    losses: list[float] = []
    explained: float | None = None
    error: str = ""


_ENDED = Forest(error="it was ended: too much time or memory")


class Forests:
    """Grows one at a time; others wait. `close` it in the end."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._turn = asyncio.Semaphore(1)
        self._running: asyncio.subprocess.Process | None = None

    async def grown(self, table: ResultTable) -> Forest:
        """Whoever gives it up ends the process."""
        async with self._turn:
            return await self._answer(self._question(table))

    def close(self) -> None:
        if self._running is not None:
            with suppress(ProcessLookupError):
                self._running.kill()

    def _question(self, table: ResultTable) -> bytes:
        return json.dumps(
            {
                "columns": [[_as_json(key) for key in column] for column in table.columns],
                "results": ranked_results(table),
                "paths": [str(Path(path).absolute()) for path in sys.path if path],
                "memory_bytes": self._limits.memory_bytes,
                "time_s": self._limits.time_s,
            }
        ).encode()

    async def _answer(self, question: bytes) -> Forest:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            forest_program.__file__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        self._running = process
        try:
            answer, _ = await process.communicate(question)
        finally:
            self._running = None
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        try:
            return msgspec.json.decode(answer, type=Forest)
        except msgspec.DecodeError:
            return _ENDED


def _as_json(key: float | str | None) -> float | str | None:
    """An infinite number is larger than any other, and JSON has none."""
    if isinstance(key, float) and math.isinf(key):
        return math.copysign(sys.float_info.max, key)
    return key
