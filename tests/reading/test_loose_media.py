"""Which paths outside of steps say a step, and when that is plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.reading.loose_media import LooseMedia, stepped
from lavdlike.reading.origins import split_path
from lavdlike.reading.tree import PLAIN, Address, ExperimentTree, FolderScan, Node, Subfolder, TreeChanges

# Paths without their suffix, the label and the step that they would say.
CASES = [
    ("pred_000100", "pred", 100),
    ("samples/pred-0007", "samples/pred", 7),
    ("frame0001", "frame", 1),
    ("pred_1000", "pred", 1000),
    ("step_100", "step", 100),
    ("samples/step_100/a", "samples/a", 100),
    ("samples/step_100/deep/a", "samples/deep/a", 100),
    ("epoch=3-step=500", "step", 500),
    ("val_epoch=3-step=500", "val", 500),
    ("epoch_3/step_500/a", "a", 500),
    ("epoch_3/iter_20_a", "a", 20),
    ("images/it000200/x", "images/x", 200),
    ("val/epoch_3", "val", 3),
    ("layer_1_step_100", "layer_1", 100),
    ("step100.pred", "pred", 100),
    ("out.iter-20.pred", "out.pred", 20),
    ("Global Step 12 mask", "mask", 12),
    ("sample_step100_0001", "sample_0001", 100),
]
# Numbers that are no steps, or not plainly.
NONE = [
    "photo_2",
    "a/b",
    "step",
    "it_1",
    "ep12",
    "000000000139",
    "val2017/000000000139",
    "IMG_20260131_093012",
    "2026-01-31",
    "checkpoint-500/x",
    "footstep_1",
    "step_100px",
    "steps99999999999999999",
    "media/images/0001_pred",
    "",
]


@pytest.mark.parametrize(("path", "label", "step"), CASES)
def test_a_path_says_a_label_and_a_step(path: str, label: str, step: int) -> None:
    found = stepped(path)
    assert found is not None
    assert (found.label, found.step) == (label, step)


@pytest.mark.parametrize("path", NONE)
def test_other_numbers_say_none(path: str) -> None:
    assert stepped(path) is None


@given(st.text(alphabet="step it=_-/.0129é\0", max_size=60))
def test_any_path_can_be_asked_about(path: str) -> None:
    found = stepped(path)
    assert found is None or (found.label and 0 <= found.step < 2**53 and not found.label.startswith("/"))


def tree_of(**folders: list[str]) -> ExperimentTree:
    """Files by folder; `_` is the run itself, and `__` stands for `/`."""
    tree = ExperimentTree()
    tell(tree, **folders)
    return tree


def tell(tree: ExperimentTree, **folders: list[str]) -> TreeChanges:
    changes = TreeChanges()
    for key, names in folders.items():
        folder = "" if key == "_" else key.replace("__", "/")
        nodes: dict[str, Node | None] = {
            name.rstrip("/"): Subfolder((1, hash(name))) if name.endswith("/") else PLAIN for name in names
        }
        tree.apply(FolderScan(folder, nodes, complete=True), changes)
    return changes


def items(tree: ExperimentTree) -> set[tuple[str, int | None]]:
    return {(item.label, item.step) for item in tree.items()}


def test_several_files_of_one_pattern_are_steps_of_one_label() -> None:
    tree = tree_of(_=["pred_000100.png", "pred_000200.png", "pred_001000.png", "photo_1.png", "photo_2.png"])
    assert items(tree) == {("pred", 100), ("pred", 200), ("pred", 1000), ("photo_1", None), ("photo_2", None)}
    assert tree.files_of(Address("images", "pred", 200)) == ["pred_000200.png"]
    [entry] = [entry for entry in tree.catalogue() if entry.label == "pred"]
    assert not entry.has_global


def test_folders_of_steps_are_steps() -> None:
    tree = tree_of(
        _=["samples/"],
        samples=["step_100/", "step_200/"],
        samples__step_100=["a.png", "b.png"],
        samples__step_200=["a.png"],
    )
    alone = ("samples/step_100/b", None)  # one file of its pattern
    assert items(tree) == {("samples/a", 100), ("samples/a", 200), alone}


def test_two_that_could_be_anything_are_what_they_were() -> None:
    assert items(tree_of(_=["pred_0001.png", "pred_0002.png"])) == {("pred_0001", None), ("pred_0002", None)}
    assert items(tree_of(_=["pred_1001.png", "pred_1002.png", "pred_1003.png"])) == {
        (f"pred_{number}", None) for number in (1001, 1002, 1003)
    }
    assert items(tree_of(_=["a_step_1.png"])) == {("a_step_1", None)}
    assert items(tree_of(_=["a_step_1.bin", "a_step_2.bin"])) == {("a_step_1", None), ("a_step_2", None)}


def test_what_describes_a_picture_goes_with_it() -> None:
    names = [f"pred_{step:04}{suffix}" for step in (1, 2, 3) for suffix in (".png", ".mask.png", ".json")]
    tree = tree_of(_=names)
    assert items(tree) == {("pred", 1), ("pred", 2), ("pred", 3)}
    assert tree.files_of(Address("images", "pred", 2)) == ["pred_0002.png", "pred_0002.mask.png"]


def test_steps_and_what_lavd_wrote_stay_as_they_are() -> None:
    named = ["a_step_1.png", "a_step_2.png"]
    as_they_are = {("a_step_1", None), ("a_step_2", None)}
    in_steps = tree_of(**{"_": ["0001/"], "0001": named})
    assert items(in_steps) == {(label, 1) for label, _ in as_they_are}
    lavds = tree_of(_=[*named, "command.json"])
    assert items(lavds) - {("command", None)} == as_they_are
    ours = tree_of(_=[*named, "command.json", "experiment.json"])
    assert {("a", 1), ("a", 2)} <= items(ours)
    changes = tell(ours, _=[*named, "command.json"])
    assert as_they_are <= items(ours)
    assert Address("images", "a", 1) in changes.items


def test_what_comes_and_goes_is_told_of_all_that_change_their_places() -> None:
    tree = tree_of(_=["pred_0001.png", "pred_0002.png"])
    came = tell(tree, _=["pred_0001.png", "pred_0002.png", "pred_0003.png"])
    assert came.items == {Address("images", f"pred_{step:04}", None) for step in (1, 2)} | {
        Address("images", "pred", step) for step in (1, 2, 3)
    }
    tell(tree, _=["pred_0003.png", "pred_0004.png"])
    assert items(tree) == {("pred_0003", None), ("pred_0004", None)}
    tell(tree, _=[])
    assert items(tree) == set()


parts = [
    "step",
    "Steps",
    "global_step",
    "iterations",
    "iter",
    "it",
    "ep",
    "EPOCHS",
    "epoch",
    "a",
    "é",
    "7",
    "/",
]


@given(st.lists(st.sampled_from([*parts, "N", "N", "_", "-", " ", "="]), max_size=7).map("".join))
def test_what_a_path_says_alone_counts_where_several_say_it(pattern: str) -> None:
    path = "/".join(filter(None, pattern.split("/"))) or "a"
    names = [path.replace("N", f"000{number}") for number in (1, 2, 3)]
    alone = [stepped(name) for name in names]
    said = [each for each in alone if each is not None and (each.is_named or each.is_padded)]
    is_one = len({each.pattern for each in said}) == 1 and len({each.step for each in said}) == 3
    loose = LooseMedia()
    for name in names:
        if flip := loose.add(*split_path(f"{name}.png")):
            loose.turn(flip)
    assert [loose.has(f"{name}.png") for name in names] == [is_one] * 3


loose_names = st.sampled_from(
    [
        f"{stem}{suffix}"
        for stem in ("p_0001", "p_0002", "p_0003", "step_1", "step_2")
        for suffix in (".png", ".md")
    ]
    + ["command.json", "experiment.json"]
)


@given(st.lists(st.tuples(st.lists(loose_names, max_size=12), st.booleans()), max_size=8))
def test_whatever_the_order_the_tree_is_that_of_what_is_there(
    looks: list[tuple[list[str], bool]],
) -> None:
    tree, there = ExperimentTree(), set[str]()
    for names, is_whole in looks:
        nodes: dict[str, Node | None] = dict.fromkeys(names, PLAIN)
        if is_whole:
            there = set(names)
        else:
            nodes |= dict.fromkeys(names[: len(names) // 2], None)
            there = (there | set(names)) - set(names[: len(names) // 2])
        tree.apply(FolderScan("", nodes, complete=is_whole), TreeChanges())
    fresh = tree_of(_=sorted(there))
    assert {item: tree.files_of(item) for item in tree.items()} == {
        item: fresh.files_of(item) for item in fresh.items()
    }
    assert list(tree.catalogue()) == list(fresh.catalogue())
