from __future__ import annotations

from pathlib import Path

import pytest

from tests import chromium


@pytest.mark.parametrize("named", ["/nonexistent", "no-such-browser"])
def test_a_named_browser_that_is_none_is_said(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAVDLIKE_CHROMIUM", named)
    with pytest.raises(chromium.NoBrowserError, match=f"LAVDLIKE_CHROMIUM is {named}, which is no program"):
        chromium.find_or_install(print)


def test_a_named_browser_goes_before_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "browser"
    browser.touch(mode=0o700)
    monkeypatch.setenv("LAVDLIKE_CHROMIUM", str(browser))
    assert chromium.find_or_install(print) == str(browser)


def test_the_first_of_the_names_that_is_there_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("second", "third"):
        (tmp_path / name).touch(mode=0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("LAVDLIKE_CHROMIUM", raising=False)
    assert chromium.find_or_install(print, names=("first", "second", "third")) == str(tmp_path / "second")
