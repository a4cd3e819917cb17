"""One file at a time into a store: whatever fails, all of it is there once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lavdlike import json_file
from lavdlike.disk.parts import part_path
from lavdlike.errors import StoreError
from lavdlike.mirror import uploads
from lavdlike.mirror.file_state import JOINED_PARTS
from lavdlike.mirror.store_journal import Journal
from lavdlike.mirror.uploads import Uploads
from tests.mirror.stores import Fate, FaultyStore, tree_in

LOG, TABLE, PICTURE = "run/events.log", "run/scalars.tsv", "run/0001/bird.png"


@contextmanager
def uploading(
    tree: Path, store: FaultyStore, journal: str = "journal", *, may_be_stored: bool = False
) -> Iterator[Uploads]:
    """As a process does that begins now; the journal is left as a killed one leaves it."""
    with closing(Journal(tree / journal)) as opened:
        yield Uploads(tree, store, opened, may_be_stored=may_be_stored)


def write(tree: Path, path: str, content: bytes) -> None:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_suffix(".new").write_bytes(content)
    file.with_suffix(".new").replace(file)


def append(tree: Path, path: str, content: bytes) -> None:
    with (tree / path).open("ab") as file:
        file.write(content)


def test_a_file_that_grows_goes_in_parts_of_whole_lines_and_becomes_one_object(tmp_path: Path) -> None:
    store = FaultyStore()
    with uploading(tmp_path, store) as each:
        write(tmp_path, LOG, b"1\n2\n3")
        each.growing(LOG)
        append(tmp_path, LOG, b"3\n")
        each.growing(LOG)
        each.growing(LOG)
        assert [found.path for found in store.list()] == [part_path(LOG, 0), part_path(LOG, 4)]
        assert tree_in(store) == {LOG: b"1\n2\n33\n"}
        each.growing(LOG, is_last=True)
        each.remove_doomed()
        assert [found.path for found in store.list()] == [LOG]
        append(tmp_path, LOG, b"4\n")
        each.growing(LOG)
    assert tree_in(store) == {LOG: b"1\n2\n33\n4\n"}


def test_there_are_never_many_parts(tmp_path: Path) -> None:
    store = FaultyStore()
    write(tmp_path, LOG, b"")
    with uploading(tmp_path, store) as each:
        for number in range(JOINED_PARTS**2 + 5):
            append(tmp_path, LOG, b"%d\n" % number)
            each.growing(LOG)
            each.remove_doomed()
            assert len(list(store.list())) < 2 * JOINED_PARTS + 2
    assert tree_in(store) == {LOG: (tmp_path / LOG).read_bytes()}


def test_two_hosts_that_write_one_file_put_their_lines_behind_each_others(tmp_path: Path) -> None:
    store = FaultyStore()
    write(tmp_path, f"a/{TABLE}", b"step\tvalue\n0\t1\n")
    write(tmp_path, f"b/{TABLE}", b"step\tvalue\n0\t2\n")
    with uploading(tmp_path / "a", store) as a, uploading(tmp_path / "b", store) as b:
        a.growing(TABLE)
        b.growing(TABLE)  # its names of columns are there already
        append(tmp_path, f"a/{TABLE}", b"1\t3\n")
        a.growing(TABLE)
        append(tmp_path, f"b/{TABLE}", b"1\t4\n")
        b.growing(TABLE, is_last=True)
        a.growing(TABLE, is_last=True)
    assert tree_in(store) == {TABLE: b"step\tvalue\n0\t1\n0\t2\n1\t3\n1\t4\n"}


def test_a_name_that_another_host_has_freed_is_no_place_for_a_part(tmp_path: Path) -> None:
    """Who was away while all that he knew of was joined must not store what the join covers."""
    store = FaultyStore()
    write(tmp_path, f"a/{LOG}", b"a\n")
    write(tmp_path, f"b/{LOG}", b"b\n")
    with uploading(tmp_path / "a", store) as a, uploading(tmp_path / "b", store) as b:
        a.growing(LOG)
        store.fate = lambda: "lost" if store.puts[1:] else "answered"
        with pytest.raises(StoreError):
            b.growing(LOG)
        store.fate = lambda: "answered"
        for _ in range(JOINED_PARTS):
            append(tmp_path, f"a/{LOG}", b"a\n")
            a.growing(LOG)
            a.remove_doomed()
        b.growing(LOG)
        append(tmp_path, f"a/{LOG}", b"a\n")
        a.growing(LOG, is_last=True)
        a.remove_doomed()
    assert tree_in(store) == {LOG: b"a\n" * (JOINED_PARTS + 1) + b"b\na\n"}


def test_a_line_that_was_cut_on_one_host_does_not_swallow_that_of_another(tmp_path: Path) -> None:
    store = FaultyStore()
    write(tmp_path, f"a/{LOG}", b"whole\ncu")
    write(tmp_path, f"b/{LOG}", b"another's\n")
    with uploading(tmp_path / "a", store) as a, uploading(tmp_path / "b", store) as b:
        a.growing(LOG, is_last=True)
        b.growing(LOG)
        append(tmp_path, f"a/{LOG}", b"t\nnext\n")
        a.growing(LOG)
    assert tree_in(store) == {LOG: b"whole\ncu\nanother's\nt\nnext\n"}


def test_a_journal_that_was_lost_is_made_anew_from_what_is_there(tmp_path: Path) -> None:
    store = FaultyStore()
    write(tmp_path, LOG, b"1\n2\n")
    write(tmp_path, PICTURE, b"pixels")
    with uploading(tmp_path, store) as each:
        each.growing(LOG)
        each.whole(PICTURE)
    append(tmp_path, LOG, b"3\n")
    with uploading(tmp_path, store, "another", may_be_stored=True) as each:
        each.growing(LOG)
        each.whole(PICTURE)
    assert tree_in(store) == {LOG: b"1\n2\n3\n", PICTURE: b"pixels"}
    (tmp_path / "another").write_bytes(b"no database at all")
    with uploading(tmp_path, store, "another") as each:
        each.growing(LOG, is_last=True)
    assert tree_in(store)[LOG] == b"1\n2\n3\n"


def test_settings_that_two_hosts_wrote_are_joined(tmp_path: Path) -> None:
    store, file = FaultyStore(), "run/experiment.json"
    write(
        tmp_path, f"a/{file}", b'{"created": 2, "sessions": [{"id": "a", "started": 2}], "config": {"lr": 1}}'
    )
    write(
        tmp_path,
        f"b/{file}",
        b'{"created": 1, "sessions": [{"id": "b", "started": 1}], "config": {"seed": 2}}',
    )
    with uploading(tmp_path / "a", store) as a, uploading(tmp_path / "b", store) as b:
        a.whole(file)
        b.whole(file)
        write(tmp_path, f"a/{file}", b'{"created": 2, "sessions": [{"id": "a", "started": 2, "ended": 3}]}')
        a.whole(file)
    document = json_file.parse(tree_in(store)[file], file)
    assert document["sessions"] == [{"id": "b", "started": 1}, {"id": "a", "started": 2, "ended": 3}]
    assert (document["created"], document["config"]) == (1, {"lr": 1, "seed": 2})


def test_what_was_stored_otherwise_than_it_was_sent_is_not_taken_for_stored(tmp_path: Path) -> None:
    """As through a proxy that cuts bodies, in front of a store whose etags are MD5 sums."""
    import hashlib

    class CuttingStore(FaultyStore):
        cuts = True

        def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
            assert isinstance(content, bytes)
            content = content[:3] if self.cuts else content
            super().put(path, content, condition=condition)
            return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'

    store = CuttingStore()
    write(tmp_path, LOG, b"1\n2\n3\n")
    write(tmp_path, PICTURE, b"pixels")
    with uploading(tmp_path, store) as each:
        for store_it in (each.growing, each.whole):
            with pytest.raises(StoreError, match="otherwise than it was sent"):
                store_it(LOG if store_it == each.growing else PICTURE)
        store.cuts = False
        each.growing(LOG)
        each.whole(PICTURE)
    assert tree_in(store) == {LOG: b"1\n2\n3\n", PICTURE: b"pixels"}


fates: st.SearchStrategy[Fate] = st.sampled_from(["answered", "answered", "answered", "lost", "unanswered"])
deeds = st.one_of(
    st.tuples(st.just("append"), st.binary(min_size=1, max_size=12)),
    st.tuples(st.just("replace"), st.binary(max_size=12)),
    st.tuples(st.sampled_from(["store", "end", "clean", "restart", "store", "picture"]), st.just(b"")),
)


@pytest.mark.slow
@example([("replace", b""), ("replace", b"1"), ("replace", b"")], ["unanswered", *["answered"] * 3])
@given(st.lists(deeds, max_size=20), st.lists(fates, max_size=60))
def test_whatever_fails_the_store_has_in_the_end_what_is_here(
    steps: list[tuple[str, bytes]], drawn: list[Fate]
) -> None:
    """Requests that do not arrive, answers that are lost, kills between any two of them, files that are replaced."""
    store = FaultyStore(lambda: drawn.pop() if drawn else "answered")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "PART_BYTES", 8)
        tree = Path(folder)
        write(tree, LOG, b"")
        write(tree, PICTURE, b"")
        opened = uploading(tree, store)
        each = opened.__enter__()
        for number, (deed, content) in enumerate(steps):
            if deed == "append":
                append(tree, LOG, content.replace(b"\n", b"") + b"\n")
            elif deed == "replace":
                write(tree, LOG, content.replace(b"\n", b"") + b"\n" if content else b"")
            elif deed == "picture":
                write(tree, PICTURE, str(number).encode())
            elif deed == "restart":
                opened.__exit__(None, None, None)
                opened = uploading(tree, store)
                each = opened.__enter__()
            with suppress(StoreError):
                if deed == "clean":
                    each.remove_doomed()
                else:
                    each.whole(PICTURE)
                    each.growing(LOG, is_last=deed == "end")
        store.fate = lambda: "answered"
        each.whole(PICTURE)
        each.remove_doomed()
        each.growing(LOG, is_last=True)
        each.remove_doomed()
        opened.__exit__(None, None, None)
        expected = {LOG: (tree / LOG).read_bytes(), PICTURE: (tree / PICTURE).read_bytes()}
        found = tree_in(store)
        assert found.pop(LOG, b"") == expected.pop(LOG)
        assert found == expected
        assert not [found.path for found in store.list(f"{LOG}.d")], "the parts are one object"


def test_what_is_removed_here_is_removed_there(tmp_path: Path) -> None:
    store = FaultyStore()
    write(tmp_path, LOG, b"1\n")
    write(tmp_path, PICTURE, b"pixels")
    write(tmp_path, "other/events.log", b"1\n")
    with closing(Journal(tmp_path / "journal")) as journal:
        each = Uploads(tmp_path, store, journal)
        each.growing(LOG)
        each.whole(PICTURE)
        each.growing("other/events.log")
        (tmp_path / PICTURE).unlink()
        journal.doom(PICTURE, is_folder=False)
        each.remove_doomed()
        assert set(tree_in(store)) == {LOG, "other/events.log"}
        journal.doom("run", is_folder=True)
        answers: Iterator[Fate] = iter(["answered", "lost"])
        store.fate = answers.__next__
        with pytest.raises(StoreError):
            each.remove_doomed()
        store.fate = lambda: "answered"
        each.remove_doomed()
        assert set(tree_in(store)) == {"other/events.log"}
        assert set(journal.states()) == {"other/events.log"}
