from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import Any

import pytest

from lavdlike.compat.visdom import property_forms
from lavdlike.event_lines import Event
from lavdlike.kinds import forms
from tests.compat.visdom.windows import visdom
from tests.limits import LIMIT_S

PROPERTIES: list[dict[str, Any]] = [
    {"type": "text", "name": "Text input", "value": "initial"},
    {"type": "number", "name": "Number input", "value": "12"},
    {"type": "button", "name": "Button", "value": "Start"},
    {"type": "checkbox", "name": "Checkbox", "value": True},
    {"type": "select", "name": "Select", "value": 1, "values": ["Red", "Green", "Blue"]},
]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("Text input", "a", (0, "a")),
        ("Number input", 120.0, (1, "120")),
        ("Number input", 0.5, (1, "0.5")),
        ("Button", None, (2, "clicked")),
        ("Checkbox", False, (3, False)),
        ("Select", "Blue", (4, "2")),
    ],
)
def test_an_event_is_told_as_visdom_tells_it(field: str, value: Any, told: tuple[int, Any]) -> None:
    found = property_forms.event_of(Event("win", "changed", field=field, value=value), PROPERTIES)
    assert found == {"event_type": "PropertyUpdate", "propertyId": told[0], "value": told[1]}
    assert property_forms.event_of(Event("win", "changed", field="else"), PROPERTIES) is None


def test_odd_properties_are_fields_all_the_same() -> None:
    odd: list[dict[str, Any]] = [
        {"type": "number", "name": "a", "value": "many"},
        {"type": "select", "name": "a", "value": 7, "values": ["x", "x"]},
        {"type": "select", "name": "b"},
        {"type": "knob"},
        {},
    ]
    fields = property_forms.fields_of(odd)
    assert [(each["type"], each["name"]) for each in fields] == [
        ("text", "a"),
        ("select", "a (2)"),
        ("text", "b"),
        ("text", "knob"),
        ("text", "field"),
    ]
    forms.to_file(fields)


def test_a_handler_hears_what_is_filled_in_and_answers(tmp_path: Path) -> None:
    vis, other = visdom(tmp_path), visdom(tmp_path, env="other")
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    wrong: list[Any] = []
    win = vis.properties(PROPERTIES)
    assert other.properties(PROPERTIES, win=win) == win

    def answer(event: dict[str, Any]) -> None:
        changed = [dict(each) for each in event["pane_data"]["content"]]
        changed[event["propertyId"]]["value"] = event["value"]
        vis.properties(changed, win=event["target"])
        heard.put(event)

    other.register_event_handler(wrong.append, win)
    vis.register_event_handler(wrong.append, "another window")
    vis.register_event_handler(lambda _: 1 / 0, win)
    vis.register_event_handler(answer, win)
    line = {"label": win, "type": "changed", "field": "Text input", "value": "changed"}
    with (tmp_path / "log/main/events.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    event = heard.get(timeout=LIMIT_S)
    assert (event["eid"], event["target"], event["propertyId"], event["value"]) == ("main", win, 0, "changed")
    assert event["pane_data"]["content"] == PROPERTIES
    assert json.loads(vis.get_window_data(win))["content"][0]["value"] == "changed"
    vis.clear_event_handlers(win)
    assert vis.delete_env("main") is not False  # while its thread listens
    assert wrong == []
