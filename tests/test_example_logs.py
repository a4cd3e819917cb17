"""`example_logs` is what its maker makes, small, and has something for every page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lavdlike.disk.local import LocalRoot
from lavdlike.kinds import registry
from lavdlike.reading import snapshot
from tools.make_example_logs import EXAMPLE_LOGS, make


def files_below(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
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
    root = LocalRoot(EXAMPLE_LOGS)
    experiments = [snapshot.Snapshot(root, name) for name in snapshot.names_in(root)]
    found = {kind for experiment in experiments for kind, _ in experiment.tree.labels()}
    if any(experiment.scalar_labels() for experiment in experiments):
        found.add(registry.POINTS.name)
    assert found == registry.BY_NAME.keys()
