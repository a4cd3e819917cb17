"""Takes the pictures of every page for the documents: `python -m tools.screenshots [PAGE ...]`.

A real server shows `example_logs`, a real browser looks at it, in both themes, as wide as a laptop and as narrow as a
phone; the pictures go to `docs/screenshots/<page>-<theme>-<width>.png`.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests import chromium
from tests.running import Running

REPOSITORY = Path(__file__).parent.parent
SCREENSHOTS = REPOSITORY / "docs" / "screenshots"
_PINS = '["train/loss","learning-rate","validation/mAP","accuracy","loss","train/perplexity"]'
# What each page shows: its address below `#/`.
PAGES = {
    "overview": "overview",
    "scalars": f"scalars?scalars.smoothing=0.6&scalars.pins={_PINS}",
    "images": "images",
    "viewer": "images?images.open=street-detector/480/parts/noon",
    "texts": "texts",
    "markdown": "markdown",
    "logs": "logs",
    "plots": "plots",
    "figures": "figures",
    "audio": "audio",
    "videos": "videos",
    "html": "html",
    "meshes": "meshes?meshes.up=z",
    "embeddings": "embeddings?embeddings.open=street-detector/global/crops",
    "commands": "commands",
    "histograms": "histograms?histograms.form=ridge",
    "pr_curves": "pr_curves",
    "confusion_matrices": "confusion_matrices",
    "tables": "tables",
    "arrays": "arrays",
    "files": "files?files.at=street-detector",
    "problems": "problems",
}
SIZES = {1440: 900, 360: 740}
THEMES = ("light", "dark")


def take(names: list[str]) -> None:
    subprocess.run([sys.executable, str(REPOSITORY / "frontend" / "toolchain.py"), "build"], check=True)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    executable = chromium.find_or_install(lambda line: print(line, file=sys.stderr))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder, "example_logs")
        shutil.copytree(REPOSITORY / "example_logs", root)
        running = Running(root, "--no-token")
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        try:
            for theme in THEMES:
                for width, height in SIZES.items():
                    page = browser.new_context(
                        base_url=running.url,
                        viewport={"width": width, "height": height},
                        color_scheme="dark" if theme == "dark" else "light",
                    ).new_page()
                    for name in names:
                        _take(page, name, SCREENSHOTS / f"{name}-{theme}-{width}.png")
                    page.context.close()
        finally:
            browser.close()
            running.stop()


def _take(page: Page, name: str, path: Path) -> None:
    page.goto("about:blank")
    page.goto(f"/#/{PAGES[name]}")
    page.wait_for_load_state("networkidle")
    # Charts are made a moment after their card has come to rest.
    page.wait_for_timeout(700)
    page.wait_for_function(
        "[...document.querySelectorAll('video')].every(({ readyState }) => readyState === 4)"
    )
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # A third of the size, and nobody sees the difference.
    few_colours = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    few_colours.save(path, optimize=True)
    print(path.relative_to(REPOSITORY))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(PAGES)}; all without")
    given = parser.parse_args().pages
    if unknown := set(given) - set(PAGES):
        parser.error(f"unknown pages: {', '.join(sorted(unknown))}; known are {', '.join(PAGES)}")
    take(given or list(PAGES))
