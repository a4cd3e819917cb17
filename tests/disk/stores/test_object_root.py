"""A store as a root: the same tree as on a disk, and no more requests than somebody looks at."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.disk import filling
from lavdlike.disk.local import LocalRoot
from lavdlike.disk.made import status_of
from lavdlike.disk.opening import root_at
from lavdlike.disk.root import Root, etag_of
from lavdlike.disk.stores.bucket import Bucket, StoreOptions, configure
from lavdlike.disk.stores.object_root import ObjectRoot
from lavdlike.disk.stores.store_addresses import path_of_address
from lavdlike.disk.tail import Tail
from lavdlike.errors import NotServedError

_numbers = itertools.count()
MIB = 2**20


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path) -> Iterator[None]:
    configure(StoreOptions(tmp_path / "cache"))
    yield
    configure(StoreOptions())


@pytest.fixture
def root() -> ObjectRoot:
    found = ObjectRoot(f"memory://root-{next(_numbers)}")
    found.bucket.follow(1)  # listed when a test says so
    return found


def requests(bucket: Bucket) -> dict[str, int]:
    """Since the last call."""
    totals = dict(bucket.store.meter.totals())
    before = getattr(bucket, "_counted", {})
    bucket._counted = totals  # type: ignore[attr-defined]
    return {
        kind: count - before.get(kind, 0) for kind, count in totals.items() if count != before.get(kind, 0)
    }


def put(root: ObjectRoot, **files: bytes) -> None:
    """Files by their names, `_` for `/`; and list them."""
    for name, content in files.items():
        root.bucket.store.put(name.replace("__", "/"), content)
    list(root.bucket.look())
    requests(root.bucket)


def lines(root: ObjectRoot, path: str, tail: Tail) -> list[bytes]:
    """What a tail has not read yet; from the begin, if the file is another one."""
    with root.file(path) as opened:
        if not tail.continues(opened.fd):
            tail.__init__()  # type: ignore[misc]
        return [line for _, block in tail.new_lines(opened.fd) for line in block.splitlines()]


def contents(root: Root, path: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with root.folder(path) as folder:
        entries = list(folder.entries())
        for entry in entries:
            below = f"{path}/{entry.name}" if path else entry.name
            if entry.type == "folder":
                found |= contents(root, below)
                continue
            with folder.file(entry.name, below) as opened:
                found[below] = opened.read(MIB)
                assert opened.status.st_size == folder.status_of(entry.name).st_size == len(found[below])
    return found


def test_a_tree_is_the_same_as_on_a_disk(root: ObjectRoot, tmp_path: Path) -> None:
    for name in [
        "run/experiment.json",
        "run/0001/ü#%?.png",
        "run/0001/.hidden",
        "group/a/scalars.tsv",
        "lavdlike.yaml",
    ]:
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
        root.bucket.store.put(name, path)
    assert contents(root) == contents(LocalRoot(tmp_path / "logs"))
    with root.folder("run") as folder:
        assert folder.status_of("0001").st_ino != folder.status().st_ino
    for none in ["run/nothing", "run/.hidden", "../run", "run//0001", "run/experiment.json/x"]:
        with pytest.raises(FileNotFoundError), root.file(none):
            pass
    with pytest.raises(NotServedError), root.file("run"):
        pass
    with pytest.raises(NotADirectoryError), root.folder("run/experiment.json"):
        pass


def test_one_run_alone_is_listed_alone(root: ObjectRoot) -> None:
    put(root, run__a=b"1", other__b=b"2")
    alone = root_at(path_of_address(root.address), only="run")
    assert contents(alone) == {"run/a": b"1"}


def test_of_a_large_file_only_what_is_read_comes(root: ObjectRoot) -> None:
    content = os.urandom(5 * MIB)
    put(root, run__large=content, run__small=b"small")
    with root.file("run/large") as opened:
        assert opened.status.st_size == 5 * MIB
        assert requests(root.bucket) == {}
        assert filling.pread(opened.fd, 100, 0) == content[:100]
        assert root.bucket.cache.size_bytes <= 2**16
        assert filling.pread(opened.fd, 100, 3 * MIB) == content[3 * MIB : 3 * MIB + 100]
        assert filling.pread(opened.fd, 100, 3 * MIB + 50) == content[3 * MIB + 50 : 3 * MIB + 150]
        assert requests(root.bucket) == {"read": 2}
        filling.fill(opened.fd)
        assert os.pread(opened.fd, 6 * MIB, 0) == content
    with root.file("run/small") as opened, root.file("run/small") as again:
        assert opened.read(10) == again.read(10) == b"small"


def test_what_grows_is_read_on_with_one_request(root: ObjectRoot) -> None:
    tail = Tail()
    begin = b"".join(b"%d\n" % number for number in range(1000))
    put(root, run__log=begin)
    assert len(lines(root, "run/log", tail)) == 1000
    put(root, run__log=begin + b"new\n")
    assert lines(root, "run/log", tail) == [b"new"]
    assert requests(root.bucket) == {"read": 1}
    put(root, run__log=begin + b"new\nnewer\n")
    assert lines(root, "run/log", tail) == [b"newer"]
    assert requests(root.bucket) == {"read": 1}


@pytest.mark.parametrize("new", [b"other\n" * 2000, b"x\n", b"9999\n" * 800, b""])
def test_what_was_written_anew_is_read_anew(root: ObjectRoot, new: bytes) -> None:
    tail = Tail()
    put(root, run__log=b"0000\n" * 800)
    assert len(lines(root, "run/log", tail)) == 800
    put(root, run__log=new)
    assert lines(root, "run/log", tail) == new.splitlines()


def part(begin: int) -> str:
    return f"run/log.d/{begin:015}"


def test_a_file_in_parts_is_one_file_and_each_part_one_request(root: ObjectRoot) -> None:
    tail = Tail()
    store = root.bucket.store
    store.put(part(0), b"one\n")
    list(root.bucket.look())
    requests(root.bucket)
    assert lines(root, "run/log", tail) == [b"one"]
    store.put(part(4), b"two\n")
    store.put(part(12), b"behind a gap\n")
    list(root.bucket.look())
    requests(root.bucket)
    assert lines(root, "run/log", tail) == [b"two"]
    assert requests(root.bucket) == {"read": 1}
    store.put(part(8), b"333\n")
    list(root.bucket.look())
    assert lines(root, "run/log", tail) == [b"333", b"behind a gap"]
    with root.folder("run") as folder:
        assert [entry.name for entry in folder.entries()] == ["log"]


def test_parts_that_are_joined_are_not_read_again(root: ObjectRoot) -> None:
    tail = Tail()
    store = root.bucket.store
    begin = b"a line of twenty bytes\n" * 1000
    store.put(part(0), begin)
    store.put(part(len(begin)), b"end\n")
    list(root.bucket.look())
    assert len(lines(root, "run/log", tail)) == 1001
    store.put("run/log", begin + b"end\n")
    list(root.bucket.look())
    store.delete(part(0))
    store.delete(part(len(begin)))
    list(root.bucket.look())
    assert lines(root, "run/log", tail) == []
    put(root, run__log=begin + b"end\nmore\n")
    assert lines(root, "run/log", tail) == [b"more"]


def test_what_is_replaced_while_it_is_read_is_gone_until_the_next_list(root: ObjectRoot) -> None:
    put(root, run__large=bytes(3 * MIB))
    with root.file("run/large") as opened:
        filling.pread(opened.fd, 10, 0)
        root.bucket.store.put("run/large", b"\1" * 3 * MIB)
        with pytest.raises(FileNotFoundError):
            filling.pread(opened.fd, 10, 2 * MIB)
    list(root.bucket.look())
    with root.file("run/large") as opened:
        assert opened.read(3 * MIB) == b"\1" * 3 * MIB


def test_every_other_content_is_another_file_by_its_status(root: ObjectRoot) -> None:
    put(root, run__a=b"1")
    with root.file("run/a") as opened:
        before, told = etag_of(opened.status), status_of(opened.fd)
        assert told == opened.status
        assert not before.startswith("W/")
    put(root, run__b=b"1")
    with root.file("run/a") as opened:
        assert etag_of(opened.status) == before
    put(root, run__a=b"2")
    with root.file("run/a") as opened:
        assert etag_of(opened.status) != before
        assert opened.status.st_ino == told.st_ino


def test_names_that_can_be_none_are_said_and_the_rest_is_shown(root: ObjectRoot) -> None:
    for name in [
        "run/a",
        "run//b",
        "run/../c",
        "run/d\x01",
        "run/a/e",
        "/f",
        "g" * 5000,
        "run/" + "h/" * 80 + "x",
    ]:
        root.bucket.store.put(name, b"")
    with root.folder("run") as folder:
        assert [(entry.name, entry.type) for entry in folder.entries()] == [("a", "folder")]
    assert len(root.problems()) == 7


def test_copies_take_no_more_than_allowed_and_what_is_open_stays(tmp_path: Path) -> None:
    configure(StoreOptions(tmp_path / "cache", cache_bytes=3 * MIB))
    root = ObjectRoot(f"memory://root-{next(_numbers)}")
    put(root, **{f"run__{number}": bytes([number]) * MIB for number in range(6)})
    with root.file("run/0") as first:
        assert filling.pread(first.fd, 1, 5) == b"\0"
        for number in range(1, 6):
            with root.file(f"run/{number}") as opened:
                assert filling.pread(opened.fd, 1, 5) == bytes([number])
        assert root.bucket.cache.size_bytes <= 3 * MIB
        assert filling.pread(first.fd, 1, MIB - 1) == b"\0"
    folders = list((tmp_path / "cache").iterdir())
    assert sum(path.stat().st_size for folder in folders for path in folder.iterdir()) <= 4 * MIB
    root.bucket.cache.close()
    assert not list((tmp_path / "cache").iterdir())


def test_a_list_that_fails_leaves_what_was_listed_and_says_since_when(
    root: ObjectRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, run__a=b"1")
    monkeypatch.setattr(root.bucket.store, "list", _refused)
    with pytest.raises(OSError, match="no answer in time"):
        root.bucket.look()
    state = root.bucket.state()
    assert state.failed_since > 0
    assert state.reason == "no answer in time"
    assert contents(root) == {"run/a": b"1"}
    monkeypatch.undo()
    assert list(root.bucket.look()) == []
    assert root.bucket.state().failed_since == 0


def _refused(*_: object) -> Iterator[object]:
    from lavdlike.errors import StoreError

    raise StoreError("memory://", "no answer in time", is_temporary=True)
