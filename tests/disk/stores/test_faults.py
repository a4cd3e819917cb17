"""A store of S3's protocol behind a network that spoils what it can: nothing is lost, shown twice, or made up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.disk import filling
from lavdlike.disk.opening import root_at
from lavdlike.disk.stores.bucket import StoreOptions, configure
from lavdlike.disk.stores.object_root import ObjectRoot
from lavdlike.disk.stores.object_store import CREATE
from lavdlike.disk.stores.obstore_store import ObstoreStore
from lavdlike.disk.stores.opened_stores import open_store
from lavdlike.disk.stores.request_meter import RequestMeter
from lavdlike.disk.stores.retry_policy import RetryPolicy
from lavdlike.disk.stores.steady_store import SteadyStore
from lavdlike.disk.stores.store_addresses import path_of_address
from lavdlike.errors import NotServedError, StoreConflictError, StoreError
from tests.fault_proxy import Fault, FaultProxy, fault_proxy
from tests.s3_server import BUCKET, s3_environment, s3_server

pytestmark = pytest.mark.slow

SOON = RetryPolicy(first_pause_s=0.01, longest_pause_s=0.05)
TEMPORARY: list[Fault] = [429, 500, 503, "cut", "closed"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture
def proxy(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FaultProxy]:
    configure(StoreOptions(tmp_path / "cache"))
    with fault_proxy(server) as found:
        for name, value in s3_environment(found.url).items():
            monkeypatch.setenv(name, value)
        yield found
    configure(StoreOptions())


@pytest.fixture
def store(proxy: FaultProxy, tmp_path: Path) -> SteadyStore:  # noqa: ARG001 - says where it is
    return SteadyStore(ObstoreStore(f"s3://{BUCKET}/{tmp_path.name}"), RequestMeter(), SOON)


@pytest.mark.parametrize("fault", TEMPORARY)
def test_what_fails_for_a_moment_is_asked_again(fault: Fault, store: SteadyStore, proxy: FaultProxy) -> None:
    content = os.urandom(2**20)
    proxy.fail(fault)
    etag = store.put("a", content, condition=CREATE)
    proxy.fail(fault, fault)
    assert store.read("a", etag=etag).content == content
    proxy.fail(fault)
    assert store.read("a", 1000, 3000).content == content[1000:3000]
    proxy.fail(fault)
    assert [found.path for found in store.list()] == ["a"]
    proxy.fail(fault)
    assert store.stat("a").size_bytes == 2**20


@pytest.mark.parametrize(("fault", "said"), [(503, "503 SlowDown"), ("closed", "no connection")])
def test_what_goes_on_failing_ends_with_the_place_and_the_reason(
    fault: Fault, said: str, store: SteadyStore, proxy: FaultProxy
) -> None:
    proxy.fault = lambda _method, _path: fault
    with pytest.raises(StoreError, match=said) as raised:
        store.read("run/a")
    assert raised.value.place.endswith("/run/a")
    assert raised.value.is_temporary
    assert len(proxy.requests) == SOON.tries


def test_a_server_that_says_nothing_is_not_waited_for(proxy: FaultProxy) -> None:
    proxy.fault = lambda _method, _path: "hangs"
    with pytest.raises(StoreError, match="no answer in time") as raised:
        ObstoreStore(f"s3://{BUCKET}", request_s=0.2).read("run/a")
    assert raised.value.is_temporary


def test_a_list_that_breaks_off_is_whole_and_names_nothing_twice(
    store: SteadyStore, proxy: FaultProxy
) -> None:
    names = [f"run/{number}" for number in range(3)]
    for name in names:
        store.put(name, b"")
    proxy.fail(503, "cut")
    assert [found.path for found in store.list()] == names


def test_a_put_whose_answer_is_lost_is_not_taken_for_that_of_somebody_else(
    store: SteadyStore, proxy: FaultProxy
) -> None:
    proxy.fail("cut")  # the server has it
    etag = store.put("a", b"mine" * 1000, condition=CREATE)
    assert store.stat("a").etag == etag
    with pytest.raises(StoreConflictError):
        store.put("a", b"mine", condition=CREATE)


@pytest.mark.parametrize("status", [401, 403])
def test_no_rights_are_said_and_not_asked_for_again(status: int, proxy: FaultProxy, tmp_path: Path) -> None:
    proxy.fault = lambda _method, _path: status
    with (
        pytest.raises(NotServedError, match="no right to it"),
        root_at(path_of_address(f"s3://{BUCKET}/{tmp_path.name}")).folder(""),
    ):
        pass
    assert len(proxy.requests) == 1


def test_what_is_replaced_between_two_reads_is_never_glued_together(
    proxy: FaultProxy, tmp_path: Path
) -> None:
    root = root_at(path_of_address(f"s3://{BUCKET}/{tmp_path.name}"))
    assert isinstance(root, ObjectRoot)
    other = open_store(root.address)
    other.put("run/a", b"1" * 4 * 2**20)
    with root.file("run/a") as opened:
        assert filling.pread(opened.fd, 4, 0) == b"1111"
        other.put("run/a", b"2" * 4 * 2**20)
        with pytest.raises(FileNotFoundError):
            filling.pread(opened.fd, 4, 3 * 2**20)
    list(root.bucket.look())
    proxy.requests.clear()
    with root.file("run/a") as opened:
        assert filling.pread(opened.fd, 4, 3 * 2**20) == b"2222"
    assert [method for method, _ in proxy.requests] == ["GET"]
