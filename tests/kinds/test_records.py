from __future__ import annotations

import numpy as np
import pytest

from lavdlike.kinds.records import Column, RecordsError, columns_of, row_of


def test_fields_in_fields_are_columns_at_their_places() -> None:
    dtype = np.dtype([("id", "u1"), ("box", [("x", "<f4", (2, 2)), ("name", "S3")])], align=True)
    columns = columns_of(dtype)
    assert columns == [
        Column("id", 0, np.dtype("u1"), ()),
        Column("box.x", 4, np.dtype("<f4"), (2, 2)),
        Column("box.name", 20, np.dtype("S3"), ()),
    ]
    array = np.array((7, ([[0.1, 2], [3, 4]], b"a\xff")), dtype)
    assert row_of(array.tobytes(), columns) == ["7", "[0.1, 2.0, 3.0, 4.0]", "a\ufffd"]
    assert columns_of(np.dtype("f8")) == []


def test_long_cells_are_shortened() -> None:
    dtype = np.dtype([("v", "i1", (100,)), ("text", "S20000")])
    v, text = row_of(np.array(([1] * 100, b"x" * 20000), dtype).tobytes(), columns_of(dtype))
    assert v == f"[{'1, ' * 20}…]"
    assert text == "x" * 10_000


def test_what_cannot_be_shown_is_refused() -> None:
    for dtype in ([("a", "V8")], [("a", [("b", "f8")], (3,))], [(f"f{i}", "i1") for i in range(2001)]):
        with pytest.raises(RecordsError, match="field"):
            columns_of(np.dtype(dtype))
