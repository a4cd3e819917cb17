from __future__ import annotations

import pytest

from lavdlike.pane_items import items_of, text_suffix


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("", ".txt"),
        ("plain\nlines", ".txt"),
        ("1 < 2 && 3 > 2", ".txt"),
        ("a<br>b", ".html"),
        ("a&nbsp;b", ".html"),
        ("<svg width='3'><g/></svg>\n", ".svg"),
        ("<svg><g/></svg><p>and more", ".html"),
        ('<audio controls>\n <source type="audio/flac" src="data:audio/flac;base64,AA==">', ".flac"),
        ('<video controls loop>\n<source type="video/ogg" src="data:video/ogg;base64,AA==">', ".ogv"),
        ('<audio controls>\n <source type="audio/midi" src="data:audio/midi;base64,AA==">', ".html"),
        ('<audio controls><source type="audio/wav" src="https://example.org/a.wav">', ".html"),
    ],
)
def test_what_a_text_is_decides_on_its_file(text: str, suffix: str) -> None:
    assert text_suffix(text) == suffix


def test_a_drawing_is_a_file_that_stands_alone() -> None:
    (item,) = items_of("text", " <svg width='3'><g/></svg> ")
    assert item.make(" <svg width='3'><g/></svg> ", "a.svg") == (
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" width='3'><g/></svg>"
    )


def test_embeddings_that_are_still_computed_are_none() -> None:
    assert list(items_of("embeddings", {"isLoading": True})) == []
