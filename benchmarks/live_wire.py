"""Row 32: bytes of a live value on its way to the page: 20 labels, once a second."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path

from benchmarks import clients, servers
from benchmarks.measure import Figures, Result
from lavdlike import Logger

_LABELS = [f"train/metric-{number}" for number in range(20)]
_SECONDS = 20
_BAR_BYTES = 20.0
_LINE_BYTES = 56  # of such a value in the file


def values(rounds: int) -> Result:  # noqa: ARG001 the same bytes each time
    """All messages while values come, those about the row of the experiment included."""
    figures = {
        name: asyncio.run(_sent(short=short)) for name, short in (("as text", False), ("as the page", True))
    }
    table = [
        [name, f"{each['points_bytes']:.1f}", f"{each['all_bytes']:.1f}"] for name, each in figures.items()
    ]
    bytes_a_value = figures["as the page"]["points_bytes"]
    bars = [
        (f"<= {_BAR_BYTES:.0f} bytes a value", f"{bytes_a_value:.1f}", bytes_a_value <= _BAR_BYTES),
    ]
    title = "bytes of a live value, 20 labels at 1 Hz"
    note = f"Of messages without their frames. The line in the file has {_LINE_BYTES} bytes."
    header = ["", "bytes a value", "with what else comes"]
    return Result("32", title, header, table, bars, figures, [note])


async def _sent(*, short: bool) -> Figures:
    with tempfile.TemporaryDirectory() as name, Logger("run", name) as logger:
        logger.log_scalars(dict.fromkeys(_LABELS, 0.1), step=100_000)
        with servers.lavdlike(Path(name)) as server:
            server.until(server.is_listening)
            async with clients.browser(server.port, ["run"], _LABELS, short=short) as connection:
                await asyncio.to_thread(clients.labels, server, ["run"])
                points = others = 0
                for step in range(_SECONDS):
                    row = {label: 1 / (step + place + 1) for place, label in enumerate(_LABELS)}
                    logger.log_scalars(row, step=100_001 + step)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(1):
                            while True:
                                message = await connection.recv()
                                size = len(message)
                                if isinstance(message, bytes) or message.startswith('{"type":"points"'):
                                    points += size
                                else:
                                    others += size
    count = _SECONDS * len(_LABELS)
    return {"points_bytes": points / count, "all_bytes": (points + others) / count}
