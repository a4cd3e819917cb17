from __future__ import annotations

import json

import pytest

from lavdlike.messages import SuggestedChart
from lavdlike.protobuf import BadMessageError
from lavdlike.sources.events import custom_scalars, event_descriptions
from lavdlike.sources.events.custom_scalars import Category, Chart, Margin
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "events"


def test_a_layout_is_what_tensorboard_reads() -> None:
    (path,) = (CORPUS / "torch_add_scalars").glob("*tfevents*")
    layout = event_descriptions.description_of(path.read_bytes()).layout
    assert layout == (
        Category("Losses", (Chart("both", ("loss/a", "loss/b"), ()), Chart("one", ("loss/.*",), ())), False),
        Category("Bands", (Chart("band", (), (Margin("mean", "low", "high"),)),), False),
    )
    expected = json.loads((CORPUS / "expected.json").read_text())["torch_add_scalars"]["layout"]
    assert [category["title"] for category in expected["category"]] == [category.title for category in layout]


def test_what_is_no_layout_is_said() -> None:
    with pytest.raises(BadMessageError):
        custom_scalars.layout_of(b"\x12\xff")


def test_its_charts_are_suggested_as_pages_draw_them() -> None:
    (path,) = (CORPUS / "torch_add_scalars").glob("*tfevents*")
    charts = event_descriptions.run_of(path.read_bytes()).charts
    assert charts == (
        SuggestedChart("both", "Losses", ["loss/a", "loss/b"]),
        SuggestedChart("one", "Losses", [], "^(?:loss/.*)"),
        SuggestedChart("band", "Bands", ["mean", "low", "high"]),
    )


def test_what_no_page_takes_is_left_out() -> None:
    many = tuple(Chart(str(number), ("a",), ()) for number in range(100))
    empty = (Chart("empty", (), ()), Chart("long", ("(" * 2000,), ()))
    assert len(custom_scalars.charts_of([Category("c", empty + many, is_closed=False)])) == 40
    [chart] = custom_scalars.charts_of([Category("c", (Chart("t", ("a",) * 100, ()),), is_closed=False)])
    assert len(chart.labels) == 24
