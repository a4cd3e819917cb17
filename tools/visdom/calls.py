"""Calls of the original client, run against whatever server listens at a port.

    python calls.py PORT [--record FILE]

Prints a line of JSON for each call: its name and what it returned, and at the end each window as the server has it.
`--record` also keeps what the client posted, a line for each: path, body, answer.
"""

from __future__ import annotations

import argparse
import json
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import visdom
import websocket

LIMIT_S = 20.0


class RecordingClient(visdom.Visdom):  # type: ignore[misc]
    """The original, whose posts are kept as well."""

    record: Any = None

    def _handle_post(self, url: str, data: Any = None) -> str:
        answer = str(super()._handle_post(url, data))
        if self.record is not None:
            path = url.partition(f":{self.port}/")[2]
            # What a window is then is read otherwise; it has an id that is made by chance.
            kept = None if path == "win_data" else answer
            self.record.write(json.dumps([path, data if isinstance(data, str) else "", kept]) + "\n")
        return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--record", type=argparse.FileType("w"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    RecordingClient.record = options.record
    client = RecordingClient(port=options.port, raise_exceptions=True)
    for name, call in calls(client).items():
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001 - what the original raises is an answer, too
            answer = f"{type(error).__name__}: {error}"
        print(json.dumps(["call", name, answer]))
    for env in ("main", "other"):
        windows = json.loads(client.get_window_data(None, env) or "{}")
        for win in sorted(windows):
            print(json.dumps(["window", f"{env}/{win}", windows[win]]))
    if options.record is not None:
        options.record.close()


def calls(client: Any) -> dict[str, Callable[[], Any]]:
    random = np.random.default_rng(1)
    picture = random.integers(0, 255, (3, 6, 8)).astype(np.uint8)
    grid = np.arange(6.0).reshape(2, 3)
    named = {"columnnames": ["a", "b", "c"], "rownames": ["x", "y"]}
    plot = {"data": [{"type": "bar", "x": [1, 2], "y": [3, 4]}], "layout": {"title": {"text": "T"}}}
    form = [
        {"type": "text", "name": "n", "value": "v"},
        {"type": "select", "name": "s", "value": 0, "values": ["a", "b"]},
    ]
    points = {"X": random.random((4, 2)), "Y": np.array([1, 1, 2, 2])}
    shapes = {"X": np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), "Y": np.array([[0, 1, 2]])}
    return {
        "check_connection": client.check_connection,
        "text": lambda: client.text("a <b>b</b>", win="text", opts={"title": "Text"}),
        "text, append": lambda: client.text("c", win="text", append=True),
        "text, other environment": lambda: client.text("o", win="o", env="other"),
        "line": lambda: client.line(Y=[1, 2], X=[0, 1], win="line", opts={"title": "Line", "xlabel": "step"}),
        "line, append": lambda: client.line(Y=[3], X=[2], win="line", update="append"),
        "line, new trace": lambda: client.line(Y=[3, 4], X=[0, 1], win="line", name="two", update="append"),
        "line, replace": lambda: client.line(Y=[5, 6], X=[0, 1], win="line", name="two", update="replace"),
        "line, of a window that is not there": lambda: client.line(Y=[1], X=[0], win="made", update="append"),
        "line, nan": lambda: client.line(Y=[1, float("nan")], X=[0, 1], win="nan"),
        "update_window_opts": lambda: client.update_window_opts("line", {"title": "Other", "unknown": 1}),
        "scatter": lambda: client.scatter(**points, win="scatter", opts={"legend": ["a", "b"], "markersize": 5}),
        "bar": lambda: client.bar([1, 2, 3], win="bar", opts={"rownames": ["a", "b", "c"]}),
        "histogram": lambda: client.histogram(random.random(50), win="histogram", opts={"numbins": 5}),
        "heatmap": lambda: client.heatmap(grid, win="heatmap", opts=dict(named)),
        "heatmap, append": lambda: client.heatmap(
            np.ones((1, 3)), win="heatmap", update="appendRow", opts={"rownames": ["z"]}
        ),
        "surf": lambda: client.surf(grid, win="surf"),
        "contour": lambda: client.contour(grid, win="contour"),
        "boxplot": lambda: client.boxplot(random.random((9, 2)), win="boxplot", opts={"legend": ["a", "b"]}),
        "stem": lambda: client.stem(np.arange(4.0), win="stem"),
        "pie": lambda: client.pie([1, 2], win="pie", opts={"legend": ["a", "b"]}),
        "quiver": lambda: client.quiver(X=np.ones((2, 2)), Y=np.ones((2, 2)), win="quiver"),
        "mesh": lambda: client.mesh(**shapes, win="mesh"),
        "sunburst": lambda: client.sunburst(["a", "b"], ["", "a"], win="sunburst"),
        "dual_axis_lines": lambda: client.dual_axis_lines([0, 1], [1, 2], [3, 4], win="dual"),
        "graph": lambda: client.graph([(0, 1), (1, 2)], win="graph", opts={"title": "G"}),
        "svg": lambda: client.svg('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', win="svg"),
        "_send": lambda: client._send({**plot, "win": "plotly", "opts": {}}),
        "properties": lambda: client.properties(form, win="form"),
        "image": lambda: client.image(picture, win="image", opts={"caption": "c"}),
        "image, jpeg": lambda: client.image(picture, win="jpeg", opts={"jpgquality": 50}),
        "images": lambda: client.images(np.stack([picture, picture]), win="images"),
        "history, 1": lambda: client.image(picture, win="history", opts={"store_history": True}),
        "history, 2": lambda: client.image(255 - picture, win="history", opts={"store_history": True}),
        "audio": lambda: client.audio(tensor=random.integers(-99, 99, 80).astype(np.int16), win="audio"),
        "win_exists": lambda: [client.win_exists("text"), client.win_exists("none"), client.win_exists("o", "other")],
        "update of nothing": lambda: client.line(Y=[1], X=[1], win="none", update="replace"),
        "update of a bar": lambda: client.line(Y=[1], X=[1], win="bar", update="append"),
        "get_window_data": lambda: json.loads(client.get_window_data("text"))["content"],
        "set_window_data": lambda: client.set_window_data(client.get_window_data("bar"), "bar"),
        "win_hash": lambda: len(client.win_hash("text") or ""),
        "get_env_list": lambda: sorted(client.get_env_list()),
        "save": lambda: client.save(["main", "other"]),
        "fork_env": lambda: client.fork_env("main", "copy"),
        "get_env_list, forked": lambda: sorted(client.get_env_list()),
        "delete_env": lambda: client.delete_env("copy"),
        "get_env_list, deleted": lambda: sorted(client.get_env_list()),
        "close": lambda: [client.text("x", win="gone"), client.close("gone"), client.win_exists("gone")],
        "events": lambda: events(client),
    }  # fmt: skip


def events(client: Any) -> list[Any]:
    """A hundred keys that a browser sends in a row, as a handler gets them, though another handler raises."""
    heard: list[Any] = []
    is_last = threading.Event()

    def raises(event: Any) -> None:
        raise RuntimeError(event["key"])

    def hear(event: Any) -> None:
        heard.append([event["event_type"], event["key"], event["eid"], event["pane_data"]["type"]])
        if len(heard) == 100:
            is_last.set()

    client.register_event_handler(hear, "text")
    browser = websocket.create_connection(f"ws://localhost:{client.port}/socket", timeout=LIMIT_S)
    try:
        for number in range(100):
            key = {
                "event_type": "KeyPress",
                "key": str(number),
                "key_code": 65,
                "eid": "main",
                "target": "text",
            }
            browser.send(json.dumps({"cmd": "forward_to_vis", "data": key}))
        is_last.wait(LIMIT_S)
    finally:
        browser.close()
    client.clear_event_handlers("text")
    client.register_event_handler(raises, "text")
    return heard


if __name__ == "__main__":
    main()
