"""One thin slice through everything: a training script in a process of its own, and what the page shows of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT

# Does what it is told, a line at a time, with a Logger that stays open.
SCRIPT = """
import sys
from PIL import Image
from lavdlike import Logger

with Logger("training", sys.argv[1]) as logger:
    print("ready", flush=True)
    for line in sys.stdin:
        eval(line)
        logger.flush()
        print("done", flush=True)
"""


@pytest.fixture
def training(root: Path, server: Running) -> Iterator[Callable[[str], None]]:  # noqa: ARG001 - serves the root
    """A training script; called with a line of Python, it has done that when the call returns."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(root)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        commands, answers = process.stdin, process.stdout
        assert answers.readline() == "ready\n"

        def tell(line: str) -> None:
            commands.write(line + "\n")
            commands.flush()
            assert answers.readline() == "done\n"

        yield tell
        commands.close()


def test_what_a_script_logs_appears_without_reload(page: Page, training: Callable[[str], None]) -> None:
    page.goto("./#/scalars")
    sidebar = page.get_by_role("complementary", name="Experiments")
    expect(sidebar.get_by_role("switch", name="training")).to_be_visible()

    training("logger.log_scalar(1.5, 'loss', 0)")
    chart = page.get_by_role("application", name="loss, 1 experiment")
    expect(chart).to_be_visible()
    training("logger.log_scalars({'loss': 0.75}, 1)")
    training("logger.log_scalars({'loss': 0.625}, 2)")
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    plot = at_rest(chart.locator(".u-over"))
    page.mouse.move(plot["x"] + plot["width"] - 2, plot["y"] + plot["height"] / 2)  # at the newest point
    expect(page.locator(".bubble")).to_contain_text("0.625")

    page.goto("./#/images")
    training("logger.log_image(Image.new('RGB', (32, 24), 'red'), 'sample', 1)")
    expect(page.get_by_role("button", name="Open sample, training, step 1")).to_be_visible()
    training("logger.log_image(Image.new('RGB', (32, 24), 'blue'), 'sample', 2)")
    expect(page.get_by_role("button", name="Open sample, training, step 2")).to_be_visible()
