from __future__ import annotations

import pytest

from lavdlike.board_messages import Board, BoardPanel, BoardSection, ChartStyle
from lavdlike.boards.board_files import read, shown_mistake
from lavdlike.kinds import registry

WHOLE = b"""
title: Detector
filter: tag=baseline lr<0.01
smoothing: 0.5
x: relative
group_by: lr
sections: [Losses, {title: Pictures, closed: true}]
panels:
  - chart: val/loss
    at: [0, 0, 6, 4]
    y_range: [0, null]
    right: val/loss
    styles: [{label: val/loss, colour: red, width: 2, dash: [4, 2]}]
  - {regex: train/.*, expression: '"a" - "b"', section: Losses, log_y: true, smoothing_method: mean, id: both}
  - images: [val/pred, val/truth]
    step: latest
  - images: {regex: val/.*}
    step: 12
  - texts: {template: (.*)/answer}
  - table: {columns: [lr, min(val/loss)], sort: min(val/loss), descending: true}
  - parallel: {axes: [lr, wd], colour: min(val/loss)}
  - text: |
      # What we learnt
  - template: (.*)/loss
  - scalars: val/loss
"""


def panels_of(text: bytes) -> list[BoardPanel]:
    found = read(b"panels:\n" + text, "x")
    assert found.mistakes == []
    assert found.board is not None
    return found.board.panels


def mistakes_in(panel: str) -> list[str]:
    return [shown_mistake(each) for each in read(f"panels:\n  - {panel}\n".encode(), "x").mistakes]


def test_a_whole_board() -> None:
    found = read(WHOLE, "x")
    assert (found.mistakes, found.notes) == ([], [])
    chart = BoardPanel(
        type="chart",
        index=0,
        labels=["val/loss"],
        at=(0, 0, 6, 4),
        y_range=(0.0, None),
        right=["val/loss"],
        styles=[ChartStyle("val/loss", "red", 2.0, [4.0, 2.0])],
    )
    both = BoardPanel(
        type="chart",
        index=1,
        id="both",
        pattern="train/.*",
        expressions=['"a" - "b"'],
        section="Losses",
        log_y=True,
        smoothing_method="mean",
    )
    assert found.board == Board(
        title="Detector",
        filter="tag=baseline lr<0.01",
        smoothing=0.5,
        x="relative",
        group_by=["lr"],
        sections=[BoardSection("Losses"), BoardSection("Pictures", closed=True)],
        panels=[
            chart,
            both,
            BoardPanel(type="item", index=2, kind="images", labels=["val/pred", "val/truth"]),
            BoardPanel(type="item", index=3, kind="images", pattern="val/.*", step=12),
            BoardPanel(type="item", index=4, kind="texts", template="(.*)/answer"),
            BoardPanel(
                type="table", index=5, columns=["lr", "min(val/loss)"], sort="min(val/loss)", descending=True
            ),
            BoardPanel(type="parallel", index=6, columns=["lr", "wd"], colour="min(val/loss)"),
            BoardPanel(type="text", index=7, text="# What we learnt\n"),
            BoardPanel(type="chart", index=8, template="(.*)/loss"),
            BoardPanel(type="chart", index=9, labels=["val/loss"]),
        ],
    )


@pytest.mark.parametrize("kind", registry.BY_NAME)
def test_items_of_every_kind_can_be_a_panel(kind: str) -> None:
    (panel,) = panels_of(f"  - {kind}: a/b\n".encode())
    assert panel.labels == ["a/b"]
    assert (panel.type, panel.kind) == (("chart", "") if kind == "scalars" else ("item", kind))


@pytest.mark.parametrize(
    ("panel", "mistake"),
    [
        ("chart: [a, [b]]", "line 2, column 16: chart: Expected `str`, got `array`"),
        ("{chart: a, x: hours}", "line 2, column 19: x: one of step, relative, wall is expected"),
        ("{chart: a, smoothing: 1}", "line 2, column 27: smoothing: a number from 0 to below 1 is expected"),
        ("{chart: a, smoothing: nan}", "line 2, column 27: smoothing: a number"),
        ("{chart: a, at: [6, 0, 7, 1]}", "in 12 columns"),
        ("{chart: a, at: [0, 0, 1, 101]}", "with a height up to 100"),
        ("{chart: a, at: [0, -1, 1, 1]}", "line 2, column 20: at: "),
        ("{chart: a, at: [0, 0, 1]}", "Expected `array` of length 4, got 3"),
        ("{chart: a, y_range: [1, 0]}", "the lowest comes first"),
        ("{chart: a, y_range: [0, inf]}", "a number is expected"),
        ("{images: a, step: -1}", "line 2, column 23: step: -1 is neither latest nor the number of a step"),
        ("{images: {regex: ''}}", "images: a label is expected"),
        ("{chart: a, images: b}", "it shows chart and images: make that several panels"),
        ("{title: a}", "it says not what it shows: chart, regex"),
        ("just text", "a panel is a mapping"),
    ],
)
def test_what_is_wrong_with_a_panel_is_said_with_its_place(panel: str, mistake: str) -> None:
    (found,) = mistakes_in(panel)
    assert found.startswith("line 2, column ")
    assert mistake in found


def test_the_other_panels_keep_their_places_in_the_file() -> None:
    found = read(b"title: [a]\npanels:\n  - nothing: 1\n  - chart: a\n    titel: b\n", "x")
    assert found.board == Board(panels=[BoardPanel(type="chart", index=1, labels=["a"])])
    assert [shown_mistake(each) for each in found.mistakes] == [
        "line 1, column 8: title: Expected `str`, got `array`",
        (
            "line 3, column 5: it says not what it shows: chart, regex, expression, template, table, parallel, text, "
            "or a kind such as scalars, images, texts"
        ),
    ]
    assert [shown_mistake(each) for each in found.notes] == [
        "line 5, column 12: titel: nothing here is called so"
    ]


def test_ten_thousand_labels_and_too_many_panels_are_a_sentence() -> None:
    labels = ", ".join(f"l{i}" for i in range(10_000))
    (found,) = mistakes_in(f"chart: [{labels}]")
    assert found == "line 2, column 5: more than 2,000 labels in all; name them by a regex: instead"
    many = read(b"panels: [" + b"{chart: a}, " * 501 + b"]", "x")
    assert many.board is not None
    assert len(many.board.panels) == 500
    assert many.mistakes[0].reason == "501 panels; at most 500 are shown"
