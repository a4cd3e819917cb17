"""The rules for the ends of names, as a table of cases."""

from __future__ import annotations

import pytest

from lavdlike.kinds.places import Place, place_of, split_suffix


@pytest.mark.parametrize(
    ("name", "stem", "suffix"),
    [
        ("bird.png", "bird", ".png"),
        ("archive.tar.gz", "archive.tar", ".gz"),
        ("README", "README", ""),
        ("loss.plotly.json", "loss", ".plotly.json"),
        ("loss.plotly.jsonl", "loss", ".plotly.jsonl"),
        ("loss.Plotly.JSON", "loss", ".Plotly.JSON"),
        (".plotly.json", ".plotly", ".json"),
        ("bird.mask.png", "bird", ".mask.png"),
        ("bird.mask-truth.png", "bird", ".mask-truth.png"),
        ("bird.MASK.PNG", "bird", ".MASK.PNG"),
        ("bird.mask.jpg", "bird.mask", ".jpg"),
        ("bird.masked.png", "bird.masked", ".png"),
        ("bird.mask-ä.png", "bird.mask-ä", ".png"),
        ("bird.mask", "bird", ".mask"),
    ],
)
def test_the_end_of_a_name_is_its_suffix(name: str, stem: str, suffix: str) -> None:
    assert split_suffix(name) == (stem, suffix)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("exp/0001/train/bird.mask.png", Place("exp", 1, "train/bird", ".mask.png")),
        ("exp/loss.plotly.json", Place("exp", None, "loss", ".plotly.json")),
        ("exp/more/0001/a.txt", Place("exp", None, "more/0001/a", ".txt")),
        ("exp/0001", Place("exp", None, "0001", "")),
        ("file.txt", None),
        (".hidden/a.txt", None),
        ("exp/.hidden/a.txt", None),
        ("exp/", None),
    ],
)
def test_a_path_is_a_place_in_the_tree(path: str, place: Place | None) -> None:
    assert place_of(path) == place
