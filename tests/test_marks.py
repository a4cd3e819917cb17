from __future__ import annotations

import json

import pytest

from lavdlike import marks
from lavdlike.edit_messages import Mark
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.marks import Marks


def after(data: bytes | None, logged: list[str] | None = None, **change: object) -> dict[str, object] | None:
    content = marks.changed(data, Mark([], **change), logged or [])  # type: ignore[arg-type]  # a test's shorthand
    return None if content is None else json.loads(content)


def test_only_what_is_said_stands_in_the_file() -> None:
    assert after(None, title="Best", starred=True) == {"title": "Best", "starred": True}
    assert after(None, add_tags=["b", "a", "b"]) == {"tagsAdded": ["b", "a"]}


def test_nothing_said_any_more_is_no_file() -> None:
    assert after(b'{"title": "Best", "starred": true}', title="", starred=False) is None


def test_unknown_keys_are_kept_and_keep_the_file() -> None:
    assert after(b'{"shape": {"of": "line"}, "title": "x"}', title="") == {"shape": {"of": "line"}}


def test_what_changes_nothing_leaves_every_byte() -> None:
    data = b'{ "tagsAdded":["a"]   }'
    assert marks.changed(data, Mark([], add_tags=["a"], remove_tags=["b"], archived=False), []) is data
    assert marks.changed(None, Mark([], title="", remove_tags=["b"]), []) is None


class TestTags:
    def test_of_the_script_are_removed_by_a_word_that_outlives_the_script(self) -> None:
        assert after(None, ["base"], remove_tags=["base"]) == {"tagsRemoved": ["base"]}
        said = marks.read(b'{"tagsRemoved": ["base"]}', "m")
        assert marks.tags_of(["base", "new"], said) == ["new"]

    def test_that_people_added_are_removed_without_a_trace(self) -> None:
        assert after(b'{"tagsAdded": ["bad"]}', remove_tags=["bad"]) is None

    def test_that_were_removed_come_back_when_a_person_adds_them(self) -> None:
        assert after(b'{"tagsRemoved": ["base"]}', ["base"], add_tags=["base"]) is None

    def test_are_shown_once_in_the_order_in_which_they_came(self) -> None:
        assert marks.tags_of(["b", "a"], Marks(tags_added=("a", "c"))) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [
        (b"{}", True),
        (b'{"starred": true}', True),
        (b'{"shape": "red"}', True),
        (b'{"title": "x", "images": {"source": "a.png"}}', True),
        (b"{not json", True),
        (b'{"images": {"source": "a.png"}}', False),
        (b'{"data": [], "layout": {}}', False),
    ],
)
def test_an_item_of_an_old_tree_is_told_from_marks(data: bytes, is_ours: bool) -> None:  # noqa: FBT001 - a case
    assert marks.is_ours(data) == is_ours


@pytest.mark.parametrize(
    "data",
    [b"[]", b"{", b'{"title": 3}', b'{"tagsAdded": "a"}', b"\xff", b'{"images": {}}', b"[" * 100_000],
)
def test_a_file_that_is_something_else_is_never_overwritten(data: bytes) -> None:
    with pytest.raises(LogFormatError):
        marks.changed(data, Mark([], title="x"), [])


def test_a_large_file_is_refused() -> None:
    with pytest.raises(LimitError, match="larger than 1 MiB"):
        marks.read(b'{"title": "' + b"x" * 2**20 + b'"}', "marks.json")
