from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.routing import Router

from lavdlike.server.web.access import Access, AccessRules, TokenGate
from lavdlike.server.web.credentials import Credentials
from lavdlike.server.web.page import page_routes
from lavdlike.server.web.responses import FRAME_HEADERS, PAGE_HEADERS, SCRIPT_FRAME_HEADERS
from tests.serving import Served, served

LONG = "let a = 1;\n" * 500
FILES = {
    "index.html": "<!doctype html>",
    "icon.svg": "<svg/>",
    "assets/index-Dq1_x.js": "export {}",
    "assets/index.css": "p {}",
    "assets/deep/font.woff2": "font",
    "frames/plotly/index.html": "<!doctype html>frame",
    "frames/plotly/plotly.js": "draw()",
    "frames/html.html": "<!doctype html>scripts",
    "assets/long.js": LONG,
    ".hidden": "hidden",
}


@contextmanager
def serving(folder: Path, *, html_scripts: bool = False, style: Path | None = None) -> Iterator[Served]:
    credentials = Credentials(b"k" * 32, "token")
    page = Router(page_routes(folder, html_scripts=html_scripts, style=style), redirect_slashes=False)
    app = Access(page, Router([]), credentials=credentials, gate=TokenGate(credentials), rules=AccessRules())
    with served(app) as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    outside = tmp_path_factory.mktemp("package")
    (outside / "secret.js").write_text("secret")
    for name, text in FILES.items():
        (outside / "static" / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / "static" / name).write_text(text)
    (outside / "static" / "assets" / "long.js.gz").write_bytes(gzip.compress(LONG.encode()))
    with serving(outside / "static") as served_:
        yield served_


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        ("/assets/index-Dq1_x.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/index.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/deep/font.woff2", "font/woff2", "public, max-age=31536000, immutable"),
    ],
)
def test_the_page_has_its_types_its_policy_and_its_caching(
    server: Served, path: str, kind: str, cache: str
) -> None:
    with server.client() as client:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Cache-Control"] == cache
        assert answer.headers["Content-Security-Policy"] == PAGE_HEADERS["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        unchanged = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert client.head(path).headers["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("path", ["/frames/plotly/index.html", "/frames/plotly/plotly.js"])
def test_frames_of_ours_run_without_an_origin(server: Served, path: str) -> None:
    with server.client() as client:
        headers = client.get(path, headers={"Sec-Fetch-Site": "cross-site"}).headers
    policy = headers["Content-Security-Policy"]
    assert policy == FRAME_HEADERS["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "connect-src 'none'" in policy
    assert "allow-same-origin" not in policy
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, GZIP;q=0.5", "gzip"),
        ("*", "gzip"),
        ("gzip;q=0, br", None),
        ("br", None),
        ("", None),
    ],
)
def test_what_the_build_has_compressed_is_sent_so_to_who_takes_it(
    server: Served, accepted: str, coding: str | None
) -> None:
    with server.client() as client:
        headers = {"Accept-Encoding": accepted}
        answer = client.get("/assets/long.js", headers=headers)
        assert answer.headers.get("Content-Encoding") == coding
        assert answer.text == LONG
        assert (int(answer.headers["Content-Length"]) < len(LONG)) == (coding == "gzip")
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["Content-Security-Policy"] == PAGE_HEADERS["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        known = client.get("/assets/long.js", headers={**headers, "If-None-Match": answer.headers["ETag"]})
        assert (known.status_code, known.content) == (304, b"")
        for each in (answer, known):
            assert each.headers["Vary"] == "Accept-Encoding"


def test_the_two_codings_of_a_file_have_etags_of_their_own(server: Served) -> None:
    with server.client() as client:
        tags = {
            client.get("/assets/long.js", headers={"Accept-Encoding": coding}).headers["ETag"]
            for coding in ("gzip", "identity")
        }
        assert len(tags) == 2
        assert "Vary" not in client.get("/assets/index.css").headers


def test_the_frame_for_scripts_of_the_tree_is_there_only_where_they_are_allowed(
    server: Served, tmp_path: Path
) -> None:
    with server.client() as client:
        assert client.get("/frames/html.html").status_code == 404
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "html.html").write_text("<!doctype html>")
    with serving(tmp_path, html_scripts=True) as allowing, allowing.client() as client:
        policy = client.get("/frames/html.html").headers["Content-Security-Policy"]
    assert policy == SCRIPT_FRAME_HEADERS["Content-Security-Policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["sandbox"] == "allow-scripts"
    assert directives["default-src"] == directives["connect-src"] == directives["form-action"] == "'none'"
    assert directives["frame-ancestors"] == "'self'"


@pytest.mark.parametrize(
    "path",
    [
        "/secret.js",
        "/../secret.js",
        "/assets/../../secret.js",
        "/assets/..%2f..%2fsecret.js",
        "/%2e%2e/secret.js",
        "/%2e%2e%2fsecret.js",
        "/..%5csecret.js",
        "/..\\secret.js",
        "/.%00./secret.js",
        "/index.html%00.js",
        "/%c0%ae%c0%ae/secret.js",
        "/.hidden",
        "/assets/.hidden",
        "/assets",
        "/assets/",
        "//index.html",
        "/index.html/",
        "/index.html/x",
        "//etc/passwd",
        "/etc/passwd",
        "/" + "a" * 5000,
        "/a/" * 2000,
    ],
)
def test_nothing_else_is_a_static_file(server: Served, path: str) -> None:
    answer = server.exchange(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.status in (400, 404)
    assert b"secret" not in answer.body
    assert b"hidden" not in answer.body


def test_who_asks_whether_it_runs_is_told_ok_and_nothing_else(server: Served) -> None:
    with server.client() as client:
        answer = client.get("/healthz")
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["Cache-Control"] == "no-store"
        assert client.post("/healthz").status_code == 405
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 403


def test_a_missing_build_is_said(tmp_path: Path) -> None:
    with serving(tmp_path / "static") as server, server.client() as client:
        answer = client.get("/", headers={"Accept": "text/html"})
        assert answer.status_code == 503
        assert "has not been built" in answer.text
        assert "pip install" in answer.text


def test_the_page_loads_the_style_sheet_of_who_starts_the_server(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html><head></head></html>")
    style = tmp_path / "mine.css"
    style.write_text("body { color: red }")
    with serving(tmp_path, style=style) as server, server.client() as client:
        page = client.get("/")
        assert '<link rel="stylesheet" href="./own-style.css" /></head>' in page.text
        answer = client.get("/own-style.css")
        assert (answer.text, answer.headers["Content-Type"]) == (style.read_text(), "text/css; charset=utf-8")
        assert page.headers["Content-Security-Policy"] == PAGE_HEADERS["Content-Security-Policy"]
        style.write_text("later")
        assert client.get("/own-style.css").text == "later"
        style.write_bytes(b"x" * (2**20 + 1))
        assert client.get("/own-style.css").status_code == 404
    with serving(tmp_path) as server, server.client() as client:
        assert client.get("/own-style.css").status_code == 404
        assert "own-style" not in client.get("/").text
