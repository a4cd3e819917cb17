"""A browser without a page: it finds runs as they come, looks at their labels, and hears of new values."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from websockets import Subprotocol
from websockets.sync.client import ClientConnection, connect

# After these messages more is asked for, as the page does.
_ASK_AGAIN = frozenset({"hello", "experiments", "scalars", "resync"})


class Browser:
    """Looks at the runs below one folder of a root.

    Args:
        url: of the server, with its slash.
        folder: the folder, with which the ids of these runs begin.
    """

    def __init__(self, url: str, folder: str) -> None:
        self._url = url
        self._folder = folder
        address = f"{url.replace('http:', 'ws:')}api/feed"
        self._feed: ClientConnection = connect(
            address, subprotocols=[Subprotocol("lavdlike.feed")], proxy=None, ping_interval=None
        )
        self._looked_at: dict[str, list[str]] = {}

    def close(self) -> None:
        self._feed.close()

    def wait_for(self, value: float, *, until: float) -> bool:
        """Whether a point with this value was seen before a time (`time.monotonic`)."""
        if self._ask(value):
            return True
        while (left := until - time.monotonic()) > 0:
            try:
                message = json.loads(self._feed.recv(timeout=left))
            except TimeoutError:
                return False
            if message["type"] == "points" and any(value in series["values"] for series in message["series"]):
                return True
            if message["type"] in _ASK_AGAIN and self._ask(value):
                return True
        return False

    def _ask(self, value: float) -> bool:
        """Look at all runs and labels that there are; whether one of them has the value."""
        rows = self._answer("api/root")["experiments"]
        runs = [row["id"] for row in rows if row["id"].split("%2F")[0] == self._folder]
        if not runs:
            return False
        if runs != self._looked_at.get("experiments"):
            self._look(runs, [])
        found = self._answer("api/scalars/labels", {"experiments": runs})["experiments"]
        labels = sorted({each["label"] for run in found for each in run["labels"]})
        if labels != self._looked_at.get("scalar_labels"):
            self._look(runs, labels)
        asked = {"experiments": runs, "labels": labels, "columns": 0}
        series = self._answer("api/scalars/series", asked)["series"]
        return any(value in each["values"] for each in series)

    def _look(self, runs: list[str], labels: list[str]) -> None:
        self._looked_at = {"experiments": runs, "scalar_labels": labels}
        self._feed.send(json.dumps({"type": "look", "kinds": ["scalars"], **self._looked_at}))

    def _answer(self, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
