from __future__ import annotations

import pytest

from lavdlike.boards import board_yaml, panel_lines
from lavdlike.boards.panel_lines import PanelLines

TEXT = """\
title: a
panels:
  # first
  - chart: a
    mine: 1  # stays

  # second
  - text: |
      # Heading

      end
  - {chart: c}
  # of nobody
filter: x
"""


def found(text: str) -> PanelLines | None:
    return panel_lines.find(text, board_yaml.parse(text.encode(), "x"))


def test_comments_above_a_panel_belong_to_it_and_those_in_its_text_are_text() -> None:
    parts = found(TEXT)
    assert parts is not None
    assert parts.text == TEXT
    assert parts.blocks == [
        "  # first\n  - chart: a\n    mine: 1  # stays\n",
        "\n  # second\n  - text: |\n      # Heading\n\n      end\n",
        "  - {chart: c}\n",
    ]
    assert (parts.head, parts.tail, parts.indent) == ("title: a\npanels:\n", "  # of nobody\nfilter: x\n", 2)
    lead, own = panel_lines.split_block(parts.blocks[1], parts.indent)
    assert (lead, own) == ("\n  # second\n", "- text: |\n    # Heading\n\n    end\n")
    assert lead + panel_lines.indented(own, parts.indent) == parts.blocks[1]


def test_the_last_line_need_not_end() -> None:
    parts = found("panels:\n- chart: a\n- chart: b")
    assert parts is not None
    assert (parts.blocks, parts.tail) == (["- chart: a\n", "- chart: b\n"], "")


@pytest.mark.parametrize(
    "text",
    [
        "panels: [{chart: a}, {chart: b}]",
        "panels: []",
        "title: a",
        "panels:\n-\n  chart: a\n- chart: b\n",
        "panels: {a: b}",
        "",
    ],
)
def test_other_forms_are_left_to_others(text: str) -> None:
    assert found(text) is None
