"""What is done in the page as Visdom tells handlers of it (docs/visdom.md, "Callbacks"). Pure.

The keys of each event are those of the README of the package `visdom`, and of what its page sends (0.3.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike.compat.visdom import property_forms
from lavdlike.compat.visdom.window_files import PROPERTIES
from lavdlike.event_lines import Event


class _Closed(str):
    """The README calls the event `Close`, its server `close`: scripts that ask for either hear of it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.lower() == "close"

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def told_of(event: Event, type_: str, content: Any) -> dict[str, Any] | None:
    """Type and values of an event; None of what Visdom knows nothing of.

    Args:
        type_: of the window; `content`: what it holds, None of one that is gone.
    """
    match event.type:
        case "key":
            return {"event_type": "KeyPress", "key": str(event.value or ""), "key_code": event.code}
        case "clicked":
            return {"event_type": "Click", "image_coord": {"x": event.x, "y": event.y}}
        case "moved" if isinstance(event.value, (int, float)):
            return {"event_type": "SliderMoved", "index": int(event.value)}
        case "closed":
            return {"event_type": _Closed("Close")}
        case "picked" | "selected" if type_ == "embeddings" and isinstance(content, Mapping):
            return _told_of_entities(event, content.get("data") or [])
        case "changed" | "pressed" if type_ == PROPERTIES and isinstance(content, list):
            return property_forms.event_of(event, content)
    return None


def _told_of_entities(event: Event, entities: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    """A vector of the file is the entity at its place; where only some are drawn, each has its number among all."""
    meant = [entities[index] for index in event.indices if index < len(entities)]
    if event.type == "selected":
        return {"event_type": "RegionSelected", "selectedIdxs": [each.get("idx") for each in meant]}
    if not meant:
        return None
    return {"event_type": "EntitySelected", "entityId": meant[0].get("name"), "idx": meant[0].get("idx")}
