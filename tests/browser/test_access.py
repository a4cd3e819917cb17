"""What a real browser makes of the sign-in, of files that would like to run, and of pages at other ports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from lavdlike.server.host.users_file import put_user
from lavdlike.server.web import passwords
from lavdlike.server.web.users import User
from tests.chromium import SERVER_IS_GONE, PageErrors
from tests.expecting import expect
from tests.limits import LIMIT_S
from tests.running import Running

# Each would change its title, if it ran.
DOCUMENTS = {
    "inline.html": "<title>quiet</title><script>document.title = 'ran'</script>",
    "handler.html": "<title>quiet</title><img src=x onerror=\"document.title = 'ran'\">",
    "sibling.html": "<title>quiet</title><script src=script.js></script>",
    "refresh.html": "<title>quiet</title><meta http-equiv=refresh content=\"0; url=javascript:document.title='ran'\">",
    "picture.svg": (
        "<svg xmlns='http://www.w3.org/2000/svg'><title>quiet</title><script>document.title = 'ran'</script></svg>"
    ),
}
SCRIPT = "document.title = 'ran'"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "log"
    (root / "experiment").mkdir(parents=True)
    for name, text in {**DOCUMENTS, "script.js": SCRIPT, "script.txt": SCRIPT}.items():
        (root / "experiment" / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Running]:
    """With a token, as by default."""
    running = Running(root, warm=True)
    yield running
    running.stop()


@pytest.fixture
def context(browser: Browser, page_errors: PageErrors) -> Iterator[BrowserContext]:
    """A browser that has never been here."""
    with browser.new_context() as context:
        yield page_errors.listen(context)


@pytest.fixture(scope="module")
def loaded_page(browser: Browser, server: Running, page_errors: PageErrors) -> Iterator[Page]:
    """Signed in."""
    with browser.new_context() as context:
        page = page_errors.listen(context).new_page()
        sign_in(page, server)
        yield page


def sign_in(page: Page, server: Running) -> None:
    page.goto(server.link)
    expect_signed_in(page)


def expect_signed_in(page: Page) -> None:
    expect(page.get_by_text("experiment", exact=True).first).to_be_visible()


def kept(page: Page, name: str) -> str:
    """A secret that the page keeps."""
    script = """name => {
        const key = Object.keys(localStorage).find((key) => key.startsWith("lavdlike.access."));
        return JSON.parse(localStorage[key])[name];
    }"""
    return str(page.evaluate(script, name))


@pytest.mark.expect_browser_errors(*SERVER_IS_GONE)
def test_the_link_signs_in_for_longer_than_a_start_of_the_server(server: Running, page: Page) -> None:
    sign_in(page, server)
    assert "token" not in page.url
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    page.reload()
    expect_signed_in(page)
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Strict", False)
    assert page.evaluate("document.cookie") == ""
    server.stop()
    server.start()
    page.goto(server.link.partition("#")[0])
    expect_signed_in(page)


@pytest.mark.expect_browser_errors("403")
def test_without_the_link_the_page_says_what_to_do_and_takes_the_token(server: Running, page: Page) -> None:
    address, _, token = server.link.partition("#token=")
    page.goto(address)
    field = page.get_by_label("Link or token")
    field.fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("at its last start")
    field.fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect_signed_in(page)


@pytest.mark.expect_browser_errors("401", "403", "WebSocket")
def test_people_sign_in_by_name_and_out_and_readers_are_told_that_they_only_read(
    root: Path, server: Running, page: Page, start_server: Callable[..., Running]
) -> None:
    users = root.parent / "users"
    put_user(users, User("ann", may_edit=True, hash=passwords.hash_of_password("correct horse")))
    page.goto(start_server(root, "--users", str(users)).url)
    page.get_by_label("Name", exact=True).fill("ann")
    page.get_by_label("Password").fill("token=wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    expect_signed_in(page)
    page.reload()
    sign_out(page, "ann", "may edit")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    assert page.context.cookies() == []
    page.goto(server.readers_link)
    sign_out(page, "Signed in", "may only read")
    expect(page.get_by_label("Link or token")).to_be_visible()


def sign_out(page: Page, who: str, right: str) -> None:
    page.get_by_role("button", name="Sign-in").click()
    expect(page.get_by_text(who, exact=True)).to_be_visible()
    expect(page.get_by_text(right, exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()


@pytest.mark.own_tab  # of a browser that has never been here
def test_the_page_works_below_a_path_and_says_so_at_another_one(
    root: Path, page: Page, start_server: Callable[..., Running]
) -> None:
    """The cookie is for the base URL alone, so signing in elsewhere would lead nowhere without a word."""
    running = start_server(root, "--base-url=/deep/lavd")
    assert "/deep/lavd/#token=" in running.link
    page.goto(running.url + "#" + running.link.partition("#")[2])
    expect(page.get_by_role("alert")).to_contain_text("--base-url is not the path of this page, which is /")
    sign_in(page, running)
    page.reload()
    expect_signed_in(page)
    assert {cookie["path"] for cookie in page.context.cookies()} == {"/deep/lavd/"}


@pytest.mark.expect_browser_errors("sandboxed", "javascript: URL", "Content Security Policy")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_the_tree_runs_nothing_even_in_a_window_of_its_own(
    server: Running, lasting_page: Page, name: str
) -> None:
    key = kept(lasting_page, "address_key")
    with lasting_page.context.new_page() as window:
        window.goto(server.link.partition("#")[0] + f"api/files/experiment/{name}?key={key}")
        expect(window).to_have_title("quiet")
        with pytest.raises(Error, match="sandboxed"):  # without an origin, there is no storage to read
            window.evaluate("localStorage.length")


@pytest.mark.expect_browser_errors("MIME type")
@pytest.mark.parametrize("name", ["script.js", "script.txt"])
def test_no_file_of_the_tree_is_a_script_of_the_page(lasting_page: Page, name: str) -> None:
    page = lasting_page
    outcome = page.evaluate(
        """(address) => new Promise((resolve) => {
            const script = document.createElement("script");
            script.src = address;
            script.onload = () => resolve("loaded");
            script.onerror = () => resolve("refused");
            document.body.append(script);
        })""",
        f"api/files/experiment/{name}?key={kept(page, 'address_key')}",
    )
    assert outcome == "refused"
    assert page.title() != "ran"


@pytest.mark.expect_browser_errors("CORS", "403", "ERR_", "Cross-Origin")
def test_another_port_of_this_host_gets_the_cookie_and_nothing_for_it(server: Running, page: Page) -> None:
    sign_in(page, server)
    address, key = server.link.partition("#")[0], kept(page, "address_key")
    with _stranger() as (stranger, cookies):
        page.goto(stranger)
        assert cookies[0].startswith("lavdlike-")
        for path in ("api/root", f"api/files/experiment/script.txt?key={key}"):
            read = page.evaluate(
                "(address) => fetch(address, { credentials: 'include' }).then(() => 'read', () => 'refused')",
                address + path,
            )
            assert read == "refused"
        socket = page.evaluate(
            """(address) => new Promise((resolve) => {
                const socket = new WebSocket(address, ["lavdlike.feed"]);
                socket.onopen = () => resolve("opened");
                socket.onerror = () => resolve("refused");
            })""",
            address.replace("http", "ws") + "api/feed",
        )
        assert socket == "refused"
    replayed = httpx.get(
        f"{address}api/root", headers={"Cookie": cookies[0]}, timeout=LIMIT_S, trust_env=False
    )
    assert replayed.status_code == 401


@contextmanager
def _stranger() -> Iterator[tuple[str, list[str]]]:
    """A server of somebody else on this machine: its address, and the cookies that it was sent."""
    cookies: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cookies.append(self.headers.get("Cookie", ""))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("localhost", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/", cookies
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
