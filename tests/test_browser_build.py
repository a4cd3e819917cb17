"""The built page by itself, under a policy as strict as the server's; and the guard that every browser test has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page
from toolchain import Frontend

from tests.chromium import PageErrors
from tests.expecting import expect
from tests.serving import wait_until

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'"


class _StaticFiles(SimpleHTTPRequestHandler):
    """The built page, and of the server only that it asks for a token."""

    def do_GET(self) -> None:
        if self.path != "/api/session":
            return super().do_GET()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"instance": "", "needs_token": true, "signed_in": false}')
        return None

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def static_page(frontend: Frontend) -> Iterator[str]:
    """The address of the built page, served without any of lavdlike's server."""
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_StaticFiles, directory=str(frontend.static))
    ) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_page_starts_under_a_strict_policy(page: Page, static_page: str) -> None:
    page.goto(static_page)
    expect(page.get_by_role("heading", level=1, name="Sign in to lavdlike")).to_be_visible()


def test_errors_of_every_sort_are_noticed(browser: Browser, static_page: str) -> None:
    errors = PageErrors()
    with errors.listen(browser.new_context()) as context:
        page = context.new_page()
        page.goto(static_page)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert errors.unexpected() == []
        page.evaluate("console.error('said by the page')")
        page.evaluate("setTimeout(() => { throw new Error('thrown by the page') })")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">inline</p>')")
        page.evaluate("fetch('missing')")
        expected = ["said by the page", "uncaught: thrown by the page", "style-src", "404"]
        wait_until(lambda: len(errors.unexpected()) >= len(expected))
        assert len(errors.unexpected()) == len(expected)
        assert errors.unexpected(expected) == []
        assert errors.unexpected(expected[1:]) == expected[:1]
