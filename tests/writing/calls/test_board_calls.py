from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.boards import board_files

PANELS: list[Any] = ["val/loss", {"images": "val/pred", "at": [6, 0, 6, 4]}, {"text": "# What\n"}]


def test_a_board_is_written_beside_the_values(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.board("losses", PANELS, title="Losses", smoothing=0.5, sections=["a"])
        logger.board("all", ["val/loss"], of_all=True)
    content = (tmp_path / "run" / "losses.board.yaml").read_bytes()
    found = board_files.read(content, "x")
    assert (found.mistakes, found.notes) == ([], [])
    assert found.board is not None
    assert (found.board.title, found.board.smoothing, len(found.board.panels)) == ("Losses", 0.5, 3)
    assert (
        (tmp_path / "all.board.yaml").read_text().startswith("panels:\n  - chart: [val/loss]\n# Written by")
    )


def test_a_later_call_replaces_what_an_earlier_one_wrote_and_nothing_of_a_person(tmp_path: Path) -> None:
    file = tmp_path / "run" / "losses.board.yaml"
    with Logger("run", tmp_path) as logger:
        logger.board("losses", ["a"])
        first = file.stat()
        logger.board("losses", ["a"])
        assert (file.stat().st_ino, file.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
        logger.board("losses", ["b"])
        assert "chart: [b]" in file.read_text()
        changed = file.read_text().replace("[b]", "[b, c]")
        file.write_text(changed)
        logger.board("losses", ["d"])
        assert file.read_text() == changed
    with Logger("run", tmp_path) as logger:
        logger.board("losses", ["d"])
    assert file.read_text() == changed


@pytest.mark.parametrize(
    ("name", "panels", "settings", "reason"),
    [
        ("a/b", ["x"], {}, "one file's name"),
        (".a", ["x"], {}, "dot"),
        ("a", [{"chrat": "x"}], {}, "line 2, column 5: it says not what it shows"),
        ("a", ["x"], {"smoothing": 2}, "smoothing: a number from 0"),
        ("a", ["x"], {"title": 1}, "title must be"),
    ],
)
def test_what_is_no_board_is_said_and_not_written(
    tmp_path: Path, name: str, panels: list[Any], settings: dict[str, Any], reason: str
) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=reason):
            logger.board(name, panels, **settings)
        assert not [path for path in logger.log_dir.iterdir() if "board" in path.name]
