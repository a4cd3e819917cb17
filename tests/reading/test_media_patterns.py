"""What people say of steps in paths, within bounds."""

from __future__ import annotations

import time

import pytest

from lavdlike.bounded.patterns import PatternError
from lavdlike.reading.media_patterns import Said, compiled, preview_of, said_by
from lavdlike.reading.tree import PLAIN, Address, ExperimentTree, FolderScan, Node, Subfolder, TreeChanges

MATCH = r"(?P<label>.+)-at-(?P<step>\d+)\.png"
PATHS = ["a-at-1.png", "a-at-20.png", "deep/b-at-3.png", "c.png", "x/a-at-1.png.bak"]


def test_a_path_that_fits_as_a_whole_says_label_and_step() -> None:
    assert said_by([MATCH], PATHS) == {
        "a-at-1.png": Said("a", 1),
        "a-at-20.png": Said("a", 20),
        "deep/b-at-3.png": Said("deep/b", 3),
    }


def test_of_several_the_first_that_fits_holds_and_one_that_is_none_says_nothing() -> None:
    other = r"(?P<step>\d)?(?P<label>[a-c]).*"
    assert said_by(["(", other.replace("?(", "("), MATCH], ["a-at-1.png", "1c"]) == {
        "a-at-1.png": Said("a", 1),
        "1c": Said("c", 1),
    }


@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("1.png", r"(?P<label>)(?P<step>\d+)\.png"),
        ("a_99999999999999999.png", r"(?P<label>.)_(?P<step>\d+)\.png"),
        ("a_x.png", r"(?P<label>.)_(?P<step>.)\.png"),
        ("a_٣.png", r"(?P<label>.)_(?P<step>\d)\.png"),
        ("///1", r"(?P<label>/+)(?P<step>\d)"),
    ],
)
def test_what_is_no_label_or_step_says_nothing(path: str, match: str) -> None:
    assert said_by([match], [path]) == {}


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        (r"(?P<step>\d+)", "it has no group (?P<label>...), which says the label"),
        (r"(?P<label>.+)", "it has no group (?P<step>...), which says the step"),
        (r"(?P<label>.+)(?P<step>\d+", "unclosed group"),
        ("(?P<label>.)(?P<step>.)" + "x" * 500, "longer than 500 characters"),
        (r"(?P<label>\w{5000})(?P<step>\d+)", "too large"),
    ],
)
def test_what_is_no_pattern_says_why(match: str, reason: str) -> None:
    with pytest.raises(PatternError) as caught:
        compiled(match)
    assert reason in str(caught.value)
    assert reason in preview_of([match], PATHS).reason


def test_an_expression_that_would_take_for_ever_does_not() -> None:
    begun = time.monotonic()
    said_by([r"(?P<label>(a*)*b)(?P<step>\d+)"], ["a" * 4000] * 500)
    assert time.monotonic() - begun < 20


def test_a_preview_says_what_fits_and_what_does_not() -> None:
    preview = preview_of([MATCH], PATHS)
    assert (preview.matched, preview.files, preview.reason) == (3, 5, "")
    assert [(each.path, each.label, each.step) for each in preview.examples] == [
        ("a-at-1.png", "a", 1),
        ("a-at-20.png", "a", 20),
        ("deep/b-at-3.png", "deep/b", 3),
    ]
    assert preview.others == ["c.png", "x/a-at-1.png.bak"]


def test_trees_take_patterns_at_any_time() -> None:
    """Whenever people say it, the tree is that of one that knew it from the begin."""
    names = ["a-at-1.png", "a-at-20.png", "c.png", "pred_0001.png", "pred_0002.png", "pred_0003.png"]

    def fill(tree: ExperimentTree) -> ExperimentTree:
        nodes: dict[str, Node | None] = {**dict.fromkeys(names, PLAIN), "0001": Subfolder((1, 2))}
        tree.apply(FolderScan("", nodes, complete=True), TreeChanges())
        tree.apply(FolderScan("0001", {"a-at-7.png": PLAIN}, complete=True), TreeChanges())
        return tree

    before, after = ExperimentTree(), fill(ExperimentTree())
    before.take_patterns([MATCH])
    changes = after.take_patterns([MATCH])
    assert set(fill(before).items()) == set(after.items())
    assert {(each.label, each.step) for each in after.items()} == {
        ("a", 1),
        ("a", 20),
        ("c", None),
        ("pred", 1),
        ("pred", 2),
        ("pred", 3),
        ("a-at-7", 1),
    }
    assert {Address("images", "a", 20), Address("images", "a-at-20", None)} <= changes.items
    assert after.take_patterns([MATCH]).items == set()
    after.apply(FolderScan("", {"a-at-20.png": None}, complete=False), TreeChanges())
    assert after.files_of(Address("images", "a", 20)) == []
    after.take_patterns([])
    assert ("a-at-1", None) in {(each.label, each.step) for each in after.items()}
    assert "0001/a-at-7.png" not in after.loose_files()
