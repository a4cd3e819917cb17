"""One root with the files of six programs: one chart has the curves of all, and follows each of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT
from tests.serving import wait_until
from tests.sources.events.event_bytes import VERSION, point

TEXTS = ROOT / "tests" / "corpus" / "texts"
EVENTS = "events.out.tfevents.1700000000.host"
LAST = 100  # a step behind all that stand there

pytestmark = pytest.mark.one_tab


def ours(root: Path, step: int, loss: float) -> None:
    with Logger("Logger", log_dir=root) as logger:
        logger.log_scalar(loss, "loss", step)


def tensorboard(root: Path, step: int, loss: float) -> None:
    with (root / "TensorBoard" / EVENTS).open("ab") as file:
        file.write(point(step, loss))


def mmengine(root: Path, step: int, loss: float) -> None:
    with (root / "mmengine/20260101_120000/vis_data/scalars.json").open("a") as file:
        file.write(json.dumps({"loss": loss, "step": step}) + "\n")


def keras(root: Path, step: int, loss: float) -> None:
    with (root / "keras/training.log").open("a", newline="") as file:
        file.write(f"{step};0.5;{loss};0.5\r\n")


def transformers(root: Path, step: int, loss: float) -> None:
    def add(document: Any) -> None:
        document["log_history"].append({"step": step, "loss": loss})

    rewrite(root / "transformers/trainer_state.json", add)


def sacred(root: Path, step: int, loss: float) -> None:
    def add(document: Any) -> None:
        of_loss = document.setdefault("loss", {"steps": [], "values": [], "timestamps": []})
        of_loss["steps"].append(step)
        of_loss["values"].append(loss)
        of_loss["timestamps"].append("2026-01-01T00:00:00")

    rewrite(root / "sacred/metrics.json", add)


def rewrite(path: Path, change: Callable[[Any], None]) -> None:
    """As its program does: the whole file, in one step."""
    document = json.loads(path.read_text())
    change(document)
    path.with_suffix(".new").write_text(json.dumps(document, indent=2))
    path.with_suffix(".new").replace(path)


# By the name of the run: what appends a value of its loss.
PROGRAMS: dict[str, Callable[[Path, int, float], None]] = {
    "Logger": ours,
    "TensorBoard": tensorboard,
    "mmengine": mmengine,
    "keras": keras,
    "transformers": transformers,
    "sacred": sacred,
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("six") / "log"
    for name in ("mmengine", "keras", "transformers", "sacred"):
        shutil.copytree(TEXTS / name, root / name)
    (root / "TensorBoard").mkdir()
    (root / "TensorBoard" / EVENTS).write_bytes(VERSION)
    for step in (1, 2, 5):
        for append in (ours, tensorboard, sacred):
            append(root, step, 1 / step)
    return root


def values(page: Page, chart: Locator) -> dict[str, float]:
    """What the tooltip says at the right edge of the chart."""
    box = at_rest(chart.locator(".u-over"))
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    rows = [row.locator("td").all_inner_texts() for row in page.locator(".bubble tbody tr").all()]
    return {row[0]: float(row[1]) for row in rows if len(row) > 1}


def test_one_chart_has_the_curves_of_six_formats_and_follows_them(server: Running, page: Page) -> None:
    page.goto("./#/scalars?scalars.labels=r:^loss$&scalars.smoothing=0")
    chart = page.get_by_role("application", name="loss, 6 experiments", exact=True)
    expect(chart).to_be_visible()
    expect(chart.locator("xpath=ancestor::*[@aria-busy][1]")).to_have_attribute("aria-busy", "false")
    written: dict[str, float] = {}
    for place, (name, append) in enumerate(PROGRAMS.items()):
        written[name] = 2.0 ** (place - 8)
        append(server.root, LAST, written[name])
        wait_until(lambda: written.items() <= values(page, chart).items())
    assert values(page, chart) == written
    expect(page.locator(".bubble")).to_contain_text(f"Step {LAST}")
