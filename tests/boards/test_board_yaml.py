from __future__ import annotations

import pytest

from lavdlike.board_messages import BoardMistake
from lavdlike.boards.board_yaml import Placed, as_text, mistake_of, parse, plain
from lavdlike.errors import LogFormatError


def test_everything_has_its_place_and_every_scalar_is_its_text() -> None:
    document = parse(b"a: 1.50\nb:\n  - yes\n  - {c: ~}\n", "x")
    assert plain(document) == {"a": "1.50", "b": ["yes", {"c": None}]}
    assert document.value["a"] == Placed("1.50", 1, 4)
    assert [each[1:] for each in document.value["b"].value] == [(3, 5), (4, 5)]
    assert parse(b"# nothing\n", "x").value is None


def test_what_an_alias_repeats_stands_where_the_alias_does() -> None:
    document = parse(b"a: &x [1]\nb: *x\n", "x")
    assert plain(document) == {"a": ["1"], "b": ["1"]}
    assert document.value["b"][1:] == (2, 4)


def test_json_values_are_compared_as_the_text_that_is_written_for_them() -> None:
    value = {"a": [1, 0.5, True, None], "b": "true"}
    assert as_text(value) == {"a": ["1", "0.5", "true", None], "b": "true"}


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (b"a: [1", (2, 1, "not YAML")),
        (b"a: 1\na: 2", (2, 1, "comes twice")),
        (b"a: !!python/object/apply:os.system [ls]", (1, 4, "the tag")),
        (b"? [a]\n: 1", (1, 3, "a key is not text")),
        (b"a: 1\n---\nb: 1", (2, 1, "more than one document")),
        (b"a: *a", (1, 4, "no anchor")),
        (b"\xff", (0, 0, "not UTF-8")),
        (b"[" * 1000, (0, 0, "deeper than 50 levels")),
        (b"x" * (2**20 + 1), (0, 0, "larger than 1 MiB")),
        (
            b"a: &a [0,0,0,0,0,0,0,0,0,0]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (key, key, b",".join([b"*%c" % (key - 1)] * 10)) for key in range(98, 105)
            ),
            (0, 0, "more than 50,000 entries"),
        ),
    ],
)
def test_hostile_and_broken_text_is_a_sentence_with_its_place(
    text: bytes, mistake: tuple[int, int, str]
) -> None:
    with pytest.raises(LogFormatError) as raised:
        parse(text, "x")
    found = mistake_of(raised.value)
    assert isinstance(found, BoardMistake)
    assert (found.line, found.column) == mistake[:2]
    assert mistake[2] in found.reason
