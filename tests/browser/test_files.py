"""The page of files, and the page of those that cannot be shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.expecting import expect

pytestmark = pytest.mark.one_tab

NOTES = "# Notes\n" * 100


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("files") / "log"
    folder = root / "run 1 & more" / "0001" / "täglich"
    folder.mkdir(parents=True)
    (folder / "notes #1.md").write_text(NOTES)
    (folder / "train.py").write_text("import os\n\nprint(os.name)\n")
    (folder / "data.bin").write_bytes(b"\0" * 2500)
    (root / "run 1 & more" / "broken.json").write_text("{")
    (root / "run 1 & more" / "outside").symlink_to("/etc")
    Path(os.fsdecode(os.fsencode(root) + b"/run 1 & more/no \xff UTF-8.json")).write_text("[")
    return root


def open_folder(page: Page, *names: str) -> None:
    page.goto("./#/files")
    for name in names:
        page.get_by_role("table", name="Files").get_by_role("link", name=name, exact=True).click()


def test_folders_are_walked_down_and_up_again(page: Page) -> None:
    open_folder(page, "run 1 & more", "0001", "täglich")
    row = page.get_by_role("row", name="data.bin")
    expect(row.get_by_text("2.5 kB")).to_be_visible()
    crumbs = page.get_by_role("navigation", name="Folder")
    expect(crumbs.locator("[aria-current]")).to_have_text("täglich")
    crumbs.get_by_role("link", name="run 1 & more").click()
    expect(page.get_by_role("link", name="0001", exact=True)).to_be_visible()
    page.go_back()
    expect(row).to_be_visible()
    page.reload()
    expect(row).to_be_visible()


def test_file_is_downloaded_as_it_is(page: Page) -> None:
    open_folder(page, "run 1 & more", "0001", "täglich")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download notes #1.md").click()
    assert download.value.suggested_filename == "notes #1.md"
    assert download.value.path().read_text() == NOTES


def test_file_leads_to_the_page_that_shows_it(page: Page) -> None:
    open_folder(page, "run 1 & more", "0001", "täglich")
    page.get_by_role("row", name="notes #1.md").get_by_role("link", name="Markdown").click()
    expect(page.get_by_role("heading", level=1, name="Markdown")).to_be_visible()
    expect(page.get_by_label("Filter labels")).to_have_value("täglich/notes #1")


def test_code_is_read_with_line_numbers(page: Page, root: Path) -> None:
    open_folder(page, "run 1 & more", "0001", "täglich")
    page.get_by_role("button", name="train.py").click()
    lines = page.get_by_role("dialog", name="train.py").get_by_role("group", name="train.py")
    expect(lines.locator(".content")).to_have_text(["import os", "", "print(os.name)"])
    expect(lines.locator(".number").last).to_have_attribute("data-number", "3")
    page.reload()
    expect(lines.locator(".content")).to_have_count(3)
    with (root / "run 1 & more" / "0001" / "täglich" / "train.py").open("a") as file:
        file.write("# more\n")
    expect(lines.locator(".content")).to_have_count(4)
    with (root / "run 1 & more" / "0001" / "täglich" / "train.py").open("r+") as file:
        file.write("import os\n\nprint(os.argv)\n")  # in place, of the same size
    expect(lines.locator(".content")).to_have_text(["import os", "", "print(os.argv)", "# more"])
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_file_that_is_no_text_says_so(page: Page) -> None:
    open_folder(page, "run 1 & more", "0001", "täglich")
    page.get_by_role("button", name="data.bin").click()
    dialog = page.get_by_role("dialog", name="data.bin")
    expect(dialog.get_by_text("This file is no text")).to_be_visible()
    expect(dialog.get_by_role("link", name="Download it")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_link_out_of_the_root_is_named_and_not_followed(page: Page) -> None:
    open_folder(page, "run 1 & more")
    row = page.get_by_role("row", name="outside")
    expect(row.get_by_text("link, not followed")).to_be_visible()
    expect(row.get_by_role("link")).to_have_count(0)


def test_new_file_appears_while_the_folder_is_open(page: Page, root: Path) -> None:
    open_folder(page, "run 1 & more")
    expect(page.get_by_role("link", name="0001", exact=True)).to_be_visible()
    fresh = root / "run 1 & more" / "fresh.md"
    fresh.write_text("new")
    expect(page.get_by_role("row", name="fresh.md")).to_be_visible()
    fresh.unlink()
    expect(page.get_by_role("row", name="fresh.md")).to_have_count(0)


def test_rows_sort_by_size_with_folders_first(page: Page, root: Path) -> None:
    for name, size in (("a", 10), ("b", 30), ("c", 20)):
        (root / "sorted" / f"{name}-folder").mkdir(parents=True, exist_ok=True)
        (root / "sorted" / f"{name}.txt").write_bytes(b"x" * size)
        os.utime(root / "sorted" / f"{name}.txt", (size, size))
    open_folder(page, "sorted")
    page.get_by_role("columnheader", name="Size").get_by_role("button").click()
    names = page.get_by_role("rowheader")
    expect(names).to_have_text(["a-folder", "b-folder", "c-folder", "b.txt", "c.txt", "a.txt"])
    page.get_by_role("columnheader", name="Size").get_by_role("button").click()
    expect(names).to_have_text(["a-folder", "b-folder", "c-folder", "a.txt", "c.txt", "b.txt"])


@pytest.mark.expect_browser_errors("404")
def test_folder_that_is_gone_says_so(page: Page) -> None:
    page.goto("./#/files?files.at=nobody")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_file_that_cannot_be_shown_is_named_with_the_reason_and_read(page: Page) -> None:
    page.goto("./#/texts")  # looking at the experiment is what meets the file
    mark = page.get_by_role("link", name=re.compile("problem"))
    expect(mark).to_be_visible()
    mark.click()
    expect(page.get_by_role("heading", level=1, name="Problems")).to_be_visible()
    page.get_by_role("listitem").get_by_role("link", name="broken.json").click()
    expect(page.get_by_role("dialog", name="broken.json").locator(".content")).to_have_text("{")
    page.keyboard.press("Escape")
    expect(page.get_by_role("row", name="0001")).to_be_visible()  # in its folder
    mark.click()
    page.get_by_role("link", name=r"no \xff UTF-8.json").click()
    expect(page.get_by_role("dialog").locator(".content")).to_have_text("[")


def test_page_without_data_names_files_that_could_not_be_read(page: Page) -> None:
    page.goto("./#/commands?filter=t:run 1")
    expect(page.get_by_text("No commands logged")).to_be_visible()
    problem = page.get_by_role("listitem").filter(has_text="run 1 & more/broken.json")
    expect(problem).to_contain_text("line 1, column 2")
    expect(problem).to_contain_text("not JSON")
    page.get_by_role("button", name="Show the problems").click()
    expect(page.get_by_role("heading", level=1, name="Problems")).to_be_visible()
