"""Kinds of other packages in a server: what the page is told of them, and what their frames may load."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lavdlike.server.web.responses import BASE_HEADERS, FRAME_HEADERS
from tests.plugins import MOLECULES, WATER, install, seen_by_processes, write_package
from tests.running import Running
from tests.serving import Reached


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One with a good kind, and some that would end it or hold it up if they could."""
    site, root = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("log")
    install(MOLECULES, site)
    write_package(site, "broken_kind", {"broken": "broken_kind:KIND"}, "raise RuntimeError('no luck')")
    write_package(site, "ending_kind", {"ending": "ending_kind:KIND"}, "import os, sys; sys.exit(3)")
    write_package(site, "slow_kind", {"slow": "slow_kind:KIND"}, "import threading; threading.Event().wait()")
    step = root / "exp" / "0001"
    step.mkdir(parents=True)
    (step / "water.xyz").write_text(WATER)
    (step / "cut.xyz").write_text("9\ncut\n")
    with seen_by_processes(site):
        running = Running(root, "--no-token")
    yield running
    running.stop()


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with Reached(server.port).client() as client:
        yield client


def test_the_page_is_told_of_kinds_that_it_does_not_know(client: httpx.Client) -> None:
    assert client.get("/api/root").json()["kinds"] == [
        {
            "kind": "molecules",
            "title": "Molecules",
            "noun": "molecules",
            "card_height": 320,
            "max_bytes": 32 * 2**20,
        },
        {
            "kind": "spectra",
            "title": "Spectra",
            "noun": "spectra",
            "card_height": 280,
            "max_bytes": None,
        },
    ]


def test_packages_that_cannot_be_used_are_problems_and_the_server_runs(client: httpx.Client) -> None:
    problems = {each["path"]: each["reason"] for each in client.get("/api/problems").json()["problems"]}
    assert problems == {
        "the kind broken (broken_kind:KIND)": "cannot be used: RuntimeError: no luck",
        "the kind ending (ending_kind:KIND)": "cannot be used: SystemExit: 3",
        "the kind slow (slow_kind:KIND)": "cannot be used: not imported within 5 s",
    }


def test_items_are_read_as_those_of_other_kinds(client: httpx.Client) -> None:
    water = client.get("/api/items/exp/molecules/1/water").json()
    assert water["content"] == {"comment": "water", "atoms": {"O": 1, "H": 2}}
    assert client.get("/api/items/exp/molecules/1/cut").json()["problem"]["position"] == "line 1"
    assert client.get("/api/files/exp/0001/water.xyz").headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/kinds/molecules/", "text/html; charset=utf-8"),
        ("/kinds/molecules/index.html", "text/html; charset=utf-8"),
        ("/kinds/molecules/index.js", "text/javascript; charset=utf-8"),
    ],
)
def test_frames_get_their_page_and_no_origin(client: httpx.Client, path: str, type_: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == type_
    for name, value in {**BASE_HEADERS, **FRAME_HEADERS, "Cache-Control": "no-cache"}.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize(
    "path",
    [
        "/kinds/molecules/other.js",
        "/kinds/molecules/../__init__.py",
        "/kinds/molecules/%2e%2e/__init__.py",
        "/kinds/molecules/..%2f__init__.py",
        "/kinds/molecules//etc/passwd",
        "/kinds/images/index.js",
        "/kinds/",
    ],
)
def test_nothing_but_the_folder_of_a_kind_is_given(server: Running, path: str) -> None:
    answer = Reached(server.port).exchange(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.content.startswith(b"HTTP/1.1 404 ")
