"""What a row can hold beside numbers, as it stands in the files."""

from __future__ import annotations

import io
import json
import logging
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest

from lavdlike import Logger
from lavdlike.compat.wandb import plot
from lavdlike.compat.wandb.logged_values import log_value, scalar_of
from lavdlike.compat.wandb.media import Audio, Histogram, Html, Markdown, Molecule, Object3D, Plotly, Video
from lavdlike.compat.wandb.wandb_images import Classes, Image
from lavdlike.compat.wandb.wandb_tables import JoinedTable, Table
from tests.logged import files_of

PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def _log(folder: Path, value: Any, label: str = "x") -> Path:
    with Logger("run", folder) as logger:
        log_value(logger, value, label, 1)
    return folder / "run" / "0001"


def _json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


class Tensor:
    """As one of torch: its pictures have their channels first."""

    __module__ = "torch"

    def __init__(self, array: Any) -> None:
        self._array = array
        self.shape = array.shape

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> Any:
        return self._array


@pytest.mark.parametrize(
    "given",
    [
        PIXELS,
        PIXELS.astype(np.int64),
        PIL.Image.fromarray(PIXELS),
        Tensor(PIXELS.transpose(2, 0, 1)),
        Image(PIXELS),
    ],
    ids=["array", "integers", "PIL", "tensor", "Image"],
)
def test_a_picture_of_any_library_has_its_pixels(tmp_path: Path, given: Any) -> None:
    folder = _log(tmp_path, Image(given))
    with PIL.Image.open(folder / "x.png") as found:
        assert np.array_equal(np.asarray(found), PIXELS)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0.0, 1.0]], [[0, 255]]),
        ([[-1.0, 1.0]], [[0, 255]]),
        ([[0.0, 300.0]], [[0, 255]]),
        ([[False, True]], [[0, 255]]),
    ],
)
def test_numbers_of_any_range_become_grey(values: list[Any], expected: list[Any]) -> None:
    assert np.asarray(Image(np.array(values)).image).tolist() == expected


def test_what_the_caller_changes_then_does_not_matter(tmp_path: Path) -> None:
    pixels = PIXELS.copy()
    picture = Image(pixels)
    pixels[:] = 0
    folder = _log(tmp_path, picture)
    with PIL.Image.open(folder / "x.png") as found:
        assert np.array_equal(np.asarray(found), PIXELS)


def test_boxes_and_masks_stay_data(tmp_path: Path) -> None:
    boxes = {
        "predictions": {
            "box_data": [
                {
                    "position": {"minX": 0.5, "maxX": 1.0, "minY": 0.25, "maxY": 0.75},
                    "class_id": 1,
                    "scores": {"acc": 0.4, "loss": 1.2},
                },
                {"position": {"middle": [3, 2], "width": 2, "height": 4}, "domain": "pixel", "class_id": 7},
            ],
            "class_labels": {0: "sky", 1: "car"},
        }
    }
    masks = {"truth a": {"mask_data": np.eye(4, 6, dtype=int), "class_labels": {0: "sky", 1: "car"}}}
    folder = _log(tmp_path, Image(PIXELS, boxes=boxes, masks=masks, caption="Street"))
    content = _json(folder / "x.json")["images"]
    assert content["boxes"] == [
        {"xStart": 3, "yStart": 1, "xEnd": 6, "yEnd": 3, "className": "car", "probability": 0.4},
        {"xStart": 2, "yStart": 0, "xEnd": 4, "yEnd": 4, "className": "class_7"},
    ]
    assert (content["classes"], content["caption"]) == (["sky", "car"], "Street")
    assert content["masks"] == [{"source": "x.mask-truth_a.png", "name": "truth_a"}]
    with PIL.Image.open(folder / "x.mask-truth_a.png") as mask:
        assert np.array_equal(np.asarray(mask), np.eye(4, 6, dtype=int))
    assert set(boxes["predictions"]) == {"box_data", "class_labels"}


def test_classes_are_those_of_the_picture(tmp_path: Path) -> None:
    classes = Classes([{"id": 2, "name": "tree"}])
    masks = {"m": {"mask_data": np.full((4, 6), 2)}}
    folder = _log(tmp_path, Image(PIXELS, classes=classes, masks=masks))
    assert _json(folder / "x.json")["images"]["classes"] == ["class_0", "class_1", "tree"]


def test_a_list_of_pictures_is_a_grid_and_with_boxes_each_is_one(tmp_path: Path) -> None:
    folder = _log(tmp_path, [Image(PIXELS, caption="a"), Image(PIXELS)])
    assert _json(folder / "x/000.json")["images"]["grid"]["count"] == 2
    boxes = {"p": {"box_data": [{"position": {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}, "class_id": 0}]}}
    _log(tmp_path, [Image(PIXELS, boxes=boxes), Image(PIXELS)], "y")
    assert (folder / "y/000.json").exists()
    assert (folder / "y/001.png").exists()


def test_a_picture_of_a_path_and_of_a_figure(tmp_path: Path) -> None:
    PIL.Image.fromarray(PIXELS).save(tmp_path / "a.png")
    assert Image(str(tmp_path / "a.png")).size == (6, 4)
    picture = io.BytesIO()
    PIL.Image.fromarray(PIXELS).save(picture, "png")
    figure = SimpleNamespace(savefig=lambda file, **_: file.write(picture.getvalue()))
    assert Image(figure).size == (6, 4)
    with pytest.raises(ValueError, match="there is no picture"):
        Image("nowhere")
    with pytest.raises(ValueError, match="Image must be height x width"):
        Image(np.zeros((2, 3, 4, 5)))


def test_a_histogram_has_the_counts_that_it_was_given_or_counted(tmp_path: Path) -> None:
    folder = _log(tmp_path, Histogram(np_histogram=([1, 2], [0.0, 0.5, 1.0])))
    content = _json(folder / "x.json")["histograms"]
    assert [bin_["count"] for bin_ in content["bins"]] == [1, 2] if "bins" in content else content
    counted = Histogram([0.0, 1.0, float("nan")], num_bins=2)
    assert (counted.histogram, counted.bins) == ([1, 1], [0.0, 0.5, 1.0])
    with pytest.raises(ValueError, match="one edge more"):
        Histogram(np_histogram=([1], [0.0]))


def test_sounds_and_videos_are_files(tmp_path: Path) -> None:
    folder = _log(tmp_path, Audio(np.zeros(100), sample_rate=8000, caption="quiet"))
    with wave.open(str(folder / "x.wav")) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 100)
    assert (folder / "x.txt").read_text() == "quiet\n"
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    _log(tmp_path, Video(str(tmp_path / "a.gif")), "g")
    assert (folder / "g.gif").read_bytes() == b"GIF89a"
    _log(tmp_path, Video(np.zeros((2, 3, 16, 16), np.uint8), fps=2), "v")
    assert list(folder.glob("v.*"))
    with pytest.raises(ValueError, match="needs sample_rate"):
        Audio(np.zeros(3))
    with pytest.raises(ValueError, match="time x channel"):
        Video(np.zeros((2, 3)))


def test_pages_figures_and_texts(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_text("<b>file</b>")
    folder = _log(tmp_path, Html(str(tmp_path / "p.html")))
    assert (folder / "x.html").read_text() == "<b>file</b>\n"
    assert Html(io.StringIO("<i>open</i>")).html == "<i>open</i>"
    _log(tmp_path, Plotly({"data": [], "layout": {}}), "p")
    assert _json(folder / "p.plotly.json") == {"data": [], "layout": {}}
    drawing = SimpleNamespace(savefig=lambda file, **_: file.write(b"<svg/>"))
    _log(tmp_path, SimpleNamespace(gcf=lambda: drawing), "plt")
    assert (folder / "plt.svg").exists()
    _log(tmp_path, Markdown("# Hi"), "m")
    _log(tmp_path, ["one", "two"], "t")
    assert (folder / "t.txt").read_text() == "one\ntwo\n"


def test_points_have_their_colours(tmp_path: Path) -> None:
    points = np.array([[0, 0, 0, 255, 0, 0], [1, 1, 1, 0, 255, 0]], float)
    folder = _log(tmp_path, Object3D(points))
    assert b"element vertex 2" in (folder / "x.ply").read_bytes()
    scene = {
        "type": "lidar/beta",
        "points": points[:, :3],
        "boxes": np.array([{"label": "car"}], dtype=object),
    }
    _log(tmp_path, Object3D({**scene, "boxes": [{"label": "car"}]}), "s")
    assert _json(folder / "s.json")["scene"]["boxes"] == [{"label": "car"}]
    (tmp_path / "a.pdb").write_text("ATOM")
    _log(tmp_path, Molecule(tmp_path / "a.pdb"), "mol")
    assert (folder / "mol.pdb").read_text() == "ATOM"
    with pytest.raises(ValueError, match="n x 3"):
        Object3D(np.zeros((2, 5)))


def test_a_table_has_its_rows_and_names_its_pictures(tmp_path: Path) -> None:
    table = Table(columns=["id", "picture", "score"])
    table.add_data(1, Image(PIXELS), np.float32(0.5))
    table.add_data(2, None, [1, 2])
    table.add_column("more", ["a", "b"])
    folder = _log(tmp_path, table, "val/t")
    assert (folder / "val/t.csv").read_text().splitlines() == [
        "id,picture,score,more",
        "1,t-pictures/0000-1.png,0.5,a",
        '2,,"[1, 2]",b',
    ]
    assert (folder / "val/t-pictures/0000-1.png").exists()
    assert table.get_column("more") == ["a", "b"]
    with pytest.raises(ValueError, match="a row has 1 cells, and there are 4 columns"):
        table.add_data(1)
    assert Table(data=np.eye(2)).columns == ["0", "1"]
    frame = SimpleNamespace(columns=["a"], values=np.array([[1], [2]]))
    assert Table(dataframe=frame).data == [[1], [2]]
    _log(tmp_path, JoinedTable(Table(data=[[1]]), Table(data=[[2]]), "id"), "j")
    assert (folder / "j/2.csv").exists()


def test_charts_of_tables_and_predictions(tmp_path: Path) -> None:
    table = Table(columns=["x", "y", "of"], data=[[0, 1, "a"], [1, 2, "a"], [0, 3, "b"]])
    folder = _log(tmp_path, plot.line(table, "x", "y", stroke="of", title="T"), "line")
    figure = _json(folder / "line.plotly.json")
    assert [(trace["name"], trace["y"]) for trace in figure["data"]] == [("a", [1, 2]), ("b", [3])]
    assert (folder / "line_table.csv").exists()
    for name in ("scatter", "bar"):
        _log(tmp_path, getattr(plot, name)(table, "x", "y"), name)
        assert _json(folder / f"{name}.plotly.json")["data"][0]["y"] == [1, 2, 3]
    series = plot.line_series([0, 1], [np.array([1, 2]), [3, 4]], keys=["u", "v"])
    assert [(trace["name"], trace["x"], trace["y"]) for trace in series.figure["data"]] == [
        ("u", [0, 1], [1, 2]),
        ("v", [0, 1], [3, 4]),
    ]
    truth, scores = [0, 0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.65, 0.35], [0.2, 0.8]]
    _, of_one = plot.roc_curve(truth, scores).figure["data"]
    assert (of_one["x"], of_one["y"]) == ([0, 0, 0.5, 0.5, 1], [0, 0.5, 0.5, 1, 1])
    _, of_one = plot.pr_curve(truth, scores, labels=["no", "yes"]).figure["data"]
    assert (of_one["name"], of_one["y"]) == ("yes", [1, 0.5, 2 / 3, 0.5])
    _log(tmp_path, plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["a", "b"]), "cm")
    assert _json(folder / "cm.json")["confusion_matrices"]["classes"] == ["a", "b"]
    with pytest.raises(ValueError, match="either probs or preds"):
        plot.confusion_matrix(y_true=[0])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (True, 1),
        (np.float32(0.5), 0.5),
        (np.array(3), 3),
        (np.array([2.0]), 2.0),
        ("1", None),
        ([1], None),
        (np.zeros(2), None),
    ],
)
def test_what_is_a_number(value: Any, number: float | None) -> None:
    assert scalar_of(value) == number


def test_arrays_are_histograms_and_lists_of_numbers_stay_lists(tmp_path: Path) -> None:
    folder = _log(tmp_path, np.arange(10.0))
    assert "histograms" in _json(folder / "x.json")
    _log(tmp_path, [1, 2.5], "l")
    assert np.load(folder / "l.npy").tolist() == [1, 2.5]
    _log(tmp_path, [[1, 2], [3, 4]], "matrix")
    assert np.load(folder / "matrix.npy").tolist() == [[1, 2], [3, 4]]
    _log(tmp_path, object(), "o")
    assert (folder / "o.txt").exists()
    before = files_of(tmp_path / "run")
    _log(tmp_path, None, "none")
    _log(tmp_path, [], "empty")
    assert files_of(tmp_path / "run") == before


def test_of_what_nothing_can_be_made_is_said_and_the_script_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "lavdlike"):
        _log(tmp_path, np.array(["a", "b"]))
    assert "x at step 1 cannot be logged" in caplog.text
