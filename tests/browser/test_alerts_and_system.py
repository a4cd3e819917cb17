"""What scripts point out, by the bell; and how busy their hosts are, in a fold and beside a run's page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from lavdlike import Logger
from lavdlike.kinds.scalars import HEADER, format_lines
from tests.expecting import expect
from tests.running import Running


def test_an_alert_rings_until_it_was_seen_and_leads_to_its_run(
    root: Path,
    server: Running,  # noqa: ARG001
    page: Page,
) -> None:
    with Logger("training", root) as logger:
        page.goto("./#/overview")
        expect(page.get_by_role("row", name=re.compile("training"))).to_be_visible()
        expect(page.get_by_role("button", name="Alerts")).to_have_count(0)
        logger.alert("Loss is NaN", "at step 340", level="error")
        bell = page.get_by_role("button", name="Alerts: 1 new one")
        bell.click()
        alert = page.get_by_role("link", name=re.compile("Error: Loss is NaN"))
        expect(alert).to_contain_text("at step 340")
        expect(alert).to_contain_text("training")
        alert.click()
        expect(page.get_by_role("heading", name="training")).to_be_visible()
        expect(page.get_by_role("button", name="Alerts", exact=True)).to_be_visible()
        page.reload()  # and stays seen
        expect(page.get_by_role("button", name="Alerts", exact=True)).to_be_visible()
        logger.alert("Once more")
        expect(page.get_by_role("button", name="Alerts: 1 new one")).to_be_visible()


def test_what_the_host_does_is_folded_and_beside_the_run(
    root: Path,
    server: Running,  # noqa: ARG001
    page: Page,
) -> None:
    with Logger("run", root) as logger:
        logger.log_scalars({"loss": 0.5, "zz/last": 1.0}, 1)
        values = {"system/cpu/run_cores": 1.5, "system/gpu0/busy_percent": 87.0}
        (logger.log_dir / "system.node7.tsv").write_text(HEADER + format_lines(0, 1.0, values))
        page.goto("./#/scalars")
        heads = page.get_by_role("heading", level=2)
        expect(heads.last).to_have_text(re.compile(r"System\s*2"))
        expect(page.get_by_text("gpu0/busy_percent")).to_have_count(0)
        heads.last.get_by_role("button").click()
        expect(page.get_by_text("gpu0/busy_percent")).to_be_visible()

        page.goto("./#/experiment?experiment.at=run")
        system = page.get_by_role("region", name="System")
        expect(system.get_by_role("row", name=re.compile("GPU 0"))).to_contain_text("87")
        expect(page.get_by_role("region", name="Last values")).not_to_contain_text("system/")
