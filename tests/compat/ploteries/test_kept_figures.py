from __future__ import annotations

from pathlib import Path

import msgspec

from lavdlike import Logger
from lavdlike.compat.ploteries.kept_figures import FILE, Definition, key_of, label_of_figure, read


def test_what_was_kept_is_read(tmp_path: Path) -> None:
    definition = Definition("images", "add_scalars", ["images"], dtype="<f4")
    with Logger("run", tmp_path) as logger:
        logger.log_json(key_of("images"), msgspec.to_builtins(definition), FILE)
    assert read(tmp_path / "run") == {"images": definition}
    assert read(tmp_path) == {}
    (tmp_path / "run" / "ploteries.json").write_text('{"images": {}, "data:a": {"figure": 3}}')
    assert read(tmp_path / "run") == {}


def test_labels_are_those_of_files() -> None:
    assert [label_of_figure(name) for name in ("/a/b/", "../x", "scalars")] == ["a/b", "%2E./x", "%scalars"]
