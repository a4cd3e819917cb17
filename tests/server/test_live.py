from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.server.live import Live
from lavdlike.server.settings import Settings, WatchOption
from tests.server.browser_model import Browser, assert_true

pytestmark = pytest.mark.anyio

EXPERIMENTS = ["exp", "other"]


@asynccontextmanager
async def serving(
    root: Path, *, watch: WatchOption = "auto", poll_interval_s: float = 5.0, follow_links: bool = False
) -> AsyncIterator[Live]:
    live = Live(Settings(root, watch=watch, poll_interval_s=poll_interval_s, follow_links=follow_links))
    await live.start()
    try:
        yield live
    finally:
        await live.stop()


@asynccontextmanager
async def browsing(live: Live, experiments: list[str] = EXPERIMENTS) -> AsyncIterator[Browser]:
    browser = Browser(live, experiments)
    await browser.open()
    try:
        yield browser
    finally:
        await browser.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with something of everything."""
    root = tmp_path / "root"
    step = root / "exp" / "0001"
    (step / "deep" / "deeper").mkdir(parents=True)
    (step / "a.txt").write_text("text")
    (step / "loss.json").write_text('{"scalars": {"value": 0.5}}')
    (step / "both.json").write_text('{"scalars": {"value": 1}, "texts": {"actual": "a", "expected": "b"}}')
    (step / "deep" / "deeper" / "b.md").write_text("# Markdown")
    (root / "exp" / "scalars.tsv").write_text(HEADER + "1\t1.0\tx/loss\t0.5\n2\t2.0\tx/loss\t0.25\n")
    (root / "exp" / "global.png").write_bytes(b"no picture")
    (root / "other" / "x").mkdir(parents=True)
    (root / "other" / "x" / "out.log").write_text("line\n")
    return root


def replace(path: Path, content: str) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(content)
    temporary.replace(path)


def append(path: Path, content: str) -> None:
    with path.open("a") as file:
        file.write(content)


def write_long(path: Path, lines: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for number in range(lines):
        append(path, f"line {number}\n")


def add_values(root: Path) -> None:
    for step in range(2, 12):
        folder = root / "exp" / f"{step:04}"
        folder.mkdir()
        (folder / "loss.json").write_text(json.dumps({"scalars": {"value": step}}))


def make_step_again(root: Path) -> None:
    shutil.rmtree(root / "exp" / "0001")
    write_long(root / "exp" / "0001" / "a.txt", 2)


def make_experiment_again(root: Path) -> None:
    shutil.rmtree(root / "exp")
    write_long(root / "exp" / "0001" / "b.md", 2)


def take_the_place_of_another(root: Path) -> None:
    shutil.rmtree(root / "other")
    (root / "exp").rename(root / "other")


def go_away_and_come_back(root: Path) -> None:
    root.rename(root.with_name("away"))
    root.with_name("away").rename(root)


def remove_root(root: Path) -> None:
    shutil.rmtree(root)


def make_root_again(root: Path) -> None:
    shutil.rmtree(root)
    (root / "exp" / "0002").mkdir(parents=True)
    (root / "exp" / "0002" / "a.txt").write_text("another one")


def swap_root(root: Path) -> None:
    other = root.with_name("swapped")
    (other / "other" / "0007").mkdir(parents=True)
    (other / "other" / "0007" / "a.txt").write_text("swapped")
    root.rename(root.with_name("old"))
    other.rename(root)


def move_folder_out_and_write(root: Path) -> None:
    (root / "exp" / "0001").rename(root.with_name("outside"))
    append(root.with_name("outside") / "a.txt", "unseen")


def move_folder_in(root: Path) -> None:
    source = root.with_name("outside")
    shutil.copytree(root / "exp" / "0001", source / "0009")
    (source / "0009").rename(root / "exp" / "0009")


def become_a_folder(root: Path) -> None:
    (root / "exp" / "0001" / "a.txt").unlink()
    (root / "exp" / "0001" / "a.txt").mkdir()
    (root / "exp" / "0001" / "a.txt" / "a.md").write_text("inside")


def become_a_file(root: Path) -> None:
    shutil.rmtree(root / "exp" / "0001" / "deep")
    (root / "exp" / "0001" / "deep").write_text("no longer a folder")


def retarget_link(root: Path) -> None:
    link = root / "exp" / "link.txt"
    link.symlink_to("0001/a.txt")
    link.unlink()
    link.symlink_to("../other/x/out.log")


def swap_folders(root: Path) -> None:
    step = root / "exp" / "0001"
    (root / "exp" / "0002").mkdir()
    (root / "exp" / "0002" / "a.txt").write_text("two")
    step.rename(root / "exp" / "swapping")
    (root / "exp" / "0002").rename(step)
    (root / "exp" / "swapping").rename(root / "exp" / "0002")


CHANGES: dict[str, Callable[[Path], Any]] = {
    "a file is created": lambda root: (root / "exp" / "0001" / "new.txt").write_text("new"),
    "a file is created in a new nested folder": lambda root: write_long(
        root / "exp" / "0002" / "a" / "b" / "c.txt", 3
    ),
    "an experiment is created": lambda root: shutil.copytree(root / "exp", root / "third"),
    "scalars are appended": lambda root: append(root / "exp" / "scalars.tsv", "3\t3.0\tx/loss\tnan\n"),
    "a new label is appended": lambda root: append(root / "exp" / "scalars.tsv", "3\t3.0\tloss\t1\n"),
    "half a line is appended": lambda root: append(root / "exp" / "scalars.tsv", "3\t3.0\tx/lo"),
    "scalars are written anew": lambda root: (root / "exp" / "scalars.tsv").write_text(
        HEADER + "9\t1.0\tloss\t9\n"
    ),
    "scalars are truncated": lambda root: os.truncate(root / "exp" / "scalars.tsv", 0),
    "a writer is added": lambda root: (root / "exp" / "scalars.rank1.tsv").write_text(
        HEADER + "1\t1.0\tloss\t1\n"
    ),
    "a table takes the scalars' name": lambda root: replace(root / "exp" / "scalars.tsv", "a\tb\n1\t2\n"),
    "a text is appended": lambda root: append(root / "exp" / "0001" / "a.txt", " and more"),
    "a log is appended": lambda root: write_long(root / "other" / "x" / "out.log", 20),
    "a file is replaced by renaming": lambda root: replace(root / "exp" / "0001" / "a.txt", "replaced"),
    "a picture is replaced by renaming": lambda root: replace(
        root / "exp" / "global.png", "again no picture"
    ),
    "a value is replaced by renaming": lambda root: replace(
        root / "exp" / "0001" / "loss.json", '{"scalars": {"value": 7}}'
    ),
    "a value is written in place": lambda root: (root / "exp" / "0001" / "loss.json").write_text(
        '{"scalars": {"value": 0.7}}'
    ),
    "a key of a JSON file goes": lambda root: (root / "exp" / "0001" / "both.json").write_text(
        '{"texts": {"actual": "c"}}'
    ),
    "a JSON file breaks": lambda root: (root / "exp" / "0001" / "both.json").write_text('{"texts": '),
    "values are added step by step": add_values,
    "a file is renamed": lambda root: (root / "exp" / "0001" / "a.txt").rename(
        root / "exp" / "0001" / "b.txt"
    ),
    "a file moves to another experiment": lambda root: (root / "exp" / "0001" / "a.txt").rename(
        root / "other" / "b.md"
    ),
    "a file is deleted": lambda root: (root / "exp" / "0001" / "a.txt").unlink(),
    "a value is deleted": lambda root: (root / "exp" / "0001" / "loss.json").unlink(),
    "the scalars are deleted": lambda root: (root / "exp" / "scalars.tsv").unlink(),
    "a step is deleted": lambda root: shutil.rmtree(root / "exp" / "0001"),
    "a step is deleted and made again": make_step_again,
    "an experiment is deleted": lambda root: shutil.rmtree(root / "exp"),
    "an experiment is deleted and made again": make_experiment_again,
    "a step is renamed": lambda root: (root / "exp" / "0001").rename(root / "exp" / "0005"),
    "a nested folder is renamed": lambda root: (root / "exp" / "0001" / "deep").rename(
        root / "exp" / "0001" / "shallow"
    ),
    "an experiment is renamed": lambda root: (root / "exp").rename(root / "renamed"),
    "one experiment takes another's place": take_the_place_of_another,
    "a folder moves into another experiment": lambda root: (root / "exp" / "0001").rename(
        root / "other" / "0003"
    ),
    "a folder moves out of the root": move_folder_out_and_write,
    "a folder moves into the root": move_folder_in,
    "two folders are swapped": swap_folders,
    "a file becomes a folder": become_a_folder,
    "a folder becomes a file": become_a_file,
    "a link to a file is made": lambda root: (root / "exp" / "link.txt").symlink_to("0001/a.txt"),
    "a link to a folder is made": lambda root: (root / "exp" / "0002").symlink_to("../other/x"),
    "a link leads elsewhere": retarget_link,
    "a linked experiment is made": lambda root: (root / "linked").symlink_to("exp"),
    "a name that is not UTF-8 comes": lambda root: Path(
        os.fsdecode(os.fsencode(root) + b"/exp/\xff.txt")
    ).write_text("x"),
    "the root is removed": remove_root,
    "the root is removed and made again": make_root_again,
    "another folder takes the root's place": swap_root,
    "the root moves away and comes back": go_away_and_come_back,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_browser_shows_what_is_on_disk_after(change: Callable[[Path], object], root: Path) -> None:
    async with serving(root) as live, browsing(live, [*EXPERIMENTS, "third", "renamed", "linked"]) as browser:
        await assert_true(browser, root)
        change(root)
        await assert_true(browser, root)
        (root / "exp" / "0001").mkdir(parents=True, exist_ok=True)
        (root / "exp" / "0001" / "after.txt").write_text("still listening")
        await assert_true(browser, root)
