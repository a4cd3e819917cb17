from __future__ import annotations

import json
import os
from pathlib import Path

from lavdlike.server import glance


def kinds_in(experiment: Path) -> list[str]:
    fd = os.open(experiment, os.O_RDONLY)
    try:
        return glance.kinds_in(fd)
    finally:
        os.close(fd)


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_names_json_keys_and_scalars_files_tell_the_kinds(tmp_path: Path) -> None:
    write(tmp_path / "scalars.tsv")
    write(tmp_path / "experiment.json", json.dumps({"texts": {}}))
    write(tmp_path / "0001" / "street" / "a.png")
    write(tmp_path / "0001" / "b.json", json.dumps({"texts": {"actual": ""}}))
    write(tmp_path / "reports" / "0001" / "final.md")
    write(tmp_path / "unknown.bin")
    assert kinds_in(tmp_path) == ["images", "markdown", "scalars", "texts"]


def test_a_table_with_a_column_of_steps_tells_of_scalars(tmp_path: Path) -> None:
    write(tmp_path / "0001" / "a.csv", "step,loss\n")
    write(tmp_path / "b.csv", "name,size\n")
    assert kinds_in(tmp_path) == ["tables"]
    write(tmp_path / "logs" / "c.csv", "step,loss\n")
    assert kinds_in(tmp_path) == ["scalars", "tables"]


def test_of_the_steps_only_the_newest_is_looked_at(tmp_path: Path) -> None:
    for step in range(1, 40):
        write(tmp_path / f"{step:04}" / "a.txt")
    write(tmp_path / "0040" / "a.png")
    assert kinds_in(tmp_path) == ["images"]


def test_broken_files_and_links_tell_nothing(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "a.png")
    experiment = tmp_path / "experiment"
    write(experiment / "broken.json", "{")
    (experiment / "linked").symlink_to(tmp_path / "elsewhere")
    (experiment / "linked.txt").symlink_to(tmp_path / "elsewhere" / "a.png")
    os.mkfifo(experiment / "pipe.md")
    assert kinds_in(experiment) == []


def test_it_costs_little_however_much_there_is(tmp_path: Path) -> None:
    for number in range(50):
        write(tmp_path / f"folder-{number}" / "deep" / "deeper" / "deepest" / "a.png")
        write(tmp_path / f"{number}.json", json.dumps({"texts": {}}))
    write(tmp_path / "large.json", json.dumps({"images": {"source": "x" * 2**20}}))
    assert kinds_in(tmp_path) == ["texts"]
