"""How far a script is, while it is, in the sidebar and in the table."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from playwright.sync_api import Page

from lavdlike import Logger
from tests.expecting import expect
from tests.running import Running


def test_progress_and_what_has_stalled_are_seen_at_once(root: Path, server: Running, page: Page) -> None:  # noqa: ARG001
    with Logger("training", root) as logger, Logger("stuck", root) as stuck:
        logger.log_progress(340, 1000, "Batches", unit="batches")
        page.goto("./#/overview")
        line = page.get_by_role("progressbar", name="training: Batches")
        expect(line).to_have_attribute("aria-valuenow", "34")
        row = page.get_by_role("row", name=re.compile("training"))
        expect(row).to_contain_text("34 %")
        logger.log_progress(670, 1000, "Batches", unit="batches")
        expect(line).to_have_attribute("aria-valuenow", "67")
        expect(row).to_contain_text(re.compile(r"67 %, .* left"))

        end = time.time() - 500
        lines = [f"{step}\t{end - 20 * (30 - step)}\tloss\t0.5\n" for step in range(30)]
        (stuck.log_dir / "scalars.tsv").write_text("step\twall_time\tlabel\tvalue\n" + "".join(lines))
        for path in (*stuck.log_dir.iterdir(), stuck.log_dir):
            os.utime(path, (end, end) if path.name != "experiment.json" else None)
        os.utime(stuck.log_dir / "experiment.json")  # the heartbeat, which is a hint
        expect(page.get_by_role("row", name=re.compile("stuck"))).to_contain_text("stalled")
        logger.log_progress(1000, 1000, "Batches", unit="batches")
    expect(line).to_have_count(0)
    expect(row).to_contain_text("finished")
