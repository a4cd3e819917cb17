from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.kinds import registry, texts
from lavdlike.kinds.images import Box, ImageContent
from lavdlike.kinds.markdown import MarkdownContent
from lavdlike.kinds.texts import TextContent
from lavdlike.messages import Item, ItemAddress
from lavdlike.reading.items import Budget, read_item


@pytest.fixture
def step(tmp_path: Path) -> Path:
    folder = tmp_path / "exp" / "0001"
    folder.mkdir(parents=True)
    return folder


def read(step: Path, kind: str, *names: str, budget: Budget | None = None) -> Item | None:
    address = ItemAddress("exp", kind, "a", 1)
    paths = [f"0001/{name}" for name in names]
    found = read_item(LocalRoot(step.parent.parent), address, paths, sequence=7, budget=budget or Budget())
    return found.item if found else None


def shown(item: Item | None) -> list[str]:
    assert item is not None
    return [file.path for file in item.files]


def test_a_text_is_its_file(step: Path) -> None:
    (step / "a.txt").write_text("héllo\n")
    item = read(step, "texts", "a.txt")
    assert item is not None
    assert item.content == TextContent("héllo\n")
    assert (item.sequence, item.problem) == (7, None)
    [file] = item.files
    assert (file.path, file.size_bytes, file.modified) == ("0001/a.txt", 7, (step / "a.txt").stat().st_mtime)


def test_a_text_with_what_was_expected_is_in_json(step: Path) -> None:
    (step / "a.json").write_text('{"texts": {"actual": "a", "expected": "b"}, "scalars": {"value": 1}}')
    item = read(step, "texts", "a.json")
    assert item is not None
    assert item.content == TextContent("a", "b")


def test_markdown_is_given_as_written(step: Path) -> None:
    (step / "a.md").write_text("# Title")
    item = read(step, "markdown", "a.md")
    assert item is not None
    assert item.content == MarkdownContent("# Title")


@pytest.mark.parametrize(("kind", "name"), [("images", "a.png"), ("logs", "a.log"), ("files", "a.bin")])
def test_a_file_that_is_its_own_content_is_not_read(
    step: Path, kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (step / name).write_bytes(b"content")
    monkeypatch.delattr(os, "read")
    item = read(step, kind, name)
    assert shown(item) == [f"0001/{name}"]
    assert item is not None
    assert item.content is None


def test_the_newest_of_several_files_is_shown(step: Path) -> None:
    (step / "a.txt").write_text("older")
    (step / "a.text").write_text("newest")
    (step / "a.json").write_text('{"texts": {"actual": "oldest"}}')
    for age_s, name in enumerate(["a.text", "a.txt", "a.json"]):
        os.utime(step / name, (1000 - age_s, 1000 - age_s))
    item = read(step, "texts", "a.json", "a.text", "a.txt")
    assert shown(item) == ["0001/a.text", "0001/a.txt", "0001/a.json"]
    assert item is not None
    assert item.content == TextContent("newest")


class TestBoxes:
    def write(self, step: Path, source: str) -> None:
        box = {"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4}
        (step / "a.json").write_text(json.dumps({"images": {"source": source, "boxes": [box]}}))

    def test_come_with_their_picture(self, step: Path) -> None:
        (step / "a.png").touch()
        self.write(step, "a.png")
        item = read(step, "images", "a.png", "a.json")
        assert shown(item) == ["0001/a.png", "0001/a.json"]
        assert item is not None
        assert item.content == ImageContent("a.png", [Box(1, 2, 3, 4)])

    def test_may_name_another_picture(self, step: Path) -> None:
        (step / "a.png").touch()
        (step.parent / "0002").mkdir()
        (step.parent / "0002" / "other.jpg").touch()
        self.write(step, "../0002/other.jpg")
        assert shown(read(step, "images", "a.png", "a.json")) == [
            "0002/other.jpg",
            "0001/a.png",
            "0001/a.json",
        ]

    @pytest.mark.parametrize(
        "source", ["../../../etc/passwd", "/etc/passwd", "../../other/a.png", "gone.png", "", ".."]
    )
    def test_name_no_picture_out_of_their_experiment(self, step: Path, source: str) -> None:
        (step.parent.parent / "other").mkdir()
        (step.parent.parent / "other" / "a.png").touch()
        self.write(step, source)
        assert shown(read(step, "images", "a.json"))[-1] == "0001/a.json"
        assert "other" not in shown(read(step, "images", "a.json"))[0]

    def test_that_are_wrong_are_a_problem_and_the_picture_is_shown(self, step: Path) -> None:
        (step / "a.png").touch()
        (step / "a.json").write_text('{"images": {"source": "a.png", "boxes": [{"xStart": "left"}]}}')
        item = read(step, "images", "a.png", "a.json")
        assert shown(item)[0] == "0001/a.png"
        assert item is not None
        assert item.problem is not None
        assert (item.problem.path, item.problem.position) == ("exp/0001/a.json", "images.boxes[0].xStart")


def test_masks_come_last_and_never_instead_of_their_picture(step: Path) -> None:
    for name in ("a.png", "a.mask.png", "a.mask-truth.png"):
        (step / name).touch()
    (step / "a.json").write_text('{"images": {"source": "a.png", "caption": "described"}}')
    for age_s, name in enumerate(["a.mask.png", "a.mask-truth.png", "a.json", "a.png"]):
        os.utime(step / name, (1000 - age_s, 1000 - age_s))
    item = read(step, "images", "a.png", "a.json", "a.mask.png", "a.mask-truth.png")
    assert shown(item) == ["0001/a.png", "0001/a.json", "0001/a.mask.png", "0001/a.mask-truth.png"]
    assert item is not None
    assert isinstance(item.content, ImageContent)
    assert item.content.caption == "described"
    assert shown(read(step, "images", "a.mask.png")) == ["0001/a.mask.png"]


def test_files_that_are_gone_are_left_out(step: Path) -> None:
    (step / "a.txt").touch()
    assert shown(read(step, "texts", "a.txt", "gone.txt")) == ["0001/a.txt"]
    assert read(step, "texts", "gone.txt") is None


def test_a_file_that_may_not_be_read_is_a_problem(step: Path) -> None:
    (step / "a.txt").symlink_to("/etc/passwd")
    item = read(step, "texts", "a.txt")
    assert item is not None
    assert item.content is None
    assert item.problem is not None
    assert "not followed" in item.problem.reason


def test_a_text_beyond_the_limit_is_a_problem(step: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BY_NAME, "texts", replace(texts.KIND, max_bytes=10))
    (step / "a.txt").write_text("x" * 11)
    item = read(step, "texts", "a.txt")
    assert item is not None
    assert item.problem is not None
    assert "larger than" in item.problem.reason


def test_the_texts_of_one_answer_have_a_limit_together(step: Path) -> None:
    (step / "a.txt").write_text("x" * 60)
    budget = Budget(100)
    first, second = (read(step, "texts", "a.txt", budget=budget) for _ in range(2))
    assert first is not None
    assert first.problem is None
    assert second is not None
    assert second.problem is not None
    assert "fewer items" in second.problem.reason
