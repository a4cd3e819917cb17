from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest

from lavdlike import Logger
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import figures

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'


class Drawing:
    """Saves itself as matplotlib's figures do."""

    def savefig(self, file: BinaryIO, *, format: str) -> None:  # noqa: A002 - matplotlib's name
        file.write(f"<svg>{format}</svg>".encode())


class Axes:
    figure = Drawing()


def test_svg_and_figures_are_written_as_they_are(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_svg(SVG, "dot", 1)
        logger.log_figure(Drawing(), "deep/plot", 2)
        logger.log_figure(Axes(), "axes")
        logger.log_figure(Drawing(), "picture", extension=".png")
    folder = tmp_path / "run"
    assert (folder / "0001" / "dot.svg").read_text() == SVG
    assert (folder / "0002" / "deep" / "plot.svg").read_text() == "<svg>svg</svg>"
    assert (folder / "axes.svg").read_text() == "<svg>svg</svg>"
    assert (folder / "picture.png").read_text() == "<svg>png</svg>"


def test_what_is_no_figure_is_refused(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match="<svg> element"):
            logger.log_svg("<p>", "a")
        with pytest.raises(ValueError, match="savefig"):
            logger.log_figure(5, "a")
        with pytest.raises(ValueError, match="extension"):
            logger.log_figure(Drawing(), "a", extension=".pdf")  # type: ignore[arg-type]


def test_other_bytes_and_too_many_are_said() -> None:
    assert figures.from_head(SVG.encode("utf-16"), 100, "a.svg") == figures.FigureContent()
    with pytest.raises(LogFormatError, match="not SVG"):
        figures.from_head(b"\0" * 100, 100, "a.svg")
    with pytest.raises(LimitError, match="32 MiB"):
        figures.from_head(SVG.encode(), figures.MAX_BYTES + 1, "a.svg")
