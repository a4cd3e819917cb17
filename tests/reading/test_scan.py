from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk.local import LocalFolder, LocalRoot
from lavdlike.disk.root import fingerprint_of
from lavdlike.errors import NotServedError
from lavdlike.kinds.scalars import HEADER
from lavdlike.reading import scan
from lavdlike.reading.deep_folders import DeepFolders
from lavdlike.reading.scan_turns import Task
from lavdlike.reading.tree import (
    PLAIN,
    ExperimentTree,
    File,
    Folder,
    FolderScan,
    Skipped,
    Subfolder,
    TreeChanges,
)


def nobody(_folder: str, _descriptor: int) -> None:
    pass


def look(
    root: Path, *tasks: Task, known: dict[str, Folder] | None = None, watch: scan.Watch = nobody
) -> list[FolderScan]:
    return scan.scan_folders(LocalRoot(root), "exp", tasks, known or {}, watch, budget_s=60)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "exp" / "0001").mkdir(parents=True)
    return tmp_path


def test_of_guild_only_event_files_are_looked_at(root: Path) -> None:
    for name in ("attrs/env", "output", "events.out.tfevents.1"):
        path = root / "exp" / ".guild" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    first, second = look(root, Task("", whole=True), Task(".guild", whole=True))
    assert set(first.nodes) == {"0001", ".guild"}
    assert set(second.nodes) == {"events.out.tfevents.1", "events.out.tfevents.1!"}
    (third,) = look(root, Task(".guild", names=frozenset({"output", "events.out.tfevents.1"})))
    assert third.nodes["output"] is None
    assert third.nodes["events.out.tfevents.1"] is not None


def test_a_link_in_place_of_guilds_folder_is_not_followed(root: Path) -> None:
    (root / "exp" / ".guild").symlink_to(root / "exp" / "0001")
    (seen,) = look(root, Task("", whole=True))
    assert set(seen.nodes) == {"0001"}


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are taken for old enough to be trusted."""
    later_s = time.time() + 10
    monkeypatch.setattr("lavdlike.disk.root.time.time", lambda: later_s)


class TestTasks:
    def test_of_one_folder_become_one(self) -> None:
        names, other_names = Task("a", frozenset({"x"})), Task("a", frozenset({"y"}))
        check, whole = Task("a", whole=True, unless_modified_ns=5), Task("a", whole=True)
        assert names.and_also(other_names) == Task("a", frozenset({"x", "y"}))
        assert names.and_also(check) == Task("a", frozenset({"x"}), whole=True, unless_modified_ns=5)
        assert check.and_also(names) == names.and_also(check)
        assert check.and_also(whole) == whole


def test_what_people_write_is_no_item_but_what_only_bears_its_name_is(root: Path) -> None:
    exp = root / "exp"
    ours = "id\tstep\tend_step\tlabel\tauthor\ttime\ttext\n"
    (exp / "my-notes.md").write_text("# why")
    (exp / "marks.json").write_text('{"title": "a"}')
    (exp / "annotations.tsv").write_text(ours)
    (exp / "0001" / "my-notes.md").write_text("# of the script")
    [seen] = look(root, Task("", whole=True))
    [step] = look(root, Task("0001", whole=True))
    tree = ExperimentTree()
    for scanned in (seen, step):
        tree.apply(scanned, TreeChanges())
    assert [(kind, label) for kind, label in tree.labels() if kind != "files"] == [("markdown", "my-notes")]
    assert not tree.points_files
    (exp / "marks.json").write_text('{"images": {"source": "a.png", "boxes": []}}')
    (exp / "annotations.tsv").write_text("step\tloss\n1\t2\n")
    [seen] = look(root, Task("", whole=True))
    tree.apply(seen, TreeChanges())
    assert ("images", "marks") in tree.labels()
    assert ("tables", "annotations") in tree.labels()
    assert list(tree.points_files) == ["annotations.tsv"]


def test_labels_of_pictures_are_no_texts(root: Path) -> None:
    labels = root / "exp" / "labels"
    labels.mkdir()
    for name, text in {"a.txt": "", "b.txt": "0 0.5 0.5 0.2 0.4\n", "classes.txt": "bird\n"}.items():
        (labels / name).write_text(text)
    tree = ExperimentTree()

    def tell(*tasks: Task) -> TreeChanges:
        changes = TreeChanges()
        for seen in look(root, *tasks, known=tree.folders):
            tree.apply(seen, changes)
        return changes

    tell(Task("", whole=True))
    tell(Task("labels", whole=True))
    assert sorted(tree.labels()) == [
        *(("files", "labels/a"), ("files", "labels/b"), ("texts", "labels/classes"))
    ]
    (labels / "a.txt").write_text("1 0.5 0.5 0.2 0.4\n")
    (labels / "c.txt").write_text("")
    before = tree.other_changes
    changes = tell(Task("labels", frozenset({"a.txt", "c.txt"})))
    assert {item.label for item in changes.items} == {"labels/a", "labels/c"}
    assert tree.other_changes > before
    assert ("files", "labels/c") in tree.labels()
    for name in ("a.txt", "b.txt", "c.txt"):
        (labels / name).write_text("A bird in a tree.")
    tell(Task("labels", whole=True))
    assert ("texts", "labels/a") in tree.labels()


def test_a_folder_is_watched_before_it_is_listed(root: Path) -> None:
    def watch(folder: str, descriptor: int) -> None:
        assert folder == ""
        assert os.fstat(descriptor).st_ino == (root / "exp").stat().st_ino
        (root / "exp" / "at-the-last-moment.txt").touch()

    [seen] = look(root, Task("", whole=True), watch=watch)
    assert "at-the-last-moment.txt" in seen.nodes


def test_looking_at_names_neither_lists_nor_watches(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "scandir")
    (root / "exp" / "a.txt").touch()
    [seen] = look(root, Task("", frozenset({"a.txt", "gone.txt", "0001"})), watch=pytest.fail)  # type: ignore[arg-type]
    identity = (root.stat().st_dev, (root / "exp" / "0001").stat().st_ino)
    assert seen.nodes == {"a.txt": PLAIN, "gone.txt": None, "0001": Subfolder(identity)}
    assert not seen.complete
    assert seen.touched == {"a.txt", "gone.txt", "0001"}


def test_a_folder_that_is_gone_holds_nothing(root: Path) -> None:
    assert look(root, Task("0002", whole=True)) == [FolderScan("0002", {}, complete=True)]
    (root / "exp" / "0001").rmdir()
    (root / "exp").rmdir()
    assert look(root, Task("", whole=True), Task("0001")) == [
        FolderScan("", {}, complete=True),
        FolderScan("0001", {}, complete=True),
    ]


def test_an_error_of_the_disk_is_told_and_what_is_known_is_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: LocalFolder) -> Any:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(LocalFolder, "entries", fail)
    assert look(root, Task("", whole=True)) == [
        FolderScan("", {}, complete=False, reason="Input/output error")
    ]


def test_a_lack_of_descriptors_is_no_news_of_the_tree(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: LocalFolder) -> Any:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(LocalFolder, "entries", fail)
    with pytest.raises(OSError, match="Too many open files"):
        look(root, Task("", whole=True))


def test_time_over_leaves_tasks_for_the_next_call(root: Path) -> None:
    tasks = [Task("", whole=True)] * 5
    assert len(scan.scan_folders(LocalRoot(root), "exp", tasks, {}, nobody, budget_s=-1)) == 1


class TestJson:
    def test_is_read_for_its_kinds_and_its_value(self, root: Path) -> None:
        path = root / "exp" / "0001" / "a.json"
        path.write_text('{"scalars": {"value": 0.5}, "texts": {"actual": "x"}, "unknown": 1}')
        [seen] = look(root, Task("0001", whole=True))
        file = seen.nodes["a.json"]
        assert isinstance(file, File)
        assert (file.kinds, file.number, file.modified) == (("scalars", "texts"), 0.5, path.stat().st_mtime)

    def test_of_a_longer_suffix_is_not_read(self, root: Path) -> None:
        (root / "exp" / "a.plotly.json").write_text("{}")
        [seen] = look(root, Task("", whole=True))
        assert seen.nodes["a.plotly.json"] is PLAIN

    @pytest.mark.parametrize("content", ["", "{", '{"a": 1} x', "\xff", "[" * 100_000])
    def test_that_is_none_is_a_file_with_a_reason(self, root: Path, content: str) -> None:
        (root / "exp" / "a.json").write_bytes(content.encode("latin-1"))
        [seen] = look(root, Task("", whole=True))
        file = seen.nodes["a.json"]
        assert isinstance(file, File)
        assert file.kinds == ()
        assert file.reason

    def test_that_is_no_object_is_another_programs_and_no_problem(self, root: Path) -> None:
        (root / "exp" / "a.json").write_text("[1, 2]")
        [seen] = look(root, Task("", whole=True))
        file = seen.nodes["a.json"]
        assert isinstance(file, File)
        assert (file.kinds, file.reason) == ((), "")

    @pytest.mark.usefixtures("_settled")
    def test_is_read_once_for_each_content(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = root / "exp" / "a.json"
        path.write_text("{}")
        [seen] = look(root, Task("", whole=True))
        known = {"": Folder({name: node for name, node in seen.nodes.items() if node})}
        read = []
        real = LocalFolder.file

        def file(folder: LocalFolder, name: str, shown: str) -> Any:
            read.append(name)
            return real(folder, name, shown)

        monkeypatch.setattr(LocalFolder, "file", file)
        assert look(root, Task("", whole=True), known=known)[0].nodes == seen.nodes
        assert read == []
        path.write_text('{"texts": {}}')
        [again] = look(root, Task("", whole=True), known=known)
        assert read == ["a.json"]
        assert again.nodes["a.json"] != seen.nodes["a.json"]

    def test_is_read_again_while_a_change_could_go_unseen(self, root: Path) -> None:
        (root / "exp" / "a.json").write_text("{}")
        first, second = (look(root, Task("", whole=True))[0].nodes["a.json"] for _ in range(2))
        assert first != second


def test_a_table_outside_of_steps_has_steps_by_its_first_line(root: Path) -> None:
    folder = root / "exp"
    for path in ("metrics.csv", "logs/metrics.tsv", "0001/metrics.csv"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("step,loss\n" if path.endswith(".csv") else "loss\tepoch\n")
    (folder / "other.csv").write_text("name,size\n")
    found = {
        f"{seen.folder}/{name}": node.has_points
        for seen in look(root, *(Task(path, whole=True) for path in ("", "logs", "0001")))
        for name, node in seen.nodes.items()
        if isinstance(node, File)
    }
    assert found == {
        "/metrics.csv": True,
        "/other.csv": False,
        "logs/metrics.tsv": True,
        "0001/metrics.csv": False,
    }


def test_a_scalars_file_is_one_by_its_header(root: Path) -> None:
    folder = root / "exp"
    (folder / "scalars.tsv").write_text(HEADER)
    (folder / "scalars.rank1.tsv").write_text("a table\n")
    (folder / "0001" / "scalars.tsv").write_text(HEADER)
    top, step = look(root, Task("", whole=True), Task("0001", whole=True))
    kinds = {name: node.kinds for name, node in top.nodes.items() if isinstance(node, File)}
    assert kinds == {"scalars.tsv": ("scalars",), "scalars.rank1.tsv": ()}
    assert step.nodes == {"scalars.tsv": PLAIN}


@pytest.mark.usefixtures("_settled")
class TestChecks:
    """Looks at folders that may have changed without a hint."""

    def test_an_unchanged_folder_is_not_listed(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        modified_ns = (root / "exp").stat().st_mtime_ns
        monkeypatch.delattr(os, "scandir")
        [seen] = look(root, Task("", whole=True, unless_modified_ns=modified_ns))
        assert seen == FolderScan("", {}, complete=False)

    def test_a_changed_folder_is_listed(self, root: Path) -> None:
        modified_ns = (root / "exp").stat().st_mtime_ns
        os.utime(root / "exp", ns=(0, 0))
        [seen] = look(root, Task("", whole=True, unless_modified_ns=modified_ns))
        assert seen.complete

    def test_only_files_that_somebody_was_given_are_looked_at(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given, other = root / "exp" / "given.txt", root / "exp" / "other.txt"
        given.touch()
        other.touch()
        known = {"": Folder({"given.txt": File(fingerprint=1), "other.txt": PLAIN})}
        modified_ns = (root / "exp").stat().st_mtime_ns
        asked = []
        real = os.stat

        def stat(path: Any, **options: Any) -> os.stat_result:
            asked.append(path)
            return real(path, **options)

        monkeypatch.setattr(os, "stat", stat)
        [seen] = look(root, Task("", whole=True, unless_modified_ns=modified_ns), known=known)
        assert seen.nodes == {"given.txt": File(fingerprint=fingerprint_of(given.stat()))}
        assert "other.txt" not in asked

    @pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE, errno.EACCES])
    def test_a_file_that_could_not_be_read_is_read_as_soon_as_it_can_be(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, error: int
    ) -> None:
        (root / "exp" / "a.json").write_text('{"texts": {}}')
        with monkeypatch.context() as failing:
            real = os.open

            def fail(path: Any, flags: int, *args: Any, **options: Any) -> int:
                if path == "a.json":
                    raise OSError(error, os.strerror(error))
                return real(path, flags, *args, **options)

            failing.setattr(os, "open", fail)
            [seen] = look(root, Task("", whole=True))
        node = seen.nodes["a.json"]
        assert isinstance(node, File | Skipped)
        assert node.reason
        modified_ns = (root / "exp").stat().st_mtime_ns  # nothing happens to the folder
        check = Task("", whole=True, unless_modified_ns=modified_ns, lightly=True)
        [seen] = look(root, check, known={"": Folder({"a.json": node})})
        now = seen.nodes["a.json"]
        assert isinstance(now, File)
        assert (now.kinds, now.reason) == (("texts",), "")

    def lightly(self, root: Path, known: Folder) -> tuple[FolderScan, int]:
        """What is seen of the folder 0001, and how many folders were opened for it."""
        opened = 0
        real = os.open

        def count(path: Any, flags: int, *args: Any, **options: Any) -> int:
            nonlocal opened
            opened += path == "0001"
            return real(path, flags, *args, **options)

        status = (root / "exp" / "0001").stat()
        task = Task("0001", whole=True, unless_modified_ns=status.st_mtime_ns, lightly=True)
        with pytest.MonkeyPatch.context() as counting:
            counting.setattr(os, "open", count)
            [seen] = look(root, task, known={"0001": known})
        return seen, opened

    def test_an_unchanged_folder_is_not_even_opened_if_asked_to_look_lightly(self, root: Path) -> None:
        (root / "exp" / "0001" / "a.txt").touch()
        status = (root / "exp" / "0001").stat()
        identity = (status.st_dev, status.st_ino)
        known = Folder({"a.txt": PLAIN}, identity)
        assert self.lightly(root, known) == (FolderScan("0001", {}, complete=False), 0)
        seen, opened = self.lightly(root, Folder({"a.txt": File(fingerprint=1)}, identity))
        assert seen.nodes.keys() == {"a.txt"}
        assert opened == 1
        seen, opened = self.lightly(root, Folder({"a.txt": PLAIN}, (1, 2)))  # another folder of that name
        assert opened == 1

    def test_a_folder_with_files_that_were_read_is_opened_if_one_of_them_has_changed(
        self, root: Path
    ) -> None:
        path = root / "exp" / "0001" / "loss.json"
        path.write_text('{"scalars": {"value": 1}}')
        status = (root / "exp" / "0001").stat()
        read = File(("scalars",), fingerprint_of(path.stat()), number=1)
        known = Folder({"loss.json": read}, (status.st_dev, status.st_ino))
        assert self.lightly(root, known) == (FolderScan("0001", {}, complete=False), 0)
        for other in (read._replace(fingerprint=1), read._replace(linked=True), read._replace(reason="bad")):
            seen, opened = self.lightly(root, Folder({"loss.json": other}, known.identity))
            assert seen.nodes.keys() == {"loss.json"}
            assert opened == 1
        path.unlink()
        os.utime(root / "exp" / "0001", ns=(status.st_mtime_ns, status.st_mtime_ns))
        seen, opened = self.lightly(root, known)
        assert seen.nodes == {"loss.json": None}


class TestLinks:
    def test_to_files_are_files(self, root: Path) -> None:
        (root / "exp" / "0001" / "a.json").write_text('{"texts": {}}')
        (root / "exp" / "b.json").symlink_to("0001/a.json")
        (root / "exp" / "c.png").symlink_to("0001/a.json")
        [seen] = look(root, Task("", whole=True))
        value, picture = seen.nodes["b.json"], seen.nodes["c.png"]
        assert isinstance(value, File)
        assert isinstance(picture, File)
        assert (value.kinds, value.linked, picture.kinds, picture.linked) == (("texts",), True, None, True)
        assert picture.fingerprint  # what the target becomes is not reported here

    def test_to_folders_are_folders(self, root: Path) -> None:
        (root / "other").mkdir()
        (root / "exp" / "link").symlink_to("../other")
        [seen] = look(root, Task("", whole=True))
        status = (root / "other").stat()
        assert seen.nodes["link"] == Subfolder((status.st_dev, status.st_ino), linked=True)

    def test_in_linked_folders_lead_to_no_further_folders(self, root: Path) -> None:
        (root / "other" / "deep").mkdir(parents=True)
        (root / "other" / "link").symlink_to("deep")
        (root / "exp" / "link").symlink_to("../other")
        [seen] = look(root, Task("link", whole=True), known={"link": Folder(linked=True)})
        assert seen.nodes["link"] == Skipped(scan.LINK_IN_LINK, linked=True)

    @pytest.mark.parametrize(
        ("target", "reason"), [("/etc", "--follow-links"), ("gone", "to nothing"), ("link", "nothing")]
    )
    def test_that_are_not_followed_say_why(self, root: Path, target: str, reason: str) -> None:
        (root / "exp" / "link").symlink_to(target)
        [seen] = look(root, Task("", whole=True))
        node = seen.nodes["link"]
        assert isinstance(node, Skipped)
        assert reason in node.reason


@pytest.mark.parametrize(
    ("source", "is_other"),
    [
        ("", False),
        ("a.png", False),
        ("./a.jpg", False),
        ("b.png", True),
        ("../a.png", True),
        ("x/a.png", True),
    ],
)
def test_a_json_file_about_a_file_of_another_label_is_marked(root: Path, source: str, is_other: bool) -> None:  # noqa: FBT001
    (root / "exp" / "deep").mkdir()
    (root / "exp" / "deep" / "a.json").write_text(json.dumps({"images": {"source": source}}))
    [seen] = scan.scan_folders(
        LocalRoot(root), "exp", [Task("deep", whole=True)], {}, lambda *_: None, budget_s=9
    )
    node = seen.nodes["a.json"]
    assert isinstance(node, File)
    assert node.names_other == is_other


def test_the_parts_that_an_embedding_names_are_told_as_paths_in_the_experiment(root: Path) -> None:
    names = {"vectors": "a.vectors.npy", "labels": "../labels.tsv", "sprite": "../../out.png"}
    (root / "exp" / "deep").mkdir()
    (root / "exp" / "deep" / "a.json").write_text(json.dumps({"embeddings": names}))
    [seen] = scan.scan_folders(
        LocalRoot(root), "exp", [Task("deep", whole=True)], {}, lambda *_: None, budget_s=9
    )
    node = seen.nodes["a.json"]
    assert isinstance(node, File)
    assert node.parts == ("deep/a.vectors.npy", "labels.tsv")


def deep_chain(root: Path, depth: int, *, beside: int = 0) -> None:
    """Folders in folders, each with a file and others beside the next; made by descriptor, as paths get too long."""
    fd = os.open(root / "exp", os.O_RDONLY)
    for _ in range(depth):
        for number in range(beside):
            os.mkdir(f"beside-{number}", dir_fd=fd)
        os.mkdir("a-folder", dir_fd=fd)
        os.close(os.open("text.txt", os.O_CREAT | os.O_WRONLY, dir_fd=fd))
        below = os.open("a-folder", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)


def scan_all(root: Path, tree: ExperimentTree, budget_s: float) -> int:
    """Look at everything as the server does; says in how many calls."""
    waiting, calls = [Task("", whole=True)], 0
    while waiting:
        changes, calls = TreeChanges(), calls + 1
        for seen in scan.scan_folders(
            LocalRoot(root), "exp", waiting, tree.folders, nobody, budget_s=budget_s
        ):
            if not seen.is_further:
                waiting.pop(0)
            tree.apply(seen, changes)
        waiting += [Task(folder, whole=True) for folder in changes.unseen_folders()]
    return calls


@pytest.mark.slow
@pytest.mark.parametrize(("depth", "beside"), [(150, 0), (300, 0), (100, 3)])
@pytest.mark.parametrize("budget_s", [60.0, -1.0])
def test_deep_folders_are_opened_a_few_times_each(
    root: Path, monkeypatch: pytest.MonkeyPatch, depth: int, beside: int, budget_s: float
) -> None:
    deep_chain(root, depth, beside=beside)
    opened = 0
    real = os.open

    def counted(*args: Any, **options: Any) -> int:
        nonlocal opened
        opened += 1
        return real(*args, **options)

    monkeypatch.setattr(os, "open", counted)
    tree = ExperimentTree()
    scan_all(root, tree, budget_s)
    folders = 2 + depth * (1 + beside)  # with the experiment and its step
    assert len(tree.folders) == folders
    assert tree.file_count == depth
    assert opened < 8 * folders + 200
    assert not tree.problems()


def test_a_look_at_known_deep_folders_opens_each_from_the_one_above(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep_chain(root, 400)
    tree = ExperimentTree()
    scan_all(root, tree, 60.0)
    opened = 0
    real = os.open

    def counted(*args: Any, **options: Any) -> int:
        nonlocal opened
        opened += 1
        return real(*args, **options)

    monkeypatch.setattr(os, "open", counted)
    tasks = [Task(folder, whole=True) for folder in sorted(tree.folders, key=lambda path: path.count("/"))]
    assert len(look(root, *tasks, known=tree.folders)) == len(tree.folders)
    assert opened < 3 * len(tree.folders)


def test_a_link_deep_down_to_a_folder_above_is_not_followed(root: Path) -> None:
    deep = root / "exp" / "/".join("abcdefghijklmnop")
    deep.mkdir(parents=True)
    (deep / "up").symlink_to(root / "exp" / "a" / "b")
    (deep / "new").symlink_to(root / "exp" / "/".join("abcdefghijklmno"))
    tree = ExperimentTree()
    scan_all(root, tree, 60.0)
    assert [problem.reason for problem in tree.problems()] == [scan.LINK_TO_ABOVE] * 2


def test_a_folder_that_becomes_a_link_while_it_is_looked_for_is_walked_to(root: Path) -> None:
    deep = root / "exp" / "/".join("abcdefghij")
    (deep / "k").mkdir(parents=True)
    with (
        LocalRoot(root).folder("exp") as start,
        DeepFolders(LocalRoot(root), "exp", start) as folders,
        folders.folder("a/b/c/d/e/f/g/h/i/j"),
    ):
        (deep / "k").rmdir()
        (deep / "k").symlink_to("/")
        with pytest.raises(NotServedError), folders.folder("a/b/c/d/e/f/g/h/i/j/k"):
            pass
