"""Pictures and what lies on them: what is in the files afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger, json_file
from lavdlike.kinds import images, texts
from tests.logged import files_of

BOX = {"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4}


def test_pictures_texts_and_markdown_are_in_their_steps(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_image(np.zeros((4, 6, 3)), "bird", step=1)
        logger.log_image(Image.new("RGB", (6, 4)), "other/bird", extension=".jpg")
        logger.log_text("The quick brown fox...", "famous-sentence", step=12345)
        logger.log_text("hello world", "with-diff", step=2, expected="Hallo Welt")
        logger.log_markdown("# Hello\n", "some-markdown")
    folder = tmp_path / "run"
    assert files_of(folder) == [
        "0001/bird.png",
        "0002/with-diff.json",
        "12345/famous-sentence.txt",
        "other/bird.jpg",
        "some-markdown.md",
    ]
    assert (folder / "12345/famous-sentence.txt").read_text() == "The quick brown fox...\n"
    assert (folder / "some-markdown.md").read_text() == "# Hello\n"
    document = json_file.read_object((folder / "0002/with-diff.json").read_bytes(), "")
    assert texts.from_json(document["texts"], "") == texts.TextContent("hello world", "Hallo Welt")


def test_boxes_are_beside_their_picture(tmp_path: Path) -> None:
    boxes: list[dict[str, Any]] = [{**BOX, "className": "bird", "probability": 0.4}, BOX]
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(1, "bird", 3)
        logger.log_image(np.zeros((8, 8)), "bird", 3, boxes=boxes, classes=["bird", "orange"], threshold=0.5)
    document = json.loads((tmp_path / "run/0003/bird.json").read_text())
    assert document == {
        "images": {"source": "bird.png", "boxes": boxes, "classes": ["bird", "orange"], "minProbability": 0.5}
    }
    assert len(images.from_json(document["images"], "").boxes) == 2


def test_expected_boxes_are_beside_the_boxes(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_image(np.zeros((8, 8)), "bird", 3, boxes=[BOX], expected_boxes=[{**BOX, "isCrowd": True}])
        logger.log_image(np.zeros((8, 8)), "none", 3, expected_boxes=[])
    document = json.loads((tmp_path / "run/0003/bird.json").read_text())
    assert document["images"]["expectedBoxes"] == [{**BOX, "isCrowd": True}]
    document = json.loads((tmp_path / "run/0003/none.json").read_text())
    assert document["images"]["expectedBoxes"] == []


def test_masks_keypoints_polygons_and_caption_are_beside_their_picture(tmp_path: Path) -> None:
    mask = np.arange(48).reshape(6, 8)
    people = [{"points": [[1, 2], [3.5, 4]], "edges": [[0, 1]], "className": "person"}]
    polygons = [{"points": [[0, 0], [7, 0], [7, 5]], "probability": 0.5}]
    with Logger("run", tmp_path) as logger:
        logger.log_image(
            np.zeros((6, 8, 3)),
            "a.b/bird",
            3,
            classes=["background", "bird"],
            extension=".jpg",
            masks={"found": mask, "truth": mask > 4},
            keypoints=people,
            polygons=polygons,
            caption="A bird",
        )
        logger.log_image(np.zeros((3, 6, 8)), "one", masks=mask)
    folder = tmp_path / "run/0003/a.b"
    assert json.loads((folder / "bird.json").read_text()) == {
        "images": {
            "source": "bird.jpg",
            "boxes": [],
            "classes": ["background", "bird"],
            "masks": [
                {"source": "bird.mask-found.png", "name": "found"},
                {"source": "bird.mask-truth.png", "name": "truth"},
            ],
            "keypoints": people,
            "polygons": polygons,
            "caption": "A bird",
        }
    }
    for file, expected in (("bird.mask-found.png", mask), ("bird.mask-truth.png", mask > 4)):
        with Image.open(folder / file) as found:
            assert np.array_equal(np.asarray(found), expected)
    assert json.loads((tmp_path / "run/one.json").read_text())["images"]["masks"] == [
        {"source": "one.mask.png"}
    ]
    assert (tmp_path / "run/one.mask.png").exists()


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((12, 8, 6, 3), dtype=np.uint8),
        np.zeros((12, 3, 8, 6)),
        np.zeros((12, 8, 6)),
        [np.zeros((8, 6)), Image.new("RGB", (6, 8))] * 6,
    ],
)
def test_a_batch_of_pictures_is_a_file_each_and_its_grid_stands_at_the_first(
    tmp_path: Path, batch: Any
) -> None:
    with Logger("run", tmp_path) as logger:
        captions = ["first", *[""] * 10, "last"]
        logger.log_images(batch, "samples", 2, nrow=4, captions=captions, extension=".jpg", quality=50)
    folder = tmp_path / "run/0002/samples"
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*(f"{index:03}.jpg" for index in range(12)), "000.json", "011.json"])
    first = json.loads((folder / "000.json").read_text())["images"]
    assert first == {
        "source": "000.jpg",
        "boxes": [],
        "caption": "first",
        "grid": {"columns": 4, "padding": 2, "count": 12},
    }
    assert images.from_json(first, "").grid == images.Grid(4, 2)
    assert json.loads((folder / "011.json").read_text())["images"]["caption"] == "last"
    with Image.open(folder / "007.jpg") as found:
        assert found.size == (6, 8)


def test_the_last_of_several_pictures_of_one_name_stays(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for value in range(50):
            logger.log_image(np.full((64, 64), value, dtype=np.uint8), "x", 1)
    with Image.open(tmp_path / "run/0001/x.png") as found:
        assert found.getpixel((0, 0)) == 49


def test_clipping_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Logger("run", tmp_path) as logger:
        for step in range(3):
            logger.log_image(np.full((4, 4), 1.5), "x", step)
    (said,) = [record.getMessage() for record in caplog.records if "clipped" in record.getMessage()]
    path, _, what = said.partition(": ")
    assert path in {f"{tmp_path}/run/{step:04}/x.png" for step in range(3)}  # written side by side
    assert what == "values outside [0, 1] or NaN were clipped (said once)"


# --- the same label again --------------------------------------------------------------------------------------------


def test_a_picture_that_is_logged_again_has_nothing_of_the_older_one_on_it(tmp_path: Path) -> None:
    small, large = np.zeros((8, 8)), np.zeros((200, 200))
    with Logger("run", tmp_path) as logger:
        for picture in (small, large):
            mask = np.zeros(picture.shape, dtype=int)
            logger.log_text("found", "a.b", 1, expected="wanted")
            logger.log_image(picture, "a.b", 1, boxes=[BOX], masks={"x": mask, "y": mask}, caption="old")
            logger.log_image(picture, "a.b", 1, masks={"y": mask})
            logger.flush()
            document = json.loads((logger.log_dir / "0001/a.b.json").read_text())
            assert document["images"]["masks"] == [{"source": "a.b.mask-y.png", "name": "y"}]
            assert document["images"]["boxes"] == []
            assert "caption" not in document["images"]
            assert files_of(logger.log_dir) == ["0001/a.b.json", "0001/a.b.mask-y.png", "0001/a.b.png"]
            logger.log_image(picture, "a.b", 1)
            logger.flush()
            assert files_of(logger.log_dir) == ["0001/a.b.json", "0001/a.b.png"]
            assert json.loads((logger.log_dir / "0001/a.b.json").read_text()).keys() == {"texts"}
        logger.log_image(small, "alone", 1, caption="old")
        logger.log_image(small, "alone", 1)
        assert not (logger.log_dir / "0001/alone.json").exists()


def test_what_belongs_to_another_picture_or_person_stays(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        (logger.log_dir / "photo.json").write_text('{"images": {"source": "other.jpg", "boxes": []}}')
        (logger.log_dir / "x.mask.png").write_bytes(b"by hand")
        logger.log_image(np.zeros((4, 4)), "photo")
        logger.log_image(np.zeros((4, 4)), "x")
        assert files_of(logger.log_dir) == ["photo.json", "photo.png", "x.mask.png", "x.png"]
        masks = [{"source": "../outside.mask.png"}, {"source": "z.mask.png"}, {"source": "y.json"}, 3]
        hostile = {"images": {"source": "y.png", "boxes": [], "masks": masks}}
        (logger.log_dir / "y.json").write_text(json.dumps(hostile))
        (logger.log_dir / "z.mask.png").write_bytes(b"another's")
        (tmp_path / "outside.mask.png").write_bytes(b"another's")
        logger.log_image(np.zeros((4, 4)), "y")
        assert (logger.log_dir / "z.mask.png").exists()
        assert (tmp_path / "outside.mask.png").exists()
        assert not (logger.log_dir / "y.json").exists()


@pytest.mark.parametrize("side", [8, 200])
def test_a_smaller_grid_leaves_none_of_the_larger_one(tmp_path: Path, side: int) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_images(np.zeros((5, side, side)), "grid", 1, captions=["a"] * 5)
        logger.log_images(np.zeros((2, side, side)), "grid", 1)
        logger.flush()
        expected = ["0001/grid/000.json", "0001/grid/000.png", "0001/grid/001.png"]
        assert files_of(logger.log_dir) == expected
        logger.log_images(np.zeros((3, side, side)), "grid", 1, captions=["a"] * 3)
    with Logger("run", tmp_path) as logger:  # another process knows it by the file
        logger.log_image(np.zeros((4, 4)), "grid/own", 1)
        logger.log_images(np.zeros((2, side, side)), "grid", 1)
    assert files_of(tmp_path / "run") == [*expected, "0001/grid/own.png"]


def test_texts_and_vectors_that_are_logged_again_replace_the_older_ones(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_text("a", "text", expected="b")
        logger.log_text("a", "text")
        assert files_of(logger.log_dir) == ["text.txt"]
        logger.log_text("a", "text", expected="b")
        assert files_of(logger.log_dir) == ["text.json"]
        (logger.log_dir / "text.json").unlink()
        logger.log_embedding([[1, 2]], "x", labels=["a"], images=[np.zeros((4, 4))])
        logger.log_embedding([[1, 2]], "x")
        assert files_of(logger.log_dir) == ["x.json", "x.vectors.npy"]


def test_a_small_picture_is_in_its_file_when_the_call_returns(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in range(20):
            logger.log_image(np.full((128, 128, 3), step / 20), "x", step, boxes=[BOX])
            with Image.open(logger.log_dir / f"{step:04}/x.png") as found:
                assert found.size == (128, 128)
            assert (logger.log_dir / f"{step:04}/x.json").exists()


def test_boxes_of_a_turned_photo_need_a_format_that_keeps_the_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = Image.new("RGB", (40, 20))
    photo.info["exif"] = exif.tobytes()
    with Logger("run", tmp_path) as logger:
        logger.log_image(photo, "x", boxes=[BOX])
        logger.log_image(photo, "y", extension=".bmp")
        with pytest.raises(ValueError, match=r"needs a format that keeps it, not \.bmp"):
            logger.log_image(photo, "z", boxes=[BOX], extension=".bmp")


def test_a_picture_outside_of_the_log_is_its_address(tmp_path: Path) -> None:
    path = tmp_path / "run" / "0001" / "bird.json"
    with Logger("run", tmp_path) as logger:
        logger.log_json("other", {"a": 1}, "bird", 1)
        logger.log_image(np.zeros((4, 6, 3)), "bird", 1, boxes=[BOX], masks=np.zeros((4, 6), int))
        steps = [{"flip": "vertical"}]
        logger.log_image("media://coco/1.jpg", "bird", 1, boxes=[BOX], caption="outside", transform=steps)
        assert files_of(tmp_path / "run") == ["0001/bird.json"]
        assert json.loads(path.read_text()) == {
            "other": {"a": 1},
            "images": {
                "source": "media://coco/1.jpg",
                "boxes": [BOX],
                "caption": "outside",
                "transform": steps,
            },
        }
        for wrong, said in {
            "masks": {"masks": np.zeros((2, 2), int)},
            "32 steps": {"transform": "flip"},
        }.items():
            with pytest.raises(ValueError, match=wrong):
                logger.log_image("media://coco/1.jpg", "bird", 2, **said)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"without '\.\.'"):
            logger.log_image("media://coco/../1.jpg", "bird", 2)
        with pytest.raises(ValueError, match="outside of the log"):
            logger.log_image(np.zeros((4, 6)), "bird", 2, transform=steps)
        logger.log_image(np.zeros((4, 6)), "bird", 1)
    assert files_of(tmp_path / "run") == ["0001/bird.json", "0001/bird.png"]
    assert json.loads(path.read_text()) == {"other": {"a": 1}}
