from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.edits import thin_rules
from lavdlike.edits.thin_rules import checked_rule, emptied, files_to_thin, items_to_thin, newest_step
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.tree import ExperimentTree


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


def write(run: Path, path: str, content: object = "") -> None:
    target = run / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content if isinstance(content, str) else json.dumps(content))


def tree_of(run: Path) -> ExperimentTree:
    return Snapshot(LocalRoot(run.parent), ExperimentName(run.name)).tree


def gone(
    run: Path, *kinds: str, every: int = 0, last: int = 1, named: frozenset[str] = frozenset()
) -> list[str]:
    tree, rule = tree_of(run), checked_rule(kinds, every, last)
    return files_to_thin(tree, items_to_thin(tree, rule), named)


@pytest.mark.parametrize(
    ("every", "last", "expected"),
    [
        (0, 1, [10, 20, 30, 40, 50]),
        (0, 6, []),
        (0, 100, []),
        (1, 0, []),
        (2, 0, [20, 40, 60]),
        (2, 1, [20, 40]),
        (3, 2, [20, 30]),
        (100, 0, [20, 30, 40, 50, 60]),
    ],
)
def test_every_nth_from_the_first_and_the_last_stay(every: int, last: int, expected: list[int]) -> None:
    rule = checked_rule(["images"], every, last)
    assert thin_rules.thinned([60, 50, 40, 30, 20, 10], rule) == expected


@pytest.mark.parametrize(
    ("kinds", "every", "last", "reason"),
    [
        (["scalars", "logs", "images"], 1, 1, "logs, scalars are never thinned"),
        (["commands"], 1, 1, "commands are never thinned"),
        (["pictures"], 1, 1, "no kind pictures; kinds are "),
        ([], 1, 1, "name the kinds"),
        (["images"], 0, 0, "say which steps stay"),
        (["images"], -1, 3, "say which steps stay"),
    ],
)
def test_what_cannot_be_a_rule_is_said(kinds: list[str], every: int, last: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_rule(kinds, every, last)


def test_each_label_is_thinned_on_its_own_and_other_kinds_stay(run: Path) -> None:
    with Logger(run.name, run.parent) as logger:
        for step in range(4):
            logger.log_image(Image.new("L", (4, 4)), "bird", step)
            logger.log_text("hello", "said", step)
            logger.log_scalar(1.0, "loss", step)
        logger.log_image(Image.new("L", (4, 4)), "rare", 0)
        logger.log_image(Image.new("L", (4, 4)), "global")
    assert gone(run, "images", every=2) == ["0001/bird.png"]
    assert gone(run, "images", last=2) == ["0000/bird.png", "0001/bird.png"]


def test_all_files_of_an_item_go_with_it(run: Path) -> None:
    for step in (1, 2):
        for name in ("bird.png", "bird.jpeg", "bird.mask.png", "bird.mask-truth.png"):
            write(run, f"000{step}/{name}")
        write(run, f"000{step}/bird.json", {"images": {"boxes": []}})
    write(run, "1/bird.png")
    assert gone(run, "images") == [
        "0001/bird.jpeg",
        "0001/bird.json",
        "0001/bird.mask-truth.png",
        "0001/bird.mask.png",
        "0001/bird.png",
        "1/bird.png",
    ]


def test_parts_that_a_json_file_names_go_with_it_unless_another_names_them(run: Path) -> None:
    for step in ("0001", "0002"):
        names = {"vectors": f"w{step}.npy", "labels": "../all.tsv"}
        write(run, f"{step}/words.json", {"embeddings": names})
        write(run, f"{step}/w{step}.npy")
    write(run, "all.tsv")
    assert gone(run, "embeddings") == ["0001/w0001.npy", "0001/words.json"]
    assert gone(run, "arrays") == []


def test_a_json_file_of_several_kinds_goes_only_with_all_of_them(run: Path) -> None:
    for step in (1, 2):
        write(run, f"{step}/bird.png")
        write(run, f"{step}/bird.json", {"images": {"boxes": []}, "texts": {"actual": "a bird"}})
    assert gone(run, "images") == ["1/bird.png"]
    assert gone(run, "texts") == []
    assert gone(run, "images", "texts") == ["1/bird.json", "1/bird.png"]


def test_scalars_in_json_files_and_logs_are_never_taken(run: Path) -> None:
    for step in (1, 2, 3):
        write(run, f"{step}/loss.json", {"scalars": {"value": 1}, "histograms": {"bins": []}})
        write(run, f"{step}/out.log")
    every = sorted(
        kind for kind in ("images", "texts", "histograms", "tables", "arrays", "files", "models", "plots")
    )
    assert gone(run, *every) == []


def test_models_are_files_that_end_like_checkpoints(run: Path) -> None:
    for step in (1, 2, 3):
        for name in ("model.pt", "model.grad.pt", "net.CKPT", "w.safetensors", "data.bin"):
            write(run, f"{step}/{name}")
    assert gone(run, "models", last=2) == ["1/model.grad.pt", "1/model.pt", "1/net.CKPT", "1/w.safetensors"]
    assert "1/data.bin" in gone(run, "files", last=2)


def test_what_stands_behind_a_link_stays(run: Path) -> None:
    write(run, "1/a.npy")
    write(run, "2/a.npy")
    write(run, "3/a.npy")
    write(run.parent / "other", "b.npy")
    (run / "1/b.npy").symlink_to("../../other/b.npy")
    (run / "2/b.npy").symlink_to("../../other/b.npy")
    (run / "1/c").symlink_to("../2")
    assert gone(run, "arrays") == ["1/a.npy", "2/a.npy"]


def test_a_picture_that_a_staying_description_is_about_stays(run: Path) -> None:
    write(run, "1/bird.png")
    write(run, "2/bird.png")
    write(run, "3/bird.png")
    write(run, "3/found.json", {"images": {"source": "../1/bird.png", "boxes": []}})
    tree, rule = tree_of(run), checked_rule(["images"], 0, 1)
    items = items_to_thin(tree, rule)
    assert [item.label for item in thin_rules.descriptions_that_stay(tree, items)] == ["found"]
    assert files_to_thin(tree, items, ["1/bird.png"]) == ["2/bird.png"]


def test_of_a_run_that_may_go_on_only_steps_before_its_newest_go(run: Path) -> None:
    write(run, "1/a.npy")
    write(run, "2/a.npy")
    write(run, "2/b.npy")
    write(run, "7/b.npy")
    write(run, "7/b.npy")
    write(run, "not a step/9.npy")
    tree = tree_of(run)
    assert newest_step(tree) == 7
    rule = checked_rule(["arrays"], 100, 0)
    assert [(item.label, item.step) for item in items_to_thin(tree, rule)] != []
    assert {(item.label, item.step) for item in items_to_thin(tree, rule, before=7)} == {("a", 2)}


def test_folders_that_may_be_empty_stand_before_those_above_them() -> None:
    assert emptied(["1/a/b", "1", "2"]) == ["1/a/b", "1/a", "1", "2"]


def test_files_whose_names_alone_say_a_step_stay(run: Path) -> None:
    for step in range(1, 6):
        write(run, f"{step:04}/a.md")
        write(run, f"pred_{step:04}.md")
        write(run, f"step_{step}/b.md")
    assert {(item.label, item.step) for item in tree_of(run).items()} >= {("pred", 5), ("b", 5), ("a", 5)}
    assert gone(run, "markdown") == [f"{step:04}/a.md" for step in range(1, 5)]
