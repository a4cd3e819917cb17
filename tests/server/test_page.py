from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.routing import Router

from lavdlike.server.access import Access, AccessRules, TokenGate
from lavdlike.server.answers import PAGE_HEADERS
from lavdlike.server.credentials import Credentials
from lavdlike.server.page import page_routes
from tests.serving import Served, served

FILES = {
    "index.html": "<!doctype html>",
    "icon.svg": "<svg/>",
    "assets/index-Dq1_x.js": "export {}",
    "assets/index.css": "p {}",
    "assets/deep/font.woff2": "font",
    "frames/plotly/index.html": "<!doctype html>frame",
    "frames/plotly/plotly.js": "draw()",
    ".hidden": "hidden",
}


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    credentials = Credentials(b"k" * 32, "token")
    page = Router(page_routes(folder), redirect_slashes=False)
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
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "connect-src 'none'" in policy
    assert "allow-same-origin" not in policy
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


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


def test_a_missing_build_is_said(tmp_path: Path) -> None:
    with serving(tmp_path / "static") as server, server.client() as client:
        answer = client.get("/", headers={"Accept": "text/html"})
        assert answer.status_code == 503
        assert "has not been built" in answer.text
        assert "pip install" in answer.text
