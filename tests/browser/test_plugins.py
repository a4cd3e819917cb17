"""A kind of another package in the page: its tab, its cards drawn by its own script, and what that can reach."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Error, Locator, Page

from lavdlike import Logger
from tests.expecting import expect
from tests.plugins import MOLECULES, WATER, install, seen_by_processes, write_package
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

# A page that tries what a frame without an origin must not be able to do, and tells what came of it.
_CURIOUS = """
const found = {};
const attempt = (name, act) => { try { found[name] = String(act()); } catch (error) { found[name] = error.name; } };
attempt("page", () => parent.document.title);
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("origin", () => self.origin);
addEventListener("message", async ({ source, data }) => {
  if (source !== parent) return;
  try { found.network = (await fetch("../../api/root")).status; } catch (error) { found.network = error.name; }
  parent.postMessage({ failed: JSON.stringify(found) }, "*");
});
parent.postMessage({ ready: true }, "*");
"""
_KINDS = """
from pathlib import Path
from lavdlike.kinds.kind import FramePage, Kind
def kind(name):
    return Kind(name, frozenset({f".{name}"}), page=FramePage(Path(__file__).parent / f"{name}_page"))
CURIOUS, SILENT = kind("curious"), kind("silent")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "log"
    with Logger("run", log_dir=root) as logger:
        for step in (1, 2):
            logger.log_file(WATER, "water", step, extension=".xyz")
        logger.log_file("9\ncut\n", "cut", step=2, extension=".xyz")
        for way in ("plot", "table", "html", "nonsense"):
            points = "\n1 0.5\n2 0.25\n" if way != "nonsense" else "\nno numbers\n"
            logger.log_file(way + points, way, extension=".spectrum")
        logger.log_file("?", "a", extension=".curious")
        logger.log_file("?", "a", extension=".silent")
    return root


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    site = tmp_path_factory.mktemp("site")
    install(MOLECULES, site)
    for name, script in (("curious", _CURIOUS), ("silent", "")):
        (site / f"{name}_page").mkdir()
        (site / f"{name}_page" / "index.js").write_text(script)
    write_package(site, "two_kinds", {"curious": "two_kinds:CURIOUS", "silent": "two_kinds:SILENT"}, _KINDS)
    write_package(site, "broken_kind", {"broken": "broken_kind:KIND"}, "raise RuntimeError('no luck')")
    with seen_by_processes(site):
        running = Running(root, "--no-token")
    yield running
    running.stop()


WATER_CARD = "[aria-label='water of run']"


def drawn(within: Locator) -> Locator:
    frame = within.locator("iframe")
    expect(frame).to_have_attribute("data-state", "drawn")
    return frame


def colours_of(frame: Locator) -> set[tuple[int, ...]]:
    taken: list[bytes] = []

    def take() -> bool:
        with suppress(Error):  # one that is drawn anew takes its place in this moment
            taken.append(frame.screenshot())
        return bool(taken)

    wait_until(take)
    picture = Image.open(io.BytesIO(taken[0])).convert("RGB")
    return {colour for _, colour in picture.getcolors(maxcolors=2**24) or ()}  # type: ignore[misc]


def test_it_has_a_tab_and_each_item_is_drawn_by_its_own_script(page: Page) -> None:
    page.goto("./#/overview")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Molecules").click()
    frame = drawn(page.locator(WATER_CARD))
    wait_until(lambda: {(255, 13, 13), (208, 208, 208)} <= colours_of(frame))  # oxygen and hydrogen
    expect(page.get_by_text("9 atoms are promised, 0 are there")).to_be_visible()


def test_a_label_filter_steps_and_a_large_view_come_with_it(page: Page) -> None:
    page.goto("./#/molecules")
    drawn(page.locator(WATER_CARD))
    page.get_by_label("Filter labels").fill("cut")
    expect(page.locator(WATER_CARD)).to_have_count(0)
    page.get_by_label("Filter labels").fill("")
    page.locator(WATER_CARD).get_by_role("button", name="Large view").click()
    large = page.get_by_role("dialog")
    drawn(large)
    expect(large).to_contain_text("water")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)


def test_it_is_drawn_anew_in_another_theme_and_when_its_file_changes(page: Page, root: Path) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("./#/molecules")
    frame = drawn(page.locator(WATER_CARD))
    wait_until(lambda: (255, 255, 255) in colours_of(frame))
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: (255, 255, 255) not in colours_of(frame))
    path = root / "run" / "0002" / "water.xyz"
    path.write_text(WATER.replace("O 0", "N 0"))
    wait_until(lambda: (48, 80, 248) in colours_of(frame))
    path.write_text(WATER)  # as other tests find it
    wait_until(lambda: (255, 13, 13) in colours_of(frame))


def test_what_python_alone_shows_is_a_plot_a_table_and_html(page: Page, root: Path) -> None:
    page.goto("./#/spectra")
    plot, table, html = (page.locator(f"[aria-label='{way} of run']") for way in ("plot", "table", "html"))
    frame = drawn(plot).content_frame
    expect(frame.locator(".scatterlayer path.js-line")).to_have_count(1)
    expect(frame.get_by_text("nm")).to_be_visible()
    expect(table.get_by_role("row", name="1.0 0.5")).to_be_visible()
    within = drawn(html).content_frame
    expect(within.get_by_role("heading", name="0.5")).to_be_visible()
    expect(within.get_by_text("is the highest peak.")).to_have_css("color", "rgb(204, 0, 0)")
    expect(page.get_by_text("the kind spectra failed: ValueError")).to_be_visible()
    (root / "run" / "html.spectrum").write_text("html\n1 7\n")
    expect(within.get_by_role("heading", name="7.0")).to_be_visible()
    plot.get_by_role("button", name="Large view").click()
    drawn(page.get_by_role("dialog"))


@pytest.mark.expect_browser_errors("Content Security Policy")
def test_its_script_reaches_neither_the_page_nor_the_network(page: Page) -> None:
    page.goto("./#/curious")
    notice = page.get_by_text("This item cannot be drawn").locator("..")
    expect(notice).to_contain_text("network")
    found = json.loads(notice.inner_text().partition("\n")[2])
    assert found == {
        "page": "SecurityError",
        "cookie": "SecurityError",
        "storage": "SecurityError",
        "origin": "null",
        "network": "TypeError",
    }


def test_a_script_that_says_nothing_is_given_up(page: Page) -> None:
    page.goto("./#/silent")
    expect(page.get_by_text("its page does not answer")).to_be_visible()


def test_a_package_that_cannot_be_used_is_on_the_page_of_problems(page: Page) -> None:
    page.goto("./#/problems")
    expect(page.get_by_text("the kind broken (broken_kind:KIND)")).to_be_visible()
    expect(page.get_by_text("cannot be used: RuntimeError: no luck")).to_be_visible()
