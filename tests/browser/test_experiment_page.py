"""The page of an experiment, and several beside each other: everything that is known of them, and what leads on."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.expecting import expect
from tests.running import Running

PATCH = """diff --git a/train.py b/train.py
index 1111111..2222222 100644
--- a/train.py
+++ b/train.py
@@ -1,2 +1,2 @@
 import os
-lr = 0.1
+lr = {lr}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "log"
    for lr in (0.1, 0.01):
        config = {"lr": lr, "optimizer": {"name": "adam", "betas": [0.9, 0.99]}, "seed": 3}
        logger = Logger(f"lr{lr}", root, config=config, tags=["sweep"])
        for step in range(1, 41):
            logger.log_scalar(lr / step, "val/loss", step)
            logger.log_scalar(lr, "lr", step)
        logger.log_scalar(float("nan"), "grad_norm", 40)
        logger.log_image(np.zeros((16, 16)), "input", 40)
        logger.log_text("a bird", "prediction", 40)
        logger.println(f"trained with {lr}")
        (logger.log_dir / "changes.patch").write_text(PATCH.format(lr=lr))
        (logger.log_dir / "my-notes.md").write_text("**Promising**, but slow.\n")
        logger.flush()
        if lr == 0.1:
            logger.close()
            continue
        with pytest.raises(RuntimeError), logger:
            raise RuntimeError("CUDA out of memory")
    return root


def _part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_all_that_is_known_of_an_experiment_is_on_its_page(server: Running, page: Page) -> None:
    page.goto("./#/overview")
    page.get_by_role("table").get_by_role("link", name="lr0.01").click()
    expect(page.get_by_role("heading", level=1, name="lr0.01")).to_be_visible()
    status = _part(page, "Status")
    expect(status).to_contain_text("RuntimeError: CUDA out of memory")
    status.get_by_text("Traceback", exact=True).click()
    expect(status).to_contain_text('raise RuntimeError("CUDA out of memory")')
    expect(page.get_by_role("list", name="What is odd about it")).to_contain_text(
        "grad_norm is NaN at step 40."
    )
    values = _part(page, "Last values")
    expect(values.get_by_role("row").nth(1)).to_contain_text(re.compile(r"val/loss.*0\.00025.*40"))
    expect(values.locator("tr", has_text="val/loss").locator("path")).to_have_attribute(
        "d", re.compile("^M.*L")
    )
    expect(_part(page, "Newest pictures").get_by_role("img", name="input, step 40")).to_be_visible()
    expect(_part(page, "Newest texts")).to_contain_text("a bird")
    expect(_part(page, "End of the log")).to_contain_text("trained with 0.01")
    expect(_part(page, "Code")).to_contain_text("+lr = 0.01")
    expect(_part(page, "Notes").locator("strong")).to_have_text("Promising")
    settings = _part(page, "Config")
    expect(settings).to_contain_text("betas")
    expect(_part(page, "Files")).to_contain_text("scalars.tsv")

    with (server.root / "lr0.01" / "stdout.log").open("a") as log:
        log.write("one line more\n")
    expect(_part(page, "End of the log")).to_contain_text("one line more")

    page.locator("#sidebar").get_by_role("link", name="Page of lr0.1", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="lr0.1", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="lr0.01", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next experiment").click()
    expect(page.get_by_role("heading", level=1, name="lr0.1", exact=True)).to_be_visible()
    expect(_part(page, "Status")).not_to_contain_text("RuntimeError")


def test_what_differs_between_two_takes_three_clicks(server: Running, page: Page) -> None:  # noqa: ARG001
    page.goto("./#/experiment?experiment.at=lr0.1")
    page.get_by_role("button", name="Compare with").click()
    page.get_by_role("button", name="lr0.01", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    settings = page.get_by_role("table", name="Config")
    expect(settings.get_by_role("row")).to_have_count(1)
    expect(settings.get_by_role("cell")).to_have_text(["0.1", "0.01"])
    expect(_part(page, "Config")).to_contain_text("1 of 4 settings differ")
    expect(page.get_by_role("table", name="Results")).to_contain_text("val/loss")
    expect(page.get_by_role("table", name="Environment")).to_contain_text("RuntimeError")
    expect(_part(page, "Code")).to_contain_text("lr = 0.01")
    page.get_by_role("switch", name="Only differences").click()
    expect(settings.get_by_role("row")).to_have_count(4)
    page.reload()
    expect(settings.get_by_role("row")).to_have_count(4)


def test_an_experiment_that_is_gone_is_said(server: Running, page: Page) -> None:  # noqa: ARG001
    page.goto("./#/experiment?experiment.at=gone")
    expect(page.get_by_text("There is no experiment of this name now")).to_be_visible()
