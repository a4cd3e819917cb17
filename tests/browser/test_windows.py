"""Visdom's scenarios in the page of windows: opened, arranged, filtered, kept as views, compared; all is in files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from lavdlike.compat.visdom import Visdom
from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_rest
from tests.chromium import SERVER_IS_GONE
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("windows") / "log"
    for env in ("main", "sweep_a", "sweep_b"):
        fill(root, env)
    return root


def fill(root: Path, env: str) -> None:
    vis = Visdom(log_dir=root, env=env)
    vis.line([3.0, 2.0, 1.0], [0, 1, 2], win="loss", opts={"title": "Training loss"})
    vis.text(f"said by {env}", opts={"title": "Notes", "width": 300, "height": 200})
    vis.image(np.full((3, 40, 80), 200, np.uint8), opts={"title": "Bird", "width": 300, "height": 250})
    for step in range(3):
        picture = np.full((3, 8, 8), 80 * step, np.uint8)
        vis.image(picture, win="past", opts={"title": "Past", "store_history": True})


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def window(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=f"Window {title}", exact=True)


def drag(page: Page, title: str, by: tuple[int, int], *, corner: bool = False) -> None:
    place = at_rest(window(page, title))
    x, y = place["x"] + 60, place["y"] + 16
    if corner:
        x, y = place["x"] + place["width"] - 10, place["y"] + place["height"] - 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] // 2, y + by[1] // 2, steps=3)
    page.mouse.move(x + by[0], y + by[1], steps=3)
    page.mouse.up()


def choose_view(page: Page, entry: str) -> None:
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name=re.compile(f"^{entry}")).click()


def test_windows_are_arranged_and_stand_there_in_every_browser(page: Page, root: Path) -> None:
    file = root / "main" / "current.board.yaml"
    page.goto("./env/main")
    expect(page).to_have_url(re.compile(r"#/windows\?"))
    expect(window(page, "Notes").frame_locator("iframe").get_by_text("said by main")).to_be_visible()
    expect(window(page, "Bird").get_by_role("img")).to_be_visible()
    assert serious_violations(page) == []
    before = at_rest(window(page, "Bird"))
    drag(page, "Bird", (0, 400))
    wait_until(lambda: file.exists() and "Bird" in file.read_text())
    moved = at_rest(window(page, "Bird"))
    assert moved["y"] > before["y"] + 300
    drag(page, "Notes", (150, 150), corner=True)
    wait_until(lambda: at_rest(window(page, "Notes"))["height"] > 300)

    wait_until(lambda: re.search(r"Notes\n\s+at: \[\d+, \d+, [56], 6\]", file.read_text()) is not None)
    places = {title: at_rest(window(page, title)) for title in ("Bird", "Notes", "Training loss")}
    other = page.context.new_page()
    other.goto(page.url)
    expect(window(other, "Bird")).to_be_visible()
    assert {title: at_rest(window(other, title)) for title in places} == places
    other.close()

    page.get_by_role("button", name="Place of Notes").dblclick()
    wait_until(lambda: at_rest(window(page, "Notes"))["height"] < 300)
    page.get_by_role("button", name="Repack").click()
    wait_until(lambda: at_rest(window(page, "Bird"))["y"] < moved["y"])


def test_a_filter_of_titles_shows_some_and_clearing_it_brings_all_back(page: Page) -> None:
    page.goto("./env/main")
    places = {title: at_rest(window(page, title)) for title in ("Bird", "Past", "Notes")}
    search = page.get_by_role("textbox", name="Filter titles by a regular expression")
    search.fill("^(bird|past)$")
    expect(window(page, "Notes")).to_have_count(0)
    expect(window(page, "Past")).to_be_visible()
    for wrong in ("[", "*", "\\"):
        search.fill(wrong)
        expect(search).to_have_attribute("aria-invalid", "true")
        expect(window(page, "Notes")).to_be_visible()
    search.fill("")
    assert {title: at_rest(window(page, title)) for title in places} == places


def test_what_is_closed_goes_to_the_trash_and_comes_back(page: Page, root: Path) -> None:
    page.goto("./env/sweep_b")
    window(page, "Bird").get_by_role("button", name="Close Bird").click()
    expect(window(page, "Bird")).to_have_count(0)
    assert not list((root / "sweep_b").glob("*Bird*"))
    page.get_by_role("button", name="Undo").click()
    expect(window(page, "Bird")).to_be_visible()
    assert len(list((root / "sweep_b").glob("*Bird.png"))) == 1


def test_a_saved_view_stays_and_serves_other_environments(page: Page, root: Path) -> None:
    page.goto("./env/sweep_a")
    drag(page, "Notes", (0, 500))
    wait_until((root / "sweep_a" / "current.board.yaml").exists)
    saved_at = at_rest(window(page, "Notes"))
    choose_view(page, "Save as a view")
    page.get_by_role("textbox", name="Name of the view").fill("kept")
    page.get_by_text("For all environments").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Views")).to_contain_text("kept")
    text = (root / "kept.board.yaml").read_text()

    # What is moved now is moved in a copy, which is the current view.
    drag(page, "Notes", (300, -300))
    expect(page.get_by_role("button", name="Views")).to_contain_text("Current view")
    assert at_rest(window(page, "Notes"))["y"] < saved_at["y"]
    assert (root / "kept.board.yaml").read_text() == text
    choose_view(page, "kept")
    wait_until(lambda: at_rest(window(page, "Notes")) == saved_at)

    # Windows of another environment have other ids, and the same titles.
    page.goto("./env/sweep_b")
    choose_view(page, "kept")
    wait_until(lambda: at_rest(window(page, "Notes")) == saved_at)
    choose_view(page, "Delete this view")
    expect(page.get_by_role("button", name="Views")).to_contain_text("Current view")
    assert not (root / "kept.board.yaml").exists()


def test_environments_are_compared_live_under_their_names(page: Page, root: Path) -> None:
    page.goto("./compare/sweep_a+sweep_b")
    legend = window(page, "Training loss").frame_locator("iframe").locator(".legendtext")
    expect(legend).to_have_text(["sweep_a", "sweep_b"])
    for env in ("sweep_a", "sweep_b"):
        expect(window(page, "Notes").get_by_text(env, exact=True)).to_be_visible()
    expect(window(page, "Bird").get_by_role("img")).to_have_count(2)
    ticks = window(page, "Training loss").frame_locator("iframe").locator(".ytick text")
    expect(ticks.last).to_have_text("3")
    Visdom(log_dir=root, env="sweep_b").line([40.0], [3], win="loss", update="append")
    expect(ticks.last).to_have_text("40")


def test_plots_have_properties_and_are_saved_as_pictures(page: Page, root: Path) -> None:
    page.goto("./env/sweep_a")
    plot = window(page, "Training loss")
    plot.get_by_role("button", name="Properties of Training loss").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Title").first.fill("epoch of it")
    dialog.get_by_text("Logarithmic").last.click()
    dialog.get_by_role("button", name="Done").click()
    expect(plot.frame_locator("iframe").locator(".xtitle")).to_have_text("epoch of it")
    file = root / "sweep_a" / "current.board.yaml"
    wait_until(lambda: "x_title: epoch of it" in file.read_text() and "log_y: true" in file.read_text())
    with page.expect_download() as svg:
        plot.get_by_role("button", name="Download Training loss").click()
        page.get_by_role("button", name="Download SVG").click()
    assert svg.value.suggested_filename == "Training loss.svg"
    assert b"epoch of it" in svg.value.path().read_bytes()
    with page.expect_download() as picture:
        window(page, "Bird").get_by_role("button", name="Download Bird").click()
    (file,) = (root / "sweep_a").glob("*Bird.png")
    assert picture.value.suggested_filename == file.name
    assert picture.value.path().read_bytes() == file.read_bytes()


def test_pictures_take_visdoms_gestures_and_histories_have_a_slider(page: Page) -> None:
    page.goto("./env/main")
    stage = window(page, "Bird").locator("[data-zoom]")
    picture = window(page, "Bird").get_by_role("img")
    fitted = at_rest(picture)
    x, y = fitted["x"] + fitted["width"] / 4, fitted["y"] + fitted["height"] / 2
    page.mouse.move(x, y)
    page.keyboard.down("Alt")
    expect(window(page, "Bird").get_by_text(re.compile(r"x: (19|20), y: (19|20)"))).to_be_visible()
    page.keyboard.up("Alt")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -500)
    page.keyboard.up("Control")
    expect(stage).not_to_have_attribute("data-zoom", "1")
    zoomed = at_rest(picture)
    page.keyboard.down("Alt")
    page.mouse.wheel(0, 30)
    wait_until(lambda: at_rest(picture)["y"] < zoomed["y"])
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -30)
    page.keyboard.up("Shift")
    page.keyboard.up("Alt")
    wait_until(lambda: at_rest(picture)["x"] > zoomed["x"])
    stage.dblclick()
    wait_until(lambda: at_rest(picture) == fitted)

    past = window(page, "Past")
    expect(past.get_by_role("img")).to_have_attribute("alt", "Past, step 2")
    past.get_by_role("button", name="Previous of Past").click()
    expect(past.get_by_role("img")).to_have_attribute("alt", "Past, step 1")
    page.get_by_role("button", name="Follow the latest of Past").click()
    page.get_by_text("Together", exact=True).click()
    page.get_by_role("button", name="Previous step").click()
    expect(past.get_by_role("img")).to_have_attribute("alt", "Past, step 1")


def test_environments_are_found_made_forked_emptied_and_deleted(page: Page, root: Path) -> None:
    page.goto("./env/main")
    page.get_by_role("button", name="Environments").click()
    page.get_by_role("textbox", name="Search environments").fill("SWEEP_")
    listed = page.get_by_role("list", name="Environments")
    expect(listed.get_by_role("checkbox")).to_have_count(3)  # with the head of both
    listed.get_by_label("Show all of sweep").check()
    expect(window(page, "Bird").get_by_role("img")).to_have_count(3)
    listed.get_by_role("button", name="sweep_a").click()
    expect(window(page, "Bird").get_by_role("img")).to_have_count(1)

    page.get_by_role("button", name="More of sweep_a").click()
    page.get_by_role("button", name="Fork the environment").click()
    page.get_by_role("textbox", name="Name").fill("fork of a")
    page.get_by_role("button", name="Fork it").click()
    expect(page.get_by_role("button", name="Environments")).to_contain_text("fork of a")
    expect(window(page, "Notes").frame_locator("iframe").get_by_text("said by sweep_a")).to_be_visible()

    page.get_by_role("button", name="More of fork of a").click()
    page.get_by_role("button", name="Empty the environment").click()
    page.get_by_role("button", name="Empty it").click()
    expect(page.get_by_text("No windows yet")).to_be_visible()
    assert (root / "fork of a" / "windows.jsonl").exists()
    page.get_by_role("button", name="More of fork of a").click()
    page.get_by_role("button", name="Delete the environment").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("No environment is shown")).to_be_visible()
    assert not (root / "fork of a").exists()

    page.get_by_role("button", name="Environments").first.click()
    page.get_by_role("button", name="New environment").click()
    page.get_by_role("textbox", name="Name").fill("made")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("No windows yet")).to_be_visible()
    Visdom(log_dir=root, env="made").text("hello", win="said")
    expect(window(page, "said").frame_locator("iframe").get_by_text("hello")).to_be_visible()


@pytest.mark.expect_browser_errors(*SERVER_IS_GONE)
def test_after_a_kill_all_is_back_without_a_reload(page: Page, server: Running, root: Path) -> None:
    page.goto("./env/main")
    drag(page, "Past", (200, 300))
    wait_until(lambda: "Past" in (root / "main" / "current.board.yaml").read_text())
    places = {title: at_rest(window(page, title)) for title in ("Bird", "Past", "Notes")}
    server.stop()  # by kill -9
    expect(page.get_by_text("live", exact=True)).to_have_count(0)
    Visdom(log_dir=root, env="main").text("while nobody listened", win="late", opts={"title": "Late"})
    server.start()
    expect(window(page, "Late")).to_be_visible()
    assert {title: at_rest(window(page, title)) for title in places} == places
