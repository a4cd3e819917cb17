from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.errors import LimitError
from lavdlike.kinds import html


def test_a_page_is_written_as_a_text(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_html("<b>ä</b>", "report", 1)
        with pytest.raises(ValueError, match="html must be a string"):
            logger.log_html(5, "report")  # type: ignore[arg-type]
    assert (tmp_path / "run" / "0001" / "report.html").read_text(encoding="utf-8") == "<b>ä</b>\n"


def test_too_large_a_page_is_said() -> None:
    assert html.from_head(b"", 0, "a.html") == html.HtmlContent()
    with pytest.raises(LimitError, match="5 MiB"):
        html.from_head(b"", html.MAX_BYTES + 1, "a.html")
