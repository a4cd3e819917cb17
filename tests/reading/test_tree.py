from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.messages import LabelEntry
from lavdlike.reading.tree import (
    PLAIN,
    Address,
    ExperimentTree,
    File,
    FolderScan,
    Node,
    Skipped,
    Subfolder,
    TreeChanges,
)
from lavdlike.sources.columns import StepValue

inodes = itertools.count(1)


def a_folder() -> Subfolder:
    return Subfolder((1, next(inodes)))


def tree_of(**folders: dict[str, Node | None]) -> ExperimentTree:
    """A tree that was told everything once; `_` stands for the experiment itself, `__` for a slash."""
    tree = ExperimentTree()
    for path, nodes in folders.items():
        tell(tree, "" if path == "_" else path.strip("_").replace("__", "/"), nodes)
    return tree


def tell(tree: ExperimentTree, folder: str, nodes: dict[str, Node | None]) -> TreeChanges:
    changes = TreeChanges()
    tree.apply(FolderScan(folder, nodes, complete=True), changes)
    return changes


def hint(tree: ExperimentTree, folder: str, nodes: dict[str, Node | None]) -> TreeChanges:
    changes = TreeChanges()
    tree.apply(FolderScan(folder, nodes, complete=False, touched=frozenset(nodes)), changes)
    return changes


def labels(tree: ExperimentTree) -> dict[tuple[str, str], tuple[list[tuple[int, int, int]], bool]]:
    return {(entry.kind, entry.label): (entry.steps, entry.has_global) for entry in tree.catalogue()}


class TestItems:
    def test_kind_label_and_step_come_from_the_path(self) -> None:
        tree = tree_of(
            _={"0001": a_folder(), "other": a_folder(), "summary.md": PLAIN},
            _0001={"bird.PNG": PLAIN, "difficult": a_folder()},
            _0001__difficult={"some image.tiff": PLAIN},
            other={"0001": a_folder(), "out.log": PLAIN},
            other__0001={"still-global.txt": PLAIN},
        )
        assert labels(tree) == {
            ("markdown", "summary"): ([], True),
            ("images", "bird"): ([(1, 1, 1)], False),
            ("images", "difficult/some image"): ([(1, 1, 1)], False),
            ("logs", "other/out"): ([], True),
            ("texts", "other/0001/still-global"): ([], True),
        }

    def test_a_file_of_no_known_kind_is_listed_too(self) -> None:
        tree = tree_of(_={"program.exe": PLAIN, "program.dll": PLAIN, "noextension": PLAIN})
        assert labels(tree) == {("files", "program"): ([], True), ("files", "noextension"): ([], True)}
        assert tree.files_of(Address("files", "program", None)) == ["program.dll", "program.exe"]
        assert tree.problems() == []

    def test_a_json_file_is_of_the_kinds_whose_keys_it_has(self) -> None:
        tree = tree_of(
            _={"0001": a_folder()}, _0001={"a.json": File(("scalars", "texts", "images"), 7, number=0.5)}
        )
        assert labels(tree).keys() == {("texts", "a"), ("images", "a")}
        assert list(tree.step_values()) == [StepValue("a", 1, 0.0, 0.5)]

    def test_a_json_file_without_any_key_is_a_file(self) -> None:
        assert labels(tree_of(_={"a.json": File((), 7)})).keys() == {("files", "a")}

    def test_steps_of_scalars_are_points_and_not_in_the_catalogue(self) -> None:
        tree = tree_of(
            _={"0001": a_folder(), "b.json": File(("scalars",), 1)}, _0001={"a.json": File(("scalars",), 1)}
        )
        assert list(tree.catalogue()) == [LabelEntry("scalars", "b", [], has_global=True)]

    def test_a_scalars_file_is_no_item_but_a_table_of_that_name_is(self) -> None:
        tree = tree_of(
            _={"scalars.tsv": File(("scalars",), 1, has_points=True), "scalars.rank3.tsv": File((), 2)}
        )
        assert set(tree.points_files) == {"scalars.tsv"}
        assert labels(tree).keys() == {("tables", "scalars.rank3")}

    def test_a_table_with_steps_is_an_item_and_a_file_of_points(self) -> None:
        tree = tree_of(
            _={"a": a_folder(), "t.csv": File(fingerprint=1)}, _a={"m.csv": File((), 1, has_points=True)}
        )
        assert set(tree.points_files) == {"a/m.csv"}
        assert labels(tree).keys() == {("tables", "a/m"), ("tables", "t")}

    @pytest.mark.parametrize("json_first", [True, False])
    def test_a_part_that_a_json_file_names_is_no_item_as_long_as_it_is_named(
        self, *, json_first: bool
    ) -> None:
        tree = ExperimentTree()
        named = {"words.json": File(("embeddings",), 1, parts=("1/words.sprite.png", "1/gone.npy"))}
        files = dict.fromkeys(["words.sprite.png", "bird.png"], PLAIN)
        tell(tree, "", {"1": a_folder()})
        for nodes in (named, files) if json_first else (files, named):
            hint(tree, "1", dict(nodes))
        whole, part = Address("embeddings", "words", 1), Address("images", "words.sprite", 1)
        assert labels(tree).keys() == {("embeddings", "words"), ("images", "bird")}
        assert tree.parts_of(whole) == ["1/words.sprite.png", "1/gone.npy"]
        assert tree.file_count == 3
        # A part that changes is a change of what it is a part of.
        assert hint(tree, "1", {"words.sprite.png": PLAIN}).items == {whole}
        assert hint(tree, "1", {"words.json": None}).items == {whole, part}
        assert tree.files_of(part) == ["1/words.sprite.png"]
        assert hint(tree, "1", dict(named)).items == {whole, part}
        assert hint(tree, "1", {"words.sprite.png": None}).items == {whole}
        tell(tree, "", {})
        assert (list(tree.items()), tree.file_count) == ([], 0)

    def test_a_part_of_two_is_one_until_both_are_gone(self) -> None:
        named = File(("embeddings",), 1, parts=("v.npy",))
        tree = tree_of(_={"a.json": named, "b.json": named, "v.npy": PLAIN})
        hint(tree, "", {"a.json": None})
        assert labels(tree).keys() == {("embeddings", "b")}
        hint(tree, "", {"b.json": None})
        assert labels(tree).keys() == {("arrays", "v")}

    def test_the_file_that_is_shown_is_told_by_names_where_they_tell(self) -> None:
        boxes = File(("images",), 1)
        tree = tree_of(
            _={
                "a.png": PLAIN,
                "a.json": boxes,
                "a.mask.png": PLAIN,
                "b.png": PLAIN,
                "b.json": boxes._replace(names_other=True),
                "c.png": PLAIN,
                "c.jpg": PLAIN,
                "d.json": boxes,
            }
        )
        shown = [tree.shown_file_of(Address("images", label, None)) for label in "abcde"]
        assert shown == ["a.png", None, None, None, None]

    def test_folders_of_one_step_are_one(self) -> None:
        tree = tree_of(
            _={"1": a_folder(), "01": a_folder(), "0001": a_folder()},
            _1={"a.png": PLAIN},
            _01={"b.png": PLAIN},
            _0001={"c.png": PLAIN},
        )
        assert [steps for steps, _ in labels(tree).values()] == [[(1, 1, 1)]] * 3
        assert tree.files_of(Address("images", "b", 1)) == ["01/b.png"]

    def test_a_name_that_is_not_utf_8_has_a_label_that_is(self) -> None:
        tree = tree_of(_={"0001": a_folder()}, _0001=dict.fromkeys(["b\udcff.png", "b\udcfe.png"], PLAIN))
        assert labels(tree).keys() == {("images", "b\\xff"), ("images", "b\\xfe")}
        assert tree.files_of(Address("images", "b\\xff", 1)) == ["0001/b\udcff.png"]

    def test_what_is_not_read_is_a_problem_and_no_item(self) -> None:
        tree = tree_of(
            _={
                "pipe.txt": Skipped("not a regular file"),
                "bad.json": File((), 1, reason="no", position="line 1"),
            }
        )
        assert [(problem.path, problem.reason, problem.position) for problem in tree.problems()] == [
            ("bad.json", "no", "line 1"),
            ("pipe.txt", "not a regular file", ""),
        ]
        assert labels(tree).keys() == {("files", "bad")}

    def test_several_files_for_one_item_are_a_problem(self) -> None:
        tree = tree_of(
            _={"1": a_folder(), "0001": a_folder()},
            _1={"a.png": PLAIN},
            _0001={"a.png": PLAIN, "b.txt": PLAIN, "b.json": File(("texts",), 1)},
        )
        assert tree.files_of(Address("images", "a", 1)) == ["0001/a.png", "1/a.png"]
        assert [problem.path for problem in tree.problems()] == ["0001/a.png", "0001/b.json"]
        assert "1/a.png" in tree.problems()[0].reason
        tell(tree, "1", {})
        assert [problem.path for problem in tree.problems()] == ["0001/b.json"]

    def test_files_of_rollouts_are_all_shown_and_are_no_problem(self) -> None:
        tree = tree_of(_={"evals.eval": File(("rollouts",), 1), "evals.json": File(("rollouts",), 1)})
        assert tree.files_of(Address("rollouts", "evals", None)) == ["evals.eval", "evals.json"]
        assert tree.problems() == []

    def test_boxes_belong_to_their_picture_and_are_no_problem(self) -> None:
        tree = tree_of(_={"a.json": File(("images",), 1), "a.png": PLAIN})
        assert tree.files_of(Address("images", "a", None)) == ["a.png", "a.json"]
        assert tree.problems() == []

    def test_masks_belong_to_their_picture_and_are_no_problem(self) -> None:
        nodes: dict[str, Node | None] = {
            "bird.png": PLAIN,
            "bird.json": File(("images",)),
            "bird.mask.png": PLAIN,
            "bird.mask-truth.png": PLAIN,
        }
        tree = tree_of(_=nodes)
        assert list(tree.items()) == [Address("images", "bird", None)]
        assert tree.files_of(Address("images", "bird", None))[:2] == ["bird.png", "bird.json"]
        assert tree.problems() == []
        assert hint(tree, "", {"bird.mask.png": PLAIN}).items == {Address("images", "bird", None)}

    def test_of_several_values_of_a_step_the_newest_counts(self) -> None:
        tree = tree_of(
            _={"1": a_folder(), "01": a_folder()},
            _1={"a.json": File(("scalars",), 1, number=1, modified=5.0)},
            _01={"a.json": File(("scalars",), 1, number=2, modified=4.0)},
        )
        assert tree.step_value("a", 1) == StepValue("a", 1, 5.0, 1)
        tell(tree, "1", {})
        assert tree.step_value("a", 1) == StepValue("a", 1, 4.0, 2)
        tell(tree, "01", {})
        assert tree.step_value("a", 1) == StepValue("a", 1, 0.0, None)


class TestChanges:
    def test_nothing_new_changes_nothing(self) -> None:
        step = a_folder()
        tree = tree_of(_={"0001": step, "a.txt": PLAIN}, _0001={"b.png": PLAIN})
        assert tell(tree, "", {"0001": step, "a.txt": PLAIN}) == TreeChanges()

    def test_what_came_and_went_is_named(self) -> None:
        tree = tree_of(_={"a.txt": PLAIN, "b.md": PLAIN})
        changes = tell(tree, "", {"b.md": PLAIN, "c.log": PLAIN})
        assert changes.items == {Address("texts", "a", None), Address("logs", "c", None)}
        assert tree.files_of(Address("texts", "a", None)) == []

    def test_a_hint_changes_a_file_of_which_nothing_is_known(self) -> None:
        tree = tree_of(_={"a.txt": PLAIN})
        assert hint(tree, "", {"a.txt": PLAIN}).items == {Address("texts", "a", None)}

    def test_a_hint_does_not_change_a_file_whose_content_is_the_same(self) -> None:
        tree = tree_of(_={"a.json": File(("texts",), 7)})
        assert hint(tree, "", {"a.json": File(("texts",), 7)}) == TreeChanges()

    def test_a_look_that_names_some_leaves_the_others(self) -> None:
        tree = tree_of(_={"a.txt": PLAIN, "b.txt": PLAIN})
        assert hint(tree, "", {"a.txt": None}).items == {Address("texts", "a", None)}
        assert labels(tree).keys() == {("texts", "b")}

    def test_another_key_in_a_json_file_changes_what_was_and_what_is(self) -> None:
        tree = tree_of(_={"a.json": File(("texts",), 1)})
        changes = hint(tree, "", {"a.json": File(("images",), 2)})
        assert changes.items == {Address("texts", "a", None), Address("images", "a", None)}

    def test_scalars_are_told_of(self) -> None:
        tree = tree_of(_={"0001": a_folder()})
        assert tell(tree, "0001", {"a.json": File(("scalars",), 1, number=2)}).scalars
        assert hint(tree, "", {"scalars.tsv": File(("scalars",), 1, has_points=True)}).scalars
        assert not hint(tree, "", {"a.txt": PLAIN}).scalars

    def test_a_new_folder_is_to_be_looked_at(self) -> None:
        assert tell(ExperimentTree(), "", {"0001": a_folder()}).new_folders == ["0001"]

    def test_a_removed_folder_goes_with_all_below_it(self) -> None:
        tree = tree_of(
            _={"0001": a_folder()},
            _0001={"a.txt": PLAIN, "b": a_folder()},
            _0001__b={"c.txt": PLAIN, "d": a_folder()},
        )
        changes = tell(tree, "", {})
        assert changes.items == {Address("texts", "a", 1), Address("texts", "b/c", 1)}
        assert changes.removed_folders == ["0001", "0001/b", "0001/b/d"]
        assert list(tree.folders) == [""]
        assert tree.file_count == 0

    def test_another_folder_of_the_same_name_replaces_it(self) -> None:
        tree = tree_of(_={"0001": a_folder()}, _0001={"a.txt": PLAIN})
        changes = hint(tree, "", {"0001": a_folder()})
        assert changes.items == {Address("texts", "a", 1)}
        assert (changes.removed_folders, changes.new_folders) == (["0001"], ["0001"])

    def test_a_file_that_becomes_a_folder_and_back(self) -> None:
        tree = tree_of(_={"a.txt": PLAIN})
        changes = hint(tree, "", {"a.txt": a_folder()})
        assert changes.items == {Address("texts", "a", None)}
        assert changes.new_folders == ["a.txt"]
        assert hint(tree, "", {"a.txt": PLAIN}).removed_folders == ["a.txt"]

    def test_what_is_said_of_an_unknown_folder_is_passed_over(self) -> None:
        tree = ExperimentTree()
        assert tell(tree, "gone", {"a.txt": PLAIN}) == TreeChanges()
        assert list(tree.catalogue()) == []

    def test_a_folder_that_cannot_be_read_keeps_what_is_known_of_it(self) -> None:
        tree = tree_of(_={"a.txt": PLAIN})
        tree.apply(FolderScan("", {}, complete=False, reason="Input/output error"), TreeChanges())
        assert labels(tree).keys() == {("texts", "a")}
        assert [problem.reason for problem in tree.problems()] == ["Input/output error"]
        tell(tree, "", {"a.txt": PLAIN})
        assert tree.problems() == []

    def test_the_content_of_a_file_that_was_given_away_is_compared(self) -> None:
        tree = tree_of(_={"a.txt": PLAIN})
        tree.keep_fingerprint("a.txt", 5)
        assert tell(tree, "", {"a.txt": File(fingerprint=5)}) == TreeChanges()
        assert tell(tree, "", {"a.txt": File(fingerprint=6)}).items == {Address("texts", "a", None)}

    def test_links_are_named_to_be_looked_at_again(self) -> None:
        tree = tree_of(
            _={
                "a.txt": File(fingerprint=1, linked=True),
                "b": Skipped("link to nothing", linked=True),
                "c": PLAIN,
            }
        )
        assert tree.linked() == {"": {"a.txt", "b"}}
        tell(tree, "", {"a.txt": PLAIN})
        assert tree.linked() == {}


names = st.sampled_from(["a.txt", "a.json", "a.png", "1", "01", "b", "c", "scalars.tsv"])
nodes = st.one_of(
    st.just(PLAIN),
    st.builds(
        File,
        kinds=st.sampled_from([(), ("texts",), ("scalars",), ("images", "scalars")]),
        fingerprint=st.integers(1, 3),
        number=st.sampled_from([None, 1.0]),
        has_points=st.booleans(),
        reason=st.sampled_from(["", "bad"]),
    ),
    st.builds(Subfolder, st.tuples(st.just(1), st.integers(1, 4))),
    st.builds(Skipped, st.just("odd"), st.booleans()),
)
looks = st.tuples(
    st.sampled_from(["", "1", "01", "b", "1/b", "b/c", "b/1"]),
    st.dictionaries(names, st.one_of(nodes, st.none()), max_size=5),
    st.booleans(),
)


@pytest.mark.slow
@given(st.lists(looks, max_size=30))
@settings(max_examples=3 * settings().max_examples)
def test_after_any_looks_the_tree_equals_one_that_is_told_the_outcome_once(
    told: list[tuple[str, dict[str, Node | None], bool]],
) -> None:
    tree = ExperimentTree()
    for folder, seen, complete in told:
        if complete:
            seen = {name: node for name, node in seen.items() if node is not None}
        before = {item: tree.files_of(item) for item in tree.items()}
        changes = TreeChanges()
        tree.apply(FolderScan(folder, seen, complete=complete), changes)
        after = {item: tree.files_of(item) for item in tree.items()}
        moved = {item for item in before.keys() | after.keys() if before.get(item) != after.get(item)}
        assert moved <= changes.items
    fresh = ExperimentTree()
    for path in sorted(tree.folders, key=lambda path: (path.count("/"), path)):
        fresh.apply(FolderScan(path, dict(tree.folders[path].nodes), complete=True), TreeChanges())
    assert fresh.folders.keys() == tree.folders.keys()
    assert list(fresh.catalogue()) == list(tree.catalogue())
    assert {item: tree.files_of(item) for item in tree.items()} == {
        item: fresh.files_of(item) for item in fresh.items()
    }
    assert sorted(fresh.step_values()) == sorted(tree.step_values())
    assert fresh.points_files == tree.points_files
    assert fresh.problems() == tree.problems()
    assert fresh.linked() == tree.linked()
    assert fresh.file_count == tree.file_count


def test_a_file_takes_little_memory() -> None:
    """A million files that somebody looks at are to fit into what a laptop has to spare."""
    files = {f"{name}.png": PLAIN for name in "abcdefghij"}
    tracemalloc.start()
    tree = tree_of(_={f"{step:06}": a_folder() for step in range(2000)})
    for step in range(2000):
        tell(tree, f"{step:06}", dict(files))
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.file_count == 20_000
    assert size_bytes / tree.file_count < 250
