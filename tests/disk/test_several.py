"""Several roots as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.disk.several import Member, SeveralRoots
from lavdlike.errors import NotServedError
from lavdlike.named_roots import RootName


@pytest.fixture
def roots(tmp_path: Path) -> SeveralRoots:
    """Two roots `a` and `b`, and a root that is the run `c`."""
    for path in ("first/run/0001", "second/run", "third/one/0002", "third/other"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "first" / "run" / "0001" / "x.txt").write_text("of a")
    (tmp_path / "second" / "run" / "y.txt").write_text("of b")
    (tmp_path / "third" / "one" / "z.txt").write_text("of c")
    members = {
        "a": Member(RootName("a"), LocalRoot(tmp_path / "first")),
        "b": Member(RootName("b"), LocalRoot(tmp_path / "second")),
        "c": Member(RootName("c", "one"), LocalRoot(tmp_path / "third", only="one")),
    }
    return SeveralRoots(members)


def read(roots: SeveralRoots, path: str) -> str:
    with roots.file(path) as opened:
        assert opened.path == path
        return opened.read(100).decode()


def names(roots: SeveralRoots, path: str) -> list[str]:
    with roots.folder(path) as opened:
        return sorted(entry.name for entry in opened.entries())


def test_the_first_name_says_which_root(roots: SeveralRoots) -> None:
    assert read(roots, "a/run/0001/x.txt") == "of a"
    assert read(roots, "b/run/y.txt") == "of b"
    assert read(roots, "c/z.txt") == "of c"  # a run stands for its root
    assert names(roots, "") == ["a", "b", "c"]
    assert names(roots, "a") == ["run"]
    assert names(roots, "c") == ["0002", "z.txt"]
    with roots.folder("") as opened, opened.folder("b") as folder:
        assert [entry.name for entry in folder.entries()] == ["run"]


@pytest.mark.parametrize(
    "path", ["d/run", "run/0001/x.txt", "a/../b/run/y.txt", "c/../other", "/a/run", "", "a/.hidden"]
)
def test_nothing_else_is_there(roots: SeveralRoots, path: str) -> None:
    with pytest.raises((FileNotFoundError, NotServedError, IsADirectoryError)), roots.file(path):
        pass


def test_a_folder_on_the_way_saves_the_way_to_it(roots: SeveralRoots, tmp_path: Path) -> None:
    for start, names_to_it, path in (("a", 1, "a/run/0001"), ("a/run", 2, "a/run/0001"), ("c", 1, "c/0002")):
        with roots.folder(start) as opened:
            moved = tmp_path / ("first" if path[0] == "a" else "third")
            moved.rename(tmp_path / "moved")
            with roots.folder(path, start=opened, start_names=names_to_it) as below:
                assert below.status().st_ino
            (tmp_path / "moved").rename(moved)


def test_no_link_leads_from_one_root_to_another(roots: SeveralRoots, tmp_path: Path) -> None:
    (tmp_path / "first" / "link").symlink_to(tmp_path / "second" / "run")
    (tmp_path / "first" / "relative").symlink_to("../second/run")
    for name in ("link", "relative"):
        with pytest.raises(NotServedError) as refused, roots.file(f"a/{name}/y.txt"):
            pass
        assert str(refused.value).startswith(f"a/{name}/y.txt")


def test_errors_name_the_path_that_everybody_uses(roots: SeveralRoots) -> None:
    with pytest.raises(FileNotFoundError) as missing, roots.file("a/run/none.txt"):
        pass
    assert missing.value.filename == "a/run/none.txt"
    with pytest.raises(NotADirectoryError) as no_folder, roots.folder("b/run/y.txt/in"):
        pass
    assert no_folder.value.filename == "b/run/y.txt/in"


def test_one_that_is_missing_hides_no_other(roots: SeveralRoots, tmp_path: Path) -> None:
    (tmp_path / "first").rename(tmp_path / "gone")
    assert names(roots, "") == ["b", "c"]
    assert read(roots, "b/run/y.txt") == "of b"
    (tmp_path / "gone").rename(tmp_path / "first")
    assert names(roots, "") == ["a", "b", "c"]


def test_beside_its_own_files_a_root_alone_is_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    root = LocalRoot(tmp_path)
    roots = SeveralRoots({"": Member(RootName(), root), ".root": Member(RootName(".root"), root)})
    assert names(roots, "") == names(roots, ".root") == ["notes.txt", "run"]
    assert read(roots, ".root/notes.txt") == "mine"
    with roots.folder("run") as opened, roots.folder("run", start=opened) as again:
        assert again.status().st_ino == opened.status().st_ino
    with pytest.raises(FileNotFoundError), roots.file(".root/.hidden"):
        pass
