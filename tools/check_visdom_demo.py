"""Does the demo of Visdom run unchanged without a server, and is each of its windows in the files?

    .venv/bin/python -m tools.check_visdom_demo EXAMPLE

EXAMPLE is the folder `example` of a checkout of Visdom's repository at its release 0.2.4; nothing of it is kept. Its
`demo.py` runs by `lavdlike run --as visdom`, with a proxy of ours that answers what it loads from elsewhere with a
sound and a video of ours. Then all windows are compared with what the demo is known to draw (`_EXPECTED`), and
`lavdlike check` reads all that there is. What matplotlib and torch would draw is expected where they are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lavdlike.compat.visdom import Visdom
from tools.dependencies import PROJECT

_LIMIT_S = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("example", type=Path, help="the folder example of a checkout of Visdom")
    parser.add_argument("--list", action="store_true", help="print what each window is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _proxy() as address:
        root = Path(folder) / "log"
        took_s = _run(options.example.resolve() / "demo.py", root, address)
        windows = _windows(root)
        check = subprocess.run([sys.executable, "-m", "lavdlike", "check", root], check=False)
    if options.list:
        print(*windows, sep="\n")
    wrong = [f"expected {each}" for each in _missing(_expected(), windows)]
    wrong += [f"not expected {each}" for each in _missing(windows, _expected())]
    wrong += [f"took {took_s:.1f} s, more than {_LIMIT_S} s"] if took_s > _LIMIT_S else []
    wrong += ["lavdlike check names what cannot be read"] if check.returncode else []
    print(*wrong, f"{len(windows)} windows in {took_s:.1f} s", sep="\n")
    return 1 if wrong else 0


def _run(demo: Path, root: Path, proxy: str) -> float:
    """How long it took, in seconds."""
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "lavdlike",
        "run",
        "--root",
        root,
        "--name",
        "demo",
        "--as",
        "visdom",
        demo,
    ]
    python_path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "http_proxy": proxy, "no_proxy": "", "PYTHONPATH": python_path}
    began = time.monotonic()
    subprocess.run(command, cwd=demo.parent, env=environment, input=b"\n", check=True, timeout=10 * _LIMIT_S)
    return time.monotonic() - began


def _windows(root: Path) -> list[str]:
    """What each is, in the order in which they were made."""
    vis = Visdom(env="demo", log_dir=root, send=True)
    panes = json.loads(vis.get_window_data())
    return [_described(pane) for pane in sorted(panes.values(), key=lambda pane: pane["i"])]


def _described(pane: dict[str, Any]) -> str:
    """Its type, and how much of what it holds."""
    content = pane["content"]
    match pane["type"]:
        case "plot":
            return f"plot of {_traces(content['data'])}"
        case "image_history":
            return f"image_history of {len(content)}"
        case "image":
            return f"image {content['src'].partition(';')[0].removeprefix('data:')}"
        case "network":
            return f"network {len(content['nodes'])} nodes {len(content['edges'])} edges"
        case "text" if content.startswith("<svg"):
            return "drawing"
        case "text" if content.startswith(("<audio", "<video")):
            return str(content[1:6])
    return f"{pane['type']} of {len(content)}"


def _traces(traces: list[dict[str, Any]]) -> str:
    """As `2 scatter, 100`: how many, their type, and how many values they have, which chance shares out among them."""
    if not traces:
        return "nothing"
    values = [
        next(trace[key] for key in ("z", "y", "x", "values") if isinstance(trace.get(key), list))
        for trace in traces
    ]
    if isinstance(values[0][0], list):
        return f"{traces[0]['type']} {len(values[0])} x {len(values[0][0])}"
    return f"{len(traces)} {traces[0]['type']}, {sum(map(len, values))}"


def _missing(these: list[str], there: list[str]) -> list[str]:
    left = list(there)
    return [each for each in these if each not in left or left.remove(each)]  # type: ignore[func-returns-value]


def _video() -> bytes:
    """Of a tenth of a second, in Ogg, as what the demo loads."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame(64, 48, "yuv420p")
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


@contextmanager
def _proxy() -> Iterator[str]:
    """Its address; it answers every request for a `.wav` with a sound, every other one with a video."""
    video, sound = _video(), io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000))

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = sound.getvalue() if self.path.endswith(".wav") else video
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
            """Nothing of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# Texts, pictures, lines, scatters, bars, heatmaps, special plots, and the rest, as the demo draws them.
_EXPECTED = [
    *["text of 12", "text of 55", "text of 65", "text of 8", "text of 8"],
    *[*["image image/png"] * 3, "image image/jpeg", "image_history of 2"],
    *[
        "plot of 1 scatter, 10",
        "plot of 2 scatter, 200",
        "plot of 1 scattergl, 400000",
        "plot of 3 scatter, 58",
    ],
    *["plot of 3 scatter, 30", "plot of 4 scatter, 40", *["plot of 2 scatter, 400"] * 2],
    *["plot of 2 scatter, 40", "plot of 2 scatter, 420"],
    *[*["plot of 2 scatter, 100"] * 2, "plot of 2 scatter, 765", "plot of 2 scatter3d, 100"],
    *[
        *["plot of 2 scatter, 255"] * 2,
        "plot of 2 scatter, 510",
        "plot of 1 scatter, 10",
        "plot of 3 scatter, 10",
    ],
    *["plot of 1 bar, 20", "plot of 3 bar, 15", "plot of 3 bar, 60", "plot of 1 bar, 20", "plot of 1 pie, 3"],
    *[*["plot of heatmap 5 x 10"] * 2, *["plot of heatmap 10 x 19"] * 2, *["plot of nothing"] * 2],
    *[*["plot of heatmap 19 x 24"] * 2, "plot of contour 100 x 100", "plot of surface 100 x 100"],
    *["plot of 2 box, 200", "plot of 1 scatter, 847", "plot of 1 mesh3d, 8", "network 6 nodes 6 edges"],
    *["plot of 1 scatter, 4", "plot of 2 scatter, 8", *["video"] * 2, *["audio"] * 2],
    "plot of 1 custom, 3",
]


def _expected() -> list[str]:
    drawn_by = {"matplotlib": ["drawing"], "torch": ["plot of 2 scatter, 4"]}
    more = [line for name, lines in drawn_by.items() if importlib.util.find_spec(name) for line in lines]
    return [*_EXPECTED, *more]


if __name__ == "__main__":
    sys.exit(main())
