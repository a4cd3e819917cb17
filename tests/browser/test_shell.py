"""The frame of the page: sidebar, tabs, address, themes, connection, keys."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Response

from lavdlike import Logger
from tests.browser.pages import until_quiet
from tests.chromium import SERVER_IS_GONE
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

NAMES = [f"run-{number}" for number in range(1, 13)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shell") / "log"
    for name in NAMES:
        with Logger(name, log_dir=root) as logger:
            logger.log_markdown(f"# {name}", "notes/summary", step=1)
    return root


def sidebar(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Experiments")


def switch(page: Page, name: str) -> Locator:
    return sidebar(page).get_by_role("switch", name=name, exact=True)


def hurry_until_visible(wanted: Locator) -> None:
    """The page need not wait between its attempts: its clock, which the test has installed, goes faster."""

    def is_visible() -> bool:
        if wanted.is_visible():
            return True
        wanted.page.clock.fast_forward(2000)
        wanted.page.wait_for_timeout(50)  # for what it asks the server
        return False

    wait_until(is_visible)


def test_experiments_stand_in_natural_order(page: Page) -> None:
    page.goto("./")
    expect(switch(page, "run-12")).to_be_visible()
    expect(sidebar(page).get_by_role("switch")).to_have_text(NAMES)
    expect(sidebar(page).get_by_text("12 of 12 shown", exact=True)).to_be_visible()


def test_filter_narrows_what_is_listed_and_shown(page: Page) -> None:
    page.goto("./")
    field = sidebar(page).get_by_label("Filter experiments")
    field.fill("run-1")
    expect(sidebar(page).get_by_text("4 of 12 shown", exact=True)).to_be_visible()
    field.fill("-run-1")
    expect(sidebar(page).get_by_text("8 of 12 shown", exact=True)).to_be_visible()
    field.press("Escape")
    expect(field).to_have_value("")
    expect(sidebar(page).get_by_text("12 of 12 shown", exact=True)).to_be_visible()


def test_wrong_filter_says_where_and_why_and_keeps_the_last_result(page: Page) -> None:
    page.goto("./")
    field = sidebar(page).get_by_label("Filter experiments")
    field.fill('name~"^run-[12]$"')
    expect(sidebar(page).get_by_text("2 of 12 shown", exact=True)).to_be_visible()
    field.press("End")
    field.press_sequentially(" (")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(sidebar(page).get_by_role("status").get_by_text("is never closed")).to_be_visible()
    expect(sidebar(page).get_by_text("2 of 12 shown", exact=True)).to_be_visible()
    expect(sidebar(page).get_by_role("switch")).to_have_text(["run-1", "run-2"])


def test_one_is_hidden_by_a_click_and_shown_alone_by_a_double_click(page: Page) -> None:
    page.goto("./#/markdown")
    switch(page, "run-2").click()
    expect(switch(page, "run-2")).not_to_be_checked()
    expect(sidebar(page).get_by_text("11 of 12 shown", exact=True)).to_be_visible()
    switch(page, "run-3").dblclick()
    expect(sidebar(page).get_by_text("1 of 12 shown", exact=True)).to_be_visible()
    expect(switch(page, "run-3")).to_be_checked()
    switch(page, "run-3").dblclick()
    expect(sidebar(page).get_by_text("12 of 12 shown", exact=True)).to_be_visible()


def test_all_filtered_ones_are_hidden_and_shown(page: Page) -> None:
    page.goto("./")
    field = sidebar(page).get_by_label("Filter experiments")
    field.fill("run-1")
    expect(sidebar(page).get_by_text("4 of 12 shown", exact=True)).to_be_visible()
    sidebar(page).get_by_role("button", name="Hide all filtered").click()
    expect(sidebar(page).get_by_text("0 of 12 shown", exact=True)).to_be_visible()
    field.fill("")
    expect(sidebar(page).get_by_text("8 of 12 shown", exact=True)).to_be_visible()
    sidebar(page).get_by_role("button", name="Show all").click()
    expect(sidebar(page).get_by_text("12 of 12 shown", exact=True)).to_be_visible()


def test_address_holds_the_view_for_a_reload_and_another_window(page: Page, browser: Browser) -> None:
    page.goto("./#/markdown")
    sidebar(page).get_by_label("Filter experiments").fill("run-1")
    expect(sidebar(page).get_by_text("4 of 12 shown", exact=True)).to_be_visible()
    switch(page, "run-11").click()
    page.get_by_label("Filter labels").fill("summary")
    page.wait_for_url(re.compile("labels"))
    page.reload()
    expect(sidebar(page).get_by_text("3 of 12 shown", exact=True)).to_be_visible()
    expect(page.get_by_label("Filter labels")).to_have_value("summary")
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(page.url)
        expect(sidebar(other).get_by_text("3 of 12 shown", exact=True)).to_be_visible()
        expect(other.get_by_role("heading", level=1, name="Markdown")).to_be_visible()


def test_back_button_returns_to_the_page_before(page: Page) -> None:
    page.goto("./")
    tabs = page.get_by_role("navigation", name="Pages")
    tabs.get_by_role("link", name="Files").click()
    expect(page.get_by_role("heading", level=1, name="Files")).to_be_visible()
    tabs.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Files")).to_be_visible()


def test_colour_is_the_same_after_a_reload_and_can_be_chosen(page: Page) -> None:
    page.goto("./")
    swatches = sidebar(page).locator("[role=switch] i")
    expect(swatches).to_have_count(12)
    colours = swatches.evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert len(set(colours)) == 12  # as many colours as experiments: no two are the same
    page.reload()
    expect(swatches).to_have_count(12)
    of_all = "all => all.map(each => getComputedStyle(each).backgroundColor)"
    wait_until(lambda: swatches.evaluate_all(of_all) == colours)
    switch(page, "run-1").hover()
    sidebar(page).get_by_role("button", name="More on run-1", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="teal").click()
    expect(swatches.first).to_have_css("background-color", "rgb(0, 140, 141)")
    page.reload()
    expect(swatches.first).to_have_css("background-color", "rgb(0, 140, 141)")


def test_newest_change_or_start_comes_first_when_asked_for(page: Page, root: Path) -> None:
    page.goto("./")
    sidebar(page).get_by_role("button", name="Sort").click()
    page.get_by_role("button", name="Newest change").click()
    (root / "run-5" / "fresh.md").write_text("new")
    expect(sidebar(page).get_by_role("switch").first).to_have_text("run-5")
    page.reload()
    expect(sidebar(page).get_by_role("switch").first).to_have_text("run-5")
    sidebar(page).get_by_role("button", name="Sort").click()
    page.get_by_role("button", name="Newest start").click()
    expect(sidebar(page).get_by_role("switch").first).to_have_text("run-12")


def test_new_experiment_appears_and_a_deleted_one_goes(page: Page, root: Path) -> None:
    page.goto("./")
    expect(switch(page, "run-12")).to_be_visible()
    (root / "run-13").mkdir()
    expect(switch(page, "run-13")).to_be_visible()
    shutil.rmtree(root / "run-13")
    expect(switch(page, "run-13")).to_have_count(0)


def test_running_finished_and_crashed_experiments_are_marked(page: Page, root: Path) -> None:
    with pytest.raises(ValueError, match="lost"), Logger("broken", log_dir=root):
        raise ValueError("lost")
    page.goto("./")
    with Logger("going on", log_dir=root):
        for name, status in (("broken", "crashed"), ("run-1", "finished"), ("going on", "running")):
            row = (
                sidebar(page)
                .get_by_role("listitem")
                .filter(has=page.get_by_role("switch", name=name, exact=True))
            )
            expect(row.get_by_text(status)).to_be_attached()
    for name in ("broken", "going on"):
        shutil.rmtree(root / name)
        expect(switch(page, name)).to_have_count(0)


def test_long_name_is_cut_in_its_middle_and_read_whole(page: Page, root: Path) -> None:
    name = f"resnet50-imagenet21k-{'augmented-' * 5}seed-0042"
    (root / name).mkdir()
    page.goto("./#/overview?filter=t:resnet50")
    row = sidebar(page).get_by_role("link", name=f"Page of {name}")
    in_table = page.get_by_role("table", name="Experiments").get_by_role("row").last
    for shown in (row, in_table):
        start, end = shown.locator(".start"), shown.locator(".end")
        expect(end).to_have_text("-seed-0042")
        expect(end).to_be_in_viewport(ratio=1)
        wait_until(partial(end.evaluate, "(end) => end.scrollWidth <= end.clientWidth"))
        is_cut = "(start) => start.clientWidth > 50 && start.scrollWidth > start.clientWidth"
        wait_until(partial(start.evaluate, is_cut))
    expect(in_table.get_by_title(name)).to_be_visible()
    row.hover()
    expect(page.locator(".tooltip")).to_have_text(name)
    (root / name).rmdir()
    expect(row).to_have_count(0)


def test_sidebar_folds_away_and_stays_so(page: Page) -> None:
    page.goto("./")
    page.get_by_role("button", name="Hide the experiments").click()
    expect(sidebar(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Show the experiments")).to_be_visible()
    expect(sidebar(page)).to_have_count(0)


@pytest.mark.own_tab
def test_theme_is_kept_and_there_before_the_first_paint(page: Page) -> None:
    page.goto("./")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    # Before any module script has run the theme is set: nothing else could be painted.
    page.add_init_script("""
        new MutationObserver(() => {
            if (document.body) window.themeAtBody ??= document.documentElement.dataset.theme;
        }).observe(document, { childList: true, subtree: true });
    """)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("window.themeAtBody") == "dark"


def test_system_theme_is_followed(page: Page) -> None:
    page.goto("./")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_every_page_is_reached_by_keyboard(page: Page) -> None:
    page.goto("./")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text("Show or hide the sidebar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tabs = page.get_by_role("navigation", name="Pages").get_by_role("link")
    expect(tabs.filter(has_text="Markdown")).to_be_visible()  # what was logged has its tabs
    titles = tabs.all_inner_texts()
    for number, title in enumerate(titles, start=1):
        page.keyboard.press(str(number))
        expect(page.get_by_role("heading", level=1, name=title.strip())).to_be_attached()
    page.get_by_role("navigation", name="Pages").get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="All kinds")).to_be_focused()  # nobody has logged another one here
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Config")).to_be_focused()
    page.keyboard.press("ArrowUp")  # from the first to the last
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Windows")).to_be_attached()


def test_sidebar_is_walked_by_arrows(page: Page) -> None:
    page.goto("./")
    expect(switch(page, "run-12")).to_be_visible()
    page.keyboard.press("f")
    expect(sidebar(page).get_by_label("Filter experiments")).to_be_focused()
    switch(page, "run-1").focus()
    page.keyboard.press("ArrowDown")
    expect(switch(page, "run-2")).to_be_focused()
    page.keyboard.press("Space")
    expect(switch(page, "run-2")).not_to_be_checked()
    page.keyboard.press("End")
    expect(switch(page, "run-12")).to_be_focused()
    page.keyboard.press("Enter")
    expect(sidebar(page).get_by_text("1 of 12 shown", exact=True)).to_be_visible()


def test_sidebar_is_a_drawer_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("./#/markdown")
    expect(page.get_by_role("heading", level=1, name="Markdown")).to_be_visible()
    expect(sidebar(page)).to_have_count(0)
    page.get_by_role("button", name="Show the experiments").click()
    expect(switch(page, "run-1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sidebar(page)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_change_of_the_view_survives_a_reload_right_after_it(page: Page) -> None:
    page.goto("./#/overview")
    expect(switch(page, "run-12")).to_be_visible()
    with page.expect_event("load"):
        page.evaluate(
            """() => {
              for (const row of [...document.querySelectorAll("aside [role=switch]")].slice(0, 3)) row.click();
              setTimeout(() => location.reload());
            }"""
        )
    expect(sidebar(page).get_by_text("9 of 12 shown", exact=True)).to_be_visible()


def test_page_without_data_says_why(page: Page) -> None:
    page.goto("./#/scalars")
    expect(page.get_by_text("No scalars logged")).to_be_visible()
    page.goto("./#/markdown?markdown.labels=t:nothing-of-this-name")
    expect(page.get_by_text("No label matches the filter")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.get_by_text("No label matches the filter")).to_have_count(0)
    page.goto("./#/markdown?filter=t:nobody")
    expect(page.get_by_text("No experiment is shown")).to_be_visible()
    page.get_by_role("button", name="Show all").last.click()
    expect(page.get_by_text("No experiment is shown")).to_have_count(0)


@pytest.mark.expect_browser_errors(*SERVER_IS_GONE)
def test_page_is_right_again_after_the_server_was_gone(page: Page, server: Running) -> None:
    page.clock.install()
    page.goto("./")
    expect(page.get_by_role("button", name="Connection: live")).to_be_visible()
    server.stop()
    expect(page.get_by_role("button", name="Connection: reconnecting")).to_be_visible()
    hurry_until_visible(page.get_by_role("button", name="Connection: server gone"))
    (server.root / "run-while-away").mkdir()
    server.start()
    page.get_by_role("button", name="Connection: server gone").click()
    page.get_by_role("button", name="Connect now").click()
    expect(page.get_by_role("button", name="Connection: live")).to_be_visible()
    expect(switch(page, "run-while-away")).to_be_visible()
    (server.root / "run-while-away").rmdir()
    expect(switch(page, "run-while-away")).to_have_count(0)


@pytest.mark.expect_browser_errors("WebSocket")
def test_page_polls_where_sockets_do_not_get_through(page: Page, root: Path) -> None:
    page.route_web_socket(re.compile("api/feed"), lambda socket: socket.close())
    page.clock.install()
    page.goto("./")
    hurry_until_visible(page.get_by_role("button", name="Connection: polling"))
    (root / "run-polled").mkdir()
    hurry_until_visible(switch(page, "run-polled"))
    (root / "run-polled").rmdir()
    expect(switch(page, "run-polled")).to_have_count(0)


def test_watching_by_looking_again_is_said_with_its_delay(
    page: Page, root: Path, start_server: Callable[..., Running]
) -> None:
    page.goto(start_server(root, "--no-token", "--watch=poll", "--poll-interval=2").url)
    page.get_by_role("button", name=re.compile(r"Connection: live, \d+ s")).click()
    expect(page.get_by_text("The server looks for changes again and again.")).to_be_visible()
    # Between two looks, until the next one is due, and as long as it takes.
    expect(page.get_by_text(re.compile(r"^after at most ([3-9]|\d\d) s"))).to_be_visible()


def test_folder_that_went_away_is_said(page: Page, server: Running) -> None:
    with until_quiet(page):  # what is asked for while there is no folder is refused
        page.goto("./")
        expect(page.get_by_role("button", name="Connection: live")).to_be_visible()
    aside = server.root.with_name("aside")
    server.root.rename(aside)
    expect(page.get_by_role("button", name="Connection: folder gone")).to_be_visible()
    aside.rename(server.root)
    expect(page.get_by_role("button", name="Connection: live")).to_be_visible()
    expect(switch(page, "run-12")).to_be_visible()


@pytest.mark.expect_browser_errors("401", "403")
def test_sign_in_page_says_what_to_do_and_takes_the_token(
    browser: Browser, root: Path, page: Page, start_server: Callable[..., Running]
) -> None:
    guarded = start_server(root)
    page.goto(guarded.url)
    expect(page.get_by_text("Open the link that lavdlike printed")).to_be_visible()
    page.get_by_label("Link or token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.get_by_label("Link or token").fill(guarded.link)
    page.get_by_role("button", name="Sign in").click()
    expect(switch(page, "run-1")).to_be_visible()
    page.reload()
    expect(switch(page, "run-1")).to_be_visible()
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(guarded.link)
        expect(switch(other, "run-1")).to_be_visible()
        assert "token" not in other.url


@pytest.mark.own_tab
def test_first_load_needs_little_script(page: Page) -> None:
    responses: list[Response] = []

    def note(response: Response) -> None:
        responses.append(response)

    page.on("response", note)
    page.goto("./")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    page.wait_for_load_state("networkidle")
    scripts = [response.body() for response in responses if response.url.endswith(".js")]
    assert scripts
    assert sum(len(gzip.compress(script)) for script in scripts) <= 150_000


def test_kinds_of_which_there_is_something_have_a_tab_and_the_others_are_in_a_menu(
    page: Page, root: Path
) -> None:
    page.goto("./")
    tabs = page.get_by_role("navigation", name="Pages")
    expect(tabs.get_by_role("link", name="Markdown")).to_be_visible()
    expect(tabs.get_by_role("link", name="Texts")).to_have_count(0)
    tabs.get_by_role("button", name="More").click()
    tabs.get_by_role("button", name="All kinds").click()
    tabs.get_by_role("button", name="Commands").click()
    expect(page.get_by_role("heading", level=1, name="Commands")).to_be_visible()
    expect(tabs.get_by_role("link", name="Commands")).to_have_attribute("aria-current", "page")
    (root / "run-1" / "0077").mkdir()
    (root / "run-1" / "0077" / "said.txt").write_text("something")
    expect(tabs.get_by_role("link", name="Texts")).to_be_visible()
