"""Playwright's `expect` for pages that change while a test looks at them."""

from __future__ import annotations

import functools
import time
from typing import Any, cast, overload

from playwright.sync_api import Locator, Page
from playwright.sync_api import expect as _expect
from playwright.sync_api._generated import LocatorAssertions, PageAssertions

from tests.limits import LIMIT_S

_AGAIN_MS = 50
_expect.set_options(timeout=LIMIT_S * 1000)


@overload
def expect(actual: Locator) -> LocatorAssertions: ...
@overload
def expect(actual: Page) -> PageAssertions: ...
def expect(actual: Locator | Page) -> LocatorAssertions | PageAssertions:
    """Playwright's, which waits for everything but for one element where there are still two.

    While what was there before goes and what is new comes, both may be there.
    """
    if isinstance(actual, Page):
        return _expect(actual)
    return cast(LocatorAssertions, _Patient(actual))


class _Patient:
    """The assertions about a locator, tried again as long as it means more than one element."""

    def __init__(self, locator: Locator) -> None:
        self._locator = locator

    def __getattr__(self, name: str) -> Any:
        method = getattr(_expect(self._locator), name)

        @functools.wraps(method)
        def assertion(*args: Any, **options: Any) -> None:
            __tracebackhide__ = True
            until = time.monotonic() + options.get("timeout", LIMIT_S * 1000) / 1000
            while True:
                try:
                    method(*args, **options)
                except AssertionError as error:
                    if "strict mode violation" not in str(error) or time.monotonic() > until:
                        raise
                else:
                    return
                self._locator.page.wait_for_timeout(_AGAIN_MS)

        return assertion
