"""What is in the files is what was logged, or the call refuses it: no wrong number, nothing lost, nothing of before."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.json_file import MAX_KEYS
from lavdlike.kinds import images
from lavdlike.shell import subcommands
from tests import scripts
from tests.shell.terminal import lines

_ORIENTATION = 0x0112


def test_the_mean_of_what_is_all_masked_is_nan(tmp_path: Path) -> None:
    mean = np.ma.array([1.0, 2.0], mask=[True, True]).mean()
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(mean, "mean", 1)
        logger.log_scalars({"mean": mean}, 2)
    values = [line.split("\t")[3] for line in (tmp_path / "run/scalars.tsv").read_text().splitlines()[1:]]
    assert values == ["nan", "nan"]


def test_a_configuration_of_more_keys_than_are_read_is_refused_and_the_former_one_kept(
    tmp_path: Path,
) -> None:
    vocabulary = {f"token{index}": index for index in range(MAX_KEYS + 1)}
    with Logger("run", tmp_path, config={"rate": 0.1}, tags=["baseline"]) as logger:
        with pytest.raises(ValueError, match="keys"):
            logger.log_config({"vocabulary": vocabulary})
        logger.log_config({"layers": 3})
    document = json.loads((tmp_path / "run/experiment.json").read_text())
    assert document["config"] == {"rate": 0.1, "layers": 3}
    assert document["tags"] == ["baseline"]
    assert [session["outcome"] for session in document["sessions"]] == ["finished"]
    assert not list((tmp_path / "run").glob("*.broken"))


@pytest.mark.parametrize("count", [1000, 17_000])
def test_every_box_on_a_picture_is_read_or_the_picture_refused(
    tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    corners = (np.random.default_rng(0).random((count, 2)) * 2000).tolist()
    boxes = [
        {"xStart": x, "yStart": y, "xEnd": x + 5, "yEnd": y + 5, "className": "nucleus", "probability": 0.9}
        for x, y in corners
    ]
    is_logged = True
    with Logger("run", tmp_path) as logger:
        try:
            logger.log_image(np.zeros((64, 64)), "nuclei", 1, boxes=boxes, classes=["nucleus"])
        except ValueError:
            is_logged = False
        logger.log_histogram([1, 2], "nuclei", 1)  # to the same file
    folder = tmp_path / "run/0001"
    assert sorted(path.name for path in folder.iterdir()) == ["nuclei.json", *["nuclei.png"] * is_logged]
    document = json.loads((folder / "nuclei.json").read_text())
    assert "histograms" in document
    assert ("images" in document) == is_logged
    if is_logged:
        assert len(images.from_json(document["images"], "nuclei.json").boxes) == count
    assert is_logged or count > 1000
    assert subcommands.ls([str(tmp_path)], problems=True) == 0
    assert lines(capsys) == []


def test_help_of_an_argument_is_kept_as_the_parser_shows_it(tmp_path: Path) -> None:
    parser = ArgumentParser(prog="train.py")
    parser.add_argument("--batch", type=int, default=8, help="size (default: %(default)s), 100%% of it")
    parser.add_argument(
        "--rate", type=float, default=0.5, metavar="R", help="%(metavar)s of %(prog)s, a %(type)s"
    )
    options = _command(tmp_path, parser, [])["parser"]["options"]
    assert options["batch"]["description"] == "size (default: 8), 100% of it"
    assert options["rate"]["description"] == "R of train.py, a float"


def test_a_huge_range_of_choices_is_not_written_out(tmp_path: Path) -> None:
    """In a process of its own with little memory, of which the whole range would take all."""
    scripts.run(
        """
        import resource
        from argparse import ArgumentParser
        from lavdlike import Logger
        resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
        parser = ArgumentParser()
        parser.add_argument("--seed", type=int, choices=range(2**32), metavar="N", default=0)
        parser.add_argument("--port", type=int, choices=range(1024, 65536), default=4343)
        with Logger("run", "log") as logger:
            logger.log_command(parser, parser.parse_args(["--seed", "4"]))
        """,
        cwd=tmp_path,
    )
    content = (tmp_path / "log/run/command.json").read_text()
    assert len(content) < 10_000
    command = json.loads(content)["command"]
    assert command["arguments"]["options"]["seed"] == 4
    assert str(2**32 - 1) in str(command["parser"]["options"]["seed"]["choices"])


def _command(log_dir: Path, parser: ArgumentParser, arguments: list[str]) -> Any:
    with Logger("run", log_dir) as logger:
        logger.log_command(parser, parser.parse_args(arguments))
    return json.loads((log_dir / "run/command.json").read_text())["command"]


@pytest.mark.parametrize("extension", [".png", ".jpg", ".webp", ".tiff"])
def test_a_photo_that_was_taken_upright_stands_upright(tmp_path: Path, extension: str) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    photo = io.BytesIO()
    Image.new("RGB", (40, 20)).save(photo, "JPEG", exif=exif)
    with Logger("run", tmp_path) as logger, Image.open(photo) as opened:
        logger.log_image(opened, "photo", extension=extension)
    with Image.open(tmp_path / f"run/photo{extension}") as picture:
        is_turned_by_viewers = picture.getexif().get(_ORIENTATION) == 6
        assert picture.size == ((40, 20) if is_turned_by_viewers else (20, 40))


@pytest.mark.parametrize("step", [None, 1])
def test_a_picture_that_replaces_another_has_nothing_of_it(tmp_path: Path, step: int | None) -> None:
    box = {"xStart": 1, "yStart": 1, "xEnd": 4, "yEnd": 4, "className": "cat"}
    mask = np.eye(8, dtype=int)
    with Logger("run", tmp_path) as logger:
        logger.log_image(np.zeros((8, 8)), "latest", step, boxes=[box], caption="epoch 1", masks=mask)
        logger.flush()
        logger.log_image(np.ones((8, 8)), "latest", step)
    folder = tmp_path / "run" / ("0001" if step else "")
    assert [path.name for path in folder.iterdir() if path.name.startswith("latest")] == ["latest.png"]
    with Image.open(folder / "latest.png") as picture:
        assert picture.getextrema() == (255, 255)


def test_a_tilde_in_the_log_folder_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for log_dir in ("~/logs", Path("~/logs")):
        with Logger("run", log_dir):
            pass
    assert (tmp_path / "home/logs/run/experiment.json").is_file()
    assert not (tmp_path / "~").exists()
