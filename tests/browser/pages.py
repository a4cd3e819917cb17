"""How tests open the page of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import FloatRect, Locator, Page, Request

from tests.expecting import expect
from tests.limits import LIMIT_S
from tests.serving import wait_until

# What comes to rest asks for its content a tenth of a second later.
_QUIET_TURNS = 5


def show_page(page: Page, kind: str, experiment: str, **parameters: str) -> None:
    """Open it with the experiments whose names have `experiment` in them; `parameters` are its own.

    A tab that has been at another address goes there as by a link: nothing is loaded anew.
    """
    words = {"filter": f"t:{experiment}", **{f"{kind}.{name}": value for name, value in parameters.items()}}
    page.goto(f"#/{kind}?{urlencode(words)}")
    # Until the filter is answered, what was shown before still stands there.
    page.wait_for_function(
        """(name) => [...document.querySelectorAll("#sidebar [role=switch]")]
            .every((row) => row.textContent.includes(name))""",
        arg=experiment,
        timeout=LIMIT_S * 1000,
    )


def open_whole(page: Page, address: str) -> None:
    """Open an address, with everything that it asks for: sooner than Playwright's half a second without requests.

    From another page of the same window only what differs is loaded, as when a person follows a link.
    """
    page.evaluate(
        "document.querySelectorAll('h1').forEach((heading) => heading.setAttribute('data-left', ''))"
    )
    with until_quiet(page):
        if page.url.endswith(address.removeprefix(".")):
            page.reload()  # to go where it is would change nothing
        else:
            page.goto(address)
        # The page's own; Markdown documents bring theirs, which stand below it.
        expect(page.locator("h1:not([data-left])").first).to_be_visible()


@contextmanager
def until_quiet(page: Page) -> Iterator[None]:
    """Wait at the end until every request of the page has been answered."""
    under_way: set[Request] = set()

    def begin(request: Request) -> None:
        under_way.add(request)

    def end(request: Request) -> None:
        under_way.discard(request)

    listeners: tuple[tuple[Any, Callable[[Request], None]], ...] = (
        ("request", begin),
        ("requestfinished", end),
        ("requestfailed", end),
    )
    for event, listener in listeners:
        page.on(event, listener)
    try:
        yield
        quiet = 0
        while quiet < _QUIET_TURNS:
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
            quiet = 0 if under_way else quiet + 1
    finally:
        for event, listener in listeners:
            page.remove_listener(event, listener)


def choose(page: Page, group: str, option: str) -> None:
    """One of the options that stand side by side; again if the page moved under the pointer, as while it is loaded."""
    options = page.get_by_role("group", name=group, exact=True)

    def is_chosen() -> bool:
        options.get_by_text(option, exact=True).click()
        return options.get_by_role("radio", name=option, exact=True).is_checked()

    wait_until(is_chosen)


def at_rest(element: Locator) -> FloatRect:
    """Where it stands, once it stays there for some frames: what comes late moves what stands below or beside it."""
    found: list[FloatRect] = []

    def stays() -> bool:
        box = element.evaluate(
            """async (element) => {
                 let [before, same] = [null, 0];
                 while (element.isConnected) {
                   await new Promise(requestAnimationFrame);
                   const { x, y, width, height } = element.getBoundingClientRect();
                   const now = JSON.stringify({ x, y, width, height });
                   same = now === before ? same + 1 : 0;
                   if (same === 3) return { x, y, width, height };
                   before = now;
                 }
                 return null;  // another one takes its place
               }"""
        )
        if box and box["width"] and box["height"]:
            found.append(box)
        return bool(found)

    wait_until(stays)
    return found[0]


def copied_by(page: Page, press: Callable[[], object]) -> str:
    """What a press puts into the clipboard, where something else was before."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('(nothing copied)')")
    press()
    # Not `wait_for_function`: for it, any promise is true. While it is written to, the clipboard is empty.
    wait_until(lambda: in_clipboard(page) not in ("", "(nothing copied)"))
    return in_clipboard(page)


def in_clipboard(page: Page) -> str:
    """What is there now; the page has the right to read it."""
    return str(page.evaluate("navigator.clipboard.readText()"))


@contextmanager
def at_most_clicks(page: Page, most: int) -> Iterator[None]:
    page.evaluate(
        "() => { window.clicks = 0; addEventListener('pointerdown', () => window.clicks++, true); }"
    )
    yield
    assert page.evaluate("window.clicks") <= most


def write(root: Path, path: str, text: str) -> Path:
    """A file of the tree, as any program writes it."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target
