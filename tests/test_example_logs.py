"""`example_logs` is what its maker makes, small, and has something for every page."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from lavdlike.kinds.registry import KINDS, kind_of_suffix
from lavdlike.layout import split_suffix
from tools.make_example_logs import EXAMPLE_LOGS, make


def files_below(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def test_committed_examples_are_what_the_maker_makes(tmp_path: Path) -> None:
    make(tmp_path / "made")
    made, committed = files_below(tmp_path / "made"), files_below(EXAMPLE_LOGS)
    assert set(made) == set(committed)
    for name, path in made.items():
        if path.suffix == ".png":  # another version of zlib packs the same pixels into other bytes
            with Image.open(path) as ours, Image.open(committed[name]) as theirs:
                assert ours.tobytes() == theirs.tobytes(), name
        else:
            assert path.read_bytes() == committed[name].read_bytes(), name


def test_examples_are_small() -> None:
    assert sum(path.stat().st_size for path in files_below(EXAMPLE_LOGS).values()) <= 3_000_000


def test_every_kind_has_an_example() -> None:
    names = list(files_below(EXAMPLE_LOGS).values())
    by_suffix = {kind.name for path in names if (kind := kind_of_suffix(split_suffix(path.name)[1]))}
    in_json = {
        kind.name
        for kind in KINDS
        if kind.json_key
        for path in names
        if path.suffix == ".json" and f'"{kind.json_key}"' in path.read_text()
    }
    in_tables = {"scalars"} if any(path.name == "scalars.tsv" for path in names) else set()
    unknown = (
        {"files"}
        if any(
            kind_of_suffix(split_suffix(path.name)[1]) is None for path in names if path.suffix == ".names"
        )
        else set()
    )
    assert by_suffix | in_json | in_tables | unknown == {kind.name for kind in KINDS}
