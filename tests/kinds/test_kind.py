from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

import pytest

from lavdlike.kinds import registry
from lavdlike.kinds.kind import Kind, Overlay, Role

CLOUDS = Kind("clouds", frozenset({".xyz"}), json_key="clouds", overlay=Overlay(".atoms", ".json"))


@pytest.mark.parametrize(
    ("suffix", "role"),
    [
        (".xyz", Role.ITEM),
        (".json", Role.ITEM),
        (".atoms.json", Role.OVERLAY),
        (".ATOMS-first.JSON", Role.OVERLAY),
        (".atoms", Role.ITEM),
        (".atoms2.json", Role.ITEM),
    ],
)
def test_the_suffix_says_what_a_file_is_to_its_item(suffix: str, role: Role) -> None:
    assert CLOUDS.role_of(suffix) is role


def test_a_json_file_describes_only_where_the_kind_says_so() -> None:
    assert registry.BY_NAME["images"].role_of(".JSON") is Role.DESCRIPTION
    assert registry.BY_NAME["texts"].role_of(".json") is Role.ITEM


@pytest.mark.parametrize("kind", registry.KINDS, ids=lambda kind: kind.name)
def test_a_kinds_readers_give_the_content_that_it_names(kind: Kind) -> None:
    readers: list[Callable[..., Any]] = [
        reader for reader in (kind.read_file, kind.read_head, kind.read_json) if reader is not None
    ]
    assert {typing.get_type_hints(reader)["return"] for reader in readers} == {kind.content} - {None}


def test_media_types_are_of_suffixes_of_the_kind() -> None:
    for kind in registry.KINDS:
        assert kind.media_types.keys() <= kind.suffixes
