from __future__ import annotations

import io
import json
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.messages import ItemAddress, MarkdownPage, PointsAdded
from lavdlike.reading import log_pages
from lavdlike.reading.items import ReadItem, read_item
from lavdlike.scalar_messages import SeriesAnswerHead
from lavdlike.series import packing
from lavdlike.series.store import SeriesStore
from lavdlike.server.app import create_app
from lavdlike.server.live.packed_points import packed
from lavdlike.server.sandbox.markdown_pages import Markdown
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from lavdlike.server.web.responses import TREE_FILE_HEADERS
from tests.limits import LIMIT_S
from tests.serving import Served, served, wait_until

SECRET = "outside the root"  # noqa: S105
SCALARS = "step\twall_time\tlabel\tvalue\n0\t1763600000.000\tloss\t0.5\n1\t1763600001.000\tloss\tnan\n"
# Names that need not be Unicode, and what stands in an address for them.
ODD_NAMES = [
    (b"\xff\xfe.txt", "%FF%FE.txt"),
    (b"new\nline.txt", "new%0Aline.txt"),
    (b"per%41cent.txt", "per%2541cent.txt"),
    ("café #1?.txt".encode(), "caf%C3%A9%20%231%3F.txt"),
    (b"back\\slash.txt", "back%5Cslash.txt"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text(SECRET)
    root = outside / "log"
    experiment = root / "exp"
    (experiment / "0001" / "deep").mkdir(parents=True)
    (experiment / "scalars.tsv").write_text(SCALARS)
    (experiment / "0001" / "deep" / "greeting.txt").write_text("hello")
    (experiment / "events.log").write_text("".join(f"line {number}\n" for number in range(5000)))
    (experiment / "notes.md").write_text("# Notes\n\n![bird](2/bird.png) <script>alert(1)</script>\n")
    (experiment / "broken.json").write_text("{")
    (experiment / ".hidden.txt").write_text(SECRET)
    (experiment / "out.txt").symlink_to(outside / "secret.txt")
    (experiment / "out").symlink_to(outside)
    (experiment / "inside.txt").symlink_to("0001/deep/greeting.txt")
    os.mkfifo(experiment / "fifo.txt")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(experiment / "socket.txt"))
    for name, _ in ODD_NAMES:
        (Path(os.fsdecode(os.fsencode(experiment) + b"/" + name))).write_bytes(name)
    for suffix in (
        ".html",
        ".svg",
        ".js",
        ".mjs",
        ".css",
        ".wasm",
        ".xhtml",
        ".xml",
        ".unknown",
        ".png",
        ".mp4",
    ):
        (experiment / f"file{suffix}").write_bytes(b"<script>alert(1)</script>")
    (experiment / "0001" / "bytes.bin").write_bytes(bytes(range(256)) * 4096)
    (experiment / "2").mkdir()
    picture = Image.new("RGB", (200, 100), "red")
    picture.save(experiment / "2" / "bird.png")
    picture.save(experiment / "scan.tiff")
    (experiment / "7").mkdir()
    Image.new("RGB", (100, 50), "blue").save(experiment / "7" / "seen.png")
    (experiment / "7" / "seen.json").write_text('{"images": {"source": "seen.png", "boxes": []}}')
    Image.new("RGB", (60, 60), "red").save(experiment / "7" / "other.png")
    (experiment / "7" / "named.json").write_text('{"images": {"source": "other.png"}}')
    (experiment / "2" / "broken.png").write_bytes(b"no picture")
    (root / "top.txt").write_text(SECRET)
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.utime(path, (1763600000, 1763600000))
    return root


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Served]:
    with served(create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())) as served_:
        yield served_


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def get(client: httpx.Client, path: str, status: int = 200, **headers: str) -> Any:
    answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == status, answer.text
    return answer.json()


# --- what is read -------------------------------------------------------------------------------------------


def test_root_names_the_experiments(client: httpx.Client, root: Path) -> None:
    page = get(client, "/api/root")
    assert [each["id"] for each in page["experiments"]] == ["exp"]
    assert page["path"] == str(root)


def test_catalogue_and_items_agree(client: httpx.Client) -> None:
    labels = get(client, "/api/experiments/exp")["labels"]
    texts = next(each for each in labels if each["label"] == "deep/greeting")
    assert texts["steps"] == [[1, 1, 1]]
    alone = get(client, f"/api/items/exp/{texts['kind']}/1/deep/greeting")
    assert alone["files"][0]["path"] == "0001/deep/greeting.txt"
    address = {"experiment": "exp", "kind": texts["kind"], "label": "deep/greeting", "step": 1}
    wanted = [
        address,
        {**address, "label": "none"},
        {**address, "kind": "none"},
        {**address, "experiment": "none"},
    ]
    many = client.post("/api/items", json={"items": wanted}).json()["items"]
    assert [each and each["files"] for each in many] == [alone["files"], None, None, None]


def test_more_items_than_the_limit_are_refused_with_the_limit(client: httpx.Client) -> None:
    address = {"experiment": "exp", "kind": "texts", "label": "x"}
    answer = client.post("/api/items", json={"items": [address] * 501})
    assert (answer.status_code, "500" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("step", ["x", "-1", "1.5", "%C2%B2", "99999999999999999999", ""])
def test_a_step_that_is_none_has_no_items(client: httpx.Client, step: str) -> None:
    get(client, f"/api/items/exp/texts/{step}/deep/greeting", 404)


@pytest.mark.parametrize("count", [2, 51])
def test_scalars_of_few_experiments_are_read_while_their_page_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    names = [f"e{number:02d}" for number in range(count)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "scalars.tsv").write_text(SCALARS)
    read: list[str] = []
    read_new = SeriesStore.read_new

    def noted(store: SeriesStore, experiment: ExperimentName, *values: Any) -> Any:
        read.append(experiment)
        return read_new(store, experiment, *values)

    monkeypatch.setattr(SeriesStore, "read_new", noted)
    app = create_app(Settings(tmp_path), Credentials(b"k" * 32, None), AccessRules())
    with served(app) as server, server.client() as client:
        get(client, "/api/root?page=images")
        get(client, "/api/root")
        assert read == []
        get(client, "/api/root?page=scalars")
        if count == 2:
            wait_until(lambda: sorted(read) == names)
        labels = client.post("/api/scalars/labels", json={"experiments": names[:2]}).json()["experiments"]
        assert [each["labels"][0]["count"] for each in labels] == [2, 2]
        assert sorted(read) == names[:2]


def test_scalars_in_both_forms(client: httpx.Client) -> None:
    labels = client.post("/api/scalars/labels", json={"experiments": ["exp", "none"]}).json()["experiments"]
    assert [(each["experiment"], each["labels"][0]["count"]) for each in labels if each["labels"]] == [
        ("exp", 2)
    ]
    request = {"experiments": ["exp"], "labels": ["loss"], "columns": 0}
    page = client.post("/api/scalars/series", json=request, headers={"Accept": "application/json"}).json()
    assert page["series"][0]["values"] == [0.5, "nan"]
    answer = client.post("/api/scalars/series", json=request)
    assert answer.headers["Content-Type"] == "application/vnd.lavdlike.series"
    (length,) = struct.unpack_from("<I", answer.content)
    head = msgspec.json.decode(answer.content[4 : 4 + length], type=SeriesAnswerHead)
    (columns,) = packing.unpack(head.columns, answer.content[4 + length :], [head.series[0].sent])
    assert [column[0] for column in columns] == [0.0, 1763600000.0, 0.5]
    assert [column[1] for column in columns[:2]] == [1.0, 1763600001.0]


def test_values_at_a_place_and_results_in_a_range(client: httpx.Client) -> None:
    wanted = {"experiments": ["exp", "none"], "labels": ["loss", "none"]}
    (there,) = client.post("/api/scalars/values", json={**wanted, "at": 0, "smoothing": 0.5}).json()["values"]
    assert (there["value"], there["is_here"], there["smoothed"]) == (0.5, True, 0.5)
    (earlier,) = client.post("/api/scalars/values", json={**wanted, "at": 7.5}).json()["values"]
    assert (earlier["step"], earlier["value"], earlier["is_here"]) == (1, "nan", False)
    assert client.post("/api/scalars/values", json={**wanted, "at": -1}).json()["values"] == []
    (found,) = client.post("/api/scalars/ranges", json={**wanted, "x_min": 0, "x_max": 9}).json()["ranges"]
    assert (found["count"], found["mean"], found["step_of_minimum"]) == (2, 0.5, 0)
    (none,) = client.post("/api/scalars/ranges", json={**wanted, "x_min": 9, "x_max": 0}).json()["ranges"]
    assert (none["count"], none["mean"]) == (0, None)


def test_aggregates_in_both_forms(client: httpx.Client) -> None:
    request = {"groups": [["exp", "none"], ["none"]], "labels": ["loss", "none"], "band": "range"}
    page = client.post("/api/scalars/aggregates", json=request, headers={"Accept": "application/json"}).json()
    (line,) = page["aggregates"]
    assert (line["x"], line["average"], line["high"], line["n"]) == (
        [0, 1],
        [0.5, "nan"],
        [0.5, "nan"],
        [1, 0],
    )
    assert (line["head"]["runs"], line["head"]["missing"]) == (1, 1)
    answer = client.post("/api/scalars/aggregates", json=request)
    assert answer.headers["Content-Type"] == "application/vnd.lavdlike.aggregates"
    (length,) = struct.unpack_from("<I", answer.content)
    assert json.loads(answer.content[4 : 4 + length])["aggregates"][0]["sent"] == 2
    assert struct.unpack_from("<3d", answer.content, 4 + length) == (0.0, 1.0, 0.5)
    wrongs: list[dict[str, Any]] = [
        {"x": "relative"},
        {"groups": [[]] * 1001},
        {"bins": -1},
        {"band": "wide"},
    ]
    for wrong in wrongs:
        assert client.post("/api/scalars/aggregates", json={**request, **wrong}).status_code == 400


def test_expressions_are_answered_everywhere_and_wrong_ones_said(client: httpx.Client) -> None:
    wanted: dict[str, Any] = {"experiments": ["exp"], "labels": [], "expressions": ["loss * 2"]}
    asked: dict[str, dict[str, Any]] = {
        "series": wanted,
        "values": {**wanted, "at": 0},
        "ranges": {**wanted, "x_min": 0, "x_max": 0},
        "aggregates": {**wanted, "groups": [["exp"]]},
    }
    form = {"Accept": "application/json"}
    page = {
        name: client.post(f"/api/scalars/{name}", json=body, headers=form).json()[name]
        for name, body in asked.items()
    }
    assert page["series"][0]["values"] == [1.0, "nan"]
    assert (page["values"][0]["label"], page["values"][0]["value"]) == ("loss * 2", 1.0)
    assert page["ranges"][0]["mean"] == 1.0
    assert page["aggregates"][0]["average"] == [1.0, "nan"]
    for name, body in asked.items():
        refused = client.post(f"/api/scalars/{name}", json={**body, "expressions": ["loss +"]})
        assert (refused.status_code, "character 7" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize("wrong", [{"smoothing": 1}, {"at": None}, {"x": "nothing"}, {"method": "none"}])
def test_a_request_for_values_outside_its_limits_is_refused(
    client: httpx.Client, wrong: dict[str, Any]
) -> None:
    request = {"experiments": ["exp"], "labels": ["loss"], "at": 0, **wrong}
    assert client.post("/api/scalars/values", json=request).status_code == 400


def test_a_library_that_cannot_be_loaded_is_said_and_tried_again(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ImportError("cannot load module more than once per process")

    address = "/api/log-search/exp/events.log?text=line"
    with monkeypatch.context() as broken:
        broken.setattr(log_pages, "search", fails)
        refused = client.get(address)
        assert (refused.status_code, refused.json()["hint"]) == (503, "If it stays so, start lavdlike again.")
    assert "more than once" in caplog.text
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("wrong", [{"smoothing": 1.5}, {"columns": -1}, {"x": "nothing"}, {"labels": "loss"}])
def test_a_series_request_outside_its_limits_is_refused(client: httpx.Client, wrong: dict[str, Any]) -> None:
    request = {"experiments": ["exp"], "labels": ["loss"], **wrong}
    assert client.post("/api/scalars/series", json=request).status_code == 400


def test_what_a_request_names_often_is_sent_once(client: httpx.Client) -> None:
    request = {"experiments": ["exp"] * 1000, "labels": ["loss"] * 100_000}
    page = client.post("/api/scalars/series", json=request, headers={"Accept": "application/json"}).json()
    assert [series["head"]["label"] for series in page["series"]] == ["loss"]


def test_logs_are_paged_and_searched(client: httpx.Client) -> None:
    last = get(client, "/api/logs/exp/events.log?lines=2")
    assert last["text"] == "line 4998\nline 4999\n"
    before = get(client, f"/api/logs/exp/events.log?lines=1&end={last['start']}")
    assert before["text"] == "line 4997\n"
    found = get(client, "/api/log-search/exp/events.log?text=line+499[89]&regex=1&limit=1")
    assert (found["count"], found["matches"][0]["line"]) == (2, "line 4998")
    backwards = get(client, "/api/log-search/exp/events.log?text=line&backwards=1&limit=1")
    assert backwards["matches"][0]["line"] == "line 4999"


@pytest.mark.parametrize(
    "query",
    ["lines=0x1", "lines=99999999", "start=-1", "start=%C2%B2", "start=1&end=2", "end=99999999999999999999"],
)
def test_a_page_of_a_log_outside_its_limits_is_refused(client: httpx.Client, query: str) -> None:
    get(client, f"/api/logs/exp/events.log?{query}", 400)


@pytest.mark.parametrize("query", ["", "text=", "text=x&limit=100000"])
def test_a_search_that_cannot_be_done_is_refused(client: httpx.Client, query: str) -> None:
    get(client, f"/api/log-search/exp/events.log?{query}", 400)


def test_markdown_is_sent_as_safe_html_with_addresses_of_files(client: httpx.Client) -> None:
    page = get(client, "/api/markdown/exp/notes.md")
    assert "<h1" in page["html"]
    assert "script" not in page["html"]
    assert 'src="api/files/exp/2/bird.png"' in page["html"]
    assert page["source"].startswith("# Notes")


def test_two_documents_are_rendered_at_a_time(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def waits(*_: object) -> MarkdownPage:
        begun.release()
        go_on.wait()
        return MarkdownPage("", "", cut=False)

    monkeypatch.setattr(Markdown, "page", waits)
    with ExitStack() as stack:
        stack.callback(go_on.set)
        for _ in range(3):
            connection = stack.enter_context(server.raw())
            connection.sendall(b"GET /api/markdown/exp/notes.md HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert begun.acquire(timeout=LIMIT_S)
        assert begun.acquire(timeout=LIMIT_S)
        assert not begun.acquire(timeout=0.05)
        go_on.set()
        assert begun.acquire(timeout=LIMIT_S)


def test_folders_are_listed_as_they_are(client: httpx.Client) -> None:
    notes = {entry["name"]: entry["note"] for entry in get(client, "/api/folders/exp")["entries"]}
    assert ".hidden.txt" not in notes
    assert "--follow-links" in notes["out"]
    assert notes["fifo.txt"] == notes["socket.txt"] == "not a regular file"
    assert [each["path"] for each in get(client, "/api/folders/exp/0001")["entries"]] == [
        "0001/deep",
        "0001/bytes.bin",
    ]


def test_problems_are_listed(client: httpx.Client) -> None:
    get(client, "/api/experiments/exp")
    assert any(each["path"] == "exp/broken.json" for each in get(client, "/api/problems")["problems"])


# --- pictures -----------------------------------------------------------------------------------------------


def opened(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    return Image.open(io.BytesIO(answer.content))


def test_image_items_say_what_their_pictures_are(client: httpx.Client) -> None:
    addresses = [
        {"experiment": "exp", "kind": "images", "label": "bird", "step": 2},
        {"experiment": "exp", "kind": "images", "label": "broken", "step": 2},
        {"experiment": "exp", "kind": "texts", "label": "deep/greeting", "step": 1},
    ]
    bird, broken, text = client.post("/api/items", json={"items": addresses}).json()["items"]
    described = {"width": 200, "height": 100, "orientation": 1, "format": "PNG", "mode": "RGB", "frames": 1}
    assert bird["picture"] == described
    assert broken["picture"] is None
    assert broken["problem"]["path"] == "exp/2/broken.png"
    assert broken["problem"]["reason"]
    assert text["picture"] is None
    assert client.get("/api/items/exp/images/2/bird").json()["picture"] == described


def test_a_picture_that_browsers_read_is_sent_as_it_is(client: httpx.Client, root: Path) -> None:
    answer = client.get("/api/pictures/exp/2/bird?v=1")
    assert answer.content == (root / "exp/2/bird.png").read_bytes()
    assert answer.headers["Content-Type"] == "image/png"
    assert client.get("/api/pictures/exp/2/bird", headers={"Range": "bytes=0-3"}).content == b"\x89PNG"


def test_a_thumbnail_has_the_size_asked_for(client: httpx.Client) -> None:
    answer = client.get("/api/pictures/exp/2/bird?size=64")
    assert opened(answer).size == (64, 32)
    known = {"If-None-Match": answer.headers["ETag"]}
    again = client.get("/api/pictures/exp/2/bird?size=64", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/pictures/exp/2/bird?size=128", headers=known).status_code == 200
    head = client.head("/api/pictures/exp/2/bird?size=64")
    assert (head.headers["Content-Length"], head.content) == (str(len(answer.content)), b"")


def test_a_picture_is_sent_without_reading_what_lies_on_it(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def spy(root_: LocalRoot, address: ItemAddress, *args: Any, **options: Any) -> ReadItem | None:
        read.append(address.label)
        return read_item(root_, address, *args, **options)

    monkeypatch.setattr("lavdlike.server.live.answers.read_item", spy)
    answer = client.get("/api/pictures/exp/7/seen?size=64")
    assert opened(answer).size == (64, 32)
    known = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/api/pictures/exp/7/seen?size=64", headers=known).status_code == 304
    assert client.get("/api/pictures/exp/7/missing").status_code == 404
    assert opened(client.get("/api/pictures/exp/7/named")).size == (60, 60)
    assert set(read) == {"named"}


def test_a_picture_that_browsers_do_not_read_is_made_into_one(client: httpx.Client) -> None:
    answer = client.get("/api/pictures/exp/global/scan")
    assert (answer.headers["Content-Type"], opened(answer).size) == ("image/png", (200, 100))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("2/none", 404),
        ("3/bird", 404),
        ("x/bird", 404),
        ("2/bird?size=100", 400),
        ("2/bird?size=-1", 400),
        ("2/bird?size=x", 400),
        ("2/broken?size=64", 422),
        ("2/broken", 422),
        ("../secret", 404),
        ("2/..%2f..%2fsecret", 404),
    ],
)
def test_what_is_no_picture_is_refused(server: Served, address: str, status: int) -> None:
    head = f"GET /api/pictures/exp/{address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert server.exchange(head.encode()).status == status


# --- raw files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "address"), ODD_NAMES)
def test_names_of_any_bytes_are_found_by_their_ids(client: httpx.Client, name: bytes, address: str) -> None:
    assert client.get(f"/api/files/exp/{address}").content == name
    listed = [each["path"] for each in get(client, "/api/folders/exp")["entries"]]
    assert address in listed


@pytest.mark.parametrize(
    "suffix", [".html", ".svg", ".js", ".mjs", ".css", ".wasm", ".xhtml", ".xml", ".unknown"]
)
def test_nothing_of_the_tree_runs_in_a_browser(client: httpx.Client, suffix: str) -> None:
    headers = client.get(f"/api/files/exp/file{suffix}").headers
    assert headers["Content-Security-Policy"] == TREE_FILE_HEADERS["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    shown = {".html": "text/html", ".svg": "image/svg+xml"}
    assert headers["Content-Type"] == shown.get(suffix, "application/octet-stream")
    assert ("Content-Disposition" in headers) == (suffix not in shown)


def test_a_file_can_be_downloaded_under_its_name(client: httpx.Client) -> None:
    assert "Content-Disposition" not in client.get("/api/files/exp/file.png").headers
    headers = client.get("/api/files/exp/caf%C3%A9%20%231%3F.txt?download=1").headers
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''caf%C3%A9%20%231%3F.txt"


def test_an_unchanged_file_is_not_sent_again(
    client: httpx.Client, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "exp" / "changing.txt").write_text("now")
    assert client.get("/api/files/exp/changing.txt").headers["ETag"].startswith('W/"')
    (root / "exp" / "changing.txt").unlink()
    monkeypatch.setattr("lavdlike.disk.root.is_settled", lambda _status: True)  # as after two seconds
    first = client.get("/api/files/exp/scalars.tsv")
    assert first.headers["ETag"].startswith('"')
    for known in (
        first.headers["ETag"],
        f'"other", {first.headers["ETag"]}',
        f"W/{first.headers['ETag']}",
        "*",
    ):
        again = client.get("/api/files/exp/scalars.tsv", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get("/api/files/exp/scalars.tsv", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1048570-", 1048570, 1048576),
        ("bytes=-6", 1048570, 1048576),
        ("bytes=-99999999", 0, 1048576),
        ("bytes=5-99999999999999999", 5, 1048576),
        ("bytes=300000-900000", 300000, 900001),
    ],
)
def test_a_range_is_just_that_part(client: httpx.Client, asked: str, first: int, end: int) -> None:
    answer = client.get("/api/files/exp/0001/bytes.bin", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/1048576"
    assert answer.content == (bytes(range(256)) * 4096)[first:end]


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=1048576-",
        "bytes=5-4",
        "bytes=-0",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes= 1-2",
        "bytes=--1",
        "bytes=\u00b2-",
        "bytes=" + "9" * 1000 + "-",
    ],
)
def test_a_range_that_is_none_is_refused_with_the_size(server: Served, asked: str) -> None:
    head = f"GET /api/files/exp/0001/bytes.bin HTTP/1.1\r\nHost: localhost\r\nRange: {asked}\r\n"
    answer = server.exchange(head.encode("latin-1") + b"Connection: close\r\n\r\n")
    assert answer.status == 416
    assert answer.headers["Content-Range"] == "bytes */1048576"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=" + ",".join(["0-1"] * 1000), "lines=1-2", "none"])
def test_other_ranges_get_the_whole_once(client: httpx.Client, asked: str) -> None:
    answer = client.get("/api/files/exp/scalars.tsv", headers={"Range": asked})
    assert (answer.status_code, answer.text) == (200, SCALARS)


def test_a_range_of_an_older_content_gets_the_whole_new_one(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranged = {"Range": "bytes=0-1"}
    monkeypatch.setattr("lavdlike.disk.root.is_settled", lambda _status: False)
    weak = client.get("/api/files/exp/scalars.tsv").headers["ETag"]
    assert client.get("/api/files/exp/scalars.tsv", headers={**ranged, "If-Range": weak}).status_code == 200
    monkeypatch.setattr("lavdlike.disk.root.is_settled", lambda _status: True)
    etag = client.get("/api/files/exp/scalars.tsv").headers["ETag"]
    assert client.get("/api/files/exp/scalars.tsv", headers={**ranged, "If-Range": etag}).status_code == 206
    assert (
        client.get("/api/files/exp/scalars.tsv", headers={**ranged, "If-Range": '"old"'}).status_code == 200
    )


def test_only_the_head_of_a_file_can_be_asked_for(client: httpx.Client) -> None:
    answer = client.head("/api/files/exp/0001/bytes.bin")
    assert (answer.headers["Content-Length"], answer.content) == ("1048576", b"")


def test_a_file_that_shrinks_while_it_is_sent_ends_short(server: Served, root: Path) -> None:
    path = root / "exp" / "shrinking.bin"
    path.write_bytes(b"x" * 50_000_000)
    with server.client() as client, client.stream("GET", "/api/files/exp/shrinking.bin") as answer:
        pieces = answer.iter_raw()
        next(pieces)
        os.truncate(path, 1000)
        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)
    path.unlink()


# --- what is not read ---------------------------------------------------------------------------------------

TRAVERSALS = [
    "exp/../../secret.txt",
    "exp/..%2f..%2fsecret.txt",
    "exp/%2e%2e/%2e%2e/secret.txt",
    "exp/%2E%2E%2F%2E%2E%2Fsecret.txt",
    "exp/%252e%252e/%252e%252e/secret.txt",
    "exp/..%5c..%5csecret.txt",
    "exp/..\\..\\secret.txt",
    "exp/....//....//secret.txt",
    "exp/%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt",  # overlong UTF-8
    "exp/%e0%80%ae%e0%80%ae/secret.txt",
    "exp/%uff0e%uff0e/secret.txt",
    "exp/..;/..;/secret.txt",
    "exp/./../../secret.txt",
    "exp//../../secret.txt",
    "exp/0001/../../../secret.txt",
    "../secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "exp%2f..%2f..%2fsecret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "exp//etc/passwd",
    "exp/%2fetc/passwd",
    "exp/%00",
    "exp/scalars.tsv%00.png",
    "exp%00/scalars.tsv",
    "exp/..%00/secret.txt",
    "exp/out.txt",
    "exp/out/secret.txt",
    "exp/out%2fsecret.txt",
    "exp/out/log/exp/scalars.tsv",
    "exp/.hidden.txt",
    "exp/%2ehidden.txt",
    "./exp/scalars.tsv",
    "exp/./scalars.tsv",
    "exp/0001/../scalars.tsv",
    "exp/scalars.tsv/",
    "exp/scalars.tsv/x",
    "exp/0001",
    "exp/",
    "exp/fifo.txt",
    "exp/socket.txt",
    "exp/missing.txt",
    "exp/" + "a" * 300,
    "exp/" + "a/" * 3000 + "a",
    "top.txt",
    "%C3%28/x",
    "exp/\xff",
    "exp/%",
    "exp/%zz",
    "C:/secret.txt",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("route", ["files", "logs", "markdown"])
@pytest.mark.parametrize("path", TRAVERSALS, ids=range(len(TRAVERSALS)))
def test_no_address_leads_out_of_the_root_or_to_what_is_no_file(
    server: Served, route: str, path: str
) -> None:
    head = f"GET /api/{route}/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = server.exchange(head.encode("latin-1"))
    assert answer.status in (400, 403, 404), answer.content
    assert SECRET.encode() not in answer.content
    assert b"root:" not in answer.content
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize("route", ["folders", "experiments", "items"])
@pytest.mark.parametrize(
    "path",
    [
        "..",
        "%2e%2e",
        "..%2f",
        "%2e%2e%2f",
        ".",
        "%2e",
        "exp/..",
        "exp/%2e%2e",
        "exp/..%2f..",
        "exp/out",
        "%2f",
        "%00",
    ],
)
def test_no_address_lists_what_is_outside(server: Served, route: str, path: str) -> None:
    path += "/global/x" if route == "items" else ""
    head = f"GET /api/{route}/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = server.exchange(head.encode())
    assert answer.status in (400, 403, 404), answer.content
    assert b"secret" not in answer.content


@pytest.mark.parametrize(
    "experiment", ["..", "%2e%2e", ".", "", "exp/..", "%2f", "/", "%00", "\x00", "..%2foutside"]
)
def test_no_message_names_what_is_outside(client: httpx.Client, experiment: str) -> None:
    address = {"experiment": experiment, "kind": "files", "label": "secret"}
    assert client.post("/api/items", json={"items": [address]}).json() == {"items": [None]}
    named = {"experiments": [experiment]}
    assert client.post("/api/scalars/labels", json=named).json() == {"experiments": []}
    answer = client.post(
        "/api/scalars/series", json={**named, "labels": ["loss"]}, headers={"Accept": "application/json"}
    )
    assert answer.json()["series"] == []
    look = {"type": "look", **named, "kinds": ["files"], "files": [f"{experiment}/secret.txt"]}
    assert client.post("/api/poll", json={"client": experiment, "look": look}).status_code == 200
    assert [each["id"] for each in get(client, "/api/root")["experiments"]] == ["exp"]


def test_a_link_within_the_root_is_followed(client: httpx.Client) -> None:
    assert client.get("/api/files/exp/inside.txt").text == "hello"


# --- the feed -----------------------------------------------------------------------------------------------


def stream(server: Served) -> ClientConnection:
    return connect(f"{server.stream_url}/api/feed", proxy=None)


def next_of(feed: ClientConnection, type_: str) -> Any:
    """The next message of a type."""
    while (message := json.loads(feed.recv(LIMIT_S)))["type"] != type_:
        pass
    return message


def look(feed: ClientConnection, **what: Any) -> None:
    """Say what is looked at; the server knows it when the call returns: to a version of old it says so at once."""
    feed.send(json.dumps({"type": "look", "version": ["of another start", 0], **what}))
    next_of(feed, "resync")


def test_the_feed_says_hello_and_then_what_changes(server: Served, root: Path) -> None:
    with server.client() as client, stream(server) as feed:
        hello = json.loads(feed.recv(LIMIT_S))
        assert (hello["type"], hello["epoch"]) == ("hello", get(client, "/api/root")["epoch"])
        get(client, "/api/experiments/exp")
        look(feed, experiments=["exp"], scalar_labels=["live"])
        client.post("/api/scalars/labels", json={"experiments": ["exp"]})
        with (root / "exp" / "scalars.tsv").open("a") as file:
            file.write("5\t1763600005.000\tlive\t0.25\n")
        assert next_of(feed, "points")["series"][0]["values"] == [0.25]


def test_points_of_a_series_that_was_told_come_in_few_bytes_to_who_takes_them(
    server: Served, root: Path
) -> None:
    def log_at(step: int) -> None:
        with (root / "exp" / "scalars.tsv").open("a") as file:
            file.write(f"{step}\t1763600005.000\tfew\t0.25\n")

    with server.client() as client, stream(server) as short, stream(server) as plain:
        get(client, "/api/experiments/exp")
        for feed in (short, plain):
            look(feed, experiments=["exp"], scalar_labels=["few"], short_points=feed is short)
        client.post("/api/scalars/labels", json={"experiments": ["exp"]})
        log_at(0)
        assert next_of(short, "points") == next_of(plain, "points")
        log_at(1)
        told = next_of(plain, "points")
        data = short.recv(LIMIT_S)
        assert isinstance(data, bytes)
        assert data == packed(msgspec.convert(told, PointsAdded))
        assert len(data) < 40


def test_polling_brings_the_same(client: httpx.Client) -> None:
    messages = client.post("/api/poll", json={"client": "x", "look": {"type": "look"}}).json()["messages"]
    assert messages[0]["type"] == "hello"


def test_a_browser_that_polls_has_no_long_name(client: httpx.Client) -> None:
    for length, status in ((64, 200), (65, 400)):
        asked = {"client": "x" * length, "look": {"type": "look"}}
        assert client.post("/api/poll", json=asked).status_code == status


def test_an_id_written_in_another_way_names_the_same(
    server: Served, client: httpx.Client, root: Path
) -> None:
    with stream(server) as feed, stream(server) as other:
        for each, experiment in ((feed, "%65xp"), (other, "exp")):
            look(each, experiments=[experiment], kinds=["files"], files=[f"{experiment}/events.log"])
        assert client.get("/api/experiments/exp").status_code == 200
        (root / "exp" / "new.bin").touch()
        for each in (feed, other):
            assert next_of(each, "items")["experiment"] == "exp"


@pytest.mark.parametrize("sent", ["", "[]", '{"type": "look", "experiments": 1}', "[" * 100_000, b"\xff"])
def test_what_is_no_message_ends_the_stream_with_the_reason(server: Served, sent: str | bytes) -> None:
    with stream(server) as feed:
        feed.send(sent)
        with pytest.raises(ConnectionClosed) as closed:
            list(feed)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003
    assert "not a message" in closed.value.rcvd.reason


def test_a_mask_whose_picture_was_never_written_is_not_shown_as_the_picture(
    client: httpx.Client, root: Path
) -> None:
    Image.new("L", (4, 4)).save(root / "exp" / "lone.mask.png")
    wait_until(lambda: client.get("/api/pictures/exp/global/lone").status_code == 422)
    answer = client.get("/api/pictures/exp/global/lone")
    assert "the picture that it describes is not there" in answer.text
    address = {"experiment": "exp", "kind": "images", "label": "lone", "step": None}
    (item,) = client.post("/api/items", json={"items": [address]}).json()["items"]
    assert item["picture"] is None
    assert item["problem"]["reason"] == "the picture that it describes is not there"
    Image.new("L", (4, 4)).save(root / "exp" / "lone.png")
    wait_until(lambda: client.get("/api/pictures/exp/global/lone").status_code == 200)
    (root / "exp" / "lone.png").unlink()
    (root / "exp" / "lone.mask.png").unlink()


@pytest.mark.slow
def test_an_experiment_in_a_folder_is_one_part_of_every_address(tmp_path: Path) -> None:
    run = tmp_path / "sweep" / "lr 0.1"
    run.mkdir(parents=True)
    (run / "experiment.json").write_text("{}")
    (run / "scalars.tsv").write_text(SCALARS)
    (run / "out.log").write_text("line\n")
    (run / "notes.md").write_text("[log](out.log)\n")
    app = create_app(Settings(tmp_path), Credentials(b"k" * 32, None), AccessRules())
    id_ = "sweep%2Flr%200.1"
    with served(app) as server, server.client() as client:
        wait_until(lambda: [row["id"] for row in client.get("/api/root").json()["experiments"]] == [id_])
        assert client.get(f"/api/files/{id_}/out.log").text == "line\n"
        assert client.get(f"/api/logs/{id_}/out.log").json()["size_bytes"] == 5
        assert f'href="api/files/{id_}/out.log"' in client.get(f"/api/markdown/{id_}/notes.md").json()["html"]
        labels = client.get(f"/api/experiments/{id_}").json()["labels"]
        assert {"notes", "out"} <= {label["label"] for label in labels}
        assert client.get(f"/api/items/{id_}/markdown/global/notes").json()["address"]["experiment"] == id_
        assert client.get(f"/api/folders/{id_}").json()["experiment"] == id_
        assert (
            client.get("/api/experiments/sweep").json()["labels"] == []
        )  # a folder of runs, without files of its own
        answer = client.post("/api/scalars/labels", json={"experiments": [id_]}).json()
        assert [label["label"] for label in answer["experiments"][0]["labels"]] == ["loss"]
        with stream(server) as feed:
            look(feed, files=[f"{id_}/out.log"])
            assert next_of(feed, "file")["path"] == f"{id_}/out.log"
