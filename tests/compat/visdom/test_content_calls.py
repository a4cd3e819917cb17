"""Texts, pictures, sounds, videos, networks: the kind and content of each file, and the pane that it comes to."""

from __future__ import annotations

import base64
import io
import json
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike.kinds import embeddings, forms, graphs
from tests.compat.visdom.windows import records, traces, visdom
from tests.logged import files_of

PLOT = '<svg width="72pt" height="36pt"><g/></svg>'
SVG = '<svg height="9" width="9"><circle r="3"/></svg>'


def pane(vis: Any, win: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(vis.get_window_data(win))
    return found


def pixels(file: Path) -> Any:
    return np.asarray(Image.open(file))


def test_text_is_a_page_and_each_appended_one_a_line(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    win = vis.text("Hello <b>World</b>!", opts={"title": "Greeting / first"})
    assert win.startswith("window_")
    assert win.endswith("_Greeting first")
    for number in range(1000):
        assert vis.text(f"line {number}", win=win, append=True) == win
    file = tmp_path / f"log/main/{win}.html"
    assert file.read_text().splitlines()[:2] == ["Hello <b>World</b>!", "<br>line 0"]
    assert len(file.read_text().splitlines()) == 1001
    assert pane(vis, win)["content"].startswith("Hello <b>World</b>!<br>line 0<br>line 1")
    assert pane(vis, win)["title"] == "Greeting / first"
    vis.text("new", win=win)
    assert file.read_text() == "new\n"
    assert vis.text("begun", win="none yet", append=True) == "none yet"


def test_pictures_are_the_same_pixels(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    random = np.random.default_rng(0)
    colours = random.integers(0, 256, (3, 6, 5), dtype=np.uint8)
    vis.image(colours, win="colours", opts={"caption": "noise"})
    assert np.array_equal(pixels(tmp_path / "log/main/colours.png"), colours.transpose(1, 2, 0))
    assert json.loads((tmp_path / "log/main/colours.json").read_bytes())["images"]["caption"] == "noise"
    source = pane(vis, "colours")["content"]["src"].partition(",")[2]
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(base64.b64decode(source)))), colours.transpose(1, 2, 0)
    )
    assert (pane(vis, "colours")["width"], pane(vis, "colours")["height"]) == (5, 6)
    vis.image(np.array([[0.0, 0.5], [1.0, 2.0]]), win="grey")  # beyond 1: as they are
    assert pixels(tmp_path / "log/main/grey.png").tolist() == [[0, 0], [1, 2]]
    vis.image(colours, win="colours", opts={"jpgquality": 50})
    assert files_of(tmp_path / "log/main") == ["colours.jpg", "grey.png", "windows.jsonl"]
    vis.images([np.ones((1, 4, 4)), np.zeros((1, 4, 4))], nrow=1, padding=2, win="grid")
    assert pixels(tmp_path / "log/main/grid.png").shape == (16, 8)
    with pytest.raises(AssertionError, match="1, 3 or 4 channels"):
        vis.image(np.zeros((2, 4, 4)))


def test_a_history_is_a_step_for_each_picture(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    for value in range(3):
        options = {"store_history": True, "caption": f"number {value}", "title": "Pick"}
        vis.image(np.full((4, 4), value, np.uint8), win="past", opts=options)
    folder = tmp_path / "log/main"
    assert [pixels(folder / f"000{step}/past.png")[0, 0] for step in range(3)] == [0, 1, 2]
    found = pane(vis, "past")
    assert [picture["caption"] for picture in found["content"]] == ["number 0", "number 1", "number 2"]
    assert (found["type"], found["selected"], found["show_slider"]) == ("image_history", 2, True)
    vis.update_image_slider("past", 1)
    assert pane(vis, "past")["selected"] == 1
    visdom(tmp_path).image(np.full((4, 4), 3, np.uint8), win="past", opts={"store_history": True})
    assert (folder / "0003/past.png").exists()
    vis.close("past")
    assert files_of(folder) == ["windows.jsonl"]


def test_drawings_are_files_of_their_own(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.svg(f"<!-- before -->{SVG}", win="drawn")
    assert (tmp_path / "log/main/drawn.svg").read_text().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    plot = SimpleNamespace(savefig=lambda file, **_: file.write(f"<?xml?>{PLOT}"))
    vis.matplot(plot, win="plot", opts={"resizable": True})
    assert "pt" not in (tmp_path / "log/main/plot.svg").read_text()
    assert records(tmp_path)["plot"]["opts"]["width"] == pytest.approx(100.8)
    figure = {"data": [{"type": "bar", "y": np.array([1, 2])}], "layout": {"title": {"text": "Bars"}}}
    assert vis.plotlyplot(figure).endswith("_Bars")
    vis.text("more", win="drawn", append=True)
    assert (tmp_path / "log/main/drawn.html").read_text().endswith("</svg><br>more\n")
    assert not (tmp_path / "log/main/drawn.svg").exists()
    with pytest.raises(AssertionError, match="no <svg>"):
        vis.svg("nothing")


def test_sounds_and_videos_are_what_browsers_play(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.audio(np.array([0.0, 0.25, -0.5]), win="sound", opts={"sample_frequency": 8000})
    with wave.open(str(tmp_path / "log/main/sound.wav")) as sound:
        assert sound.getframerate() == 8000
        assert np.frombuffer(sound.readframes(3), np.int16).tolist() == [0, 16383, -32767]
    (tmp_path / "a.ogv").write_bytes(b"OggS...")
    vis.video(videofile=str(tmp_path / "a.ogv"), win="file")
    assert (tmp_path / "log/main/file.ogv").read_bytes() == b"OggS..."
    vis.set_window_data(vis.get_window_data("file"), win="copy")
    assert (tmp_path / "log/main/copy.ogv").read_bytes() == b"OggS..."
    vis.video(np.zeros((3, 3, 8, 8), np.uint8), dim="LxCxHxW", win="video", opts={"fps": 2})
    assert {path.suffix for path in (tmp_path / "log/main").glob("video.*")} <= {".mp4", ".webp"}
    with pytest.raises(AssertionError, match="must end with one of"):
        vis.audio(audiofile="a.txt")
    with pytest.raises(AssertionError, match="there is no file"):
        vis.video(videofile="none.mp4")


def test_fields_tables_networks_and_vectors(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    fields = [{"type": "select", "name": "Colour", "value": 1, "values": ["red", "green"]}]
    vis.properties(fields, win="form")
    (field,) = forms.from_file((tmp_path / "log/main/form.form.json").read_bytes(), "form").fields
    assert (field.type, field.name, field.value, field.choices) == (
        "select",
        "Colour",
        "green",
        ["red", "green"],
    )
    assert pane(vis, "form")["content"] == fields
    vis.table([{"a": 1, "b": 2}, {"a": 3}], win="rows")
    assert (tmp_path / "log/main/rows.csv").read_text().splitlines() == ["a,b", "1,2", "3,"]
    vis.html_table(["<a>"], [[1]], win="page")
    assert "<th>&lt;a&gt;</th>" in (tmp_path / "log/main/page.html").read_text()
    vis.graph([(0, 1), (1, 2)], ["A", "B"], ["x", "y", "z"], win="net", opts={"directed": True})
    graph = graphs.read((tmp_path / "log/main/net.graph.json").read_bytes(), "net")
    assert ([node.label for node in graph.nodes.values()], graph.directed) == (["x", "y", "z"], True)
    assert pane(vis, "net")["content"]["edges"][1] == {"source": 1, "target": 2, "label": "B"}
    with pytest.raises(RuntimeError, match="1 is in no edge"):
        vis.graph([(0, 2)])


def test_vectors_lie_in_a_plane_and_a_part_of_them_is_drawn_anew(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vectors = np.random.default_rng(0).normal(size=(8, 5))
    win = vis.embeddings(
        vectors, list("aabbccdd"), data_getter=lambda place: f"<p>{place}</p>", data_type="html"
    )
    names = embeddings.from_json(
        json.loads((tmp_path / f"log/main/{win}.json").read_bytes())["embeddings"], win
    )
    assert np.load(tmp_path / "log/main" / names.vectors).shape == (8, 2)
    assert abs(np.load(tmp_path / "log/main" / names.vectors)).max() == 1
    (answer,) = vis.event_handlers[win]
    answer({"event_type": "EntitySelected", "target": win, "idx": 3, "entityId": "Entity 3"})
    assert pane(vis, win)["content"]["selected"] == {"html": "<p>3</p>", "entityId": "Entity 3"}
    answer({"event_type": "RegionSelected", "target": win, "selectedIdxs": [1, 4, 6]})
    assert [point["idx"] for point in pane(vis, win)["content"]["data"]] == [1, 4, 6]
    assert np.load(tmp_path / "log/main" / names.vectors).shape == (3, 2)


def test_a_message_of_any_kind_is_a_plot(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    trace = {"x": [1], "y": np.array([2]), "type": "custom"}
    assert vis._send({"data": [trace], "layout": {"title": "T"}, "win": "mine", "eid": None}) == "mine"
    assert traces(tmp_path, "mine") == [{"x": [1], "y": [2], "type": "custom"}]
