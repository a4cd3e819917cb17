from __future__ import annotations

import json

import pytest

from lavdlike.sources.ploteries.ploteries_figures import Line, array_type, lines_of

_ARRAYS = "ploteries.ndarray_data_handlers.UniformNDArrayDataHandler"


def trace(data: object = "d", place: object = 0, x: object = "d", **more: object) -> dict[str, object]:
    among = {"__type__": "tuple", "value": [{"__type__": "slice"}, place]}
    y_steps = [{"data": data}, "data", among]
    return {"x": {"value": [{"data": x}, "meta", "index"]}, "y": {"value": y_steps}, **more}


def figure(*traces: object) -> str:
    return json.dumps({"figure_dict": {"data": traces, "layout": {}}})


def test_lines_are_called_as_their_figure_and_by_their_names() -> None:
    assert lines_of("tab/loss", figure(trace())) == [Line("tab/loss", "d", 0)]
    assert lines_of("f", figure(trace(name="train"), trace(place=1))) == [
        Line("f/train", "d", 0),
        Line("f/1", "d", 1),
    ]


@pytest.mark.parametrize(
    "other",
    [
        3,
        {},
        trace(x="other"),
        trace(place=-1),
        trace(place="a"),
        trace(data=None),
        {"x": [1], "y": [2]},
        {"x": {}},
    ],
)
def test_what_is_drawn_in_another_way_is_no_line(other: object) -> None:
    assert lines_of("f", figure(other)) == []


@pytest.mark.parametrize("params", ["", "{", "[]", "{}", "[" * 9000, figure() + " " * 2**20, b"\xff"])
def test_what_is_no_figure_is_said(params: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        lines_of("f", params)


def test_arrays_of_numbers_have_a_type() -> None:
    def type_of(spec: object, handler: object = _ARRAYS) -> str | None:
        found = array_type(handler, json.dumps({"ndarray_spec": spec}))
        return None if found is None else found.str

    assert type_of({"dtype": "<f8", "shape": [2]}) == "<f8"
    assert type_of({"__value__": {"dtype": ">i4", "shape": [1]}}) == ">i4"
    for spec in (
        {"dtype": "O", "shape": [1]},
        {"dtype": [["a", "<f8"]], "shape": [1]},
        {"dtype": "<f8", "shape": []},
    ):
        assert type_of(spec) is None
    assert type_of({"dtype": "<f8", "shape": [1]}, "RaggedNDArrayDataHandler") is None
