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
            // The contrast of a colour halfway to another is nobody's choice.
            const passing = document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity);
            await Promise.allSettled(passing.map((each) => each.finished));
            const found = await axe.run(within ?? document, { resultTypes: ["violations"] });
            return found.violations;
        }""",
        within,
    )
    return found


def serious_violations(page: Page) -> list[tuple[str, str, str]]:
    """Rules that are broken, with the first place of each and what is wrong there."""
    serious = [each for each in violations(page) if each["impact"] in ("serious", "critical")]
    first = [(each["id"], each["nodes"][0]) for each in serious]
    return [(rule, node["html"], node["failureSummary"]) for rule, node in first]
