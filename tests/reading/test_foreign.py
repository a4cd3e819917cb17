from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.annotation_file import HEADER as ANNOTATIONS_HEADER
from lavdlike.disk.local import LocalRoot
from lavdlike.kinds.scalars import HEADER
from lavdlike.reading.foreign import is_foreign


@pytest.mark.parametrize(
    ("name", "content", "foreign"),
    [
        ("experiment.json", "{}", False),
        ("experiment.json", "broken", False),
        ("scalars.tsv", HEADER, False),
        ("scalars.rank3.tsv", HEADER + "1\t2\ta\t3\n", False),
        ("marks.json", '{"starred": true}', False),
        ("my-notes.md", "", False),
        ("annotations.tsv", ANNOTATIONS_HEADER, False),
        ("scalars.tsv", "step\tloss\n", True),
        ("marks.json", '{"images": {"source": "a.png"}}', True),
        ("annotations.tsv", "file\tclass\n", True),
        ("metrics.csv", "step,loss\n", True),
    ],
)
def test_what_only_we_write_makes_an_experiment_ours(
    tmp_path: Path,
    name: str,
    content: str,
    foreign: bool,  # noqa: FBT001 - a case
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text(content)
    with LocalRoot(tmp_path).folder("run") as opened:
        assert is_foreign(opened, "run") == foreign
