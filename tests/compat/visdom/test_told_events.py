"""What is done in the page reaches Visdom's handlers, as its README and its page have it."""

from __future__ import annotations

import json
import logging
import queue
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.compat.visdom import told_events
from lavdlike.event_lines import Event
from tests.compat.visdom.windows import records, visdom
from tests.limits import LIMIT_S

ENTITIES = {"data": [{"name": f"Entity {place}", "idx": place} for place in (4, 7, 9)]}


@pytest.mark.parametrize(
    ("event", "type_", "content", "told"),
    [
        (
            Event("w", "key", value="A", code=65),
            "text",
            "",
            {"event_type": "KeyPress", "key": "A", "key_code": 65},
        ),
        (
            Event("w", "clicked", x=3, y=0),
            "image",
            {},
            {"event_type": "Click", "image_coord": {"x": 3, "y": 0}},
        ),
        (Event("w", "moved", value=2.0), "image_history", [], {"event_type": "SliderMoved", "index": 2}),
        (Event("w", "closed"), "plot", None, {"event_type": "Close"}),
        (
            Event("w", "picked", indices=[1]),
            "embeddings",
            ENTITIES,
            {"event_type": "EntitySelected", "entityId": "Entity 7", "idx": 7},
        ),
        (
            Event("w", "selected", indices=[0, 2, 3]),
            "embeddings",
            ENTITIES,
            {"event_type": "RegionSelected", "selectedIdxs": [4, 9]},
        ),
        (Event("w", "picked", indices=[5]), "embeddings", ENTITIES, None),
        (Event("w", "picked", indices=[0]), "text", "", None),
        (Event("w", "moved"), "image_history", [], None),
    ],
)
def test_an_event_is_told_as_visdom_tells_it(
    event: Event, type_: str, content: Any, told: dict[str, Any] | None
) -> None:
    assert told_events.told_of(event, type_, content) == told


def test_scripts_that_ask_for_what_visdom_really_sends_hear_of_a_close() -> None:
    told = told_events.told_of(Event("w", "closed"), "plot", None)
    assert told is not None
    assert told["event_type"] == "close"
    assert told["event_type"] == "Close"
    assert json.dumps(told) == '{"event_type": "Close"}'


def append(root: Path, env: str, *events: dict[str, Any]) -> None:
    with (root / "log" / env / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def test_a_thousand_keys_arrive_in_order_whatever_other_handlers_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vis, other = visdom(tmp_path), visdom(tmp_path, env="other")
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    wrong: list[Any] = []
    win = vis.text("notes", win="pad")
    other.text("notes", win="pad")
    other.register_event_handler(wrong.append, "pad")
    vis.register_event_handler(wrong.append, "pad", env="other")
    vis.register_event_handler(wrong.append, "another")
    caplog.set_level(logging.CRITICAL, "lavdlike")
    vis.register_event_handler(lambda _: 1 / 0, "pad")
    vis.register_event_handler(heard.put, "pad", env="main")
    assert json.loads((tmp_path / "log/main/experiment.json").read_bytes())["sessions"][0]["listens"] == [win]
    keys = [{"label": "pad", "type": "key", "seq": n, "value": str(n), "code": n} for n in range(1, 1001)]
    append(tmp_path, "main", *keys, {"label": "pad", "type": "closed", "seq": 1001})
    events = [heard.get(timeout=LIMIT_S) for _ in range(1001)]
    assert [each.get("key_code") for each in events] == [*range(1, 1001), None]
    assert {(each["eid"], each["target"], each["pane_data"]["content"]) for each in events} == {
        ("main", "pad", "notes")
    }
    assert wrong == []
    vis.clear_event_handlers("pad", env="main")
    append(tmp_path, "main", {"label": "pad", "type": "key", "seq": 1002, "value": "x"})
    vis.register_event_handler(heard.put, "later")
    vis.text("a window that comes after its handler", win="later")
    append(tmp_path, "main", {"label": "later", "type": "key", "seq": 1003, "value": "y"})
    assert heard.get(timeout=LIMIT_S)["key"] == "y"


def test_a_window_that_is_gone_is_told_of_with_what_is_still_known(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    win = vis.text("notes", win="pad", opts={"title": "Notes"})
    vis.register_event_handler(heard.put, win)
    (tmp_path / "log/main/pad.html").unlink()
    append(tmp_path, "main", {"label": "pad", "type": "closed"})
    event = heard.get(timeout=LIMIT_S)
    assert (event["event_type"], event["pane_data"]["title"], event["pane_data"]["content"]) == (
        "Close",
        "Notes",
        None,
    )


def test_a_preview_is_asked_of_the_script_and_a_part_is_drawn_alone_and_back(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    features = np.arange(24.0).reshape(8, 3) ** 2
    win = vis.embeddings(
        features, list("aabbccdd"), data_getter=lambda at: f"<b>{at}</b>", data_type="html", win="e"
    )
    vis.register_event_handler(heard.put, win)
    folder = tmp_path / "log/main"
    document = (folder / "e.json").read_bytes()

    def content(*events: dict[str, Any]) -> dict[str, Any]:
        append(tmp_path, "main", *({"label": "e", **event} for event in events))
        for _ in events:
            heard.get(timeout=LIMIT_S)
        found: dict[str, Any] = json.loads(vis.get_window_data(win))["content"]
        return found

    assert content({"type": "picked", "indices": [3]})["selected"] == {
        "html": "<b>3</b>",
        "entityId": "Entity 3",
    }
    assert (folder / "e.preview.html").read_text() == "<!-- 3 -->\n<b>3</b>"
    assert (folder / "e.json").read_bytes() == document  # the vectors need not be read again
    part = content({"type": "selected", "indices": [1, 3, 7]})
    assert [each["idx"] for each in part["data"]] == [1, 3, 7]
    assert (part["selected"], part["has_previous"]) == (None, True)
    assert content({"type": "picked", "indices": [2]})["selected"]["entityId"] == "Entity 7"
    back = content({"type": "selected"})
    assert ([each["idx"] for each in back["data"]], back["has_previous"]) == (list(range(8)), False)
    assert records(tmp_path)["e"]["content"]["selected"] is None
