"""Makes the runs of Visdom in `tests/corpus/trackers`: environments as its own server and client write them.

    python -m tests.corpus.make_visdom [RUN ...]

Needs none of lavdlike, but an environment of its own, with visdom==0.2.4 (built with setuptools<80 and without
isolation) and networkx. `expected.json` is as that of `make_texts.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.corpus import frame
from tests.corpus.frame import LOSSES, Expected
from tests.corpus.make_trackers import CORPUS, collected


def main() -> None:
    frame.make(CORPUS, {"visdom": visdom, "visdom_panes": visdom_panes}, sys.argv[1:])


# What its client draws of lines with gaps, which are no curves.
_STROKES = ("quiver", "stem")
_VISDOM_SERVER = """
import sys
from visdom.server.run_server import start_server
start_server(port=int(sys.argv[1]), hostname="localhost", base_url="", env_path=sys.argv[2] + "/")
"""
_PORT = 18097


def visdom(folder: Path) -> Expected:
    import numpy as np

    with _visdom_client(folder) as client:
        for step, loss in enumerate(LOSSES):
            how = {"win": "loss", "update": "append" if step else None, "opts": {"title": "loss"}}
            client.line(X=[step], Y=[loss], name="train", **how)
            client.line(X=[step], Y=[loss / 2], name="val", win="loss", update="append")
        client.line(
            X=np.array([0, 10]), Y=np.array([[1, 2], [3, 4.5]]), opts={"title": "two", "legend": ["a", "b"]}
        )
        client.line(X=[3, 4], Y=[float("nan"), 1.0], win="untitled")
        client.line(X=[0.5, 1.5], Y=[2.0, 1.0], win="decimal", opts={"title": "decimal"})
        client.scatter(np.array([[1, 2], [3, 4]]), opts={"title": "points"})
        client.text("hello <b>x</b>", opts={"title": "note"})
        client.image(np.zeros((3, 4, 4)), opts={"title": "picture"})
        client.bar([1, 2, 3], opts={"title": "bar"})
        client.save(["main"])
    return {"labels": collected(_visdom_lines(json.loads((folder / "main.json").read_text())))}


def visdom_panes(folder: Path) -> Expected:
    """Every other kind of pane: expected is what was given, and of what the client encodes what the server answers.

    `panes`: by the name of the window, what it holds at each step (-1: at none), and `sha256` of what is a file.
    """
    import visdom

    # Of features with two columns: the layout that is meant is not in the package.
    visdom.do_tsne = lambda features: [[float(x), float(y)] for x, y in features]
    with _visdom_client(folder) as client:
        panes = _log_panes(client)
        client.save(["main"])
    return {
        "labels": collected(_visdom_lines(json.loads((folder / "main.json").read_text()))),
        "panes": panes,
    }


def _log_panes(client: Any) -> dict[str, Any]:
    import numpy as np

    random = np.random.default_rng(1)
    pictures: dict[str, Any] = {}
    win = client.image(random.random((3, 6, 8)), opts={"title": "photo", "caption": "größer <b>"})
    pictures["photo"] = {-1: _picture_in(client, win)}
    win = client.image(random.random((3, 6, 8)), opts={"title": "lossy", "jpgquality": 70})
    pictures["lossy"] = {-1: _picture_in(client, win)}
    win = client.images(random.random((5, 1, 4, 4)), nrow=3, opts={"title": "grid"})
    pictures["grid"] = {-1: _picture_in(client, win)}
    for number in range(3):
        how = {"title": "progress/sample", "caption": f"after {number}", "store_history": True}
        client.image(random.random((3, 4, 4)), win="history", opts=how)
    pictures["progress/sample"] = {number: _picture_in(client, "history", number) for number in range(3)}
    files = _log_files(client)
    texts = {"plain": "1 < 2 & größer", "note": "hello <b>x</b>"}
    for title, text in texts.items():
        client.text(text, opts={"title": title})
    client.text("and <i>more</i>", win=client.text("one", opts={"title": "appended"}), append=True)
    client.properties(
        [
            {"type": "text", "name": "Text", "value": "a, b"},
            {"type": "number", "name": "Number", "value": "12"},
            {"type": "checkbox", "name": "Yes", "value": True},
            {"type": "select", "name": "Colour", "value": 1, "values": ["red", "green"]},
        ],
        opts={"title": "settings"},
    )
    client.embeddings(np.array([[0, 1], [2, 3.5], [-1, 0]]), ["a", "b", "a"], opts={"title": "words"})
    client.graph([(0, 1), (1, 2)], nodeLabels=["in", "x", "out"], opts={"title": "net", "directed": True})
    return {
        "pictures": pictures,
        "files": files,
        "texts": {**texts, "appended": "one<br>and <i>more</i>"},
        "plots": _log_plots(client),
        "settings": [
            ["Text", "text", "a, b"],
            ["Number", "number", "12"],
            ["Yes", "checkbox", "True"],
            ["Colour", "select", "green"],
        ],
        "words": {"vectors": [[0, 1], [2, 3.5], [-1, 0]], "labels": ["a", "b", "a"]},
        "net": {"nodes": ["in", "x", "out"], "edges": [[0, 1], [1, 2]], "directed": True},
    }


def _log_files(client: Any) -> dict[str, str]:
    """What the client takes as files."""
    sound = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0@\x1f\0\0\1\0\x08\0data\x08\0\0\0" + bytes(
        range(8)
    )
    video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(40))
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4" cx="4" cy="4"/></svg>'
    )
    with tempfile.TemporaryDirectory() as work:
        for name, content in (("a.wav", sound), ("a.mp4", video)):
            Path(work, name).write_bytes(content)
        client.audio(audiofile=f"{work}/a.wav", opts={"title": "tone"})
        client.video(videofile=f"{work}/a.mp4", opts={"title": "clip"})
    client.svg(drawing, opts={"title": "drawing"})
    return {"tone.wav": _sha256(sound), "clip.mp4": _sha256(video), "drawing.svg": _sha256(drawing.encode())}


def _log_plots(client: Any) -> dict[str, Any]:
    """By title, the data of each as the server has it."""
    import numpy as np

    points = np.array([[1, 2], [3, 4], [5, 1.5]])
    surface = np.array([[1, 2, 3], [4, float("nan"), 6]])
    calls: dict[str, Callable[[dict[str, Any]], Any]] = {
        "scatter": lambda opts: client.scatter(points, [1, 2, 1], opts={**opts, "legend": ["a", "b"]}),
        "scatter3d": lambda opts: client.scatter(np.array([[1, 2, 3], [4, 5, 6]]), opts=opts),
        "bar": lambda opts: client.bar([1, 2.5, 3], opts=opts),
        "histogram": lambda opts: client.histogram([1, 2, 2, 3], opts={**opts, "numbins": 3}),
        "heatmap": lambda opts: client.heatmap(surface, opts=opts),
        "surf": lambda opts: client.surf(surface, opts=opts),
        "contour": lambda opts: client.contour(surface, opts=opts),
        "boxplot": lambda opts: client.boxplot(points, opts=opts),
        "quiver": lambda opts: client.quiver(np.eye(2), np.eye(2), opts=opts),
        "stem": lambda opts: client.stem([1, 2, 3], opts=opts),
        "pie": lambda opts: client.pie([1, 2], opts={**opts, "legend": ["a", "b"]}),
        "sunburst": lambda opts: client.sunburst(["a", "b"], ["", "a"], [2, 1], opts=opts),
        "mesh": lambda opts: client.mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0.5]], [[0, 1, 2]], opts=opts),
        "roc": lambda opts: client.line(X=[0, 0.25, 1], Y=[0, 0.5, 1], opts=opts),
    }
    windows = {title: call({"title": title}) for title, call in calls.items()}
    return {
        title: json.loads(client.get_window_data(win))["content"]["data"] for title, win in windows.items()
    }


def _picture_in(client: Any, win: str, number: int | None = None) -> str:
    content = json.loads(client.get_window_data(win))["content"]
    source = (content if number is None else content[number])["src"]
    return _sha256(base64.b64decode(source.partition(",")[2]))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _visdom_client(folder: Path) -> Iterator[Any]:
    """Of a server of its own, whose environments are files in the folder."""
    from visdom import Visdom

    server = subprocess.Popen([sys.executable, "-c", _VISDOM_SERVER, str(_PORT), str(folder)])
    try:
        client = None
        while client is None or not client.check_connection():
            time.sleep(0.5)
            client = Visdom(port=_PORT, env="main")
        yield client
    finally:
        server.terminate()
        server.wait()


def _visdom_lines(environment: Any) -> Iterator[tuple[str, int, Any]]:
    for name, window in environment["jsons"].items():
        is_plot = window["type"] == "plot" and window["title"] not in _STROKES
        traces = window["content"]["data"] if is_plot else []
        for trace in (each for each in traces if "lines" in each.get("mode", "")):
            title = f"main/{window['title'] or name}"
            label = title if len(traces) == 1 else f"{title}/{trace['name']}"
            is_decimal = any(x % 1 for x in trace["x"])
            for place, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
                yield label, place if is_decimal else int(x), "nan" if y is None else y
                if is_decimal:
                    yield f"{label}.x", place, x


if __name__ == "__main__":
    main()
