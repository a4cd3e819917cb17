"""What axe-core finds in a page."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page, within: str | None = None) -> list[dict[str, Any]]:
    """Rules that are broken, as axe-core tells of them; only `within` an element, if one is given.

    Its script is given to a page once: it is half a megabyte, and faster when it has been run before.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{Axe().axe_script}; 0")
    found: list[dict[str, Any]] = page.evaluate(
        """async (within) => {
            const found = await axe.run(within ?? document, { resultTypes: ["violations"] });
            return found.violations;
        }""",
        within,
    )
    return found


def serious_violations(page: Page) -> list[tuple[str, str]]:
    """Rules that are broken, with the first place of each."""
    serious = [each for each in violations(page) if each["impact"] in ("serious", "critical")]
    return [(each["id"], each["nodes"][0]["html"]) for each in serious]
