from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import root_settings
from lavdlike.edits import yaml_file
from lavdlike.errors import EditError

PEOPLES = b"""\
# what we agreed on
labels:
    "*/loss": {goal: min}   # lower is better
    # in percent
    acc: {goal: max, unit: '%'}
mine:   {kept: 0o17, when: 12:30, "quoted": no}  # unknown to lavdlike

filters:
  # the good ones
  best: tag:best
"""


def changed(data: bytes | None, *path: str, value: object) -> bytes | None:
    return yaml_file.changed(data, lambda document, say: yaml_file.put(document, path, value, say))


def read(data: bytes | None) -> dict[str, Any]:
    return root_settings.parse(data or b"", "lavdlike.yaml")[0]


def test_a_new_file_is_made_and_an_empty_one_is_none() -> None:
    data = changed(None, "labels", "loss", "goal", value="min")
    assert data == b"labels:\n  loss:\n    goal: min\n"
    assert changed(data, "labels", "loss", "goal", value=None) is None


def test_comments_unknown_keys_and_what_was_quoted_stay() -> None:
    data = changed(PEOPLES, "labels", "acc", "unit", value="percent")
    assert data is not None
    assert read(data)["labels"]["acc"] == {"goal": "max", "unit": "percent"}
    for text in (b"# what we agreed on", b"# lower is better", b"# in percent", b"# the good ones"):
        assert text in data
    assert b'mine: {kept: 0o17, when: 12:30, "quoted": no}' in data


def test_the_comment_of_the_next_entry_stays_when_one_is_removed() -> None:
    data = changed(PEOPLES, "labels", "*/loss", value=None)
    assert data is not None
    assert b"# in percent" in data
    assert read(data)["labels"] == {"acc": {"goal": "max", "unit": "%"}}


def test_comments_alone_stay() -> None:
    data = changed(b"# ours\n# and yours", "view", "theme", value="dark")
    assert data == b"# ours\n# and yours\nview:\n  theme: dark\n"
    assert changed(b"# ours\nview:\n  # mine\n  theme: dark\n", "view", value=None) == b"# ours\n# mine\n"


def test_what_changes_nothing_leaves_every_byte() -> None:
    assert changed(PEOPLES, "filters", "best", value="tag:best") is PEOPLES
    assert changed(PEOPLES, "filters", "worst", value=None) is PEOPLES
    assert changed(None, "filters", "worst", value=None) is None


@pytest.mark.parametrize(
    "text", ["no", "12:30", "1e3", "~", "", " a ", "a: b", "#a", "&a", "2024-01-01", "0x1f"]
)
def test_text_is_text_for_every_program(text: str) -> None:
    import yaml

    data = changed(None, "filters", "no", value=text)
    assert data is not None
    assert read(data) == {"filters": {"no": text}}
    assert yaml.safe_load(data) == {"filters": {"no": text}}


def test_lines_stand_as_lines() -> None:
    data = changed(None, "experiments", "a", "notes", value="# Title\n\n- one\n  - two\n")
    assert data == b"experiments:\n  a:\n    notes: |\n      # Title\n\n      - one\n        - two\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: [", "not YAML"),
        (b"a: !mine x", "the tag"),
        (b"a: 1\na: 2", "a key comes twice"),
        (b"- a", "a mapping is expected"),
        (b"experiments: {a: &x {title: t}, b: *x}", "edit it by hand"),
    ],
)
def test_what_a_program_cannot_change_rightly_is_left_to_people(data: bytes, message: str) -> None:
    with pytest.raises(EditError, match=message):
        changed(data, "experiments", "a", "title", value="new")


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_comes_back_or_is_refused(text: str, name: str) -> None:
    try:
        data = changed(PEOPLES, "experiments", name, "notes", value=text)
    except EditError:
        return
    assert read(data)["experiments"] == {name: {"notes": text}}
