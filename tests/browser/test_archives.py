"""An archive is shown as the folder that it holds: what is in it, what is not, and that nothing of it is changed."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.pictures import show_images, shown
from tests.browser.test_connection import connection
from tests.disk.archives.archives import zipped
from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus"

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip file of runs of ours, of event files with pictures and of MLflow, with names that lead out of it."""
    folder = tmp_path_factory.mktemp("archives")
    with Logger("ours", folder / "log") as logger:
        for step in range(20):
            logger.log_scalar(1 / (step + 1), "loss", step)
        logger.log_image(Image.new("RGB", (32, 20), (30, 90, 200)), "input", step=3)
    shutil.copytree(CORPUS / "event_items" / "torch", folder / "log" / "torch")
    shutil.copytree(CORPUS / "stores" / "mlflow_files", folder / "log" / "mlflow")
    archive = zipped(folder / "log", folder / "logs.zip")
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("../../etc/passwd", b"root")
        link = zipfile.ZipInfo("ours/link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        file.writestr(link, b"/etc/passwd")
    return archive


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Running]:
    running = Running(root, "--no-token", "--allow-edits", "--poll-interval=0.2", warm=True)
    yield running
    running.stop()


def test_an_archive_is_shown_live_and_read_only(server: Running, page: Page, root: Path) -> None:  # noqa: ARG001
    page.goto("./")
    expect(page.locator("aside").get_by_role("link", name="Page of ours")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="torch").first).to_be_visible()
    expect(page.locator("aside").get_by_role("link", name="Page of happy-owl")).to_be_visible()
    show_images(page, "torch")
    shown(page, "input, torch, step 20")  # a picture in an event file in an archive
    show_images(page, "ours")
    shown(page, "input, ours, step 3")
    page.goto("./#/problems")
    expect(page.get_by_text("its name leads out of the archive")).to_be_visible()
    expect(page.get_by_text("a link, which is not followed in an archive")).to_be_visible()
    new = root.with_name("new.zip")
    shutil.copyfile(root, new)
    with zipfile.ZipFile(new, "a") as file:
        file.writestr("later/experiment.json", b"{}")
    new.replace(root)
    expect(page.locator("aside").get_by_role("link", name="Page of later")).to_be_visible()


def test_archives_stand_beside_folders(start_server: object, page: Page, root: Path, tmp_path: Path) -> None:
    with Logger("run", tmp_path / "folder") as logger:
        logger.log_scalar(0.5, "loss", 1)
    packed = tmp_path / "run.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(tmp_path / "folder" / "run", ".")
        archive.addfile(tarfile.TarInfo("note.txt"), io.BytesIO())
    server = start_server(  # type: ignore[operator]
        Path(f"a={root}"), f"b={packed}", f"c={tmp_path / 'folder'}", "--no-token", "--allow-edits"
    )
    page.goto(server.url)
    for name in ("a", "b", "c/run"):
        expect(page.locator("aside").get_by_text(name, exact=True).first).to_be_visible()
    connection(page, "live").click()
    expect(page.get_by_text("it is an archive, in which nothing is changed")).to_have_count(2)
