from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.server import files, scan
from lavdlike.server.files import Root
from lavdlike.server.scan import Task
from lavdlike.server.tree import PLAIN, File, Folder, Other, Seen, Subfolder


def nobody(_folder: str, _descriptor: int) -> None:
    pass


def look(
    root: Path, *tasks: Task, known: dict[str, Folder] | None = None, watch: scan.Watch = nobody
) -> list[Seen]:
    return scan.look(Root(root), "exp", tasks, known or {}, watch, budget_s=60)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "exp" / "0001").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are taken for old enough to be trusted."""
    monkeypatch.setattr("lavdlike.server.files.is_settled", lambda _status: True)


class TestTasks:
    def test_of_one_folder_become_one(self) -> None:
        names, other_names = Task("a", frozenset({"x"})), Task("a", frozenset({"y"}))
        check, whole = Task("a", whole=True, unless_modified_ns=5), Task("a", whole=True)
        assert names.and_also(other_names) == Task("a", frozenset({"x", "y"}))
        assert names.and_also(check) == Task("a", frozenset({"x"}), whole=True, unless_modified_ns=5)
        assert check.and_also(names) == names.and_also(check)
        assert check.and_also(whole) == whole


def test_a_folder_is_watched_before_it_is_listed(root: Path) -> None:
    def watch(folder: str, descriptor: int) -> None:
        assert folder == ""
        assert os.fstat(descriptor).st_ino == (root / "exp").stat().st_ino
        (root / "exp" / "at-the-last-moment.txt").touch()

    [seen] = look(root, Task("", whole=True), watch=watch)
    assert "at-the-last-moment.txt" in seen.things


def test_looking_at_names_neither_lists_nor_watches(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "scandir")
    (root / "exp" / "a.txt").touch()
    [seen] = look(root, Task("", frozenset({"a.txt", "gone.txt", "0001"})), watch=pytest.fail)  # type: ignore[arg-type]
    identity = (root.stat().st_dev, (root / "exp" / "0001").stat().st_ino)
    assert seen.things == {"a.txt": PLAIN, "gone.txt": None, "0001": Subfolder(identity)}
    assert not seen.complete
    assert seen.touched == {"a.txt", "gone.txt", "0001"}


def test_a_folder_that_is_gone_holds_nothing(root: Path) -> None:
    assert look(root, Task("0002", whole=True)) == [Seen("0002", {}, complete=True)]
    (root / "exp" / "0001").rmdir()
    (root / "exp").rmdir()
    assert look(root, Task("", whole=True), Task("0001")) == [
        Seen("", {}, complete=True),
        Seen("0001", {}, complete=True),
    ]


def test_an_error_of_the_disk_is_told_and_what_is_known_is_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fd: int) -> Any:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(files, "entries_of", fail)
    assert look(root, Task("", whole=True)) == [Seen("", {}, complete=False, reason="Input/output error")]


def test_a_lack_of_descriptors_is_no_news_of_the_tree(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_fd: int) -> Any:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(files, "entries_of", fail)
    with pytest.raises(OSError, match="Too many open files"):
        look(root, Task("", whole=True))


def test_time_over_leaves_tasks_for_the_next_call(root: Path) -> None:
    tasks = [Task("", whole=True)] * 5
    assert len(scan.look(Root(root), "exp", tasks, {}, nobody, budget_s=-1)) == 1


class TestJson:
    def test_is_read_for_its_kinds_and_its_value(self, root: Path) -> None:
        path = root / "exp" / "0001" / "a.json"
        path.write_text('{"scalars": {"value": 0.5}, "texts": {"actual": "x"}, "unknown": 1}')
        [seen] = look(root, Task("0001", whole=True))
        file = seen.things["a.json"]
        assert isinstance(file, File)
        assert (file.kinds, file.number, file.modified) == (("scalars", "texts"), 0.5, path.stat().st_mtime)

    def test_of_a_longer_suffix_is_not_read(self, root: Path) -> None:
        (root / "exp" / "a.plotly.json").write_text("{}")
        [seen] = look(root, Task("", whole=True))
        assert seen.things["a.plotly.json"] is PLAIN

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1} x', "\xff", "[" * 100_000])
    def test_that_is_none_is_a_file_with_a_reason(self, root: Path, content: str) -> None:
        (root / "exp" / "a.json").write_bytes(content.encode("latin-1"))
        [seen] = look(root, Task("", whole=True))
        file = seen.things["a.json"]
        assert isinstance(file, File)
        assert file.kinds == ()
        assert file.reason

    @pytest.mark.usefixtures("_settled")
    def test_is_read_once_for_each_content(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = root / "exp" / "a.json"
        path.write_text("{}")
        [seen] = look(root, Task("", whole=True))
        known = {"": Folder({name: thing for name, thing in seen.things.items() if thing})}
        read = []
        real = files.file_in

        def file_in(folder_fd: int, name: str, path: str) -> Any:
            read.append(name)
            return real(folder_fd, name, path)

        monkeypatch.setattr(files, "file_in", file_in)
        assert look(root, Task("", whole=True), known=known)[0].things == seen.things
        assert read == []
        path.write_text('{"texts": {}}')
        [again] = look(root, Task("", whole=True), known=known)
        assert read == ["a.json"]
        assert again.things["a.json"] != seen.things["a.json"]

    def test_is_read_again_while_a_change_could_go_unseen(self, root: Path) -> None:
        (root / "exp" / "a.json").write_text("{}")
        first, second = (look(root, Task("", whole=True))[0].things["a.json"] for _ in range(2))
        assert first != second


def test_a_table_outside_of_steps_has_steps_by_its_first_line(root: Path) -> None:
    folder = root / "exp"
    for path in ("metrics.csv", "logs/metrics.tsv", "0001/metrics.csv"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("step,loss\n" if path.endswith(".csv") else "loss\tepoch\n")
    (folder / "other.csv").write_text("name,size\n")
    found = {
        f"{seen.folder}/{name}": thing.has_steps
        for seen in look(root, *(Task(path, whole=True) for path in ("", "logs", "0001")))
        for name, thing in seen.things.items()
        if isinstance(thing, File)
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
    kinds = {name: thing.kinds for name, thing in top.things.items() if isinstance(thing, File)}
    assert kinds == {"scalars.tsv": ("scalars",), "scalars.rank1.tsv": ()}
    assert step.things == {"scalars.tsv": PLAIN}


@pytest.mark.usefixtures("_settled")
class TestChecks:
    """Looks at folders that may have changed without a hint."""

    def test_an_unchanged_folder_is_not_listed(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        modified_ns = (root / "exp").stat().st_mtime_ns
        monkeypatch.delattr(os, "scandir")
        [seen] = look(root, Task("", whole=True, unless_modified_ns=modified_ns))
        assert seen == Seen("", {}, complete=False)

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
        assert seen.things == {"given.txt": File(fingerprint=files.fingerprint(given.stat()))}
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
        thing = seen.things["a.json"]
        assert isinstance(thing, File | Other)
        assert thing.reason
        modified_ns = (root / "exp").stat().st_mtime_ns  # nothing happens to the folder
        check = Task("", whole=True, unless_modified_ns=modified_ns, lightly=True)
        [seen] = look(root, check, known={"": Folder({"a.json": thing})})
        now = seen.things["a.json"]
        assert isinstance(now, File)
        assert (now.kinds, now.reason) == (("texts",), "")

    def lightly(self, root: Path, known: Folder) -> tuple[Seen, int]:
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
        assert self.lightly(root, known) == (Seen("0001", {}, complete=False), 0)
        seen, opened = self.lightly(root, Folder({"a.txt": File(fingerprint=1)}, identity))
        assert seen.things.keys() == {"a.txt"}
        assert opened == 1
        seen, opened = self.lightly(root, Folder({"a.txt": PLAIN}, (1, 2)))  # another folder of that name
        assert opened == 1


class TestLinks:
    def test_to_files_are_files(self, root: Path) -> None:
        (root / "exp" / "0001" / "a.json").write_text('{"texts": {}}')
        (root / "exp" / "b.json").symlink_to("0001/a.json")
        (root / "exp" / "c.png").symlink_to("0001/a.json")
        [seen] = look(root, Task("", whole=True))
        value, picture = seen.things["b.json"], seen.things["c.png"]
        assert isinstance(value, File)
        assert isinstance(picture, File)
        assert (value.kinds, value.linked, picture.kinds, picture.linked) == (("texts",), True, None, True)
        assert picture.fingerprint  # what the target becomes is not reported here

    def test_to_folders_are_folders(self, root: Path) -> None:
        (root / "other").mkdir()
        (root / "exp" / "link").symlink_to("../other")
        [seen] = look(root, Task("", whole=True))
        status = (root / "other").stat()
        assert seen.things["link"] == Subfolder((status.st_dev, status.st_ino), linked=True)

    def test_in_linked_folders_lead_to_no_further_folders(self, root: Path) -> None:
        (root / "other" / "deep").mkdir(parents=True)
        (root / "other" / "link").symlink_to("deep")
        (root / "exp" / "link").symlink_to("../other")
        [seen] = look(root, Task("link", whole=True), known={"link": Folder(linked=True)})
        assert seen.things["link"] == Other(scan.LINK_IN_LINK, linked=True)

    @pytest.mark.parametrize(
        ("target", "reason"), [("/etc", "--follow-links"), ("gone", "to nothing"), ("link", "nothing")]
    )
    def test_that_are_not_followed_say_why(self, root: Path, target: str, reason: str) -> None:
        (root / "exp" / "link").symlink_to(target)
        [seen] = look(root, Task("", whole=True))
        thing = seen.things["link"]
        assert isinstance(thing, Other)
        assert reason in thing.reason


class TestRoot:
    def test_holds_its_folders_and_links_to_folders(self, root: Path) -> None:
        (root / "file").touch()
        (root / ".hidden").mkdir()
        (root / "link").symlink_to("exp")
        (root / "out").symlink_to("/etc")
        (root / "to-file").symlink_to("file")
        (root / "to-nothing").symlink_to("gone")
        seen = scan.look_at_root(Root(root), None, nobody)
        found = {name: thing for name, thing in seen.folders.items() if thing is not None}
        status = (root / "exp").stat()
        identity = (status.st_dev, status.st_ino)
        assert found.keys() == {"exp", "link", "out"}
        assert found["exp"] == Subfolder(identity)
        assert found["link"] == Subfolder(identity, linked=True)
        assert isinstance(found["out"], Other)

    def test_names_are_looked_at_alone(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(os, "scandir")
        seen = scan.look_at_root(Root(root), frozenset({"exp", "gone"}), pytest.fail)  # type: ignore[arg-type]
        assert seen.folders["gone"] is None
        assert isinstance(seen.folders["exp"], Subfolder)
