"""Buckets by obstore, against a server that speaks S3's protocol, and one store of each other sort: all alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk.stores.fsspec_store import FsspecStore
from lavdlike.disk.stores.memory_store import MemoryStore
from lavdlike.disk.stores.object_store import CREATE, ObjectStore
from lavdlike.disk.stores.object_tree import tree_of
from lavdlike.disk.stores.obstore_store import ObstoreStore
from lavdlike.errors import StoreConflictError, StoreError, StoreMissingError, StoreRightsError
from tests.s3_server import BUCKET, s3_environment, s3_server

pytestmark = pytest.mark.slow

ODD = ["ü b/#%?*[].txt", "a%2Fb", "plus+and~tilde", "back\\slash", "q'\"<>&", " leading", "日本/emoji 🎉"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture(autouse=True)
def environment(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3_environment(server).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["s3", "memory", "fsspec"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "s3":
        return ObstoreStore(f"s3://{BUCKET}/{tmp_path.name}/logs")
    return (
        MemoryStore("memory://logs")
        if request.param == "memory"
        else FsspecStore(f"memory://{tmp_path}/logs")
    )


def test_what_is_put_is_listed_and_read_with_one_etag(store: ObjectStore) -> None:
    etags = {path: store.put(path, b"0123456789") for path in ["run/a.tsv", *ODD]}
    listed = {found.path: found for found in store.list()}
    assert {path: found.etag for path, found in listed.items()} == etags
    assert {found.size_bytes for found in listed.values()} == {10}
    for path in listed:
        read = store.read(path, 2, 5)
        assert (read.content, read.etag, read.size_bytes) == (b"234", etags[path], 10)
    assert [found.path for found in store.list("run")] == ["run/a.tsv"]
    assert [found.path for found in store.list("run", after="run/a.tsv")] == []
    assert store.stat("run/a.tsv") == listed["run/a.tsv"]


def test_reading_goes_as_far_as_there_is_something(store: ObjectStore) -> None:
    store.put("a", b"0123")
    store.put("empty", b"")
    assert store.read("a", 3, 100).content == b"3"
    assert store.read("a", 4, 100).content == b""
    assert store.read("a", 2).content == b"23"
    assert (store.read("empty").content, store.read("empty", 0, 8).content) == (b"", b"")
    with pytest.raises(StoreMissingError, match="no such object"):
        store.read("b")


def test_a_file_is_put_and_an_object_removed(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(12 * 2**20))
    store.put("large", tmp_path / "large")
    assert store.stat("large").size_bytes == 12 * 2**20
    store.delete("large")
    store.delete("large")
    with pytest.raises(StoreMissingError):
        store.stat("large")


def test_a_read_is_of_the_state_that_is_meant(store: ObjectStore) -> None:
    etag = store.put("a", b"old!")
    assert store.read("a", 0, 2, etag=etag).content == b"ol"
    store.put("a", b"newer")
    with pytest.raises(StoreConflictError):
        store.read("a", 0, 2, etag=etag)


def test_a_put_stands_only_where_what_was_seen_does(store: ObjectStore) -> None:
    if not store.has_conditions:
        with pytest.raises(StoreError, match="does not compare"):
            store.put("a", b"1", condition=CREATE)
        return
    etag = store.put("a", b"1", condition=CREATE)
    with pytest.raises(StoreConflictError):
        store.put("a", b"2", condition=CREATE)
    later = store.put("a", b"3", condition=etag)
    with pytest.raises(StoreConflictError):
        store.put("a", b"4", condition=etag)
    assert (store.read("a").content, store.stat("a").etag) == (b"3", later)


def test_what_is_wrong_is_said_with_the_place_and_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreMissingError, match="s3://nothing-here/logs: there is no such bucket"):
        list(ObstoreStore("s3://nothing-here/logs").list())
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    with pytest.raises(StoreError, match="no connection") as raised:
        ObstoreStore(f"s3://{BUCKET}").stat("a")
    assert raised.value.is_temporary
    assert not isinstance(raised.value, StoreRightsError)
    assert "hunter2" not in str(raised.value) + repr(raised.value.__cause__)


def test_a_name_that_the_library_refuses_hides_its_own_folder_and_no_other(
    server: str, tmp_path: Path
) -> None:
    import boto3

    bucket: Any = boto3.client("s3", endpoint_url=server)
    begin = f"odd-{tmp_path.name}"
    for name in ["a/x", "b/c/..", "b/c/x", "b/d/x", "b/x", "e//x", "f", "z/x"]:
        bucket.put_object(Bucket=BUCKET, Key=f"{begin}/{name}", Body=b"1")
    store = ObstoreStore(f"s3://{BUCKET}/{begin}")
    found = [each.path for each in store.list()]
    assert sorted(found) == ["a/x", "b/c//", "b/d/x", "b/x", "e//", "f", "z/x"]
    tree = tree_of(store.list(), None, 0.0)
    assert sorted(problem.path for problem in tree.problems) == ["b/c//", "e//"]
    with pytest.raises(StoreError, match="no such name is possible"):
        store.read("a//x")
