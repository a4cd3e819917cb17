"""The protocol's types: the page's copy is current, and every message comes back from JSON as it was."""

from __future__ import annotations

import json

import msgspec
import pytest
from msgspec import inspect as shapes

from lavdlike import messages
from tools import typescript

STRUCTS = {
    name: struct
    for module in typescript.MESSAGES
    for name, struct in typescript.public_structs(module).items()
}


def _sample(shape: shapes.Type) -> object:
    """A value of that shape in which nothing is left out: every list has an item, every option is taken."""
    if isinstance(shape, shapes.StructType):
        return shape.cls(**{field.name: _sample(field.type) for field in shape.fields})
    if isinstance(shape, shapes.ListType):
        return [_sample(shape.item_type)]
    if isinstance(shape, shapes.TupleType):
        return tuple(map(_sample, shape.item_types))
    if isinstance(shape, shapes.DictType):
        return {"key": _sample(shape.value_type)}
    if isinstance(shape, shapes.UnionType):
        return next(_sample(part) for part in shape.types if not isinstance(part, shapes.NoneType))
    if isinstance(shape, shapes.LiteralType):
        return shape.values[0]
    values = {shapes.StrType: "ä\n", shapes.IntType: 2**53 - 1, shapes.FloatType: 1.5, shapes.BoolType: True}
    return values.get(type(shape), [None, {"any": 1}])


@pytest.mark.parametrize("struct", STRUCTS.values(), ids=STRUCTS)
def test_message_survives_the_way_through_json(struct: type[msgspec.Struct]) -> None:
    sample = _sample(shapes.type_info(struct))
    assert msgspec.json.decode(msgspec.json.encode(sample), type=struct) == sample


def test_messages_of_the_feed_are_told_apart_by_their_type() -> None:
    kinds = shapes.type_info(messages.FeedMessage)
    assert isinstance(kinds, shapes.UnionType)
    samples = [_sample(kind) for kind in kinds.types]
    encoded = msgspec.json.encode(samples)
    assert msgspec.json.decode(encoded, type=list[messages.FeedMessage]) == samples
    assert len({message["type"] for message in json.loads(encoded)}) == len(samples)


def test_types_of_the_page_are_current() -> None:
    assert typescript.main(["--check"]) == 0, "run `python -m tools.typescript`"
