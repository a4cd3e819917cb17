"""A tab of a real browser at the charts of one writer's runs: when does the chart say its last value?"""

from __future__ import annotations

import math
import time
from urllib.parse import urlencode

from playwright.sync_api import Browser, ViewportSize

WINDOW = ViewportSize(width=1440, height=900)
# Where the last value of the first chart is, as values grow: at the top right. Null while there is no chart.
_LAST_PLACE = """() => {
  const box = document.querySelector("[role=application] .u-over")?.getBoundingClientRect();
  return box ? [box.right - 3, box.top + 10] : null;
}"""
# What the tooltip says: of one line the value, of several a row each.
_VALUES_THERE = """() => [...document.querySelectorAll(".bubble .value, .bubble tbody td:nth-child(2)")]
  .map((value) => Number(value.textContent))"""


class Tab:
    """Shows what a writer calls a loss, of all runs below one folder of a root; loaded once, before there are any.

    Args:
        browser: which is running.
        url: of the server, with its slash.
        folder: the folder, whose name those of its runs have in them.
    """

    def __init__(self, browser: Browser, url: str, folder: str) -> None:
        self._context = browser.new_context(base_url=url, viewport=WINDOW)
        self._page = self._context.new_page()
        words = {"filter": f"t:{folder}", "scalars.labels": "r:loss", "scalars.smoothing": "0"}
        self._page.goto(f"./#/scalars?{urlencode(words)}")
        self._page.get_by_role("heading", level=1).wait_for()

    def close(self) -> None:
        self._context.close()

    def wait_for(self, value: float, *, until: float) -> bool:
        """Whether the chart said this value at its end before a time (`time.monotonic`)."""
        # Of several lines it says six digits.
        while not any(math.isclose(value, said, rel_tol=1e-5) for said in self._last_values()):
            if time.monotonic() > until:
                return False
        return True

    def _last_values(self) -> list[float]:
        """Of the lines of the chart; none while there is no chart. What is no number there is NaN."""
        place = self._page.evaluate(_LAST_PLACE)
        if place is None:
            self._page.wait_for_timeout(10)
            return []
        x, y = place
        # From one place to another, or nothing is asked for anew.
        self._page.mouse.move(x - 1, y)
        self._page.mouse.move(x, y)
        values: list[float] = self._page.evaluate(_VALUES_THERE)
        return values
