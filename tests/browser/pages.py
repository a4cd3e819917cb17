"""How tests open the page of a kind."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page


def show_page(page: Page, kind: str, experiment: str, **parameters: str) -> None:
    """Open it with the experiments whose names have `experiment` in them; `parameters` are its own."""
    words = {"filter": f"t:{experiment}", **{f"{kind}.{name}": value for name, value in parameters.items()}}
    page.goto("about:blank")
    page.goto(f"#/{kind}?{urlencode(words)}")


def choose(page: Page, group: str, option: str) -> None:
    """One of the options that stand side by side."""
    page.get_by_role("group", name=group, exact=True).get_by_text(option, exact=True).click()


def write(root: Path, path: str, text: str) -> Path:
    """A file of the tree, as any program writes it."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target
