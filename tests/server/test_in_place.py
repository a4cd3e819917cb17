"""A file that is written over in place, with as many bytes and its old time, is shown as it is now: of every kind."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path

import pytest

from lavdlike import Logger, layout
from lavdlike.demo import demo_items
from lavdlike.messages import FileGrew, Look
from tests.limits import LIMIT_S
from tests.server.browser_model import Browser, assert_true
from tests.server.live_hub import serving


def write_over(path: Path) -> None:
    """One other digit near its middle, or another last byte, where the file is not of text."""
    status = path.stat()
    data = path.read_bytes()
    digits = [found.start() for found in re.finditer(rb"(?<=\d)\d(?=\d)", data)] if data.isascii() else []
    place = min(digits, key=lambda each: abs(each - len(data) // 2), default=len(data) - 1)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(bytes([data[place] ^ 1]))  # 0 becomes 1, 2 becomes 3, ...
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert path.stat().st_size == status.st_size


@pytest.mark.slow
def test_what_was_written_over_with_its_old_time_is_shown(tmp_path: Path) -> None:
    root = tmp_path / "log"
    with Logger("run", root) as logger:
        demo_items.describe(logger)
        for step in range(2_000):
            logger.log_scalars({"loss": 1 / (step + 1), "x/loss": step}, step)
        demo_items.show(logger, 1, 0.5)
        demo_items.conclude(logger)
    (root / "run" / "0001" / "accuracy.json").write_text('{"scalars": {"value": 0.8125}}')
    asyncio.run(shown_as_it_is_now(root))


async def shown_as_it_is_now(root: Path) -> None:
    run = layout.experiment_id(layout.ExperimentName("run"))
    files = [path for path in (root / "run").rglob("*") if path.is_file() and not path.name.startswith(".")]
    async with serving(root) as live:
        browser = Browser(live, [run])
        await browser.open()
        logs = live.hub.subscribe()
        logs.look(Look([run], files=[f"{run}/events.log"]))
        await assert_true(browser, root)
        kinds = {kind for kind, _, _ in browser.items[run]}
        before = browser.shown()["items"][run].copy()
        for path in files:
            write_over(path)
        began = time.monotonic()
        while not any(
            isinstance(each, FileGrew) and each.rewritten for each in await logs.next_batch() or ()
        ):
            assert time.monotonic() < began + LIMIT_S
        await assert_true(browser, root)
        unchanged = [key for key, item in browser.items[run].items() if before.get(key) == item]
        assert unchanged == []
        assert {"images", "audio", "videos", "meshes", "models", "arrays", "histograms"} <= kinds
        logs.close()
        await browser.close()
