"""Takes the pictures of every page for the documents: `python -m tools.screenshots [PAGE ...]`.

A real server shows `example_logs`, others a generated sweep, runs of other programs, boards and an annotated data set
in an archive; a real browser looks at them, in both themes, as wide as a laptop and as narrow as a phone. The pictures
go to `docs/screenshots/<page>-<theme>-<width>.png`.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from lavdlike.kinds import registry
from tests import chromium
from tests.running import Running
from tools import make_annotated, make_boards, make_environments, make_foreign_runs, make_sweep

REPOSITORY = Path(__file__).parent.parent
SCREENSHOTS = REPOSITORY / "docs" / "screenshots"
_PINS = '["train/loss","learning-rate","validation/mAP","accuracy","loss","train/perplexity"]'
# What each page shows: its address below `#/`, where it is not only its name.
PAGES = {
    "overview": "overview",
    **{name: name for name in registry.BY_NAME},
    "scalars": f"scalars?scalars.smoothing=0.6&scalars.pins={_PINS}",
    "viewer": "images?images.open=street-detector/480/parts/noon",
    "meshes": "meshes?meshes.up=z",
    "embeddings": "embeddings?embeddings.open=street-detector/global/crops",
    "histograms": "histograms?histograms.form=ridge",
    "files": "files?files.at=street-detector",
    "problems": "problems",
    "disk": "disk",
    "past": f"scalars?scalars.smoothing=0.6&scalars.pins={_PINS}&until=s240",
}
# Pages of the sweep (`make_sweep`): of many experiments.
SWEEP_PAGES = {
    "sweep": "scalars?colour=config.lr&scalars.smoothing=0.6&filter=t:adamw",
    "sweep-overview": "overview?colour=config.lr",
    "sweep-settings": "settings?settings.colour=last:val/accuracy",
}
# Pages of runs of other programs (`make_foreign_runs`).
FOREIGN_PAGES = {
    "foreign": "scalars?scalars.labels=r:^loss$",
    "foreign-run": f"experiment?experiment.at={quote(quote(make_foreign_runs.MLFLOW, safe=''))}",
}
# Pages of an annotated data set in an archive (`make_annotated`).
ANNOTATED_PAGES = {
    "detections": "images?images.only=fn&images.order=fn",
    "player": f"images?images.open={make_annotated.NAME}/global/val/000012",
}
# Pages of Visdom's environments (`make_environments`).
WINDOWS_PAGES = {
    "windows": "windows?show=-&show=%2B%3Ddigits_adam",
    "windows-compared": "windows",
}
# Boards (`make_boards`), also as wide as a large screen.
BOARD_PAGES = {
    f"board-{count}": f"board?board.name=.root/{name}.board.yaml"
    for count, name in ((1, make_boards.ONE), (12, make_boards.TWELVE), (60, make_boards.SIXTY))
}
ALL_PAGES = PAGES | SWEEP_PAGES | FOREIGN_PAGES | ANNOTATED_PAGES | WINDOWS_PAGES | BOARD_PAGES
SIZES = {1440: 900, 360: 740}
LARGE = {2560: 1300}
THEMES = ("light", "dark")


def take(names: list[str]) -> None:
    subprocess.run([sys.executable, str(REPOSITORY / "frontend" / "toolchain.py"), "build"], check=True)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    executable = chromium.find_or_install(lambda line: print(line, file=sys.stderr))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        try:
            if examples := [name for name in names if name in PAGES]:
                root = Path(folder, "example_logs")
                shutil.copytree(REPOSITORY / "example_logs", root)
                _take_all(browser, root, examples)
            if of_sweep := [name for name in names if name in SWEEP_PAGES]:
                root = Path(folder, "sweep")
                make_sweep.make(root)
                _take_all(browser, root, of_sweep)
            if foreign := [name for name in names if name in FOREIGN_PAGES]:
                root = Path(folder, "foreign")
                make_foreign_runs.make(root)
                _take_all(browser, root, foreign)
            if windows := [name for name in names if name in WINDOWS_PAGES]:
                root = Path(folder, "windows")
                make_environments.make(root)
                _take_all(browser, root, windows)
            if annotated := [name for name in names if name in ANNOTATED_PAGES]:
                root = Path(folder, "street.zip")
                make_annotated.make(root)
                _take_all(browser, root, annotated)
            if boards := [name for name in names if name in BOARD_PAGES]:
                root = Path(folder, "boards")
                shutil.copytree(REPOSITORY / "example_logs", root)
                make_boards.make(root)
                _take_all(browser, root, boards, SIZES | LARGE)
        finally:
            browser.close()


def _take_all(browser: Browser, root: Path, names: list[str], sizes: dict[int, int] = SIZES) -> None:
    running = Running(root, "--no-token")
    try:
        for theme in THEMES:
            for width, height in sizes.items():
                page = browser.new_context(
                    base_url=running.url,
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if theme == "dark" else "light",
                ).new_page()
                for name in names:
                    _take(page, name, SCREENSHOTS / f"{name}-{theme}-{width}.png")
                page.context.close()
    finally:
        running.stop()


def _take(page: Page, name: str, path: Path) -> None:
    page.goto("about:blank")
    page.goto(f"/#/{ALL_PAGES[name]}")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => !/^Loading/m.test(document.body.innerText)"
        " && [...document.images].every(({ complete }) => complete)"
    )
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
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(ALL_PAGES)}; all without")
    given = parser.parse_args().pages
    if unknown := set(given) - set(ALL_PAGES):
        parser.error(f"unknown pages: {', '.join(sorted(unknown))}; known are {', '.join(ALL_PAGES)}")
    take(given or list(ALL_PAGES))
