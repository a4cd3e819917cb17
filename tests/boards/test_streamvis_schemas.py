from __future__ import annotations

import re
from pathlib import Path

from lavdlike.board_messages import BoardPanel, ChartStyle
from lavdlike.boards.board_files import read, shown_mistake
from lavdlike.compat.streamvis import DataLogger

# As Streamvis documents it, and with what its versions called otherwise.
SCHEMA = b"""
top_left:
  scope_pattern: .*
  group_pattern: top_left.*
  glyph_kind: line
  glyph_kwargs: {line_color: navy, line_width: 2, line_dash: dashed, line_alpha: 0.5}
  palette: Viridis256
  columns: [x, y]
  figure_kwargs:
    {title: Cloud, x_axis_label: step, y_axis_label: nats, y_axis_type: log, y_range: [0.1, 10], width: 300}
middle:
  scope_pattern: ^run2[34]$
  name_pattern: ^loss$
  glyph: scatter
  glyph_kwargs: {palette: ["#000", "#fff"]}
  figure_kwargs: {title: {text: Loss}, xaxis: {axis_label: tokens}, yaxis: {formatter: x}, x_axis_type: linear}
"""


def panels_of(text: bytes) -> list[BoardPanel]:
    found = read(text, "x")
    assert found.format == "streamvis"
    assert found.board is not None
    return found.board.panels


def test_figures_are_charts_and_what_has_no_counterpart_is_named() -> None:
    found = read(SCHEMA, "x")
    assert found.mistakes == []
    assert [each.reason for each in found.notes] == [
        "top_left: figure_kwargs: width is ignored",
        "top_left: glyph_kwargs: line_alpha is ignored",
        "middle: figure_kwargs: yaxis is ignored",
    ]
    first, second = panels_of(SCHEMA)
    assert first == BoardPanel(
        type="chart",
        index=0,
        id="top_left",
        title="Cloud",
        pattern=r"^(?!.*\.x$).*?(?:top_left.*)",
        glyph="line",
        styles=[ChartStyle(colour="navy", width=2.0, dash=[6.0])],
        palette=first.palette,
        x_title="step",
        y_title="nats",
        log_y=True,
        y_range=(0.1, 10.0),
    )
    assert (len(first.palette), first.palette[0]) == (8, "#440154")
    assert second == BoardPanel(
        type="chart",
        index=1,
        id="middle",
        title="Loss",
        filter='name~"^run2[34]$"',
        pattern=r"^(?!.*\.x$).*?(?:^loss(?:/[0-9]+)?(?:/y)?$)",
        glyph="scatter",
        palette=["#000", "#fff"],
        x_title="tokens",
        log_x=False,
    )


def test_patterns_find_what_the_documented_calls_write_and_no_x_axis(tmp_path: Path) -> None:
    logger = DataLogger("run24")
    logger.init(str(tmp_path), buffer_max_elem=100)
    for step in range(3):
        logger.write("top_left", x=step, y=[[0.1], [0.2]])  # two lines
        logger.write("loss", x=step + 0.5, y=0.3)  # at places between steps
        logger.write("top_left_other", x=[step], y=[0.5])
    logger.shutdown()
    lines = (tmp_path / "run24" / "scalars.tsv").read_text().splitlines()[1:]
    labels = {line.split("\t")[2] for line in lines}
    assert "loss.x" in labels
    found = [{label for label in labels if re.search(panel.pattern, label)} for panel in panels_of(SCHEMA)]
    assert found == [{"top_left", "top_left/1", "top_left_other"}, {"loss"}]


def test_what_is_wrong_is_said_and_the_rest_is_drawn() -> None:
    found = read(
        b"a:\n  glyph_kind: bar\n  columns: [x]\n  figure_kwargs: []\nb: {group_pattern: [a], columns: [t, y],"
        b" palette: Foo3}\n",
        "x",
    )
    assert [shown_mistake(each) for each in found.mistakes] == [
        "line 3, column 12: a: columns: two names, of x and of y, are expected",
        "line 2, column 15: a: glyph_kind: line or scatter is expected, not bar",
        "line 4, column 18: a: figure_kwargs: a mapping is expected",
        "line 5, column 20: b: group_pattern: a text is expected",
    ]
    assert [each.reason for each in found.notes] == [
        "b: columns: t as the x axis; it is the one that the points count by is ignored",
        "b: the palette Foo3 is ignored",
    ]
    assert [panel.id for panel in panels_of(b"a: {glyph: line}\nb: {glyph: line}")] == ["a", "b"]
